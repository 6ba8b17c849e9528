"""Which target holds for which row of which month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from reports.models import Target

EVERYBODY = Decimal(1)


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets, read once for a page."""

    rows: tuple[Target, ...]

    def holding(self, *, month: date, scheme: str = "", units: Sequence[int] = ()) -> Target | None:
        """The target of a row: the next one due at or after the month, else the last that was due.

        Among several of that day the nearest unit wins (`units` from the row's own upwards), then the one for the
        scheme, then the one set last.
        """
        fitting = [
            row
            for row in self.rows
            if row.scheme in ("", scheme) and (row.unit_id is None or row.unit_id in units)
        ]
        coming = [row.on_date for row in fitting if row.on_date >= month]
        if not fitting:
            return None
        due = min(coming) if coming else max(row.on_date for row in fitting)
        return min(
            (row for row in fitting if row.on_date == due),
            key=lambda row: (
                units.index(row.unit_id) if row.unit_id is not None else len(units),
                row.scheme == "",
                -row.set_on.toordinal(),
            ),
        )


def targets() -> Targets:
    """All targets that were ever set."""
    return Targets(tuple(Target.objects.all()))


def missing(*, covered: int, everybody: int, rate: Decimal) -> int:
    """People still missing to the target: its count rounded up, less those covered; never below 0."""
    wanted = int((rate * everybody).to_integral_value(ROUND_CEILING))
    return max(wanted - covered, 0)
