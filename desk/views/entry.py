"""Entering a new grant: one page that follows the paper, saves itself, and says what will come of it."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, require, with_camera
from areas.models import Level, Unit
from beneficiaries import duplicates, queries
from beneficiaries.models import ChangeKind, ChangePath, ChangeRequest, Channel, Person, Provider, Verdict
from beneficiaries.operations import changes
from beneficiaries.operations.changes.drafting import Draft
from beneficiaries.operations.changes.errors import EditedMeanwhile
from beneficiaries.operations.duplicates import decide_likeness
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.roll.cells import Unclear, date_of
from beneficiaries.transitions import EDITABLE
from common.cccd import check_cccd
from common.chip_card import looks_like_card, parse_chip_qr
from common.keyset import number_of
from common.vietqr import parse_vietqr
from desk.forms.entry import EntryForm, Read, initial_of, with_strokes
from desk.queries.changes import next_deadline
from desk.queries.foresee import Foreseen, foresee

MINE = 5
UNSHOWN = ("linked_person", "settled_before", "pension")


@dataclass(frozen=True, slots=True)
class Entered:
    """One look at the form: what it says, for which commune and person, and the request that it would become."""

    form: EntryForm
    read: Read
    commune: Unit
    person: Person | None
    draft: Draft


@require_GET
def entry_new(request: OfficerRequest) -> HttpResponse:
    """A new form under a number of its own, so that a page loaded again is the same draft."""
    require(request, Action.REQUEST_CHANGE)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("entry", args=[uuid.uuid4()]) + query)


@require_http_methods(["GET", "POST"])
def entry(request: OfficerRequest, key: uuid.UUID) -> HttpResponse:
    """The form; posted, the draft is saved and submitted."""
    require(request, Action.REQUEST_CHANGE)
    known = _known(request, key)
    if known is not None and known.state not in EDITABLE:
        return redirect("change", request_id=known.pk)
    if request.method == "GET":
        first = {"path": ChangePath.SIGNED, "channel": Channel.POST}
        initial = initial_of(known) if known else first
        form = _form(request, initial=initial)
        return _page(request, key, form, known, _person(request, known), {})
    entered = _entered(request, known)
    wrong = dict(entered.read.wrong)
    if not wrong:
        try:
            saved = changes.save_draft(draft=entered.draft, client_key=key, by=request.user, at=timezone.now(),
                                       version=_version(request))  # fmt: skip
            blocking = _blocking(request, entered)
            if blocking:
                raise DecisionRefused(blocking)
            changes.submit(request_id=saved.pk, version=saved.version, by=request.user, at=timezone.now())
        except DecisionRefused as error:
            wrong[_FIELDS.get(getattr(error, "field", ""), getattr(error, "field", ""))] = str(error)
        else:
            name = entered.person.name if entered.person else entered.read.content["person"]["name"]
            messages.success(request, _("Submitted: %(name)s. Another officer decides.") % {"name": name})
            return redirect("entry_new")
    return _page(request, key, entered.form, _known(request, key), entered.person, wrong)


@require_POST
def entry_save(request: OfficerRequest, key: uuid.UUID) -> HttpResponse:
    """Keep the draft as it stands; answered to the page's script."""
    require(request, Action.REQUEST_CHANGE)
    known = _known(request, key)
    entered = _entered(request, known)
    now = timezone.now()
    try:
        saved = changes.save_draft(
            draft=entered.draft, client_key=key, by=request.user, at=now, version=_version(request)
        )
    except EditedMeanwhile as error:
        return JsonResponse({"error": str(error)}, status=409)
    except DecisionRefused as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"version": saved.version, "at": f"{timezone.localtime(now):%H:%M}"})


@require_POST
def entry_check(request: OfficerRequest, key: uuid.UUID) -> HttpResponse:
    """The column beside the form: what does not fit, who is registered already, what will be paid."""
    require(request, Action.REQUEST_CHANGE)
    return render(
        request, "desk/_entry_check.html", _check(request, key, _entered(request, _known(request, key)))
    )


@require_POST
def entry_scan(request: OfficerRequest) -> HttpResponse:
    """What a scanned code says: a citizen card or a VietQR; answered to the page's script."""
    require(request, Action.REQUEST_CHANGE)
    text = request.POST.get("text", "")[:2_000]
    try:
        if looks_like_card(text):
            return JsonResponse({"fields": _card(text)})
        return JsonResponse({"fields": _vietqr(text)})
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=422)


@require_POST
def entry_decide(request: OfficerRequest, key: uuid.UUID) -> HttpResponse:
    """Keep that the person of the form and somebody registered are two people, and why."""
    require(request, Action.REQUEST_CHANGE)
    entered = _entered(request, _known(request, key))
    described = entered.form.described(entered.read, entered.commune.pk)
    other = Person.objects.filter(pk=number_of(request.POST.get("other", ""))).first()
    error = ""
    if described and other:
        look = duplicates.alike(described=described, reader=request.reader, on=timezone.localdate())
        if other.pk not in [one.person_id for one in look]:
            raise Http404
        try:
            decide_likeness(
                person=other, described=described, verdict=Verdict.DIFFERENT, by=request.user, at=timezone.now(),
                reason=request.POST.get(f"why-{other.pk}", ""),
            )  # fmt: skip
        except DecisionRefused as refused:
            error = str(refused)
    context = _check(request, key, entered) | {
        "decide_error": error,
        "decide_other": other.pk if other else None,
    }
    return render(request, "desk/_entry_check.html", context)


@require_POST
def entry_move(request: OfficerRequest, key: uuid.UUID) -> HttpResponse:
    """Ask that somebody registered elsewhere, whose card is here, be moved to this commune."""
    require(request, Action.REQUEST_CHANGE)
    entered = _entered(request, _known(request, key))
    described = entered.form.described(entered.read, entered.commune.pk)
    today = timezone.localdate()
    hit = described and duplicates.same_number(described=described, reader=request.reader, on=today)
    if not hit or hit.here:
        raise Http404
    try:
        found = date_of(with_strokes(request.POST.get("stopped_on", "")))
    except Unclear:
        found = None
    stopped = found[0].isoformat() if found and found[1] == "day" else ""
    hamlet = entered.read.content.get("person", {}).get("hamlet", "")
    draft = Draft(
        kind=ChangeKind.MOVE,
        path=ChangePath.APPLICATION,
        commune=entered.commune,
        person=Person.objects.get(pk=hit.person_id),
        content={"to": entered.commune.pk, "stopped_on": stopped, "hamlet": hamlet},
    )
    try:
        saved = changes.save_draft(
            draft=draft, client_key=uuid.uuid5(key, "move"), by=request.user, at=timezone.now()
        )
        changes.submit(request_id=saved.pk, version=saved.version, by=request.user, at=timezone.now())
    except DecisionRefused as error:
        messages.error(request, str(error))
        return redirect("entry", key)
    known = _known(request, key)
    if known is not None:
        changes.withdraw(request_id=known.pk, version=known.version, by=request.user, at=timezone.now())
    messages.success(request, _("The move of %(name)s was proposed.") % {"name": hit.name})
    return redirect("entry_new")


# Fields of the operations that the form calls otherwise.
_FIELDS = {"birth_date": "birth", "national_id": "number", "disability_certificate": "certificate",
           "linked_person": "children", "person": "name"}  # fmt: skip


def _page(
    request: OfficerRequest, key: uuid.UUID, form: EntryForm, known: ChangeRequest | None, person: Person | None,
    wrong: dict[str, str],
) -> HttpResponse:  # fmt: skip
    for name, message in wrong.items():
        if name in form.fields and name not in form.errors:
            form.add_error(name, message)
    mine = ChangeRequest.objects.filter(prepared_by=request.user, kind=ChangeKind.NEW, state__in=EDITABLE)
    context = {
        "form": form,
        "key": key,
        "version": known.version if known else 0,
        "person": person,
        "known": known,
        "deadline": next_deadline(timezone.localdate()),
        "several_communes": len(form.fields["commune"].choices) > 1,  # type: ignore[attr-defined]
        "wrong": wrong.get("") or next((text for name, text in wrong.items() if name not in form.fields), ""),
        "mine": [
            {
                "key": one.client_key,
                "name": _name_of(one),
                "at": one.prepared_at,
            }
            for one in mine.exclude(client_key=key).order_by("-prepared_at")[:MINE]
        ],
    }
    if form.is_bound:
        context |= _check(request, key, _entered(request, known))
    return with_camera(render(request, "desk/entry.html", context, status=422 if wrong else 200))


def _name_of(draft: ChangeRequest) -> str:
    return str(draft.person or draft.asked.get("person", {}).get("name") or _("no name yet"))


def _form(request: OfficerRequest, **kwargs: Any) -> EntryForm:
    communes = (
        Unit.objects.on(timezone.localdate())
        .filter(level=Level.COMMUNE, pk__in=request.reader.units(Action.REQUEST_CHANGE))
        .order_by("name", "code")
    )
    return EntryForm(communes=communes, categories=queries.categories_for(reader=request.reader), **kwargs)


def _entered(request: OfficerRequest, known: ChangeRequest | None) -> Entered:
    form = _form(request, data=request.POST)
    read = form.read()
    communes = form.fields["commune"].queryset  # type: ignore[attr-defined]
    commune = form.cleaned_data.get("commune") or (known.commune if known else None) or communes.first()
    if commune is None or not request.reader.may(Action.REQUEST_CHANGE, commune.pk):
        raise PermissionDenied
    person = _person(request, known)
    draft = form.draft(read, commune=commune, person=person)
    if known is not None:
        draft = replace(draft, part_of=known.part_of, content=_unshown(known) | draft.content)
    return Entered(form, read, commune, person, draft)


def _unshown(known: ChangeRequest) -> dict[str, Any]:
    """What a draft asks that stands in no field of the form, such as whose survivor it is for."""
    return {key: value for key, value in known.asked.items() if key in UNSHOWN}


def _known(request: OfficerRequest, key: uuid.UUID) -> ChangeRequest | None:
    """The draft under this number; what is of another area or kind does not exist."""
    found = ChangeRequest.objects.filter(client_key=key).select_related("commune", "person").first()
    if found is not None and (
        found.kind != ChangeKind.NEW or not request.reader.may(Action.REQUEST_CHANGE, found.commune_id)
    ):
        raise Http404
    return found


def _person(request: OfficerRequest, known: ChangeRequest | None) -> Person | None:
    """Somebody on record who is to get another benefit."""
    if known is not None:
        return known.person
    wanted = number_of(request.POST.get("person", "") or request.GET.get("person", ""))
    if not wanted:
        return None
    try:
        return queries.find_person(person_id=wanted, reader=request.reader, on=timezone.localdate())
    except Person.DoesNotExist as error:
        raise Http404 from error


def _check(request: OfficerRequest, key: uuid.UUID, entered: Entered) -> dict[str, Any]:
    today, reader, content = timezone.localdate(), request.reader, entered.read.content
    described = entered.form.described(entered.read, entered.commune.pk) if entered.person is None else None
    same = duplicates.same_number(described=described, reader=reader, on=today) if described else None
    return {
        "key": key,
        "checked": True,
        "doubts": _doubts(content.get("person", {})) + [
            f"{entered.form.fields[name].label}: {text}" for name, text in entered.read.wrong.items()
        ],
        "same": same,
        "alike": duplicates.alike(described=described, reader=reader, on=today) if described and not same else [],
        "accounts": _accounts(entered, reader, today),
        "foreseen": _foreseen(entered, reader, today) if content.get("category") else None,
    }  # fmt: skip


def _blocking(request: OfficerRequest, entered: Entered) -> str:
    """Why it cannot be submitted although it is complete; '' where it can."""
    described = entered.form.described(entered.read, entered.commune.pk) if entered.person is None else None
    if described is None:
        return ""
    today = timezone.localdate()
    if duplicates.same_number(described=described, reader=request.reader, on=today):
        return _("This identity number is registered already.")
    open_ones = duplicates.undecided(duplicates.alike(described=described, reader=request.reader, on=today))
    if open_ones:
        return _("Somebody registered is much like this person: decide whether they are two people.")
    return ""


def _doubts(person: dict[str, Any]) -> list[str]:
    number, birth = person.get("national_id", ""), person.get("birth_date", "")
    if not number:
        return []
    said = check_cccd(number, int(birth[:4]) if birth else None, person.get("sex") or None)
    words = {
        "birth_year": _("The identity number says another year of birth."),
        "sex": _("The identity number says another sex."),
    }
    return [words[code] for code in said if code in words]


def _accounts(entered: Entered, reader: Reader, today: date) -> list[duplicates.Registered]:
    payout = entered.read.content.get("payout", {})
    described = entered.form.described(entered.read, entered.commune.pk)
    if not (payout.get("account") and payout.get("provider") and described):
        return []
    return duplicates.same_account(
        provider=payout["provider"], account=payout["account"], described=described, reader=reader, on=today,
        except_person=entered.person.pk if entered.person else None,
    )  # fmt: skip


def _foreseen(entered: Entered, reader: Reader, today: date) -> Foreseen | None:
    """Reckoned without the numbers: they change no amount, and nobody waits for a lock on them."""
    content = dict(entered.read.content)
    content.pop("payout", None)
    content.pop("payee", None)
    if entered.person is None:
        person = dict(content.get("person", {}), national_id="")
        if "birth_date" not in person:
            return None
        content["person"] = {"name": "?", "sex": ""} | person
    trial = ChangeRequest(
        kind=ChangeKind.NEW, path=entered.draft.path, commune=entered.commune, person=entered.person,
        decision_number=entered.draft.decision_number, decision_date=entered.draft.decision_date,
    )  # fmt: skip
    trial.content = json.dumps(content, ensure_ascii=False)
    return foresee(request=trial, on=today, reader=reader)


def _card(text: str) -> dict[str, str]:
    card = parse_chip_qr(text)
    place, comma, _rest = card.address.partition(",")
    return {
        "name": card.name,
        "birth": f"{card.born:%d/%m/%Y}" if card.born else str(card.birth_year),
        "sex": card.sex,
        "number": card.number,
        "old_number": card.old_number,
        "hamlet": place.strip() if comma else "",
    }


def _vietqr(text: str) -> dict[str, str]:
    found = parse_vietqr(text)
    bank = Provider.objects.filter(pk=found.bin, channel=Channel.BANK, active=True).first()
    if bank is None:
        raise ValueError(
            _("The bank of this code (%(bin)s) is not one that is paid through.") % {"bin": found.bin}
        )
    return {"channel": Channel.BANK, "provider": bank.pk, "account": found.account, "holder": found.holder}


def _version(request: OfficerRequest) -> int | None:
    return number_of(request.POST.get("version", "")) or None
