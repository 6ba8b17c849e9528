"""The paper that a person takes home: what they receive, from where, when, whom to ask."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Action
from accounts.http import OfficerRequest, require
from beneficiaries import queries as people
from beneficiaries.models import Person
from desk.queries.receipt import receipt_of


@require_safe
def person_receipt(request: OfficerRequest, person_id: int) -> HttpResponse:
    """One person's paper in plain words and large type, for A5 or A4."""
    require(request, Action.SEE_PEOPLE)
    today = timezone.localdate()
    try:
        found: Any = people.find_person(person_id=person_id, reader=request.reader, on=today)
    except Person.DoesNotExist as error:
        raise Http404 from error
    home = next(iter(found.current_homes), None)
    context = {
        "person": found,
        "receipt": receipt_of(found, on=today),
        "commune": home.commune if home else None,
        "hamlet": home.hamlet if home else "",
        "today": today,
    }
    return render(request, "desk/receipt.html", context)
