"""The part of a cycle's page that names who stops its list, and what to mend."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import OfficerRequest
from beneficiaries.queries import visible_people
from common.cccd import mask
from payments.models import StopReason
from payments.queries.overview import RoundProgress
from payments.queries.stops import Stopped, stopped_people


def stops_of(request: OfficerRequest, running: RoundProgress | None) -> dict[str, Any] | None:
    """`rows`, `others` and `parts` as templates/payments/_stops.html takes them; None where nobody stops the list."""
    if running is None or not running.stopped:
        return None
    found, others = stopped_people(made=running.round, reader=request.reader)
    with_page = set(
        visible_people(reader=request.reader, on=timezone.localdate())
        .filter(pk__in=[stop.person.pk for stop in found])
        .values_list("pk", flat=True)
    )
    rows = [_row(stop, stop.person.pk in with_page) for stop in found]
    return {"rows": rows, "others": others, "parts": running.stopped}


def _row(stop: Stopped, has_page: bool) -> dict[str, Any]:
    person = stop.person
    return {
        "name": person.name,
        "birth": person.birth_date,
        "birth_precision": person.birth_precision,
        "national_id": mask(person.national_id) if person.national_id else "",
        "commune": stop.commune,
        "url": reverse("person", args=[person.pk]) if has_page else "",
        "what": _what(stop),
    }


def _what(stop: Stopped) -> str:
    if stop.reason == StopReason.NO_HOME:
        return _("No residence in a commune that pays in this month: record where this person lives.")
    return _(
        "No rate of “%(name)s” fits: check the injury rate, the years of seniority and the birth date, "
        "or have the rates of these months loaded."
    ) % {"name": stop.category}
