"""The list of people; one person's page crosses apps and stands in desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, page_context, place_of, require
from beneficiaries import queries
from beneficiaries.forms import PersonFilterForm
from beneficiaries.models import Channel, Person
from common.cccd import mask


@require_GET
def people(request: OfficerRequest) -> HttpResponse:
    """The people of the officer's area, searched and filtered, in the order of Vietnamese names."""
    require(request, Action.SEE_PEOPLE)
    today, reader, words = timezone.localdate(), request.reader, words_of(request.GET)
    form, found = people_asked_for(request.GET, reader=reader, on=today)
    place = place_of(request.GET)
    narrow = queries.is_narrow(reader=reader, commune=form.chosen()["commune"])
    page, total = queries.people_page(people=found, on=today, place=place, narrow=narrow)
    english = (get_language() or "vi").startswith("en")
    rows = [row_of(person, reader, english) for person in page.rows]
    context = {
        "q": words,
        "form": form,
        "matched": _("this identity number") if queries.is_identity_number(words) else "",
        "first": not (place.after or place.before),
        "page": page_context(page, rows, request.GET, total=total),
    }
    return render(request, "beneficiaries/person_list.html", context)


def words_of(query: QueryDict) -> str:
    """What is searched for."""
    return " ".join(query.get("q", "").split())[:120]


def people_asked_for(
    query: QueryDict, *, reader: Reader, on: date
) -> tuple[PersonFilterForm, QuerySet[Person]]:
    """The filters as they are filled in, and the people who fit them and what is searched for."""
    form = PersonFilterForm(
        query,
        communes=queries.communes_of(reader=reader, on=on),
        categories=queries.categories_for(reader=reader),
    )
    return form, queries.find_people(reader=reader, on=on, words=words_of(query), **form.chosen())


def row_of(person: Any, reader: Reader, english: bool) -> dict[str, Any]:
    """A line of the list from a person with `current_*`."""
    home = next(iter(person.current_homes), None)
    method = next(iter(person.current_methods), None)
    status, label = _status(person)
    return {
        "id": person.pk,
        "name": person.name,
        "birth": person.birth_date,
        "birth_precision": person.birth_precision,
        "national_id": mask(person.national_id) if person.national_id else "",
        "commune": home.commune.name if home else "",
        "hamlet": home.hamlet if home else "",
        "categories": queries.category_names(person=person, reader=reader, english=english),
        "channel": method.channel if method else Channel.POST,
        "channel_label": method.provider.short_name if method else Channel.POST.label,
        "status": status,
        "status_label": label,
    }


def _status(person: Any) -> tuple[str, str]:
    if person.died_on:
        return "ended", _("died")
    return ("", "") if person.current_grants else ("ended", _("receives nothing now"))
