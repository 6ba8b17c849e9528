"""The one way in which a state changes: a guarded UPDATE whose row count is checked, with its event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Batch, Event, Round, RoundState
from payments.operations.errors import CycleClosed, MoveRefused, RoundInProgress
from payments.transitions import BATCH_MOVES, BatchState


def lock_batch(*, batch_id: int) -> Batch:
    """The batch, locked for the rest of the transaction; every change to its content or state begins here.

    Raises CycleClosed, or RoundInProgress while its list is still being made.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("round__cycle").get(pk=batch_id)
    if batch.round.cycle.state == "closed":
        raise CycleClosed(month=batch.round.cycle_id)
    if Round.objects.filter(pk=batch.round_id, state=RoundState.GENERATING).exists():
        raise RoundInProgress(month=batch.round.cycle_id, number=batch.round.number)
    return batch


def move_batch(
    *,
    batch: Batch,
    to: BatchState,
    at: datetime,
    by: User | None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move a locked batch along the transition table and write its one event. Raises MoveRefused."""
    if (batch.state, to) not in BATCH_MOVES:
        raise MoveRefused(
            _(
                "This list is “%(state)s”; it cannot become “%(to)s” now. Reload the page to see who changed it."
            )
            % {"state": batch.get_state_display(), "to": to.label}
        )
    fields = {"state": to, **(changes or {})}
    if not Batch.objects.filter(pk=batch.pk, state=batch.state).update(**fields):
        raise MoveRefused(_("Somebody else changed this list at the same moment. Reload the page."))
    Event.objects.create(batch=batch, from_state=batch.state, to_state=to, at=at, by=by, reason=reason)
    for name, value in fields.items():
        setattr(batch, name, value)
