"""Whether the kept sums of the lists and marks are what they sum."""

from __future__ import annotations

from typing import Any

from django.db import connection

from common import sql
from payments.queries.ledger import Invariant
from postal.models import PayDay

# A day's marks come too fast where so many of one device fall within so many seconds.
FAST_MARKS, FAST_SECONDS = 5, 30


def check_tallies() -> Invariant:
    """I11: every kept sum compared with its payments or marks, in both directions."""
    days = list(PayDay.objects.values_list("pk", flat=True))
    params: dict[str, Any] = {"pay_days": days, "marks": FAST_MARKS, "seconds": FAST_SECONDS}
    with connection.cursor() as cursor:
        (lists,) = sql.rows(cursor, "postal", "check_tallies", {})
        cursor.execute(
            sql.relations(("postal", "marked")) + "\n" + sql.load("postal", "check_marktallies"), params
        )
        rows, broken = cursor.fetchone()
    text = "the kept sums of the Post's lists and marks are what they sum"
    return Invariant("I11", text, lists["rows"] + rows, lists["broken"] + broken)
