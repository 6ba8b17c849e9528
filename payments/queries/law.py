"""What the tables of the law hold for a month, and what they lack; public, so no reader's scope is taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from benefits.models import Base, Confidence, in_force
from common import sql

_WEAKEST_FIRST = (Confidence.ASSUMED, Confidence.SECONDARY, Confidence.VERIFIED)


def rates_of(*, month: date, on: date) -> list[dict[str, Any]]:
    """The national rates that count for `month` by the law in force on `on`, each with its base and its sources.

    `amount` in đồng for one unit, None where the base is missing; `confidence` is the weaker of rate and base.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _with_rates() + sql.load("payments", "law_in_force"), {"months": [month], "reckoned_on": on}
        )
        columns = [column[0] for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [
        row
        | {
            "own_confidence": row["confidence"],
            "confidence": weakest(row["confidence"], row["base_confidence"]),
        }
        for row in rows
    ]


def bases_of(*, month: date, on: date) -> tuple[list[Base], list[Base]]:
    """The base of each code that counts for `month`, the country's and each province's own; and those that are known
    but do not count for it yet."""
    later = Q(applies_from__gt=month) | Q(in_force_from__gt=on)
    rows = Base.objects.annotate(to_come=later).filter(in_force(month, on) | later).select_related("area")
    newest: dict[tuple[str, int], Base] = {}
    to_come: list[Base] = []
    for row in rows.order_by("applies_from", "in_force_from", "base_code"):
        if row.to_come:
            to_come.append(row)
        else:
            newest[row.base_code, row.area_id or 0] = row
    return [newest[key] for key in sorted(newest)], to_come


def missing_rates(*, months: Iterable[date], on: date) -> list[tuple[str, date]]:
    """Categories that somebody is entitled to in one of the months, and that have no rate in force for it on `on`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _with_rates() + sql.load("payments", "unrated"), {"months": list(months), "reckoned_on": on}
        )
        return cursor.fetchall()


def weakest(*levels: str | None) -> str:
    """The least sure of several confidences; '' where none is given."""
    return next((str(level) for level in _WEAKEST_FIRST if level in levels), "")


def _with_rates() -> str:
    asked = "WITH asked AS (SELECT month FROM unnest(%(months)s::date[]) AS m (month)), rates AS ("
    return asked + sql.load("benefits", "rates") + ")\n"
