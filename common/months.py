"""Months as the date of their first day; on the command line and in JSON as `YYYY-MM`."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_WRITTEN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")


def parse_month(text: str) -> date:
    """`"2024-12"` → the first of December 2024. ValueError with a readable text for anything else."""
    match = _MONTH.fullmatch(text.strip())
    year, month = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (1900 <= year <= 9998 and 1 <= month <= 12):
        raise ValueError(_("“%(text)s” is not a month: write YYYY-MM, such as 2024-12.") % {"text": text})
    return date(year, month, 1)


def read_month(text: str) -> date:
    """A month as a person writes it, `1/2025` or `01-2025`, or as `parse_month` takes it. ValueError otherwise."""
    match = _WRITTEN.fullmatch(text.strip())
    return parse_month(f"{match[2]}-{match[1]:0>2}" if match else text)


def format_month(month: date) -> str:
    """The month as `YYYY-MM`."""
    return f"{month.year:04d}-{month.month:02d}"


def show_month(month: date) -> str:
    """The month as people here write it, in messages and on pages: `12/2024`."""
    return f"{month:%m/%Y}"


def show_birth(born: date, precision: str) -> str:
    """A birth date no more exact than it is known (`day`, `month` or `year`): `10/09/1944`, `09/1944` or `1944`."""
    return born.strftime({"day": "%d/%m/%Y", "month": "%m/%Y", "year": "%Y"}[precision])


def month_of(day: date) -> date:
    """The month (its first day) in which a calendar day lies."""
    return date(day.year, day.month, 1)


def add_months(month: date, count: int) -> date:
    """The month `count` months later (earlier where negative)."""
    year, zero_based = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, zero_based + 1, 1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Every month from `first` to `last`, both included; none where `last` is before `first`."""
    month = month_of(first)
    while month <= last:
        yield month
        month = add_months(month, 1)
