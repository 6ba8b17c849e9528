"""Keeping each cycle's figures: taken after events, and for the last time after its close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from common import sql
from common.months import add_months
from payments.models import Cycle, month_id_range
from payments.operations.generation import BALANCE
from reports.models import (
    OVERPAID,
    OVERPAID_BY_LAW,
    Difficulty,
    DifficultyState,
    Figure,
    Part,
    Restatement,
    Snapshot,
    Target,
)

# Months asked about at once above which the planner is better off without nested loops.
FEW = 10_000


class RestatementRefused(Exception):
    """Only a closed cycle's figures are restated, and only for a reason."""


def refresh_figures(*, at: datetime, patience: timedelta = timedelta(0)) -> int:
    """Take whatever no longer stands, of every cycle; how many were taken. Rung after events, and by the clock.

    With `patience` the figures of an open cycle whose results are coming in are left until they are that old: a
    province of a million people is not counted anew at every report of a bank.
    """
    final = Snapshot.objects.filter(fingerprint="").values("cycle")
    months = Cycle.objects.exclude(pk__in=final).order_by("month").values_list("month", flat=True)
    return keep_figures(months=list(months), at=at, patience=patience)


def keep_figures(*, months: Sequence[date], at: datetime, patience: timedelta = timedelta(0)) -> int:
    """Take the figures of those of these cycles that have none or stale ones; how many were taken.

    Pages never call it: they read what stands. Figures of a closed cycle are never taken again (but see `restate`).
    Two at once wait for each other by cycle, and the second finds nothing left to do.
    """
    stale = _stale(months, before=at - patience)
    return sum(_take(month=row["month"], at=at) for row in stale if row["at_once"])


def restate(*, month: date, reason: str, at: datetime, by: User | None = None) -> Restatement:
    """Take a closed cycle's figures again, as after a change of what coverage counts; the old totals are kept.

    Pages and files mark the month as restated. Raises RestatementRefused.
    """
    with transaction.atomic():
        snapshot = Snapshot.objects.select_for_update().filter(pk=month, fingerprint="").first()
        if snapshot is None or not reason.strip():
            raise RestatementRefused(
                _("Only the final figures of a closed cycle are restated, and only for a reason.")
            )
        sums = snapshot.figures.filter(part=Part.WHOLE).aggregate(
            people=Sum("people"),
            covered=Sum("covered"),
            amount=Sum("amount"),
            cashless=Sum("amount_cashless"),
        )
        kept = Restatement.objects.create(
            cycle_id=month,
            reason=reason.strip(),
            by=by,
            at=at,
            people=sums["people"] or 0,
            covered=sums["covered"] or 0,
            amount=sums["amount"] or 0,
            amount_cashless=sums["cashless"] or 0,
        )
        snapshot.taken_at = at
        snapshot.save(update_fields=["taken_at"])
        _count(Cycle.objects.get(pk=month))
    return kept


def _stale(months: Sequence[date], *, before: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        return sql.rows(cursor, "reports", "stale", {"months": list(months), "before": before})


def _take(*, month: date, at: datetime) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('figures ' || %s, 0))", [month.isoformat()]
        )
        found = _stale([month], before=at)
        if not found:
            return False
        cycle = Cycle.objects.get(pk=month)
        Snapshot.objects.update_or_create(
            cycle=cycle,
            defaults={
                "fingerprint": found[0]["fingerprint"],
                "settled": found[0]["settled"],
                "taken_at": at,
            },
        )
        _count(cycle)
    return True


def _count(cycle: Cycle) -> None:
    """Count the cycle's figures from its payments, in place of those it has.

    Every relation of it is about as large as the cycle, which the tables' statistics do not know yet: no nested loops.
    """
    Figure.objects.filter(snapshot=cycle.month).delete()
    low, high = month_id_range(cycle.month)
    before = Cycle.objects.filter(month__lt=cycle.month).order_by("-month").first()
    low_before, high_before = month_id_range(before.month) if before else (0, 0)
    params = {
        "month": cycle.month,
        "before": before.month if before else None,
        "low_before": low_before,
        "high_before": high_before,
        "low": low,
        "high": high,
        "last_day": add_months(cycle.last_month, 1) - timedelta(days=1),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        sql.run(cursor, "reports", "coverage_money", params)
        sql.run(cursor, "reports", "coverage_lines", params)
        sql.run(cursor, "reports", "coverage_pairs", params)
        sql.run(cursor, "reports", "coverage", params)
        sql.run(cursor, "reports", "coverage_changes", params)
        cursor.execute("DROP TABLE money, money_line, pair")
        if not Cycle.objects.filter(month__gt=cycle.month).exists():
            sql.run(cursor, "reports", "coverage_waiting", params)
            _count_overpaid(cursor, cycle, ("reports", "asked_waiting"), key=OVERPAID_BY_LAW)
        _count_overpaid(cursor, cycle, ("payments", "asked_overpaid"), key=OVERPAID)


def _count_overpaid(cursor: CursorWrapper, cycle: Cycle, asked: tuple[str, str], *, key: str) -> None:
    """Overpaid balances up to the cycle's last month, by the law of the newest list date, as all lines to date are.

    The months to ask about are written down and analysed first: they may be few, and the planner must know it.
    """
    params: dict[str, Any] = {
        "month": cycle.month,
        "key": key,
        "person_from": 0,
        "person_to": 2**62,
        "last_month": cycle.last_month,
        "reckoned_on": Cycle.objects.order_by("-month").values_list("reckoned_on", flat=True)[0],
        "birth_convention": settings.BIRTH_CONVENTION,
    }
    cursor.execute(f"CREATE TEMPORARY TABLE asked ON COMMIT DROP AS\n{sql.load(*asked)}", params)
    many = cursor.rowcount > FEW
    cursor.execute(f"SET LOCAL enable_nestloop = {'off' if many else 'on'}")
    if cursor.rowcount:
        cursor.execute("ANALYZE asked")
        cursor.execute(f"{sql.relations(*BALANCE)}\n{sql.load('reports', 'coverage_overpaid')}", params)
    cursor.execute("DROP TABLE asked")


class TargetTaken(ValueError):
    """The same target (scheme, unit, day) was already set on that day."""


def set_target(
    *,
    on_date: date,
    rate: Decimal,
    set_on: date,
    scheme: str = "",
    unit: Unit | None = None,
    source: str = "",
) -> Target:
    """Set a target: `rate` (a fraction of 1) to be reached by a day. Earlier ones stay as history.

    Raises TargetTaken where one was set for the same scheme, unit and day today.
    """
    try:
        with transaction.atomic():
            return Target.objects.create(
                on_date=on_date, rate=rate, set_on=set_on, scheme=scheme, unit=unit, source=source
            )
    except IntegrityError as error:
        raise TargetTaken(_("This target was already set today; it can be changed tomorrow.")) from error


class DifficultyRefused(Exception):
    """A step that the difficulty's state does not allow any more."""


def raise_difficulty(
    *, unit: Unit, kind: str, people: int, text: str, by: User, at: datetime, proposal: str = ""
) -> Difficulty:
    """A unit says what holds about `people` of its people back, and what it proposes."""
    return Difficulty.objects.create(
        unit=unit, kind=kind, people=people, text=text, proposal=proposal, raised_by=by, raised_at=at
    )


def answer_difficulty(
    *, difficulty_id: int, answer: str, assigned_to: str, by: User, at: datetime
) -> Difficulty:
    """Answer a difficulty and say who sees to it; an answer may be written anew until it is closed."""
    return _step(
        difficulty_id,
        state=DifficultyState.ANSWERED,
        answer=answer,
        assigned_to=assigned_to,
        answered_by=by,
        answered_at=at,
    )


def close_difficulty(*, difficulty_id: int, by: User, at: datetime) -> Difficulty:
    """Close a difficulty: it holds nobody back any more, or nothing can be done."""
    return _step(difficulty_id, state=DifficultyState.CLOSED, closed_by=by, closed_at=at)


def _step(difficulty_id: int, **facts: Any) -> Difficulty:
    open_ones = Difficulty.objects.exclude(state=DifficultyState.CLOSED)
    if not open_ones.filter(pk=difficulty_id).update(**facts):
        raise DifficultyRefused(_("This difficulty is closed already."))
    return Difficulty.objects.get(pk=difficulty_id)
