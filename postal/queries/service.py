"""How well the Post delivers, against what was agreed, and what does not look right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.access import Action, Reader
from areas.models import Unit
from common import sql
from postal.queries.contracts import contracts_by_area, nearest

AGREED = Decimal("0.95")
MANY_PEOPLE = 5


@dataclass(frozen=True, slots=True)
class PointService:
    """One pay point in a month; `agreed` and `rate` are fractions of 1, `days` the mean from release to collection."""

    facts: dict[str, Any]
    agreed: Decimal

    @property
    def rate(self) -> Decimal:
        return Decimal(self.facts["paid"]) / self.facts["people"]

    @property
    def days(self) -> Decimal | None:
        return Decimal(self.facts["days"]) / self.facts["paid"] if self.facts["paid"] else None

    @property
    def below(self) -> bool:
        return self.rate < self.agreed


def service(*, month: date, reader: Reader) -> list[PointService]:
    """The reader's pay points in a month, in order of unit and commune."""
    communes = reader.units(Action.SEE_PAYMENTS)
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "postal", "service", {"month": month, "communes": list(communes)})
    units = Unit.objects.select_related("parent").in_bulk({row["commune"] for row in rows})
    by_area = contracts_by_area(on=month)
    found = []
    for row in rows:
        contract = nearest(units[row["commune"]], by_area)
        found.append(PointService(row, contract.success_rate if contract else AGREED))
    return found


def by_unit(points: list[PointService]) -> list[dict[str, Any]]:
    """The points summed by paying unit: people, paid, amount (đồng), rate, and how many points are below."""
    sums: dict[str, dict[str, Any]] = {}
    for point in points:
        row = sums.setdefault(
            point.facts["unit_name"] or "", {"people": 0, "paid": 0, "paid_amount": 0, "home": 0, "below": 0}
        )
        for name in ("people", "paid", "paid_amount", "home"):
            row[name] += point.facts[name]
        row["below"] += point.below
    return [
        row | {"name": name, "rate": Decimal(row["paid"]) / row["people"]}
        for name, row in sorted(sums.items())
    ]


def alerts(*, month: date, reader: Reader) -> list[dict[str, Any]]:
    """What does not look right in a month's marks: kind, commune, pay_day, name, people, detail."""
    params = {
        "month": month,
        "communes": list(reader.units(Action.SEE_PAYMENTS)),
        "many": MANY_PEOPLE,
    }
    with connection.cursor() as cursor:
        return sql.rows(cursor, "postal", "alerts", params)
