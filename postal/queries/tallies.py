"""Whether the kept sums of the lists are what they sum."""

from __future__ import annotations

from django.db import connection

from common import sql
from payments.queries.ledger import Invariant


def check_tallies() -> Invariant:
    """I11: every sum of `postal_tally` compared with its payments, in both directions."""
    with connection.cursor() as cursor:
        (row,) = sql.rows(cursor, "postal", "check_tallies", {})
    return Invariant("I11", "the kept sums of the Post's lists are what they sum", row["rows"], row["broken"])
