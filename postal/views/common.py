"""What the pages of the Post share."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.http import OfficerRequest
from common.forms import faults_of
from postal.models import PayDay
from postal.queries.scope import find_day, is_clerk_of


def today() -> date:
    return timezone.localdate()


def the_day(request: OfficerRequest, day_id: int) -> PayDay:
    """The pay day, or the page that says there is none: the same for one outside the area."""
    try:
        return find_day(day_id=day_id, reader=request.reader, on=today())
    except PayDay.DoesNotExist as error:
        raise Http404 from error


def may_manage(request: OfficerRequest, day: PayDay) -> bool:
    return request.reader.may(Action.MANAGE_POST, day.point.commune_id)


def may_pay(request: OfficerRequest, day: PayDay) -> bool:
    return is_clerk_of(day=day, reader=request.reader, on=today())


def say_faults(request: OfficerRequest, form: forms.Form) -> None:
    """The faults of a form that is not shown again, as one message."""
    messages.error(request, faults_of(form) or _("Something is missing."))


def attachment(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A file to keep; never stored by what lies between."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store, private"
    return answer


PDF = "application/pdf"
