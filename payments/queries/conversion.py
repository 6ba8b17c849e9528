"""What converting benefits to the social pension would do, by the engine's own relations; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from beneficiaries.models import Conversion
from common import sql
from payments.operations.conversion import FROM_MONTH, TARGET, Convertible
from payments.operations.generation import BALANCE

_NAMES = [name for _app, name in BALANCE]
_DUE = BALANCE[: _NAMES.index("due") + 1]


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """The people of one paying unit: how many, who receives less or more, and đồng a month before and after."""

    unit_id: int | None
    name: str
    people: int
    losing: int
    gaining: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ConversionFigures:
    """By paying unit; `paid_months` were paid by the old benefits already, `paid` đồng, and are booked over."""

    units: list[UnitFigures]
    paid_months: int
    paid: int

    @property
    def total(self) -> UnitFigures:
        people, losing, gaining = (
            sum(getattr(u, n) for u in self.units) for n in ("people", "losing", "gaining")
        )
        before, after = (sum(getattr(u, n) for u in self.units) for n in ("before", "after"))
        return UnitFigures(None, "", people, losing, gaining, before, after)


def conversion_figures(
    found: Sequence[Convertible], *, on: date, from_month: date = FROM_MONTH
) -> ConversionFigures:
    """What these grants pay in the last month before the replacement, and their people in its first, by the law in
    force on `on`. `found` is the reader's own preview."""
    people = [one.person_id for one in found]
    params: dict[str, Any] = {
        "entitlements": [one.entitlement_id for one in found],
        "target": TARGET,
        "from_month": from_month,
        "reckoned_on": on,
        "person_from": min(people, default=0),
        "person_to": max(people, default=0) + 1,
        "birth_convention": settings.BIRTH_CONVENTION,
    }
    relations = sql.relations(("payments", "asked_converted"), *_DUE)
    with connection.cursor() as cursor:
        cursor.execute(
            relations.replace("asked_converted AS (", "asked AS (", 1)
            + "\n"
            + sql.load("payments", "conversion_figures"),
            params,
        )
        columns = [column[0] for column in cursor.description]
        units = [UnitFigures(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]
        paid = sql.rows(cursor, "payments", "conversion_paid", params)[0]
    return ConversionFigures(units, paid["months"], paid["amount"])


def conversions(*, from_month: date = FROM_MONTH) -> QuerySet[Conversion]:
    """Those prepared and confirmed, the latest first, with their `parts_all` and `parts_waiting`."""
    return (
        Conversion.objects.filter(from_month=from_month)
        .select_related("prepared_by", "confirmed_by")
        .annotate(parts_all=Count("parts"), parts_waiting=Count("parts", filter=Q(parts__done_at=None)))
        .order_by("-pk")
    )
