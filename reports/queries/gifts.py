"""Who is given a present on an occasion, in the reader's communes: names for whoever may see people, nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language

from accounts.access import Action, Reader
from areas.models import Unit
from benefits.models import Category
from common import sql
from common.months import month_of
from common.text import sort_key
from reports.models import GiftList


@dataclass(frozen=True, slots=True)
class Given:
    """One person's present: birth as the register knows it, the category that earns it, đồng."""

    name: str
    birth_date: Any
    birth_precision: str
    hamlet: str
    category: str
    amount: int


@dataclass(frozen=True, slots=True)
class CommuneSum:
    """What one commune gives: people by amount (đồng), the largest first, and together."""

    unit: Unit
    by_amount: dict[int, int]

    @property
    def people(self) -> int:
        return sum(self.by_amount.values())

    @property
    def amount(self) -> int:
        return sum(amount * people for amount, people in self.by_amount.items())


def gift_sums(*, gift: GiftList, reader: Reader) -> list[CommuneSum]:
    """The reader's communes that have somebody on the list, by name."""
    people = sql.load("reports", "gift_people")
    statement = f"SELECT commune, amount, count(*) FROM ({people}) AS given GROUP BY commune, amount"
    with connection.cursor() as cursor:
        cursor.execute(statement, _params(gift, list(reader.units(Action.SEE_PEOPLE))))
        rows = cursor.fetchall()
    found: dict[int, dict[int, int]] = {}
    for commune, amount, people in sorted(rows, key=lambda row: -row[1]):
        found.setdefault(commune, {})[amount] = people
    units = Unit.objects.select_related("parent").in_bulk(list(found))
    sums = [CommuneSum(units[commune], by_amount) for commune, by_amount in found.items()]
    return sorted(sums, key=lambda one: (sort_key(one.unit.name), one.unit.code))


def gift_people(*, gift: GiftList, commune: Unit, reader: Reader) -> list[Given]:
    """The commune's people in order of hamlet and name; empty where the reader may not see them."""
    communes = [commune.pk] if reader.may(Action.SEE_PEOPLE, commune.pk) else []
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "reports", "gift_people", _params(gift, communes))
    categories = Category.objects.in_bulk([row["category"] for row in rows])
    reveals = reader.may(Action.SEE_SENSITIVE, commune.pk)
    rows.sort(key=lambda row: (sort_key(row["hamlet"]), row["name_sort"], row["birth_date"]))
    return [
        Given(
            row["name"],
            row["birth_date"],
            row["birth_precision"],
            row["hamlet"],
            _named(categories[row["category"]], reveals=reveals),
            row["amount"],
        )
        for row in rows
    ]


def gift_amounts(*, gift: GiftList, reader: Reader) -> list[tuple[str, int]]:
    """What the decision gives in đồng by category, to be held against the paper: the highest first.

    A category that tells of HIV has its public name for whoever sees people of whom she may not know it.
    """
    reveals = reader.units(Action.SEE_PEOPLE) <= reader.units(Action.SEE_SENSITIVE)
    rows = gift.amounts.select_related("category").order_by("-amount", "category")
    return [(_named(row.category, reveals=reveals), row.amount) for row in rows]


def _named(category: Category, *, reveals: bool) -> str:
    vietnamese = (get_language() or "vi").startswith("vi")
    if category.sensitive and not reveals:
        return category.public_name_vi if vietnamese else category.public_name_en
    return category.name_vi if vietnamese else category.name_en


def _params(gift: GiftList, communes: list[int]) -> dict[str, Any]:
    return {
        "gift": gift.pk,
        "on_date": gift.on_date,
        "month": month_of(gift.on_date),
        "communes": communes,
    }
