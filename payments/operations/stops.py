"""Who stopped a slice is kept with it, so that a page can say what to mend; a log has no readers in a commune."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from payments.models import Slice, SliceState, Stop
from payments.operations.errors import SliceStopped


def keep_stops(*, slice_id: int, stopped: SliceStopped, at: datetime) -> None:
    """Put these people in the place of those who stopped the slice before, unless it has been made meanwhile."""
    causes: list[tuple[int, str | None]] = [*stopped.categories] or [
        (person, None) for person in stopped.people
    ]
    with transaction.atomic():
        waiting = Slice.objects.filter(pk=slice_id, state=SliceState.PENDING)
        if waiting.update(stopped_at=at):
            Stop.objects.filter(slice=slice_id).delete()
            Stop.objects.bulk_create(
                Stop(slice_id=slice_id, person_id=person, category_id=category, reason=stopped.reason)
                for person, category in causes
            )
