"""Generation: every positive delta of a cycle's months, routed and posted, exactly once.

Rounds are totally ordered over the province: the database lets one be made at a time. A round is cut into slices
of people; each is one transaction that locks its slice first, so a slice that a killed worker left, or that two
workers were given, is made once. The queue is the table of slices: Celery only rings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, F, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import Reckon
from beneficiaries.operations.payouts import follow_rights_to_collect
from common import sql
from common.months import add_months, months_between
from payments.models import (
    Batch,
    Cycle,
    CycleState,
    Round,
    RoundState,
    Slice,
    SliceState,
    Stop,
    StopReason,
    round_id_range,
)
from payments.operations.errors import (
    CycleClosed,
    MonthTaken,
    RateMissing,
    RoundInProgress,
    SliceStopped,
)
from payments.operations.lookback import queue_law_changes
from payments.operations.stops import keep_stops
from payments.queries.law import missing_rates

# From the months asked to what is still owed: each file is one relation that reads those before it.
BALANCE = (
    ("beneficiaries", "facts"),
    ("benefits", "rates"),
    ("beneficiaries", "own"),
    ("benefits", "granted"),
    ("benefits", "due"),
    ("payments", "posted"),
    ("payments", "adjusted"),
    ("payments", "balance"),
)


# A host that hangs, so that its connection still answers, does not keep its slice from the others for longer.
SILENCE = "30s"

# đồng that a recovery leaves in every payment: nothing cannot be instructed.
LEAST_PAYMENT = 1_000


@dataclass(frozen=True, slots=True)
class SliceResult:
    """What one slice added: payments, lines and đồng."""

    payments: int
    lines: int
    amount: int


def list_date(month: date) -> date:
    """The day on which a month's list closes: before the 25th of the month before (Decree 20/2021, Art. 34(4))."""
    return add_months(month, -1).replace(day=settings.LIST_DAY)


def open_cycle(*, month: date, last_month: date | None = None, reckoned_on: date | None = None) -> Cycle:
    """The cycle that pays `month` (to `last_month`, where Tết's two months go together), made if it is not there.

    Raises CycleClosed, or MonthTaken where another cycle already pays one of the months.
    """
    last_month = last_month or month
    other = Cycle.objects.filter(month__lte=last_month, last_month__gte=month).exclude(month=month).first()
    if other:
        raise MonthTaken(month=month, cycle=other.month)
    cycle, _created = Cycle.objects.get_or_create(
        month=month, defaults={"last_month": last_month, "reckoned_on": reckoned_on or list_date(month)}
    )
    if cycle.state == CycleState.CLOSED:
        raise CycleClosed(month=month)
    return cycle


def open_round(*, cycle: Cycle, routed_on: date, at: datetime, by: User | None = None) -> Round:
    """The cycle's next round with its slices; `routed_on` is the day whose payout methods count.

    Raises RoundInProgress, CycleClosed or RateMissing. Two who open at once: the partial unique index on rounds
    being made lets one through, the other's transaction rolls back as a whole.
    """
    refuse_while_another_is_made()
    try:
        with transaction.atomic():
            Cycle.objects.select_for_update().get(pk=cycle.pk)
            _refuse_closed(cycle)
            _refuse_without_rates(cycle)
            last = cycle.rounds.aggregate(last=Max("number"))["last"]
            if last is None:
                queue_law_changes(cycle=cycle)
            follow_rights_to_collect(routed_on=routed_on, today=timezone.localdate(at))
            made = Round.objects.create(
                cycle=cycle,
                number=0 if last is None else last + 1,
                routed_on=routed_on,
                opened_by=by,
                started_at=at,
            )
            params = {
                "round_id": made.pk,
                "round_number": made.number,
                "month": cycle.month,
                "reckoned_on": cycle.reckoned_on,
                "size": settings.SLICE_PEOPLE,
            }
            with connection.cursor() as cursor:
                sql.run(cursor, "payments", "slice_round", params)
                sql.run(cursor, "payments", "open_batches", params)
    except IntegrityError:
        refuse_while_another_is_made()
        raise
    return made


def refuse_while_another_is_made() -> None:
    """Raise RoundInProgress where a round is being made: the readable twin of the unique index that decides."""
    current = Round.objects.filter(state=RoundState.GENERATING).first()
    if current:
        raise RoundInProgress(month=current.cycle_id, number=current.number)


def generate_next_slice(*, round_id: int, at: Callable[[], datetime]) -> SliceResult | None:
    """Make one waiting slice of a round; None when none is left that nobody else is making.

    Those that nobody has stopped come first. `at` is the clock. Raises SliceStopped: then nothing of the slice is
    written but who stopped it.
    """
    piece: Slice | None = None
    try:
        with transaction.atomic():
            piece = (
                Slice.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("round__cycle")
                .filter(round_id=round_id, state=SliceState.PENDING)
                .order_by(F("stopped_at").asc(nulls_first=True), "number")
                .first()
            )
            if piece is None:
                return None
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = %s", [SILENCE])
                result = _generate(cursor, piece, at())
            Slice.objects.filter(pk=piece.pk).update(
                state=SliceState.DONE,
                payments=result.payments,
                lines=result.lines,
                amount=result.amount,
                finished_at=at(),
                stopped_at=None,
            )
            Stop.objects.filter(slice=piece.pk).delete()
    except SliceStopped as stopped:
        if piece is not None:
            keep_stops(slice_id=piece.pk, stopped=stopped, at=at())
        raise
    return result


def finish_round(*, round_id: int, at: datetime) -> bool:
    """Close the making of a round whose slices are all done; False while one is waiting or another did it first."""
    with transaction.atomic():
        waiting = Slice.objects.filter(round_id=round_id, state=SliceState.PENDING)
        if waiting.exists():
            return False
        changed = Round.objects.filter(pk=round_id, state=RoundState.GENERATING).update(
            state=RoundState.DONE, finished_at=at
        )
        if not changed:
            return False
        with connection.cursor() as cursor:
            low, high = round_id_range(Round.objects.get(pk=round_id))
            sql.run(cursor, "payments", "finish_round", {"low": low, "high": high})
        Batch.objects.filter(round_id=round_id, count=0).delete()
    return True


def drain_round(
    *, round_id: int, at: Callable[[], datetime], progress: Callable[[int, int], None] | None = None
) -> SliceResult:
    """Make all waiting slices of a round in this process; what this process added. `progress(done, all)` in slices."""
    total = SliceResult(0, 0, 0)
    slices = Slice.objects.filter(round_id=round_id)
    while result := generate_next_slice(round_id=round_id, at=at):
        total = SliceResult(
            total.payments + result.payments, total.lines + result.lines, total.amount + result.amount
        )
        if progress:
            counts = slices.values_list("state").annotate(n=Count("id"))
            by_state = dict(counts)
            progress(by_state.get(SliceState.DONE, 0), sum(by_state.values()))
    finish_round(round_id=round_id, at=at())
    return total


def has_ready_reckons(*, cycle: Cycle) -> bool:
    """Whether anybody waits to be reckoned again, so that a supplementary round has something to do."""
    return Reckon.objects.filter(ready_on__lte=cycle.reckoned_on).exists()


def round_totals(*, round_id: int) -> SliceResult:
    """What a round's finished slices hold."""
    sums = Slice.objects.filter(round_id=round_id).aggregate(
        payments=Sum("payments"), lines=Sum("lines"), amount=Sum("amount")
    )
    return SliceResult(sums["payments"] or 0, sums["lines"] or 0, sums["amount"] or 0)


def _refuse_closed(cycle: Cycle) -> None:
    if Cycle.objects.filter(pk=cycle.pk, state=CycleState.CLOSED).exists():
        raise CycleClosed(month=cycle.month)


def _refuse_without_rates(cycle: Cycle) -> None:
    months = months_between(cycle.month, cycle.last_month)
    missing = missing_rates(months=months, on=cycle.reckoned_on)
    if missing:
        raise RateMissing(missing=missing)


def _generate(cursor: CursorWrapper, piece: Slice, at: datetime) -> SliceResult:
    made, cycle = piece.round, piece.round.cycle
    params: dict[str, Any] = {
        "round_id": made.pk,
        "round_number": made.number,
        "month": cycle.month,
        "months": list(months_between(cycle.month, cycle.last_month)),
        "person_from": piece.person_from,
        "person_to": piece.person_to,
        "reckoned_on": cycle.reckoned_on,
        "routed_on": made.routed_on,
        "birth_convention": settings.BIRTH_CONVENTION,
        "at": at,
        "head": (cycle.month.year * 100 + cycle.month.month) * 100 + made.number,
    }
    cursor.execute("CREATE TEMPORARY TABLE taken (person_id bigint, from_month date) ON COMMIT DROP")
    looked_back = sql.run(cursor, "payments", "take_reckons", params)
    cursor.execute("ANALYZE taken")
    cursor.execute(
        "CREATE TEMPORARY TABLE owed ON COMMIT DROP AS "
        + sql.relations(("payments", "asked"), *BALANCE)
        + "\nSELECT * FROM balance WHERE delta <> 0 OR lacks_rate",
        params,
    )
    cursor.execute("ANALYZE owed (person_id, scheme)")
    _refuse_unrated_people(cursor)
    if looked_back:
        _look_at_what_was_settled(cursor, params)
    _add_recoveries(cursor, params)
    sql.run(cursor, "payments", "route", params)
    _refuse_homeless(cursor)
    sql.run(cursor, "payments", "add_batches", params)
    payments = sql.run(cursor, "payments", "insert_payments", params)
    lines = sql.run(cursor, "payments", "insert_lines", params)
    cursor.execute("SELECT coalesce(sum(amount), 0)::bigint FROM routed")
    amount = cursor.fetchone()[0]
    cursor.execute("DROP TABLE taken, owed, routed")
    return SliceResult(payments, lines, amount)


def _look_at_what_was_settled(cursor: CursorWrapper, params: dict[str, Any]) -> None:
    """What was paid too much stands on the list of overpayments, and waivers whose cause is gone end."""
    cursor.execute("DELETE FROM payments_excess WHERE person_id IN (SELECT person_id FROM taken)")
    sql.run(cursor, "payments", "keep_excess", params)
    if sql.run(cursor, "payments", "end_waivers", params):
        cursor.execute("DELETE FROM owed WHERE delta = 0")


def _add_recoveries(cursor: CursorWrapper, params: dict[str, Any]) -> None:
    """What recovery decisions take from this slice's payments; nothing where nobody has one."""
    if sql.rows(cursor, "payments", "recoveries_wait", params)[0]["waiting"]:
        relations = sql.relations(("payments", "asked_recoveries"), *BALANCE)
        cursor.execute(
            relations.replace("asked_recoveries AS (", "asked AS (", 1)
            + "\n"
            + sql.load("payments", "add_recoveries"),
            {**params, "keep": LEAST_PAYMENT},
        )
        sql.run(cursor, "payments", "recovered", params)


def _refuse_unrated_people(cursor: CursorWrapper) -> None:
    cursor.execute(
        "SELECT DISTINCT person_id, category_id FROM owed WHERE lacks_rate ORDER BY 1, 2 LIMIT 200"
    )
    rows = cursor.fetchall()
    if rows:
        codes = ", ".join(sorted({code for _person, code in rows}))
        raise SliceStopped(
            reason=StopReason.NO_RATE,
            problem=_(
                "The facts of these people fit no rate of %(codes)s: check the injury rate, the years of seniority "
                "and the birth date, or load the rates of the months concerned."
            )
            % {"codes": codes},
            people=list(dict.fromkeys(person for person, _code in rows)),
            categories=rows,
        )


def _refuse_homeless(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT person_id FROM routed WHERE unit_id IS NULL ORDER BY 1 LIMIT 200")
    people = [row[0] for row in cursor.fetchall()]
    if people:
        raise SliceStopped(
            reason=StopReason.NO_HOME,
            problem=_("These people have no residence in a commune that pays in this month."),
            people=people,
        )
