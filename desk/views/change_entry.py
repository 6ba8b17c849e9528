"""Entering a request from a person's page, its papers, the transfer slip, and a right to collect that ends at once."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Action
from accounts.http import OfficerRequest, require, step_up
from areas.models import Unit
from beneficiaries import queries as people
from beneficiaries.models import Attachment, ChangeKind, ChangePath, ChangeRequest, Payee, Person
from beneficiaries.operations import changes, payees
from beneficiaries.operations.changes import Draft
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.transitions import EDITABLE, ChangeState
from common.keyset import number_of
from desk.forms.changes import FORMS, ChangeForm
from desk.forms.death import DeathForm
from desk.queries import changes as queries
from desk.queries.slip import transfer_slip
from desk.views.changes import find

ALL_FORMS: dict[str, type[ChangeForm]] = FORMS | {ChangeKind.DEATH: DeathForm}


@require_http_methods(["GET", "POST"])
def change_new(request: OfficerRequest, person_id: int, kind: str) -> HttpResponse:
    """Ask for a change of one person: keep it as a draft, or submit it."""
    require(request, Action.REQUEST_CHANGE)
    person = _person(request, person_id)
    if kind not in ALL_FORMS:
        raise Http404
    key = request.POST.get("client_key") or str(uuid.uuid4())
    return _fill_in(request, person, ChangeKind(kind), known=None, client_key=_uuid(key))


@require_http_methods(["GET", "POST"])
def change_edit(request: OfficerRequest, request_id: int) -> HttpResponse:
    """Correct a draft or a returned request."""
    require(request, Action.REQUEST_CHANGE)
    found = find(request, request_id)
    require(request, Action.REQUEST_CHANGE, found.commune_id)
    if found.state not in EDITABLE or found.kind not in ALL_FORMS or found.person_id is None:
        return redirect("change", request_id=found.pk)
    person = _comer(found) if found.kind == ChangeKind.MOVE else _person(request, found.person_id)
    return _fill_in(request, person, ChangeKind(found.kind), known=found, client_key=found.client_key)


@require_POST
def change_attach(request: OfficerRequest, request_id: int) -> HttpResponse:
    """Keep scanned papers with a request."""
    require(request, Action.REQUEST_CHANGE)
    found = find(request, request_id)
    require(request, Action.REQUEST_CHANGE, found.commune_id)
    files = request.FILES.getlist("scan")
    try:
        for file in files:
            changes.attach(
                request_id=found.pk,
                content=file.read(changes.MAX_BYTES + 1),
                title=request.POST.get("title", "") or file.name or "",
                by=request.user,
                at=timezone.now(),
            )
    except DecisionRefused as error:
        messages.error(request, str(error))
    else:
        if files:
            messages.success(request, _("The file is kept with the request."))
        else:
            messages.error(request, _("Choose a file."))
    return redirect("change", request_id=found.pk)


@require_GET
def change_file(request: OfficerRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """One scanned paper, to who may see its request; always a download, never shown inside the site."""
    require(request, Action.SEE_PEOPLE)
    file = get_object_or_404(
        Attachment.objects.filter(request__in=queries.readable_requests(request.reader)), pk=file_id
    )
    path = changes.attachment_path(file)
    if not path.is_file():
        raise Http404
    kind = {"pdf": "application/pdf", "jpg": "image/jpeg"}[file.kind]
    name = f"{file.request_id}-{file.pk.hex[:8]}.{file.kind}"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
    answer["Cache-Control"] = "no-store, private"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
def change_slip(request: OfficerRequest, request_id: int) -> HttpResponse:
    """The transfer slip of an approved move, to be printed."""
    require(request, Action.SEE_PEOPLE)
    found = find(request, request_id)
    if found.kind != ChangeKind.MOVE or found.state != ChangeState.APPROVED:
        raise Http404
    return render(request, "desk/change_slip.html", {"slip": transfer_slip(found, request.reader)})


@require_POST
def payee_revoke(request: OfficerRequest, person_id: int, payee_id: int) -> HttpResponse:
    """End somebody's right to collect at once, as the person wishes; no second officer is needed to end a right."""
    require(request, Action.REQUEST_CHANGE)
    person = _person(request, person_id)
    step_up(request)
    payee = get_object_or_404(Payee, pk=payee_id, person=person)
    try:
        payees.revoke(payee=payee, on=timezone.localdate())
    except DecisionRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("From now on nobody may pay this person's money to %(name)s.") % {"name": payee.name}
        )
    return redirect("person", person_id=person.pk)


def _fill_in(
    request: OfficerRequest,
    person: Any,
    kind: ChangeKind,
    *,
    known: ChangeRequest | None,
    client_key: uuid.UUID,
) -> HttpResponse:
    finishing = request.POST.get("action") == "submit"
    form = ALL_FORMS[kind](
        request.POST or None,
        person=person,
        content=known.asked if known else {},
        unfinished=request.method == "POST" and not finishing,
        today=timezone.localdate(),
        path=known.path if known else ChangePath.SIGNED,
        decision_number=known.decision_number if known else "",
        decision_date=known.decision_date if known else None,
        decision_signer=known.decision_signer if known else "",
        scans_later=bool(known and known.scans_due),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _keep(request, person, kind, form, known, client_key)
        except DecisionRefused as error:
            form.add_error(None, str(error))
        else:
            if finishing:
                _submit(request, made)
            return redirect("change", request_id=made.pk)
    open_one = next(
        (
            one
            for one in queries.open_requests_of(reader=request.reader, person_id=person.pk)
            if one.kind == kind
        ),
        None,
    )
    context = {
        "person": person,
        "opens_person": people.is_visible(person.pk, reader=request.reader, on=timezone.localdate()),
        "kind": kind,
        "form": form,
        "known": known,
        "client_key": client_key,
        "open_one": None if known else open_one,
        "deadline": queries.next_deadline(timezone.localdate()),
    }
    return render(request, "desk/change_form.html", context)


def _keep(
    request: OfficerRequest,
    person: Any,
    kind: ChangeKind,
    form: ChangeForm,
    known: ChangeRequest | None,
    client_key: uuid.UUID,
) -> ChangeRequest:
    data = form.cleaned_data
    draft = Draft(
        kind=kind,
        path=ChangePath(data.get("path") or ChangePath.APPLICATION),
        commune=known.commune if known else person.current_homes[0].commune,
        person=person,
        content=form.content(),
        decision_number=data.get("decision_number") or "",
        decision_date=data.get("decision_date"),
        decision_signer=data.get("decision_signer") or "",
        scans_later=bool(data.get("scans_later")),
    )
    made = changes.save_draft(
        draft=draft,
        client_key=client_key,
        by=request.user,
        at=timezone.now(),
        version=number_of(request.POST.get("version", "")) or None,
    )
    survivor = form.survivor() if isinstance(form, DeathForm) else None
    if survivor and known is None:
        _draft_survivor(request, person, made, survivor)
    return made


def _draft_survivor(request: OfficerRequest, dead: Any, death: ChangeRequest, asked: dict[str, Any]) -> None:
    """Begin the survivor's own grant, of somebody on record or a newcomer; its fields are completed there."""
    number = asked["person"].get("national_id", "")
    on_record = Person.objects.living().filter(national_id_index=number).first() if number else None
    content = {"category": asked["category"], "linked_person": dead.pk}
    draft = Draft(
        kind=ChangeKind.NEW,
        path=ChangePath.APPLICATION,
        commune=dead.current_homes[0].commune,
        person=on_record,
        part_of=death,
        content=content if on_record else content | {"person": asked["person"]},
    )
    # The same death sent twice begins one survivor's draft.
    key = uuid.uuid5(death.client_key, "survivor")
    changes.save_draft(draft=draft, client_key=key, by=request.user, at=timezone.now())


def _submit(request: OfficerRequest, made: ChangeRequest) -> None:
    try:
        changes.submit(request_id=made.pk, version=made.version, by=request.user, at=timezone.now())
    except DecisionRefused as error:
        messages.error(request, _("Kept as a draft, not submitted. %(why)s") % {"why": error})
    else:
        messages.success(request, _("Submitted. You can take it back until somebody opens it."))


def _person(request: OfficerRequest, person_id: int) -> Any:
    """Somebody who lives where the officer may ask for changes, with benefits named as this officer may know them."""
    try:
        found: Any = people.find_person(person_id=person_id, reader=request.reader, on=timezone.localdate())
    except Person.DoesNotExist as error:
        raise Http404 from error
    homes: list[Unit] = [home.commune_id for home in found.current_homes]
    if not homes:
        raise Http404
    require(request, Action.REQUEST_CHANGE, homes[0])  # type: ignore[arg-type]
    english = (get_language() or "vi").startswith("en")
    for grant in found.grants:
        grant.shown_name = people.category_name(
            category=grant.category, person=found, reader=request.reader, english=english
        )
    return found


def _comer(move: ChangeRequest) -> Any:
    """Whom a move is about, with their homes alone: the place that asks for it may be the one they move to."""
    return people.with_homes(on=timezone.localdate()).get(pk=move.person_id or 0)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Http404 from error
