"""Sums of figures by whatever they are asked by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sum5:
    """Sums of figures: pairs, those covered, and đồng."""

    people: int = 0
    covered: int = 0
    amount: int = 0
    cashless: int = 0
    year: int = 0

    def __add__(self, other: Sum5) -> Sum5:
        return Sum5(
            self.people + other.people,
            self.covered + other.covered,
            self.amount + other.amount,
            self.cashless + other.cashless,
            self.year + other.year,
        )


Sums = dict[tuple[object, ...], Sum5]
