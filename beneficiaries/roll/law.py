"""What one entitlement of a roll would be granted by itself, to be held against the amount that the roll states."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.conf import settings
from django.db.models import Q

from areas.models import Unit
from beneficiaries.models import Precision
from beneficiaries.roll.row import RollRow
from benefits.models import LATEST_FIRST, AgeOf, Base, Category, Per, Rate, in_force
from benefits.queries import rounded
from common.months import add_months

_CHILD_UNTIL = 16


def age_in_months(birth: date, precision: str, month: date) -> int:
    """Whole months of age in a month, by the convention for those of whom only the year of birth is known."""
    last = precision == Precision.YEAR and settings.BIRTH_CONVENTION == "last"
    return (month.year - birth.year) * 12 + month.month - (12 if last else birth.month)


class Law:
    """The rates in force, month by month, each month as its list date has them (rule P12)."""

    def __init__(self) -> None:
        self._months: dict[tuple[date, int | None], dict[str, list[tuple[Rate, int | None]]]] = {}
        self._areas: dict[int, int] | None = None

    def granted(self, row: RollRow, category: Category, month: date) -> int | None:
        """Đồng that the row's category alone grants in `month`; 0 outside its ages, None where it cannot be told.

        Stacking with other categories, suspensions and children at school are not looked at.
        """
        born = _whose_age(row, category)
        if born is None:
            return None
        months = 0 if category.per == Per.CHILD else age_in_months(*born, month)
        if category.per != Per.CHILD and not _eligible(category, months):
            return 0
        age = months // 12 if category.end_age is None else min(months // 12, category.end_age - 1)
        for rate, amount in self._rates(month, self._area(row.commune_id)).get(category.pk, []):
            if (
                rate.age_from <= age
                and (rate.age_to is None or age < rate.age_to)
                and _fits(rate, row.injury_rate)
            ):
                return None if amount is None else amount * _units(row, category, month)
        return None

    def _rates(self, month: date, area: int | None) -> dict[str, list[tuple[Rate, int | None]]]:
        if (month, area) not in self._months:
            on = add_months(month, -1).replace(day=settings.LIST_DAY)
            bases = _bases(month, on, area)
            newest: dict[str, tuple[date, date]] = {}
            rates: dict[str, list[tuple[Rate, int | None]]] = defaultdict(list)
            for rate in Rate.objects.filter(in_force(month, on)).order_by(*LATEST_FIRST):
                law = (rate.applies_from, rate.in_force_from)
                if newest.setdefault(rate.category_id, law) == law:
                    rates[rate.category_id].append((rate, _amount(rate, bases)))
            self._months[month, area] = rates
        return self._months[month, area]

    def _area(self, commune: int) -> int | None:
        """The province above a commune, where it has bases of its own."""
        if self._areas is None:
            own = set(Base.objects.exclude(area=None).values_list("area_id", flat=True))
            under = Unit.objects.communes().filter(Q(parent__in=own) | Q(parent__parent__in=own))
            above = under.values_list("pk", "parent_id", "parent__parent_id")
            self._areas = {pk: area for pk, *units in above for area in units if area in own}
        return self._areas.get(commune)


def _bases(month: date, on: date, area: int | None) -> dict[str, int]:
    """The national bases, each of them the province's own where that is higher (Decree 20/2021, Art. 4(3))."""
    national: dict[str, int] = {}
    own: dict[str, int] = {}
    counting = Base.objects.filter(Q(area=None) | Q(area=area), in_force(month, on)).order_by(*LATEST_FIRST)
    for base in counting:
        (national if base.area_id is None else own).setdefault(base.base_code, base.amount)
    return {code: max(amount, own.get(code, 0)) for code, amount in national.items()}


def _whose_age(row: RollRow, category: Category) -> tuple[date, str] | None:
    if category.age_of == AgeOf.SELF or category.per == Per.CHILD:
        return row.birth_date, row.birth_precision
    return (row.children[0].birth_date, row.children[0].birth_precision) if row.children else None


def _amount(rate: Rate, bases: dict[str, int]) -> int | None:
    if rate.amount is not None:
        return rate.amount
    base = bases.get(rate.base_code)
    return (
        None if base is None or rate.coefficient is None else rounded(base * rate.coefficient, rate.round_to)
    )


def _eligible(category: Category, months: int) -> bool:
    """From the birthday's month on; an end by age counts after that month (rules E04, E10)."""
    old_enough = category.min_age is None or months >= category.min_age * 12
    return old_enough and (category.end_age is None or months - 1 < category.end_age * 12)


def _fits(rate: Rate, injury: int | None) -> bool:
    if rate.injury_from is None or rate.injury_to is None:
        return True
    return injury is not None and rate.injury_from <= injury <= rate.injury_to


def _units(row: RollRow, category: Category, month: date) -> int:
    if category.per == Per.MONTH:
        return 1
    if category.per == Per.SENIORITY_YEAR:
        return row.seniority_years or 0
    if category.per == Per.CHILD and row.children:
        ages = [age_in_months(child.birth_date, child.birth_precision, month) for child in row.children]
        return sum(age - 1 < _CHILD_UNTIL * 12 for age in ages)
    return row.heads or 0
