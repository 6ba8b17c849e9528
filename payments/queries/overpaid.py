"""What was paid too much and is still open, and who has not collected for three months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection

from accounts.access import Action, Reader
from common import sql
from payments.models import Cycle
from payments.operations.generation import BALANCE

EVERYBODY = (0, 2**62)
UNCOLLECTED_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Overpaid:
    """One benefit's month: `overpaid` đồng more than due, of which decisions `covered` some already."""

    person_id: int
    name: str
    scheme: str
    entitlement_id: int
    category_id: str
    month: date
    due: int
    live: int
    overpaid: int
    covered: int

    @property
    def open(self) -> int:
        return max(self.overpaid - self.covered, 0)


def overpaid(*, reader: Reader, person_id: int | None = None) -> list[Overpaid]:
    """Overpaid months of the people whom the reader may see, by the law of the last cycle's list date."""
    last = Cycle.objects.order_by("-month").first()
    if last is None:
        return []
    people = EVERYBODY if person_id is None else (person_id, person_id + 1)
    statement = sql.relations(("payments", "asked_overpaid"), *BALANCE)
    statement = statement.replace("asked_overpaid AS (", "asked AS (", 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement}\n{sql.load('payments', 'overpaid')}",
            {
                "person_from": people[0],
                "person_to": people[1],
                "last_month": last.last_month,
                "reckoned_on": last.reckoned_on,
                "birth_convention": settings.BIRTH_CONVENTION,
                "units": list(reader.units(Action.SEE_PAYMENTS)),
            },
        )
        columns = [column[0] for column in cursor.description]
        return [Overpaid(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Uncollected:
    """Somebody whose social protection money nobody has collected for `months` months, from `since` on."""

    person_id: int
    name: str
    months: int
    since: date


def uncollected(*, reader: Reader) -> list[Uncollected]:
    """Whom the law lets the commune suspend: social protection uncollected for three months in a row (S01)."""
    params = {"months": UNCOLLECTED_MONTHS, "units": list(reader.units(Action.SEE_PEOPLE))}
    with connection.cursor() as cursor:
        return [Uncollected(**row) for row in sql.rows(cursor, "payments", "uncollected", params)]
