"""What a year's cycles will pay for one entitlement, reckoned in memory from the loaded tables of the law.

Used only to choose when the made-up people open their accounts; the engine pays by its own SQL. The rules are
the same: a cycle reckons with the law in force on its list date (P12), so a rate that applies from July and is
in force from July is paid in July at the old amount and its difference in August.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from benefits.models import Base, Category, Rate
from benefits.queries import NoRate, rounded


@dataclass(frozen=True, slots=True)
class Band:
    """One rate row as one month reckons it; ages in years, `age_to` exclusive; `amount` in đồng."""

    age_from: int
    age_to: int | None
    injury_from: int | None
    injury_to: int | None
    amount: int

    def fits(self, age: int, injury: int | None) -> bool:
        return (
            self.age_from <= age
            and (self.age_to is None or age < self.age_to)
            and (self.injury_from is None or self.injury_from <= (injury or 0) <= (self.injury_to or 0))
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One entitlement as the law sees it; months as `year * 12 + month - 1`, both ends included."""

    category: str
    born: int
    first: int
    last: int | None = None
    injury: int | None = None
    units: int = 1


def month_index(month: date) -> int:
    return month.year * 12 + month.month - 1


class Law:
    """The loaded rates, and the cycles (month and list date of each, in order) that pay by them."""

    def __init__(self, cycles: Sequence[tuple[date, date]]) -> None:
        self.months = [month for month, _list_date in cycles]
        self._dates = [list_date for _month, list_date in cycles]
        self._first = month_index(self.months[0])
        self._ages = {row.code: (row.min_age, row.end_age, row.age_of) for row in Category.objects.all()}
        self._rates: dict[str, list[Rate]] = {}
        for rate in Rate.objects.all():
            self._rates.setdefault(rate.category_id, []).append(rate)
        self._bases = list(Base.objects.filter(area=None))
        self._bands: dict[tuple[str, int, int], list[Band]] = {}
        self._paid: dict[Claim, tuple[int, ...]] = {}
        self._by_age = {
            code
            for code, rows in self._rates.items()
            if self._ages[code][:2] != (None, None) or any(row.age_from or row.age_to for row in rows)
        }
        self._looks_back = [at > 0 and self._law_changed(at) for at in range(len(cycles))]

    def paid_by_cycle(self, claim: Claim) -> tuple[int, ...]:
        """What each cycle pays for the claim, in đồng. NoRate where a month has no rate for it."""
        key = Claim(
            claim.category,
            claim.born if claim.category in self._by_age else 0,
            max(claim.first, self._first),
            claim.last,
            claim.injury,
            claim.units,
        )
        if key not in self._paid:
            self._paid[key] = tuple(self._paid_in(key, at) for at in range(len(self.months)))
        return self._paid[key]

    def _paid_in(self, claim: Claim, at: int) -> int:
        paid = self._due(claim, at, at)
        if self._looks_back[at]:
            paid += sum(
                max(self._due(claim, back, at) - self._due(claim, back, at - 1), 0) for back in range(at)
            )
        return paid

    def _due(self, claim: Claim, month: int, cycle: int) -> int:
        """What the law on the list date of cycle number `cycle` grants for month number `month`."""
        index = self._first + month
        if not claim.first <= index <= (claim.last or index):
            return 0
        min_age, end_age, age_of = self._ages[claim.category]
        if age_of == "linked":
            min_age = end_age = None
        months = index - claim.born
        if (min_age is not None and months < min_age * 12) or (end_age is not None and months > end_age * 12):
            return 0
        age = months // 12 if end_age is None else min(months // 12, end_age - 1)
        for band in self._bands_of(claim.category, month, cycle):
            if band.fits(age, claim.injury):
                return band.amount * claim.units
        raise NoRate(f"{claim.category} {self.months[month]:%Y-%m}")

    def _bands_of(self, category: str, month: int, cycle: int) -> list[Band]:
        key = category, month, cycle
        if key not in self._bands:
            self._bands[key] = self._choose(category, self.months[month], self._dates[cycle])
        return self._bands[key]

    def _choose(self, category: str, month: date, on: date) -> list[Band]:
        """The category's bands, the latest first: the first that fits is the one that counts."""
        standing = [rate for rate in self._rates.get(category, []) if _counts(rate, month, on)]
        if not standing:
            raise NoRate(f"{category} {month:%Y-%m}")
        standing.sort(key=lambda rate: (rate.applies_from, rate.in_force_from), reverse=True)
        return [
            Band(rate.age_from, rate.age_to, rate.injury_from, rate.injury_to, self._amount(rate, month, on))
            for rate in standing
        ]

    def _amount(self, rate: Rate, month: date, on: date) -> int:
        if rate.amount is not None:
            return rate.amount
        bases = [
            base for base in self._bases if base.base_code == rate.base_code and _counts(base, month, on)
        ]
        if not bases or rate.coefficient is None:
            raise NoRate(f"{rate.base_code} {month:%Y-%m}")
        base = max(bases, key=lambda base: (base.applies_from, base.in_force_from))
        return rounded(base.amount * rate.coefficient, rate.round_to)

    def _law_changed(self, at: int) -> bool:
        before, on = self._dates[at - 1], self._dates[at]
        rows: list[Rate | Base] = [*(rate for rates in self._rates.values() for rate in rates), *self._bases]
        return any(
            day is not None and before < day <= on
            for row in rows
            for day in (row.in_force_from, row.ends_in_force_from)
        )


def _counts(row: Rate | Base, month: date, on: date) -> bool:
    return (
        row.applies_from <= month
        and row.in_force_from <= on
        and (
            row.applies_to is None
            or row.applies_to >= month
            or (row.ends_in_force_from is not None and row.ends_in_force_from > on)
        )
    )
