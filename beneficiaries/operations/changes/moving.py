"""The one way in which a request's state changes: a guarded UPDATE whose row count is checked, with its event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from beneficiaries.models import ChangeEvent, ChangeRequest
from beneficiaries.operations.changes.errors import EditedMeanwhile, MoveRefused
from beneficiaries.transitions import CHANGE_MOVES, ChangeState


def move(
    *, request: ChangeRequest, to: ChangeState, by: User, at: datetime, reason: str = "", **changes: Any
) -> None:
    """Move a request, as it was read, along the transition table; the state and the version must still stand.

    Raises MoveRefused, or EditedMeanwhile where only its content changed.
    """
    if (request.state, to) not in CHANGE_MOVES:
        raise MoveRefused(request, to)
    fields = {"state": to, "reason": reason, **changes}
    here = ChangeRequest.objects.filter(pk=request.pk, state=request.state, version=request.version)
    if not here.update(**fields):
        now = ChangeRequest.objects.get(pk=request.pk)
        raise EditedMeanwhile if now.state == request.state else MoveRefused(now, to)
    ChangeEvent.objects.create(
        request=request,
        from_state=request.state,
        to_state=to,
        version=request.version,
        at=at,
        by=by,
        reason=reason,
    )
    for name, value in fields.items():
        setattr(request, name, value)


def seen(*, request_id: int, version: int) -> ChangeRequest:
    """The request, locked, as the officer saw it; EditedMeanwhile where it has been edited since.

    Raises ChangeRequest.DoesNotExist.
    """
    found = ChangeRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_id)
    if found.version != version:
        raise EditedMeanwhile
    return found
