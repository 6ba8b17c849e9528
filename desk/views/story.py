"""The story of a person and of a batch, for whoever judges afterwards what was done, when and by whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import Action
from accounts.http import OfficerRequest, require
from audit.models import Entry, EntryKind
from beneficiaries.models import Person
from common.keyset import number_of
from desk.queries import story
from desk.queries.story_words import Words
from payments.models import Batch, Event, Payment
from payments.transitions import BatchState, Outcome

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@require_GET
def person_story(request: OfficerRequest, person_id: int) -> HttpResponse:
    """All that was entered, changed, looked at, paid and reported of one person, in order."""
    require(request, Action.SEE_AUDIT)
    today = timezone.localdate()
    try:
        person = story.find_person_to_audit(person_id=person_id, reader=request.reader, on=today)
    except Person.DoesNotExist as error:
        raise Http404 from error
    page = story.person_story(person=person, before=_place(request.GET.get("after", "")))
    hidden = story.hides_benefits(person=person, reader=request.reader, on=today)
    context = {"title": person.name, "back": reverse("person", args=[person.pk]), "of_batch": False}
    return _shown(request, page, context, hidden=hidden)


@require_GET
def batch_story(request: OfficerRequest, batch_id: int) -> HttpResponse:
    """All that became of one batch, and of the payments in it, in order."""
    require(request, Action.SEE_AUDIT)
    try:
        batch = story.find_batch_to_audit(batch_id=batch_id, reader=request.reader)
    except Batch.DoesNotExist as error:
        raise Http404 from error
    page = story.batch_story(batch=batch, before=_place(request.GET.get("after", "")))
    context = {"title": str(batch), "back": reverse("batch", args=[batch.pk]), "of_batch": True}
    return _shown(request, page, context, hidden=False)


@require_GET
def looks(request: OfficerRequest) -> HttpResponse:
    """Every number of somebody in the auditor's area that was shown in full: to whom, whose, and why."""
    require(request, Action.SEE_AUDIT)
    before = number_of(request.GET.get("after", ""))
    rows = looked_at(request, most=story.PAGE + 1, before=before)
    following = f"?after={rows[story.PAGE - 1]['id']}" if len(rows) > story.PAGE else ""
    page = {"rows": rows[: story.PAGE], "total": None, "next": following, "previous": ""}
    return render(request, "desk/looks.html", {"page": page, "first": not before})


def looked_at(request: OfficerRequest, *, most: int, before: int = 0) -> list[dict[str, Any]]:
    """The rows of that page, newest first."""
    found = story.looks(reader=request.reader, on=timezone.localdate(), most=most, before=before)
    words = Words(entry for entry, _person in found)
    rows = []
    for entry, person in found:
        number, reason = words.looked(entry)
        said = {
            "id": entry.pk,
            "at": entry.at,
            "by": words.officer(entry),
            "number": number,
            "reason": reason,
        }
        rows.append(said | {"person_id": person.pk, "name": person.name})
    return rows


def _shown(
    request: OfficerRequest, page: story.Page, context: dict[str, Any], *, hidden: bool
) -> HttpResponse:
    words = Words(step for _at, step in page.steps if isinstance(step, Entry))
    rows = [_row(at, step, words, hidden=hidden) for at, step in page.steps]
    following = f"?after={_written(page.next)}" if page.next else ""
    pages = {"rows": rows, "total": None, "next": following, "previous": ""}
    return render(request, "desk/story.html", context | {"page": pages, "first": "after" not in request.GET})


def _row(at: datetime, step: Entry | Event | Payment, words: Words, *, hidden: bool) -> dict[str, Any]:
    if isinstance(step, Entry):
        return {"at": at} | _entry(step, words, hidden=hidden and story.tells_a_benefit(step))
    if isinstance(step, Event):
        return {"at": at, "by": str(step.by or ""), "reason": step.reason} | _event(step)
    text = _("payment of %(month)s put on the list of %(provider)s") % {
        "month": f"{step.batch.round.cycle_id:%m/%Y}",
        "provider": step.batch.provider,
    }
    return {"at": at, "by": "", "text": text, "amount": step.amount, "batch_id": step.batch_id}


def _entry(entry: Entry, words: Words, *, hidden: bool) -> dict[str, Any]:
    kind = EntryKind(entry.kind)
    if kind == EntryKind.LOOK:
        number, reason = words.looked(entry)
        return {"by": words.officer(entry), "text": f"{number}: {kind.label}", "reason": reason, "look": True}
    return {
        "by": words.officer(entry),
        "text": f"{words.thing(entry)}: {kind.label}",
        "changes": [] if hidden else words.changes(entry),
        "hidden": hidden,
    }


def _event(event: Event) -> dict[str, Any]:
    label = _label(event.to_state)
    if event.payment is None:
        return {"text": _("list: %(state)s") % {"state": label}}
    return {
        "text": _("payment to %(name)s: %(state)s") % {"name": event.payment.person.name, "state": label},
        "amount": event.payment.amount,
        "batch_id": event.payment.batch_id,
    }


def _label(state: str) -> str:
    known = {**dict(BatchState.choices), **dict(Outcome.choices)}
    return str(known.get(state, state))


def _place(text: str) -> story.Place | None:
    """Where an address says that the page begins; the first page for anything else."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    since, number = number_of(parts[0]), number_of(parts[2])
    if not (since and number):
        return None
    try:
        at = _EPOCH + since * _MICROSECOND
    except OverflowError:
        return None
    return story.Place(at=at, what=parts[1][:10], id=number)


def _written(place: story.Place) -> str:
    return f"{(place.at - _EPOCH) // _MICROSECOND}.{place.what}.{place.id}"
