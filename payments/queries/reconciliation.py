"""Every payment and every statement line is in exactly one class: matched, missing, unexpected, amount, duplicate."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from accounts.access import Action, Reader
from common import sql
from payments.models import month_id_range

SUMS = """
SELECT
    provider_id AS provider, unit_id AS unit, class, count(*)::int AS count,
    count(*) FILTER (WHERE explained)::int AS explained,
    coalesce(sum(expected), 0)::bigint AS expected, coalesce(sum(reported), 0)::bigint AS reported
FROM reconcile GROUP BY provider_id, unit_id, class ORDER BY provider_id, unit_id, class
"""
DIFFERENCES = """
SELECT r.*, u.full_name AS owner FROM reconcile r LEFT JOIN accounts_user u ON u.id = r.owner_id
WHERE r.class <> 'matched' AND (r.unit_id = ANY (%(units)s) OR r.unit_id IS NULL AND %(everywhere)s)
  AND (%(provider)s = '' OR r.provider_id = %(provider)s)
ORDER BY r.explained, r.provider_id, r.class, r.reference, r.kind LIMIT %(limit)s
"""


def reconciliation(*, month: date) -> list[dict[str, Any]]:
    """Per provider, paying unit and class: `count`, how many of them are `explained`, what we expected and what was
    reported, in đồng (I8)."""
    return _rows(SUMS, _params(month))


def unmatched(*, month: date) -> int:
    """How many payments and statement lines of a cycle are neither matched nor explained."""
    return sum(
        row["count"] - row["explained"] for row in reconciliation(month=month) if row["class"] != "matched"
    )


def differences(*, month: date, reader: Reader, provider: str = "", limit: int = 500) -> list[dict[str, Any]]:
    """The payments and statement lines that do not match, unexplained first: provider_id, unit_id, reference, kind,
    class, expected and reported (đồng), explained, text, owner. A line that belongs to no
    payment of ours is shown to administrators alone."""
    units = list(reader.units(Action.SEE_PAYMENTS))
    everywhere = reader.may(Action.ADMINISTER)
    return _rows(
        DIFFERENCES,
        _params(month) | {"units": units, "everywhere": everywhere, "provider": provider, "limit": limit},
    )


def _rows(query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.relations(("payments", "reconcile")) + query, params)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _params(month: date) -> dict[str, Any]:
    low, high = month_id_range(month)
    return {"month": month, "low": low, "high": high}
