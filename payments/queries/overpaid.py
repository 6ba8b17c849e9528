"""What was paid too much and is still open, and who has not collected for three months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.access import Action, Reader
from beneficiaries.models import Residence
from common import sql
from payments.models import Cycle, OverpaidDecision
from payments.operations.generation import BALANCE

EVERYBODY = (0, 2**62)
UNCOLLECTED_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Overpaid:
    """One benefit's month: `overpaid` đồng more than due, of which decisions `covered` some already."""

    person_id: int
    name: str
    commune_id: int
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


def home_of(*, reader: Reader, person_id: int) -> int | None:
    """The commune where a person lives whose payments the reader may see; None for anybody else."""
    homes = Residence.objects.filter(valid_to=None, commune__in=reader.units(Action.SEE_PAYMENTS))
    return homes.filter(person=person_id).values_list("commune_id", flat=True).first()


def decisions(*, reader: Reader) -> QuerySet[OverpaidDecision]:
    """Decisions on people whom the reader may see, with their `amount`, the latest first."""
    homes = Residence.objects.filter(valid_to=None, commune__in=reader.units(Action.SEE_PAYMENTS))
    found = OverpaidDecision.objects.filter(person__in=homes.values("person")).order_by("-pk")
    return found.select_related("person", "prepared_by", "confirmed_by").annotate(amount=Sum("items__amount"))


def waiting_decisions(*, reader: Reader) -> QuerySet[OverpaidDecision]:
    """Those that a second officer has not confirmed yet."""
    return decisions(reader=reader).filter(confirmed_at=None, cancelled_at=None)


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
