"""What a bank does with a list: confirms that it holds the very list that was released, and answers stop orders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from banks.models import Client
from banks.operations.errors import ListDiffers
from banks.queries.lists import list_hash, lists_of, stops_of
from payments.models import Batch, StopOrder
from payments.operations.batches import acknowledge
from payments.operations.stop_orders import answer_stop
from payments.transitions import BatchState


def acknowledge_list(
    *, client: Client, batch_id: int, count: int, amount: int, sha256: str, at: datetime
) -> Batch:
    """Confirm a released list by its count, sum (đồng) and hash (see `list_hash`); again, it changes nothing.

    Raises Batch.DoesNotExist for a list that is not this bank's, ListDiffers, or MoveRefused.
    """
    with transaction.atomic():
        batch = lists_of(client).select_for_update(of=("self",)).get(pk=batch_id)
        pairs = (
            ("count", count == batch.released_count),
            ("amount", amount == batch.released_amount),
            ("sha256", sha256.lower() == list_hash(client=client, batch=batch)),
        )
        differing = [name for name, same in pairs if not same]
        if differing:
            raise ListDiffers(parts=differing)
        if batch.state == BatchState.RELEASED:
            acknowledge(batch_id=batch.pk, count=count, amount=amount, at=at)
        return lists_of(client).get(pk=batch_id)


def answer_stop_order(*, client: Client, stop_id: int, stopped: bool, note: str, at: datetime) -> StopOrder:
    """A bank's answer to a stop order of its own; StopOrder.DoesNotExist for another's. Raises MoveRefused."""
    found = stops_of(client).get(pk=stop_id)
    return answer_stop(stop_id=found.pk, stopped=stopped, at=at, note=note)
