"""That somebody saw a number in full: written before it is shown, so that no look goes unrecorded."""

from __future__ import annotations

from datetime import datetime

from audit import actor
from audit.models import Entry, EntryKind


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
    return Entry.objects.create(
        at=at,
        kind=EntryKind.LOOK,
        table_name=table,
        row_key=str(row_key),
        person_id=person_id,
        new={"column": column, "reason": why},
        officer_id=officer_id,
        source=actor.current().source[:120],
    )
