"""Deadlines in working days (ngày làm việc) of an office: without Saturdays, Sundays and public holidays.

The holidays are dated rows of `holidays.csv`, each with its basis and confidence: those of the solar calendar, Tết
and the Hùng Kings' day by the moon, the days given in place of a weekend (Labour Code 2019, Art. 111(3), 112), and the
working Saturdays that were changed for a day off. The Government chooses the days of Tết and the second one of
2 September every year: a new year's rows are added once they are known.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from common.months import add_months, month_of

# In a year without rows Tết and the Hùng Kings' day are not known: a deadline is then earlier than the law's.
_EVERY_YEAR = {(1, 1), (4, 30), (5, 1), (9, 2)}


def working_days_after(day: date, count: int) -> date:
    """The working day that is `count` working days after `day`, which itself does not count."""
    while count:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def end_of_term(day: date, *, months: int) -> date:
    """The last day of a term of so many months (12: a year) that begins on `day`, which itself is not counted: the same
    day of the last month, or that month's last day; where no office works then, the next working day (Civil Code 2015,
    Art. 147(2), 148(3) to (5))."""
    month = add_months(month_of(day), months)
    last = month.replace(day=min(day.day, monthrange(month.year, month.month)[1]))
    return last if is_working_day(last) else working_days_after(last, 1)


def is_working_day(day: date) -> bool:
    """Whether an office works on that day."""
    off, work = _table()
    if day in work:
        return True
    return day.weekday() < 5 and day not in off and (day.month, day.day) not in _EVERY_YEAR


@cache
def _table() -> tuple[frozenset[date], frozenset[date]]:
    """Days off, and weekend days worked instead."""
    with (Path(__file__).parent / "holidays.csv").open(encoding="utf-8", newline="") as file:
        rows = [(date.fromisoformat(row["day"]), row["kind"]) for row in csv.DictReader(file)]
    return (
        frozenset(day for day, kind in rows if kind == "off"),
        frozenset(day for day, kind in rows if kind == "work"),
    )
