"""A month's pay days with how far each is, and who stands on no list yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from accounts.access import Action, Reader
from areas.models import Unit
from common import sql
from payments.transitions import Outcome
from postal.models import PayDay
from postal.queries.scope import visible_days

_LIVE = ~Q(tallies__outcome=Outcome.WITHDRAWN)
_PAID = Q(tallies__outcome=Outcome.PAID)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Payments of a commune that found no pay day: people and đồng, and whether the commune has no point at all."""

    commune: str
    place: str
    people: int
    amount: int
    lacks_point: bool


def month_days(*, month: date, reader: Reader, on: date) -> QuerySet[PayDay]:
    """The month's pay days with `people`, `amount` (đồng) and `paid` (people) on their lists, from the kept sums."""
    return (
        visible_days(reader=reader, on=on)
        .filter(month=month)
        .annotate(
            people=Sum("tallies__people", filter=_LIVE, default=0),
            amount=Sum("tallies__amount", filter=_LIVE, default=0),
            paid=Sum("tallies__people", filter=_PAID, default=0),
        )
        .order_by("point__commune__name", "point__commune__code", "day", "place", "pk")
    )


def month_totals(days: Iterable[Any]) -> dict[str, int]:
    """What the annotated days come to: `days`, `people`, `amount` (đồng)."""
    rows = list(days)
    return {
        "days": len(rows),
        "people": sum(day.people for day in rows),
        "amount": sum(day.amount for day in rows),
    }


def unlisted(*, month: date, reader: Reader) -> list[Unlisted]:
    """What of the reader's communes stands on no list of a cycle."""
    params = {"month": month, "day": month, "communes": list(reader.units(Action.SEE_PAYMENTS))}
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "postal", "unlisted", params)
    return [
        Unlisted(row["name"], row["place"], row["people"], row["amount"], row["lacks_point"]) for row in rows
    ]


def managed_communes(*, reader: Reader, on: date) -> list[int]:
    """Ids of the communes in being on the day whose postal payment the reader arranges."""
    units = Unit.objects.on(on).communes().filter(pk__in=reader.units(Action.MANAGE_POST))
    return list(units.values_list("pk", flat=True))
