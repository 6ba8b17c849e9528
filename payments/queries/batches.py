"""What the pages of batches show. Every read takes the reader: a batch outside the area does not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import JSONObject

from accounts.access import Action, Reader
from areas.models import Unit
from beneficiaries.collecting import may_collect
from beneficiaries.models import Channel, Payee, Provider
from common import sql
from common.keyset import KeysetPage, Place, keyset_page
from payments.models import Batch, Cycle, CycleState, Event, Payment, month_id_range
from payments.transitions import BatchState, Outcome

CHANGES = (
    "new",
    "moved_in",
    "channel_in",
    "stopped",
    "moved_out",
    "channel_out",
    "raised",
    "lowered",
    "arrears",
    "carried",
    "one_off",
    "recovery",
    "past",
)  # fmt: skip
CHECKS = ("holder", "shared", "left", "long_arrears", "waiting")

# In which state a batch waits for which permission; the Post and the banks act on the others.
TURNS: dict[str, Action] = {
    BatchState.DRAFT: Action.SUBMIT,
    BatchState.SUBMITTED: Action.APPROVE,
    BatchState.APPROVED: Action.FUND,
    BatchState.FUNDED: Action.RELEASE,
    BatchState.ACKNOWLEDGED: Action.FUND,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A batch's live payments (not withdrawn): how many, their sum in đồng, and both by outcome ('' = none yet).

    `held` is the cash of earlier lists, in đồng, by which the voucher that an approved list waits for is lower.
    """

    count: int
    amount: int
    outcomes: dict[str, tuple[int, int]]
    held: int = 0

    @property
    def waiting(self) -> int:
        return self.outcomes.get("", (0, 0))[0]


@dataclass(frozen=True, slots=True)
class Before:
    """The cycle before a batch's, and the batch's forerunner in it: its id, payments and đồng; None without one."""

    cycle: Cycle
    batch_id: int | None = None
    count: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change: people, signed sum in đồng, and its reasons as (reason, detail, people), most first."""

    key: str
    count: int
    amount: int
    reasons: list[tuple[str, str, int]]


def visible_batches(reader: Reader) -> QuerySet[Batch]:
    """The real batches of the paying units whose payments the reader may see."""
    return Batch.objects.filter(unit__in=reader.units(Action.SEE_PAYMENTS), round__cycle__sandbox=False)


def find_batch(*, batch_id: int, reader: Reader) -> Batch:
    """The batch with what its page names; Batch.DoesNotExist outside the reader's area."""
    related = ("round__cycle", "unit", "provider", "prepared_by", "approved_by")
    return visible_batches(reader).select_related(*related).get(pk=batch_id)


def batches_of(
    *,
    reader: Reader,
    month: date,
    unit: int | None = None,
    scheme: str = "",
    channel: str = "",
    provider: str = "",
    state: str = "",
) -> QuerySet[Batch]:
    """The batches of a cycle that fit the filters."""
    wanted = {"unit": unit, "scheme": scheme, "channel": channel, "provider": provider, "state": state}
    filters = {name: value for name, value in wanted.items() if value}
    return visible_batches(reader).filter(round__cycle=month, **filters)


def batch_page(*, batches: QuerySet[Batch], place: Place) -> KeysetPage[Batch]:
    """A page of batches by unit, each with its round, unit and provider."""
    related = batches.select_related("round", "unit", "provider")
    return keyset_page(related, key="unit__code", place=place)


def batch_sums(batches: QuerySet[Batch]) -> dict[str, int]:
    """How many `batches`, `people` (payments) and how much `amount` (đồng)."""
    sums = batches.aggregate(batches=Count("pk"), people=Sum("count"), amount=Sum("amount"))
    return {name: value or 0 for name, value in sums.items()}


def units_paid(*, reader: Reader, month: date) -> QuerySet[Unit]:
    """The paying units with batches in a cycle, as far as the reader sees them."""
    paid = visible_batches(reader).filter(round__cycle=month).values("unit")
    return Unit.objects.filter(pk__in=paid).order_by("code")


def providers_paid(*, reader: Reader, month: date) -> QuerySet[Provider]:
    """The providers with batches in a cycle, as far as the reader sees them."""
    paid = visible_batches(reader).filter(round__cycle=month).values("provider")
    return Provider.objects.filter(pk__in=paid).order_by("short_name")


def waiting_batches(reader: Reader) -> QuerySet[Batch]:
    """The batches of open cycles, their lists made, that wait for something the reader may do."""
    turns = Q(pk__in=[])
    for state, action in TURNS.items():
        turns |= Q(state=state, unit__in=reader.units(action))
    return visible_batches(reader).filter(
        turns, round__cycle__state=CycleState.OPEN, round__finished_at__isnull=False
    )


def next_waiting(*, batch: Batch, reader: Reader) -> Batch | None:
    """The batch of the same cycle after this one that waits for the reader, going round; None when none is left."""
    others = waiting_batches(reader).filter(round__cycle=batch.round.cycle_id).exclude(pk=batch.pk)
    return (
        others.select_related("provider")
        .order_by(Case(When(pk__gt=batch.pk, then=0), default=1), "pk")
        .first()
    )


def batches_by_turn(*, reader: Reader) -> list[dict[str, Any]]:
    """What waits for the reader, by cycle and state: {month, state, batches, people, amount}, oldest first."""
    rows: Iterable[Any] = (
        waiting_batches(reader)
        .values("round__cycle", "state")
        .annotate(batches=Count("pk"), people=Sum("count"), sum=Sum("amount"))
        .order_by("round__cycle", "state")
    )
    return list(rows)


def standing(*, batch: Batch) -> Standing:
    """What the batch's list holds now, and what became of it."""
    waits = batch.state == BatchState.APPROVED and batch.channel == Channel.POST
    statement = (
        (sql.relations(("payments", "cash_held")) if waits else "WITH cash_held AS (SELECT 0 AS held)")
        + "\nSELECT coalesce(outcome, ''), count(*), sum(amount)::bigint, (SELECT held FROM cash_held)"
        + "\nFROM payments_payment WHERE batch_id = %(batch_id)s GROUP BY outcome"
    )
    params: dict[str, Any] = {
        "batch_id": batch.pk, "unit_id": batch.unit_id, "scheme": batch.scheme, "provider_id": batch.provider_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    outcomes = {outcome: (count, amount) for outcome, count, amount, _held in rows}
    live = [sums for outcome, sums in outcomes.items() if outcome != Outcome.WITHDRAWN]
    return Standing(
        count=sum(count for count, _amount in live),
        amount=sum(amount for _count, amount in live),
        outcomes=outcomes,
        held=rows[0][3] if rows else 0,
    )


def live_sums(*, batches: list[Batch]) -> tuple[int, int]:
    """How many payments of these batches are not withdrawn, and their sum in đồng."""
    live = Payment.objects.filter(batch__in=batches).filter(
        Q(outcome__isnull=True) | ~Q(outcome=Outcome.WITHDRAWN)
    )
    sums = live.aggregate(count=Count("pk"), amount=Sum("amount"))
    return sums["count"] or 0, sums["amount"] or 0


def month_before(*, batch: Batch) -> Before | None:
    """The cycle before the batch's, with the same batch (unit, scheme, provider) of its regular round; None for the
    first. A supplementary batch has no forerunner."""
    same = Batch.objects.filter(
        round__cycle=OuterRef("pk"), round__number=0, unit=batch.unit_id, scheme=batch.scheme,
        provider=batch.provider_id,
    )  # fmt: skip
    if batch.round.number:
        same = same.none()
    figures = same.values(figures=JSONObject(batch_id="pk", count="count", amount="amount"))
    cycles = Cycle.objects.filter(month__lt=batch.round.cycle_id).order_by("-month")
    cycle: Any = cycles.annotate(forerunner=Subquery(figures[:1])).first()
    return Before(cycle, **(cycle.forerunner or {})) if cycle else None


def batch_changes(*, batch: Batch, before: Before) -> list[Change]:
    """What changed since the month before, in the order of CHANGES."""
    statement = (
        sql.relations(("payments", "batch_changes"))
        + "\nSELECT change, reason, detail, count(*) AS people, sum(amount)::bigint AS amount FROM batch_changes"
        + "\nGROUP BY change, reason, detail ORDER BY people DESC, reason, detail"
    )
    by_key: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, _change_params(batch, before))
        for change, reason, detail, people, amount in cursor.fetchall():
            by_key[change].append((reason, detail, people, amount))
    return [
        Change(
            key=key,
            count=sum(row[2] for row in by_key[key]),
            amount=sum(row[3] for row in by_key[key]),
            reasons=[row[:3] for row in by_key[key]],
        )
        for key in CHANGES
        if key in by_key
    ]


def change_people(*, batch: Batch, before: Before, key: str, limit: int) -> list[dict[str, Any]]:
    """The people of one change, by name: person_id, name, reason, detail, before, now, amount; at most `limit`."""
    statement = (
        sql.relations(("payments", "batch_changes"))
        + "\nSELECT c.*, p.name FROM batch_changes c JOIN beneficiaries_person p ON p.id = c.person_id"
        + "\nWHERE c.change = %(key)s ORDER BY p.name_sort, p.id LIMIT %(limit)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_change_params(batch, before), "key": key, "limit": limit})
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def batch_checks(*, batch: Batch) -> dict[str, list[int]]:
    """The payments to look at closely, by check, in the order of CHECKS."""
    found: dict[str, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        for row in sql.rows(cursor, "payments", "batch_checks", {"batch_id": batch.pk}):
            found[row["flag"]].append(row["payment_id"])
    return {check: found[check] for check in CHECKS if check in found}


def payment_page(
    *, batch: Batch, folded: str, only: list[int] | None, place: Place
) -> tuple[KeysetPage[Payment], dict[int, list[Payee]]]:
    """A page of the batch's payments by name, and by person who may collect for them on the list's day.

    `folded` words are looked for in the name; `only` limits the list to these payments.
    """
    page = keyset_page(_listed(batch, folded, only), key="person__name_sort", place=place)
    return page, _payees(batch, [payment.person_id for payment in page.rows])


def all_payments(
    *, batch: Batch, folded: str, only: list[int] | None
) -> tuple[list[Payment], dict[int, list[Payee]]]:
    """What stands on all those pages."""
    payments = _listed(batch, folded, only)
    return list(payments.order_by("person__name_sort", "pk")), _payees(batch, payments.values("person"))


def _listed(batch: Batch, folded: str, only: list[int] | None) -> QuerySet[Payment]:
    payments = batch.payments.select_related("person", "commune", "payout_method")
    for word in folded.split():
        payments = payments.filter(person__name_folded__contains=word)
    return payments if only is None else payments.filter(pk__in=only)


def whole_list(*, batch: Batch) -> tuple[list[Payment], dict[int, list[Payee]]]:
    """Every payment of the batch that was not withdrawn, by name, and by person who may collect for them."""
    live = batch.payments.filter(Q(outcome__isnull=True) | ~Q(outcome=Outcome.WITHDRAWN))
    payments = live.select_related("person", "commune", "payout_method").order_by("person__name_sort", "pk")
    return list(payments), _payees(batch, live.values("person"))


def _payees(batch: Batch, people: list[int] | QuerySet[Any, Any]) -> dict[int, list[Payee]]:
    day = batch.round.routed_on
    found: dict[int, list[Payee]] = defaultdict(list)
    rows = Payee.objects.filter(person__in=people, valid_from__lte=day).annotate(died=F("person__died_on"))
    for payee in rows.order_by("pk"):
        if may_collect(payee, died_on=payee.died, on=day):
            found[payee.person_id].append(payee)
    return found


def batch_events(*, batch: Batch, limit: int = 50) -> list[Event]:
    """What happened to the batch and which payments were withdrawn from it, newest first; a cancelled list's payments
    all went with it, which is one thing."""
    withdrawn = batch.payments.filter(outcome=Outcome.WITHDRAWN).values("pk")
    # Two ways to an event, each by its index: as one condition they would read every event there ever was.
    own = Event.objects.filter(batch=batch)
    of_payments = Event.objects.filter(payment__in=withdrawn, to_state=Outcome.WITHDRAWN)
    if batch.state == BatchState.CANCELLED:
        cancelled = own.filter(to_state=BatchState.CANCELLED).values("pk")[:1]
        own, of_payments = own.filter(pk__lte=cancelled), of_payments.filter(pk__lte=cancelled)
    newest = own.values("id").union(of_payments.values("id"), all=True).order_by("-id")[:limit]
    events = Event.objects.filter(pk__in=newest)
    return list(events.select_related("by", "payment__person").order_by("-pk"))


def find_payment(*, payment_id: int, reader: Reader) -> Payment:
    """The payment with its person and batch; Payment.DoesNotExist outside the reader's area.

    It is seen by who sees its paying unit's payments, and by who sees the people of the commune where it was due.
    """
    seen = Q(batch__unit__in=reader.units(Action.SEE_PAYMENTS)) | Q(
        commune__in=reader.units(Action.SEE_PEOPLE) & reader.units(Action.SEE_PAYMENTS)
    )
    return Payment.objects.filter(seen).select_related("person", "batch__round__cycle").get(pk=payment_id)


def _change_params(batch: Batch, before: Before) -> dict[str, Any]:
    now, cycle = batch.round.cycle, before.cycle
    low, high = month_id_range(now.month)
    before_low, before_high = month_id_range(cycle.month)
    return {
        "batch_id": batch.pk,
        "before_id": before.batch_id,
        "unit_id": batch.unit_id,
        "scheme": batch.scheme,
        "low": low,
        "high": high,
        "before_low": before_low,
        "before_high": before_high,
        "month": now.month,
        "last_month": now.last_month,
        "before_month": cycle.month,
        "before_last_month": cycle.last_month,
        "reckoned_on": now.reckoned_on,
        "before_reckoned_on": cycle.reckoned_on,
    }
