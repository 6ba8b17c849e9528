"""For a worker of test_worker_killed.py: the mistake that one transaction a slice rules out.

It marks the slice done, commits, and only then makes it, as a queue that acknowledges before the work would.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from payments.models import Slice, SliceState
from payments.operations import generation


def _claim_then_make(*, round_id: int, at: Callable[[], datetime]) -> None:
    piece = (
        Slice.objects.select_related("round__cycle")
        .filter(round_id=round_id, state=SliceState.PENDING)
        .order_by("number")
        .first()
    )
    if piece is None:
        return
    Slice.objects.filter(pk=piece.pk).update(state=SliceState.DONE, finished_at=at())
    with transaction.atomic(), connection.cursor() as cursor:
        generation._generate(cursor, piece, at())


generation.generate_next_slice = _claim_then_make  # type: ignore[assignment]
