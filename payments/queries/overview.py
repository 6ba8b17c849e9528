"""What the pages of cycles show, as far as the reader sees the paying units' payments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum

from accounts.access import Action, Reader
from beneficiaries.models import Channel
from payments.models import Batch, Cycle, CycleState, Payment, Round, RoundState, Slice, SliceState
from payments.queries.batches import visible_batches
from payments.transitions import BatchState

FINISHED = (BatchState.SETTLED, BatchState.CLOSED, BatchState.CANCELLED)


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far the making of a round is: slices, payments, đồng, when a slice was last finished, and how many slices
    wait for somebody's records to be mended."""

    round: Round
    done: int
    all: int
    payments: int
    amount: int
    last_at: datetime | None
    stopped: int

    @property
    def running(self) -> bool:
        return self.round.state == RoundState.GENERATING


def cycles(*, reader: Reader) -> list[dict[str, Any]]:
    """Every cycle, newest first, with `people` (payments), `amount` (đồng), `covered`, `rounds` and `unfinished`."""
    live = Q(rounds__batches__unit__in=reader.units(Action.SEE_PAYMENTS))
    rows: Iterable[Any] = (
        Cycle.objects.annotate(
            people=Sum("rounds__batches__count", filter=live),
            amount=Sum("rounds__batches__amount", filter=live),
            covered=Sum("rounds__batches__count", filter=live & Q(rounds__batches__channel=Channel.BANK)),
            round_count=Count("rounds", distinct=True),
            unfinished=Count("rounds__batches", filter=live & ~Q(rounds__batches__state__in=FINISHED)),
        )
        .order_by("-month")
        .values(
            "month", "last_month", "reckoned_on", "state",
            "people", "amount", "covered", "round_count", "unfinished",
        )
    )  # fmt: skip
    return list(rows)


def months(*, limit: int = 60) -> list[date]:
    """The months of the latest cycles, newest first."""
    return list(Cycle.objects.order_by("-month").values_list("month", flat=True)[:limit])


def cycle_sums(*, month: date, reader: Reader) -> list[dict[str, Any]]:
    """Batches of a cycle summed by paying unit × scheme × channel × state: `batches`, `people`, `sum` (đồng)."""
    rows: Iterable[Any] = (
        visible_batches(reader)
        .filter(round__cycle=month)
        .values("unit", "unit__name", "unit__code", "scheme", "channel", "state")
        .annotate(batches=Count("pk"), people=Sum("count"), sum=Sum("amount"))
        .order_by("unit__code", "-scheme", "channel", "state")
    )
    return list(rows)


def cycle_outcomes(*, month: date, reader: Reader) -> list[dict[str, Any]]:
    """What became of a cycle's payments: `outcome` (None while none), `people`, `sum` (đồng)."""
    listed = visible_batches(reader).filter(round__cycle=month)
    rows: Iterable[Any] = (
        Payment.objects.filter(batch__in=listed)
        .values("outcome")
        .annotate(people=Count("pk"), sum=Sum("amount"))
        .order_by("outcome")
    )
    return list(rows)


def round_progress(*, month: date) -> list[RoundProgress]:
    """The cycle's rounds in order, each with how far its making is (over the whole province)."""
    rounds = Round.objects.filter(cycle=month).select_related("opened_by").order_by("number")
    sums = (
        Slice.objects.filter(round__cycle=month)
        .values("round")
        .annotate(
            all=Count("pk"),
            done=Count("pk", filter=Q(state=SliceState.DONE)),
            people=Sum("payments"),
            sum=Sum("amount"),
            last_at=Max("finished_at"),
            stopped=Count("stopped_at"),
        )
    )
    by_round: dict[int, Any] = {row["round"]: row for row in sums}
    empty: dict[str, Any] = {"done": 0, "all": 0, "people": 0, "sum": 0, "last_at": None, "stopped": 0}
    return [
        RoundProgress(
            round=made, done=row["done"], all=row["all"],
            payments=row["people"], amount=row["sum"], last_at=row["last_at"], stopped=row["stopped"],
        )
        for made in rounds
        for row in [by_round.get(made.pk, empty)]
    ]  # fmt: skip


def round_in_progress() -> Round | None:
    """The one round that is being made now, over the whole province."""
    return Round.objects.filter(state=RoundState.GENERATING).first()


def may_close(*, month: date, reader: Reader) -> bool:
    """Whether the reader may close in every unit that the cycle pays: a cycle is the whole province's."""
    paid = Batch.objects.filter(round__cycle=month).values_list("unit", flat=True).distinct()
    return reader.may(Action.CLOSE) and set(paid) <= reader.units(Action.CLOSE)


def cycles_to_close(*, reader: Reader) -> list[dict[str, Any]]:
    """Open cycles that are settled whole and wait for this reader's word: {month, batches, people, amount}."""
    rows: Iterable[Any] = (
        Cycle.objects.filter(state=CycleState.OPEN)
        .annotate(
            batches=Count("rounds__batches"),
            people=Sum("rounds__batches__count"),
            amount=Sum("rounds__batches__amount"),
            left=Count("rounds__batches", filter=~Q(rounds__batches__state__in=FINISHED)),
        )
        .filter(left=0, batches__gt=0)
        .order_by("month")
        .values("month", "batches", "people", "amount", "close_prepared_by")
    )
    return [
        row
        for row in rows
        if row["close_prepared_by"] != reader.user_id and may_close(month=row["month"], reader=reader)
    ]


def last_paid_month() -> date | None:
    """The last month that any cycle pays; None before the first cycle."""
    return Cycle.objects.aggregate(last=Max("last_month"))["last"]
