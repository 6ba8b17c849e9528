"""Budget lines: what was allotted to a paying unit for a scheme and a year, and what of it is used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from accounts.access import Action, Reader
from common import sql
from payments.models import Allotment, Batch


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One unit's money for one scheme and year, in đồng."""

    unit: int
    name: str
    scheme: str
    allotted: int
    used: int

    @property
    def left(self) -> int:
        return self.allotted - self.used


def budget_lines(*, year: int, reader: Reader) -> list[BudgetLine]:
    """The lines of a year in the reader's area, by unit."""
    return _lines(year, reader.units(Action.SEE_PAYMENTS), "")


def budget_line(*, batch: Batch) -> BudgetLine | None:
    """The line that a batch draws on, of the year of its cycle; None where nothing was allotted for it."""
    found = _lines(batch.round.cycle_id.year, [batch.unit_id], batch.scheme)
    return found[0] if found else None


def allotments(*, year: int, reader: Reader) -> QuerySet[Allotment]:
    """The decisions behind the lines of a year, newest first."""
    found = Allotment.objects.filter(year=year, unit__in=reader.units(Action.SEE_PAYMENTS))
    return found.select_related("unit", "by").order_by("-pk")


def _lines(year: int, units: Iterable[int], scheme: str) -> list[BudgetLine]:
    params = {"year": year, "units": list(units), "scheme": scheme}
    with connection.cursor() as cursor:
        return [BudgetLine(**row) for row in sql.rows(cursor, "payments", "budget", params)]
