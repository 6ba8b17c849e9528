"""Every payment and every statement line is in exactly one class: matched, missing, unexpected, amount, duplicate."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from common import sql
from payments.models import month_id_range


def reconciliation(*, month: date) -> list[dict[str, Any]]:
    """Per provider, paying unit and class: `count`, what we expected and what was reported, in đồng (I8)."""
    with connection.cursor() as cursor:
        return sql.rows(cursor, "payments", "reconcile", _params(month))


def unmatched(*, month: date) -> int:
    """How many payments and statement lines of a cycle are in any class but matched."""
    return sum(row["count"] for row in reconciliation(month=month) if row["class"] != "matched")


def _params(month: date) -> dict[str, Any]:
    low, high = month_id_range(month)
    return {"month": month, "low": low, "high": high}
