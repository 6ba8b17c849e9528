"""Parts of addresses that are more than text."""

from __future__ import annotations

from datetime import date

from common.months import format_month, parse_month


class MonthConverter:
    """A month in an address, `2024-12`, as the date of its first day."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return parse_month(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else format_month(value)


class DayConverter:
    """A day in an address, written `2025-07-01`."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
