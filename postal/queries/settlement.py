"""What a postal list came to: paid, not collected, its cost, cash still held, and the Post's statement beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from accounts.access import Action, Reader
from beneficiaries.models import Channel
from payments.models import Batch, StopOrder
from payments.queries.batches import visible_batches
from payments.queries.cash import cash_held
from payments.queries.reconciliation import reconciliation
from payments.transitions import BatchState, Outcome
from postal.models import Fee, Notice, PayDay
from postal.queries.contracts import contract_for


@dataclass(frozen=True, slots=True)
class Settlement:
    """Amounts in đồng; `percent` is None where no fee is agreed; `classes` are those of the unit's reconciliation."""

    batch: Batch
    outcomes: dict[str, tuple[int, int]]
    communes: list[dict[str, Any]]
    percent: Decimal | None
    held: int
    classes: list[dict[str, Any]]
    unsealed: int

    def sums(self, *outcomes: str) -> tuple[int, int]:
        """People and đồng of these outcomes."""
        found = [self.outcomes.get(outcome, (0, 0)) for outcome in outcomes]
        return sum(people for people, _amount in found), sum(amount for _people, amount in found)

    @property
    def paid(self) -> tuple[int, int]:
        return self.sums(Outcome.PAID)

    @property
    def not_collected(self) -> tuple[int, int]:
        return self.sums(Outcome.UNCLAIMED, "")

    @property
    def cost(self) -> int | None:
        """The Post's cost: the percentage of what was paid, rounded to the đồng."""
        return None if self.percent is None else fee_of(self.paid[1], self.percent)


def fee_of(amount: int, percent: Decimal) -> int:
    """Percent of an amount (đồng), half a đồng upwards."""
    return int((Decimal(amount) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def postal_batches(*, month: date, reader: Reader) -> QuerySet[Batch]:
    """The month's lists of the Post in the reader's area."""
    return visible_batches(reader).filter(round__cycle=month, channel=Channel.POST)


def postal_results(*, month: date, reader: Reader) -> QuerySet[Batch]:
    """The month's lists of the Post in the reader's area, with `paid`, `paid_amount` (đồng), `missed` and `waiting`,
    from the kept sums; of a draft, which has none, everybody waits."""
    return (
        postal_batches(month=month, reader=reader)
        .select_related("round", "unit", "provider")
        .annotate(
            paid=_with(Outcome.PAID),
            paid_amount=Sum("tallies__amount", filter=Q(tallies__outcome=Outcome.PAID), default=0),
            missed=_with(Outcome.UNCLAIMED),
            waiting=Case(When(state=BatchState.DRAFT, then=F("count")), default=_with("")),
        )
        .order_by("unit__code", "scheme", "round__number")
    )


def _with(outcome: str) -> Sum:
    return Sum("tallies__people", filter=Q(tallies__outcome=outcome), default=0)


def settlement(*, batch: Batch) -> Settlement:
    """The settlement of a list that the caller has found within the reader's area."""
    rows = batch.payments.values_list("outcome").annotate(people=Count("pk"), sum=Sum("amount"))
    communes: Iterable[Any] = (
        batch.payments.exclude(outcome=Outcome.WITHDRAWN)
        .values("commune__name")
        .annotate(
            people=Count("pk"),
            amount_all=Sum("amount"),
            paid=Count("pk", filter=Q(outcome=Outcome.PAID)),
            paid_amount=Sum("amount", filter=Q(outcome=Outcome.PAID), default=0),
        )
        .order_by("commune__name")
    )
    month = batch.round.cycle_id
    return Settlement(
        batch=batch,
        outcomes={outcome or "": (people, amount) for outcome, people, amount in rows},
        communes=list(communes),
        percent=_percent(batch, month),
        held=cash_held(batch=batch),
        classes=[
            row
            for row in reconciliation(month=month)
            if row["provider"] == batch.provider_id and row["unit"] in (batch.unit_id, None)
        ],
        unsealed=PayDay.objects.filter(listings__payment__batch=batch, sealed_at__isnull=True)
        .distinct()
        .count(),
    )


def open_notices(*, reader: Reader) -> QuerySet[Notice]:
    """Questions to the communes whose people the reader sees, oldest first."""
    found = Notice.objects.filter(answered_at__isnull=True, commune__in=reader.units(Action.SEE_PEOPLE))
    return found.select_related("person", "commune", "payment", "request").order_by("opened_at", "pk")


def waiting_stops(*, day: PayDay) -> list[StopOrder]:
    """Orders to stop a payment of this pay day that the Post has not answered."""
    found = StopOrder.objects.filter(payment__listing__pay_day=day, answer="")
    return list(found.select_related("payment__person").order_by("pk"))


def _percent(batch: Batch, month: date) -> Decimal | None:
    commune = batch.payments.select_related("commune__parent").first()
    contract = contract_for(commune=commune.commune, on=month) if commune else None
    if contract is None:
        return None
    fee = Fee.objects.filter(
        Q(to_month__isnull=True) | Q(to_month__gte=month),
        contract=contract, scheme=batch.scheme, from_month__lte=month,
    ).first()  # fmt: skip
    return fee.percent if fee else None
