"""Pages of change requests: the list, one request with its effect on money, and the steps of either side."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, page_context, place_of, require
from areas.models import Unit
from beneficiaries import duplicates
from beneficiaries import queries as people
from beneficiaries.models import SIGNED_FOR, ChangeEvent, ChangeKind, ChangePath, ChangeRequest, Channel
from beneficiaries.operations import changes
from beneficiaries.operations.changes.reading import on_record
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.transitions import OPEN, TO_DECIDE, ChangeState
from common.keyset import number_of
from common.months import add_months, month_of, show_month
from desk.forms.changes import DecisionForm
from desk.queries import changes as queries
from desk.queries.change_rows import Rows, name_of
from desk.queries.effects import try_out
from desk.views.change_actions import actions

VIEWS = {
    queries.DECIDE: gettext_lazy("To decide"),
    queries.MINE: gettext_lazy("Mine"),
    queries.RETURNED: gettext_lazy("To complete"),
    queries.SCANS: gettext_lazy("Scans to follow"),
    queries.LATE: gettext_lazy("Past the deadline"),
    queries.ALL: pgettext_lazy("change requests", "All"),
}


@require_GET
def change_list(request: OfficerRequest) -> HttpResponse:
    """The requests of one view, with what the next list's deadline is."""
    require(request, Action.SEE_PEOPLE)
    today, reader = timezone.localdate(), request.reader
    views = queries.views_of(reader)
    which, kind, found = requests_asked_for(request.GET, reader=reader, on=today)
    page = queries.requests_page(found, place_of(request.GET))
    context = {
        "which": which,
        "views": [{"key": key, "label": VIEWS[key], "url": f"?view={key}"} for key in views],
        "kind": kind,
        "kinds": ChangeKind.choices,
        "page": page_context(
            page, [row_of(one, today) for one in page.rows], request.GET, total=found.count()
        ),
        "deadline": queries.next_deadline(today),
        "may_enter": request.reader.may(Action.REQUEST_CHANGE),
        "may_decide": which == queries.DECIDE and bool(page.rows),
        "chosen": request.GET.get("choose") == "all",
        "choose_all": _choose_all(request),
        "decision": DecisionForm(prefix=None),
    }
    return render(request, "desk/change_list.html", context)


def _choose_all(request: OfficerRequest) -> str:
    """The address of the same page with everybody on it chosen, or with nobody, where they are."""
    query = request.GET.copy()
    if query.pop("choose", None) is None:
        query["choose"] = "all"
    return f"?{query.urlencode()}"


def requests_asked_for(
    query: QueryDict, *, reader: Reader, on: date
) -> tuple[str, str, QuerySet[ChangeRequest]]:
    """The view and the kind that an address asks for, as far as they exist, and the requests in them."""
    views = queries.views_of(reader)
    which, kind = query.get("view", ""), query.get("kind", "")
    which, kind = which if which in views else views[0], kind if kind in ChangeKind.values else ""
    return which, kind, queries.requests_of(reader=reader, which=which, on=on, kind=kind)


@require_POST
def changes_approve(request: OfficerRequest) -> HttpResponse:
    """Approve those chosen of the list; those refused are picked out and named, the others go through."""
    require(request, Action.DECIDE_CHANGE)
    chosen = [_seen(text) for text in request.POST.getlist("request")]
    communes = dict(
        queries.visible_requests(request.reader)
        .filter(pk__in=[pk for pk, _version in chosen])
        .values_list("pk", "commune_id")
    )
    for pk, _version in chosen:
        if pk not in communes:
            raise Http404
        require(request, Action.DECIDE_CHANGE, communes[pk])
    form = DecisionForm(request.POST)
    decision = form.decision if form.is_valid() else None
    found = changes.approve_many(requests=chosen, by=request.user, at=timezone.now(), decision=decision)
    if found.done:
        count = len(found.done)
        messages.success(
            request,
            ngettext("%(count)s request approved and carried out.", "%(count)s requests approved and carried out.",
                     count) % {"count": count},
        )  # fmt: skip
    for refused, why in found.refused:
        messages.error(
            request,
            _("%(name)s, %(kind)s: %(why)s")
            % {"name": name_of(refused), "kind": refused.get_kind_display(), "why": why},
        )
    if not chosen:
        messages.error(request, _("Choose at least one request."))
    return redirect(f"{reverse('changes')}?view={queries.DECIDE}")


@require_GET
def change(request: OfficerRequest, request_id: int) -> HttpResponse:
    """One request: what is on record and what is asked, what it does to money, its papers and its steps."""
    require(request, Action.SEE_PEOPLE)
    found = find(request, request_id)
    return render(request, "desk/change.html", shown(request, found))


def shown(request: OfficerRequest, found: ChangeRequest) -> dict[str, Any]:
    """What desk/change.html takes."""
    today = timezone.localdate()
    before = found.found if found.found is not None else on_record(found, today)
    deadline = queries.next_deadline(today)
    trial = try_out(request=found, on=today, next_month=deadline.month) if found.state in OPEN else None
    return {
        "change": found,
        "signed_for": found.kind in SIGNED_FOR,
        "name": name_of(found),
        "opens_person": people.is_visible(found.person_id, reader=request.reader, on=today),
        "state_label": ChangeState(found.state).label,
        "late": found.decide_by is not None and found.decide_by < today and found.state in TO_DECIDE,
        "fields": Rows(found, request.reader, before).fields(),
        "trial": trial,
        "words": _words(found, today),
        "deadline": deadline,
        "accounts": queries.others_paid_to(found, reader=request.reader, on=today),
        "attachments": found.attachments.select_related("by").order_by("at"),
        "scans_late": bool(found.scans_due and found.scans_due < today and not found.attachments.exists()),
        "may_attach": request.reader.may(Action.REQUEST_CHANGE, found.commune_id)
        and found.state not in (ChangeState.REFUSED, ChangeState.WITHDRAWN),
        "slip": found.kind == ChangeKind.MOVE and found.state == ChangeState.APPROVED,
        "parts": queries.visible_requests(request.reader).filter(part_of=found).order_by("pk"),
        "events": [_event(one) for one in found.events.select_related("by").order_by("-pk")],
        "actions": actions(request, found, refused=trial.refused if trial else ""),
    } | _likeness(request, found)


@require_POST
def change_act(request: OfficerRequest, request_id: int) -> HttpResponse:
    """Carry out one button of a request's page; a refusal becomes a message."""
    require(request, Action.SEE_PEOPLE)
    found = find(request, request_id)
    action = request.POST.get("action", "")
    needed = _NEEDED.get(action)
    if needed is None:
        raise Http404
    require(request, needed, found.commune_id, code=action == "approve")
    _pk, version = _seen(f"{found.pk}:{request.POST.get('version', '')}")
    if action == "submit" and _is_like_somebody(request, found):
        messages.error(
            request, _("Somebody registered is much like this person: decide whether they are two people.")
        )
        return redirect("entry", key=found.client_key)
    try:
        _carry_out(request, found.pk, version, action)
    except DecisionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _DONE[action])
    return redirect("change", request_id=found.pk)


def _is_like_somebody(request: OfficerRequest, found: ChangeRequest) -> bool:
    described, today = queries.newcomer(found), timezone.localdate()
    look = duplicates.alike(described=described, reader=request.reader, on=today) if described else []
    return bool(duplicates.undecided(look))


def _likeness(request: OfficerRequest, found: ChangeRequest) -> dict[str, Any]:
    """What was decided about people like a newcomer, and who is like them undecided, while it can still be decided."""
    described = queries.newcomer(found)
    if described is None:
        return {}
    alike = (
        duplicates.alike(described=described, reader=request.reader, on=timezone.localdate())
        if found.state in OPEN
        else []
    )
    decided = duplicates.decisions_on(described)
    ids = [one.person_id for one in decided]
    known = duplicates.registered(ids=ids, reader=request.reader, on=timezone.localdate())
    return {
        "likeness": [{"one": one, "who": known[one.person_id]} for one in decided],
        "still_alike": duplicates.undecided(alike),
    }


_NEEDED = {
    "submit": Action.REQUEST_CHANGE,
    "take_back": Action.REQUEST_CHANGE,
    "withdraw": Action.REQUEST_CHANGE,
    "open": Action.DECIDE_CHANGE,
    "return": Action.DECIDE_CHANGE,
    "refuse": Action.DECIDE_CHANGE,
    "approve": Action.DECIDE_CHANGE,
}
_DONE = {
    "submit": gettext_lazy("Submitted. You can take it back until somebody opens it."),
    "take_back": gettext_lazy("Taken back: it is your draft again."),
    "withdraw": gettext_lazy("Withdrawn. It stays on record and changes nothing."),
    "open": gettext_lazy("You are checking this request; it can no longer be taken back."),
    "return": gettext_lazy("Returned to the commune with your reason."),
    "refuse": gettext_lazy("Refused. The commune sees your reason."),
    "approve": gettext_lazy("Approved and carried out."),
}


def find(request: OfficerRequest, request_id: int) -> ChangeRequest:
    """A request that the officer may see, or the page that says there is none."""
    try:
        return queries.find_request(reader=request.reader, request_id=request_id)
    except ChangeRequest.DoesNotExist as error:
        raise Http404 from error


def _carry_out(request: OfficerRequest, request_id: int, version: int, action: str) -> None:
    step: dict[str, Any] = {
        "request_id": request_id,
        "version": version,
        "by": request.user,
        "at": timezone.now(),
    }
    reason = request.POST.get("reason", "")
    if action == "return":
        changes.return_with_reason(**step, reason=reason)
    elif action == "refuse":
        changes.refuse(**step, reason=reason)
    elif action == "approve":
        form = DecisionForm(request.POST)
        changes.approve(**step, decision=form.decision if form.is_valid() else None)
    else:
        {
            "submit": changes.submit,
            "take_back": changes.take_back,
            "withdraw": changes.withdraw,
            "open": changes.open_request,
        }[action](**step)


def _words(found: ChangeRequest, today: date) -> str:
    """What a request does that is not an amount: who pays, how, from when."""
    asked = found.asked
    if found.kind == ChangeKind.MOVE and asked.get("stopped_on") and asked.get("to"):
        last = month_of(date.fromisoformat(asked["stopped_on"]))
        to = Unit.objects.select_related("paying_unit").filter(pk=asked["to"]).first()
        return _("The old place pays through %(last)s; from %(first)s %(unit)s pays.") % {
            "last": show_month(last),
            "first": show_month(add_months(last, 1)),
            "unit": to.paying_unit or to if to else "",
        }
    if found.kind == ChangeKind.PAYOUT:
        if asked.get("channel") == Channel.BANK:
            return _("No amount changes. Until the bank has confirmed whose account it is, the Post pays.")
        return _("No amount changes. The Post pays in cash.")
    if found.kind == ChangeKind.PAYEE:
        return _("No amount changes. The person can end this right at any time, at once.")
    return ""


def row_of(one: ChangeRequest, today: date) -> dict[str, Any]:
    return {
        "id": one.pk,
        "version": one.version,
        "name": name_of(one),
        "kind": one.get_kind_display(),
        "commune": one.commune.name,
        "state": one.state,
        "state_label": ChangeState(one.state).label,
        "application": one.path == ChangePath.APPLICATION and one.kind in SIGNED_FOR,
        "by": str(one.submitted_by or one.prepared_by),
        "at": one.submitted_at or one.prepared_at,
        "decide_by": one.decide_by if one.state in TO_DECIDE else None,
        "late": one.state in TO_DECIDE and one.decide_by is not None and one.decide_by < today,
        "scans_due": one.scans_due,
        "reason": one.reason,
    }


def _event(event: ChangeEvent) -> dict[str, Any]:
    state = ChangeState(event.to_state).label
    text = _("Taken back") if (event.from_state, event.to_state) == ("submitted", "draft") else str(state)
    return {"at": event.at, "by": str(event.by), "text": text.capitalize(), "reason": event.reason}


def _seen(text: str) -> tuple[int, int]:
    """A request and the version that the officer saw, as the page sends them."""
    first, _sep, second = text.partition(":")
    pk, version = number_of(first), number_of(second)
    if not (pk and version):
        raise Http404
    return pk, version
