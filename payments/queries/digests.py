"""Count, sum and hash of a batch's live payments: what is approved, released and acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from common import sql


@dataclass(frozen=True, slots=True)
class Totals:
    """`amount` in đồng; `digest` is the SHA-256 of the payments in order of their ids."""

    count: int
    amount: int
    digest: bytes


def batch_totals(*, batch_id: int) -> Totals:
    """Totals of the payments of a batch that are not withdrawn."""
    with connection.cursor() as cursor:
        row = sql.rows(cursor, "payments", "batch_totals", {"batch_id": batch_id})[0]
    return Totals(count=row["count"], amount=row["amount"], digest=bytes(row["digest"]))
