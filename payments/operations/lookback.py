"""The law's own causes of look-back: a rate or base that became law after months it applies to were paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

from common import sql
from payments.models import Cycle


def queue_law_changes(*, cycle: Cycle) -> int:
    """Queue the people of every rate that became law between the list dates of the last cycle and of this one.

    Called once for a cycle, when its regular round opens; the number of people queued.
    """
    before = Cycle.objects.filter(month__lt=cycle.month).order_by("-month").first()
    if before is None:
        return 0
    return _queue(since=before.reckoned_on, until=cycle.reckoned_on, month=cycle.month, changes=[])


def queue_late_rates(*, changes: Sequence[tuple[str, date, date]]) -> int:
    """Queue the people of rates that were loaded after a list date at which they were already law.

    `changes` are (category, from month, in force from). A rate not yet law at the last list date waits for the
    cycle whose list date it precedes. Returns the number of people queued.
    """
    last = Cycle.objects.order_by("-month").first()
    if last is None:
        return 0
    late = [(category, month) for category, month, in_force in changes if in_force <= last.reckoned_on]
    return _queue(since=last.reckoned_on, until=last.reckoned_on, month=date.max, changes=late)


def _queue(*, since: date, until: date, month: date, changes: list[tuple[str, date]]) -> int:
    params = {
        "since": since,
        "until": until,
        "month": month,
        "categories": [category for category, _month in changes],
        "from_months": [from_month for _category, from_month in changes],
    }
    with connection.cursor() as cursor:
        return sql.run(cursor, "payments", "queue_law_changes", params)
