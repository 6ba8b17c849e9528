"""That somebody saw a number in full: written before it is shown, so that no look goes unrecorded."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection

from audit import actor
from audit.models import Entry


class LookWithoutReason(Exception):
    """A number is shown in full only for a stated reason."""


def record_look(
    *, officer_id: int, person_id: int, table: str, row_key: int, column: str, reason: str, at: datetime
) -> Entry:
    """Record that an officer sees an encrypted value of a person in full, and why.

    `table`, `row_key` and `column` say which: `beneficiaries_person` and `national_id`, `beneficiaries_payoutmethod`
    and `account`, `beneficiaries_payee` and `national_id`. Raises LookWithoutReason.
    """
    why = " ".join(reason.split())
    if not why:
        raise LookWithoutReason
    what, source = json.dumps({"column": column, "reason": why}), actor.current().source[:120]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_look(%s, %s, %s, %s, %s, %s, %s)",
            [at, table, str(row_key), person_id, what, officer_id, source],
        )
        return Entry.objects.get(pk=cursor.fetchone()[0])
