"""Deadlines in working days (ngày làm việc)."""

from __future__ import annotations

from datetime import date, timedelta

# New Year, 30 April, 1 May, 2 September (Labour Code 2019, Art. 112). Tết and the Hùng Kings' day follow the moon and
# the day beside 2 September is decided every year: over those a deadline is earlier than the law's, never later.
_HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}


def working_days_after(day: date, count: int) -> date:
    """The working day that is `count` working days after `day`, which itself does not count."""
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS:
            count -= 1
    return day
