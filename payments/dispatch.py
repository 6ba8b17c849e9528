"""Ring the doorbell: ask the workers to make a round's waiting slices."""

from __future__ import annotations

from kombu.exceptions import OperationalError

from payments.models import Slice, SliceState
from payments.tasks import make_slice


def ring(*, round_id: int) -> bool:
    """Ask once for each waiting slice (at least once, so that an empty round is finished too).

    False where the broker does not answer: nothing is lost, the sweep or `run_cycle` makes the slices later.
    """
    waiting = Slice.objects.filter(round_id=round_id, state=SliceState.PENDING).count()
    try:
        for _slice in range(waiting or 1):
            make_slice.apply_async((round_id,), retry=False)
    except OperationalError:
        return False
    return True
