"""Ring the doorbell: ask the workers for a round's waiting slices, or a preview's waiting parts."""

from __future__ import annotations

from kombu.exceptions import OperationalError

from benefits.models import ProposalPart
from payments.models import Slice, SliceState
from payments.tasks import convert, make_slice, reckon_preview


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


def ring_preview(*, proposal_id: int) -> bool:
    """Ask once for each waiting part of a preview. False where the broker does not answer: the page that shows the
    preview reckons the parts itself."""
    waiting = ProposalPart.objects.filter(proposal_id=proposal_id, figures__isnull=True).count()
    try:
        for _part in range(waiting):
            reckon_preview.apply_async((proposal_id,), retry=False)
    except OperationalError:
        return False
    return True


def ring_conversion(*, conversion_id: int) -> bool:
    """Ask for a confirmed conversion to be carried out. False where the broker does not answer: the page that shows it
    converts the parts itself, and so does the sweep."""
    try:
        convert.apply_async((conversion_id,), retry=False)
    except OperationalError:
        return False
    return True
