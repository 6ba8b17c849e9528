"""What the oracle looks at: people, what they were granted, and the law's dated rows, as plain facts.

Months are whole numbers (year × 12 + month − 1), money is whole đồng.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction


def month(year: int, number: int) -> int:
    return year * 12 + number - 1


def month_of(day: date) -> int:
    return month(day.year, day.month)


@dataclass
class Child:
    born: date
    year_only: bool = False
    studying_until: date | None = None
    last_month: int | None = None


@dataclass
class Person:
    born: date
    year_only: bool = False
    died: date | None = None
    pension: str = ""
    pension_amount: int | None = None
    pension_from: int | None = None
    grants: list[Grant] = field(default_factory=list)


@dataclass
class Suspension:
    first: int
    last: int | None = None
    arrears: bool = False


@dataclass
class Change:
    """Injury rate, seniority or heads as they are from a month on."""

    first: int
    injury: int | None = None
    seniority: int | None = None
    heads: int | None = None


@dataclass
class Grant:
    person: Person
    category: str
    first: int
    settled_before: int
    last: int | None = None
    injury: int | None = None
    seniority: int | None = None
    heads: int | None = None
    replaced: bool = False  # a one-off in whose place the law pays another
    linked: Person | None = None
    children: list[Child] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass
class Dated:
    applies_from: date
    applies_to: date | None
    in_force_from: date
    ends_in_force_from: date | None


@dataclass
class Base(Dated):
    code: str
    amount: int


@dataclass
class Rate(Dated):
    category: str
    age_from: int = 0
    age_to: int | None = None
    injury_from: int | None = None
    injury_to: int | None = None
    base: str = ""
    coefficient: Fraction | None = None
    round_to: int = 1
    amount: int | None = None


@dataclass
class Law:
    rates: dict[str, list[Rate]]  # by category
    bases: dict[str, list[Base]]  # by code
    own_bases: dict[str, list[Base]] = field(default_factory=dict)  # what the province itself set
    year_means: str = "first"  # a birth known to the year only counts from its first or its last month
