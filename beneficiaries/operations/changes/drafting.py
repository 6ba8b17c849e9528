"""The commune's side of a request: drafts, submitting, taking back, withdrawing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import ChangeEvent, ChangeKind, ChangePath, ChangeRequest, Person
from beneficiaries.operations.changes.applying import check, needs_decision
from beneficiaries.operations.changes.errors import (
    AlreadyAsked,
    EditedMeanwhile,
    Incomplete,
    MoveRefused,
    SameOfficer,
)
from beneficiaries.operations.changes.moving import move, seen
from beneficiaries.operations.changes.reading import on_record
from beneficiaries.transitions import EDITABLE, ChangeState
from common.working_days import working_days_after

# Checking and deciding at the district, after the commune has proposed (Decree 20/2021 Art. 8(1)); after July 2025 the
# commune decides by itself (Decree 147/2025), and the same term is kept.
DECIDE_WITHIN = 8  # working days
SCANS_WITHIN = 10  # working days


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer enters: `content` as `applying` reads it; the decision as far as it is signed already."""

    kind: ChangeKind
    path: ChangePath
    commune: Unit
    content: dict[str, Any] = field(default_factory=dict)
    person: Person | None = None
    part_of: ChangeRequest | None = None
    decision_number: str = ""
    decision_date: date | None = None
    decision_signer: str = ""
    scans_later: bool = False


def save_draft(
    *, draft: Draft, client_key: UUID, by: User, at: datetime, version: int | None = None
) -> ChangeRequest:
    """Keep a draft, unfinished as it may be; with `version` the one that the officer saw is overwritten.

    The same `client_key` again, as after a lost connection, is the same draft. Raises EditedMeanwhile where it was
    changed since that version, MoveRefused once it is submitted, SameOfficer for who decided about it, AlreadyAsked
    where another open request of this kind stands for the person (or the newcomer's identity number).
    """
    try:
        with transaction.atomic():
            known = ChangeRequest.objects.select_for_update().filter(client_key=client_key).first()
            return _overwrite(known, draft, by, at, version) if known else _begin(draft, client_key, by, at)
    except IntegrityError as error:
        if _constraint(error) in ("one_open_change_of_a_kind", "one_open_request_for_a_newcomer"):
            raise AlreadyAsked from error
        if "client_key" not in _constraint(error):
            raise
    # Sent twice at once: the other one was kept a moment ago.
    with transaction.atomic():
        known = ChangeRequest.objects.select_for_update().get(client_key=client_key)
        return _overwrite(known, draft, by, at, version)


def submit(*, request_id: int, version: int, by: User, at: datetime) -> ChangeRequest:
    """Submit a draft, or a returned request once corrected; it is tried out first, so that nothing is sent that could
    not be carried out. Raises Incomplete and whatever refuses the change; EditedMeanwhile, MoveRefused.
    """
    with transaction.atomic():
        request = seen(request_id=request_id, version=version)
        if request.state not in EDITABLE:
            raise MoveRefused(request, ChangeState.SUBMITTED)
        unsigned = not (request.decision_number and request.decision_date)
        if request.path == ChangePath.SIGNED and unsigned and needs_decision(request):
            raise Incomplete(_("Enter the number and the date of the decision."), field="decision_number")
        today = timezone.localdate(at)
        check(request=request, on=today)
        record = json.dumps(on_record(request, today), ensure_ascii=False)
        before = ChangeRequest._meta.get_field("before")
        move(
            request=request,
            to=ChangeState.SUBMITTED,
            by=by,
            at=at,
            before=before.encrypt(record, request.uuid),
            submitted_by=by,
            submitted_at=at,
            opened_by=None,
            opened_at=None,
            decided_by=None,
            decided_at=None,
            decide_by=working_days_after(today, DECIDE_WITHIN),
        )
    return request


def take_back(*, request_id: int, version: int, by: User, at: datetime) -> ChangeRequest:
    """Make a draft of a submitted request again, until somebody opens it. Raises MoveRefused, EditedMeanwhile."""
    with transaction.atomic():
        request = seen(request_id=request_id, version=version)
        move(
            request=request,
            to=ChangeState.DRAFT,
            by=by,
            at=at,
            submitted_by=None,
            submitted_at=None,
            decide_by=None,
        )
    return request


def withdraw(*, request_id: int, version: int, by: User, at: datetime) -> ChangeRequest:
    """Set a draft or a returned request aside; it stays on record. Raises MoveRefused, EditedMeanwhile."""
    with transaction.atomic():
        request = seen(request_id=request_id, version=version)
        move(request=request, to=ChangeState.WITHDRAWN, by=by, at=at)
    return request


def _begin(draft: Draft, client_key: UUID, by: User, at: datetime) -> ChangeRequest:
    made = ChangeRequest(client_key=client_key, prepared_by=by, prepared_at=at, **_fields(draft, at))
    made.content = json.dumps(draft.content, ensure_ascii=False)
    made.save(force_insert=True)
    ChangeEvent.objects.create(request=made, to_state=made.state, version=made.version, at=at, by=by)
    return made


def _overwrite(
    known: ChangeRequest, draft: Draft, by: User, at: datetime, version: int | None
) -> ChangeRequest:
    if known.state not in EDITABLE:
        raise MoveRefused(known, ChangeState.DRAFT)
    if (version is not None and version != known.version) or (
        version is None and known.prepared_by_id != by.pk
    ):
        raise EditedMeanwhile
    if known.decided_by_id == by.pk:
        raise SameOfficer
    due = known.scans_due if known.submitted_at else None
    for name, value in _fields(draft, at).items():
        setattr(known, name, value)
    if due is not None and draft.scans_later:
        known.scans_due = due  # a correction gives no more time
    known.content, known.before = json.dumps(draft.content, ensure_ascii=False), None
    known.prepared_by, known.prepared_at, known.version = by, at, known.version + 1
    known.save()
    return known


def _fields(draft: Draft, at: datetime) -> dict[str, Any]:
    newcomer = draft.content.get("person") if draft.person is None else None
    national_id = newcomer.get("national_id") if isinstance(newcomer, dict) else None
    later = working_days_after(timezone.localdate(at), SCANS_WITHIN) if draft.scans_later else None
    return {
        "kind": draft.kind,
        "path": draft.path,
        "commune": draft.commune,
        "person": draft.person,
        "part_of": draft.part_of,
        "decision_number": draft.decision_number.strip(),
        "decision_date": draft.decision_date,
        "decision_signer": draft.decision_signer.strip(),
        "national_id_index": national_id or None,
        "scans_due": later,
    }


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
