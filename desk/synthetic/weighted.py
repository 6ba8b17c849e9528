"""Draws in fixed proportions, and whole numbers shared out in them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Weighted(Generic[Item]):
    """Things to draw, each with its weight."""

    def __init__(self, weights: Mapping[Item, float]) -> None:
        self._items = list(weights)
        self._sums = list(accumulate(weights.values()))

    def pick(self, rng: Random) -> Item:
        return self._items[bisect(self._sums, rng.random() * self._sums[-1])]


def words(text: str) -> Weighted[str]:
    """Words with their weights, written `"Nguyễn 31|Trần 11"`; a word may hold spaces."""
    parts = [part.rpartition(" ") for part in text.split("|")]
    return Weighted({word: float(weight) for word, _space, weight in parts})


def share_out(total: int, weights: Mapping[Item, float], limits: Mapping[Item, int]) -> dict[Item, int]:
    """`total` as whole numbers in proportion to `weights`, by largest remainders; none above its limit.

    Earlier keys win ties. ValueError where the limits leave no room.
    """
    shares = dict.fromkeys(weights, 0)
    if total > sum(limits.values()):
        raise ValueError(f"{total} does not fit into {sum(limits.values())}")
    rest = total
    while rest:
        room = {key: weight for key, weight in weights.items() if shares[key] < limits[key]}
        scale = rest / sum(room.values())
        exact = {key: min(weight * scale, limits[key] - shares[key]) for key, weight in room.items()}
        for key, part in exact.items():
            shares[key] += int(part)
            rest -= int(part)
        for key in sorted(exact, key=lambda key: int(exact[key]) - exact[key]):
            if rest and shares[key] < limits[key]:
                shares[key] += 1
                rest -= 1
    return shares
