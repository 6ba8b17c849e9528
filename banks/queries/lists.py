"""What one bank may see of the lists: its own, released, and of its own kind (real or for trying out)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from banks.models import Client
from beneficiaries.models import PayoutMethod
from payments.models import Batch, Event, Payment, StopAnswer, StopOrder
from payments.transitions import BatchState, Outcome

SENT = [BatchState.RELEASED, BatchState.ACKNOWLEDGED, BatchState.SETTLED, BatchState.CLOSED]
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Instruction:
    """One payment as its bank gets it: `key` is the EndToEndId, `amount` in đồng."""

    key: str
    account: str
    holder: str
    amount: int
    status: str
    on: date | None


def lists_of(client: Client) -> QuerySet[Batch]:
    """The lists that a client may see. Every other read of this module starts here or at `payments_of`."""
    return Batch.objects.filter(
        provider=client.provider_id, state__in=SENT, round__cycle__sandbox=client.sandbox
    ).select_related("round__cycle", "unit")


def payments_of(client: Client) -> QuerySet[Payment]:
    """The payments on those lists, without those withdrawn before the release."""
    stopped = StopOrder.objects.filter(answer=StopAnswer.STOPPED).values("payment")
    on_list = ~Q(outcome=Outcome.WITHDRAWN) | Q(pk__in=stopped)
    return Payment.objects.filter(
        on_list,
        batch__provider=client.provider_id,
        batch__state__in=SENT,
        batch__round__cycle__sandbox=client.sandbox,
    )


def stops_of(client: Client) -> QuerySet[StopOrder]:
    """The stop orders for payments of a client's bank."""
    return StopOrder.objects.filter(
        payment__batch__provider=client.provider_id, payment__batch__round__cycle__sandbox=client.sandbox
    )


def releases_of(batches: Sequence[Batch]) -> dict[int, Event]:
    """The event of each list's latest release, by the list's id."""
    found = Event.objects.filter(batch__in=batches, to_state=BatchState.RELEASED)
    latest = found.order_by("batch", "-id").distinct("batch")
    return {batch: event for event in latest if (batch := event.batch_id)}


def released_at(batch: Batch) -> Event:
    """The event of a list's latest release."""
    return releases_of([batch])[batch.pk]


def instructions(*, client: Client, batch: Batch) -> Iterator[Instruction]:
    """Every payment of a list in order of its key, a few thousand rows in memory at a time."""
    after = 0
    while True:
        page = instruction_page(client=client, batch=batch, after=after, size=CHUNK)
        yield from page
        if len(page) < CHUNK:
            return
        after = int(page[-1].key)


def instruction_page(*, client: Client, batch: Batch, after: int, size: int) -> list[Instruction]:
    """The `size` payments of a list that follow the one numbered `after`."""
    found = instruction_query(client=client, batch=batch, after=after)
    return [instruction(payment) for payment in found[:size]]


def instruction_query(*, client: Client, batch: Batch, after: int) -> QuerySet[Payment]:
    """The payments of a list that follow the one numbered `after`, in order of their keys."""
    return (
        payments_of(client).filter(batch=batch, pk__gt=after).order_by("pk").select_related("payout_method")
    )


def instruction(payment: Payment) -> Instruction:
    """A payment (with its payout method) as its bank sees it."""
    method: PayoutMethod | None = payment.payout_method
    status = payment.outcome or "pending"
    return Instruction(
        key=str(payment.pk),
        account=(method.account if method else "") or "",
        holder=method.holder if method else "",
        amount=payment.amount,
        status="stopped" if status == Outcome.WITHDRAWN else status,
        on=payment.outcome_on,
    )


def list_hash(*, client: Client, batch: Batch) -> str:
    """SHA-256 (hex) over the lines `key|account|amount`, each ended by a line feed, in order of their keys.

    What the bank recomputes from the list that it received, so that both know they mean the same one.
    """
    digest = hashlib.sha256()
    for row in instructions(client=client, batch=batch):
        digest.update(f"{row.key}|{row.account}|{row.amount}\n".encode())
    return digest.hexdigest()
