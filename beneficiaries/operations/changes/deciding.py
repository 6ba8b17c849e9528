"""The deciding side of a request: opening, returning, refusing, approving, one or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import ChangeRequest
from beneficiaries.operations.changes.applying import apply, decision_of, needs_decision
from beneficiaries.operations.changes.errors import Incomplete, RecordChanged, SameOfficer
from beneficiaries.operations.changes.moving import move, seen
from beneficiaries.operations.changes.reading import on_record
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from beneficiaries.transitions import ChangeState


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of many requests approved together: those done, and each one picked out with the reason."""

    done: list[ChangeRequest]
    refused: list[tuple[ChangeRequest, str]]


def open_request(*, request_id: int, version: int, by: User, at: datetime) -> ChangeRequest:
    """Begin to check a submitted request; from now on it cannot be taken back. Raises SameOfficer, MoveRefused,
    EditedMeanwhile."""
    with transaction.atomic():
        request = seen(request_id=request_id, version=version)
        _open(request, by, at)
    return request


def return_with_reason(
    *, request_id: int, version: int, by: User, at: datetime, reason: str
) -> ChangeRequest:
    """Send a request back for correction, opening it where nobody has. Raises Incomplete without a reason,
    SameOfficer, MoveRefused, EditedMeanwhile."""
    return _decline(request_id, version, by, at, reason, ChangeState.RETURNED)


def refuse(*, request_id: int, version: int, by: User, at: datetime, reason: str) -> ChangeRequest:
    """Refuse a request for good. Raises as `return_with_reason`."""
    return _decline(request_id, version, by, at, reason, ChangeState.REFUSED)


def approve(
    *, request_id: int, version: int, by: User, at: datetime, decision: Decision | None = None
) -> ChangeRequest:
    """Approve a request as seen and carry it out in the same transaction, opening it where nobody has.

    `decision` is the one signed for an application, which had none. Raises SameOfficer, MoveRefused, EditedMeanwhile;
    RecordChanged where what it replaces is no longer on record; Incomplete without the decision it needs; and
    whatever refuses the change itself. All are DecisionRefused, and then nothing is written.
    """
    with transaction.atomic():
        request = seen(request_id=request_id, version=version)
        if request.state == ChangeState.SUBMITTED:
            _open(request, by, at)
        _two_people(request, by)
        signed = decision or decision_of(request, timezone.localdate(at))
        if needs_decision(request) and not signed.number.strip():
            raise Incomplete(_("Enter the number and the date of the decision."), field="decision_number")
        today = timezone.localdate(at)
        if request.state == ChangeState.OPENED and on_record(request, today) != request.found:
            raise RecordChanged
        named = bool(signed.number.strip())
        move(
            request=request,
            to=ChangeState.APPROVED,
            by=by,
            at=at,
            decided_by=by,
            decided_at=at,
            decision_number=signed.number.strip(),
            decision_date=signed.signed_on if named else None,
            decision_signer=signed.signer.strip(),
        )
        person = apply(request=request, decision=signed, on=today)
        if request.person_id is None:
            ChangeRequest.objects.filter(pk=request.pk).update(person=person)
            request.person = person
    return request


def approve_many(
    *, requests: Sequence[tuple[int, int]], by: User, at: datetime, decision: Decision | None = None
) -> Approved:
    """Approve requests, given as (id, version seen), each in its own transaction: one that is refused stops no other.

    `decision` counts for the applications among them; who brings a signed decision keeps it.
    """
    done, refused = [], []
    for request_id, version in requests:
        try:
            own = ChangeRequest.objects.only("decision_number").get(pk=request_id).decision_number
            signed = None if own else decision
            done.append(approve(request_id=request_id, version=version, by=by, at=at, decision=signed))
        except DecisionRefused as error:
            refused.append((ChangeRequest.objects.select_related("person").get(pk=request_id), str(error)))
    return Approved(done, refused)


def _open(request: ChangeRequest, by: User, at: datetime) -> None:
    _two_people(request, by)
    move(request=request, to=ChangeState.OPENED, by=by, at=at, opened_by=by, opened_at=at)


def _decline(
    request_id: int, version: int, by: User, at: datetime, reason: str, to: ChangeState
) -> ChangeRequest:
    if not reason.strip():
        raise Incomplete(_("Say why, so that the commune knows what to mend."), field="reason")
    with transaction.atomic():
        request = seen(request_id=request_id, version=version)
        if request.state == ChangeState.SUBMITTED:
            _open(request, by, at)
        _two_people(request, by)
        said = reason.strip()[:500]
        move(request=request, to=to, by=by, at=at, reason=said, decided_by=by, decided_at=at)
    return request


def _two_people(request: ChangeRequest, by: User) -> None:
    if by.pk in (request.prepared_by_id, request.submitted_by_id):
        raise SameOfficer
