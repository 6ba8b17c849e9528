"""Random families for one timeline of cycles: who they are and what the law grants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from benefits.models import Category
from payments.operations.generation import list_date
from tests.benefits import oracle
from tests.benefits.facts import Change, Child, Grant, Law, Person, Suspension, month
from tests.benefits.ledger import Ledger
from tests.benefits.mirror import (
    day,
)

EDGES = (0, 3, 4, 16, 22, 60, 70, 75, 80)
# First months of the timelines: around both changes of the standard level, the social pension, and quiet months.
STARTS = tuple(
    month(*at) for at in ((2023, 12), (2024, 4), (2024, 5), (2024, 6), (2025, 4), (2025, 5), (2026, 2))
)
WITHOUT_NCC = (month(2026, 7), month(2026, 8), month(2026, 9))
SUPERSEDED = ("BTXH_5.5b", "BTXH_5.5c")
SOCIAL_PENSION_FROM = month(2025, 7)
CYCLES = 4


@dataclass
class Timeline:
    cycles: list[tuple[int, int]]
    ncc: bool

    @property
    def start(self) -> int:
        return self.cycles[0][0]

    @property
    def last(self) -> int:
        return self.cycles[-1][1]


def timeline(rng: Random) -> Timeline:
    """Four cycles in a row, one of them sometimes Tết's two months."""
    first = rng.choice(STARTS + WITHOUT_NCC)
    double = rng.choice((None, None, None, 0, 1, 2))
    cycles, m = [], first
    for number in range(CYCLES):
        last = m + 1 if number == double else m
        cycles.append((m, last))
        m = last + 1
    return Timeline(cycles, ncc=m <= month(2026, 11) and first not in WITHOUT_NCC)


class Families:
    """Draws families for one timeline; `categories` as the database holds them, for their needs only."""

    def __init__(self, rng: Random, when: Timeline, law: Law) -> None:
        self.rng, self.when, self.law = rng, when, law
        self.categories = [
            category
            for category in Category.objects.order_by("code")
            if category.scheme == "BTXH" or when.ncc
            if category.component != "social_pension" or when.start - 6 >= SOCIAL_PENSION_FROM
            if category.code != oracle.THREE_MONTHS
        ]
        self.social = [one for one in self.categories if one.code.startswith(oracle.ART_6 + "5")] + [
            one for one in self.categories if one.component in ("social_pension", "allowance")
        ]

    def draw(self) -> list[Person]:
        members = [self._person() for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3)))]
        for who in members:
            for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4))):
                self.grant(who, members)
        return members

    def _person(self) -> Person:
        who = Person(*self.birth())
        if self.rng.random() < 0.15:
            who.pension = self.rng.choice(("pension", "social_insurance"))
            who.pension_amount = self.rng.choice((None, 200_000, 360_000, 500_000, 540_000, 3_000_000))
            who.pension_from = self.rng.choice((None, self.when.start + self.rng.randint(-4, 3)))
        if self.rng.random() < 0.08:
            died = self.day(self.when.start + self.rng.randint(-3, 3))
            who.died = died if died >= who.born else None
        return who

    def birth(self) -> tuple[date, bool]:
        m = self.when.start + self.rng.randint(-4, 6) - 12 * self.rng.choice(EDGES)
        if self.rng.random() < 0.25:
            m = self.when.start - self.rng.randint(0, 95 * 12)
        born = self.day(m)
        return (date(born.year, 1, 1), True) if self.rng.random() < 0.15 else (born, False)

    def day(self, m: int) -> date:
        return date(m // 12, m % 12 + 1, self.rng.choice((1, 2, 14, 28)))

    def grant(self, who: Person, members: list[Person], back: int = 6) -> Grant | None:
        """A grant that the law can reckon in every month of the timeline; None where the draw does not fit."""
        category = self.rng.choice(self.social if self.rng.random() < 0.4 else self.categories)
        code = category.code
        if any(one.category == code for one in who.grants):
            return None
        if code in funerals() and any(one.category in funerals() for one in who.grants):
            return None
        settled = self.when.start + self.rng.randint(-back, 2)
        first = settled - self.rng.choice((0, 0, 0, 3, 30)) if self.rng.random() < 0.7 else settled + 1
        made = Grant(who, code, first, settled)
        if code in SUPERSEDED and self.when.last >= SOCIAL_PENSION_FROM:
            made.last = SOCIAL_PENSION_FROM - 1
            if first > made.last:
                return None
        elif self.rng.random() < 0.15:
            made.last = first + self.rng.randint(0, 40)
        self._facts(made, category, members)
        who.grants.append(made)
        if self.reckonable([who]):
            return made
        who.grants.remove(made)
        return None

    def _facts(self, made: Grant, category: Category, members: list[Person]) -> None:
        others = [one for one in members if one is not made.person]
        if category.needs_injury:
            made.injury = self.injury(category.code)
            if self.rng.random() < 0.2:
                made.changes.append(
                    Change(self.when.start + self.rng.randint(-3, 3), injury=self.injury(category.code))
                )
        if category.per == "seniority_year":
            made.seniority = self.rng.randint(1, 30)
        if category.per == "martyr":
            made.heads = self.rng.randint(1, 3)
        if category.component in ("care", "PV") and others and self.rng.random() < 0.6:
            made.linked = self.rng.choice(others)
        if category.per == "child" or (category.component == "care" and made.linked is None):
            made.children = [
                self.child() for _ in range(self.rng.randint(0 if category.per == "child" else 1, 3))
            ]
            if category.per == "child" and not made.children:
                made.heads = self.rng.randint(1, 4)
        if self.rng.random() < 0.1:
            made.suspensions.append(self._suspension())

    def injury(self, code: str) -> int:
        row = self.rng.choice(self.law.rates[code])
        return self.rng.choice((row.injury_from, row.injury_to))

    def _suspension(self) -> Suspension:
        first = self.when.start + self.rng.randint(-4, 2)
        last = self.rng.choice((None, first, first + 2))
        return Suspension(first, last, last is not None and self.rng.random() < 0.5)

    def child(self) -> Child:
        m = self.when.start + self.rng.randint(-3, 5) - 12 * self.rng.choice((0, 3, 4, 10, 16, 18, 22))
        child = Child(self.day(m))
        if self.rng.random() < 0.1:
            child.born, child.year_only = date(child.born.year, 1, 1), True
        if self.rng.random() < 0.4:
            child.studying_until = self.day(self.when.start + self.rng.randint(-2, 8))
        if self.rng.random() < 0.1:
            child.last_month = self.when.start + self.rng.randint(-2, 3)
        return child

    def reckonable(self, members: list[Person]) -> bool:
        """Whether every month has its rates and facts: what lacks them stops a round, which has tests of its own."""
        ledger = Ledger(self.law)
        dates = {list_date(day(first)) for first, _last in self.when.cycles}
        try:
            for who in members:
                for on in dates if who.grants else ():
                    ledger.balances(who, self.when.last, on)
        except LookupError:
            return False
        return True


def funerals() -> tuple[str, ...]:
    return ("BTXH_11.2", "BTXH_14.1", "BTXH_25.3", "NCC_MAITANG")
