"""Who is paid through an account at the end of the year, and when each of them changed over.

The counts of the last month are exact. The months of changing over follow one smooth rising curve for each scheme,
from a share in the first cycle to everybody in the last; that first share is solved so that the year's payments
through accounts add up to the scheme's known sum.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from desk.synthetic.weighted import share_out

# The province's figures for 2024 (its newspaper's article on cashless payment): pairs of person and scheme with a
# payment in December, those paid through accounts, and đồng paid through accounts in the year, "more than" 103 and
# 80 billion: aimed a little above.
ARTICLE_PAIRS = 54_649
ARTICLE_ALL = {"NCC": 9_035, "BTXH": 45_614}
ARTICLE_ACCOUNTS = {"NCC": 4_283, "BTXH": 16_867}
ARTICLE_AMOUNT = {"NCC": 103_200_000_000, "BTXH": 80_100_000_000}
# People paid under both schemes: not in the article.
BOTH_PAIRS = 300
BOTH_ACCOUNTS = 120
# What December 2024 solves to, for months whose year is not whole.
FIRST_SHARE = {"NCC": 0.41, "BTXH": 0.37}
_STEEPNESS = 1.2


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs a roll has, by scheme, in its month; `both` people stand in each scheme."""

    all: dict[str, int]
    accounts: dict[str, int]
    both: int
    both_accounts: int

    @classmethod
    def of(cls, pairs: int) -> Counts:
        """The article's figures scaled to `pairs`."""
        ncc = _scaled(ARTICLE_ALL["NCC"], pairs)
        both = _scaled(BOTH_PAIRS, pairs)
        return cls(
            all={"NCC": ncc, "BTXH": pairs - ncc},
            accounts={scheme: _scaled(count, pairs) for scheme, count in ARTICLE_ACCOUNTS.items()},
            both=both,
            both_accounts=_scaled(BOTH_ACCOUNTS, pairs),
        )

    def target(self, scheme: str) -> int:
        """Đồng through accounts in twelve cycles."""
        return round(ARTICLE_AMOUNT[scheme] * self.all[scheme] / ARTICLE_ALL[scheme])


def _scaled(count: int, pairs: int) -> int:
    return round(count * pairs / ARTICLE_PAIRS)


def choose_holders(
    people: Sequence[int],
    count: int,
    *,
    district: Callable[[int], str],
    rate: Callable[[str], float],
    score: Callable[[int], float],
) -> list[int]:
    """`count` of `people`, shared among districts in proportion to their rates, the highest scores in each."""
    by_district: dict[str, list[int]] = {}
    for person in people:
        by_district.setdefault(district(person), []).append(person)
    limits = {name: len(members) for name, members in by_district.items()}
    quota = share_out(count, {name: limits[name] * rate(name) for name in sorted(by_district)}, limits)
    return [
        person
        for name in sorted(by_district)
        for person in sorted(by_district[name], key=score, reverse=True)[: quota[name]]
    ]


def curve(first: float, cycles: int) -> list[float]:
    """The share of the final holders already paid through accounts in each cycle, from `first` to 1."""
    if cycles == 1:
        return [1.0]
    return [first + (1 - first) * (at / (cycles - 1)) ** _STEEPNESS for at in range(cycles)]


def cycle_of(draw: float, shares: Sequence[float]) -> int:
    """The first cycle of a holder whose place in the queue (0 to 1) is `draw`."""
    return bisect_left(shares, draw)


class Payments:
    """What holders are paid by cycle, in the order of their places in the queue."""

    def __init__(self, holders: Sequence[tuple[float, tuple[int, ...]]], cycles: int) -> None:
        ordered = sorted(holders, key=lambda holder: holder[0])
        self._draws = [draw for draw, _amounts in ordered]
        self._sums = [[0, *accumulate(amounts[at] for _draw, amounts in ordered)] for at in range(cycles)]

    def through_accounts(self, shares: Sequence[float]) -> int:
        """Đồng paid through accounts over the cycles, where `shares` of the queue have changed over by each."""
        return sum(
            sums[bisect_right(self._draws, share)] for share, sums in zip(shares, self._sums, strict=True)
        )


def solve_first_share(payments: Payments, *, cycles: int, target: int) -> float:
    """The first cycle's share with which the sum meets `target` đồng; 0 or 1 where even these cannot."""
    low, high = 0.0, 1.0
    for _step in range(40):
        middle = (low + high) / 2
        if payments.through_accounts(curve(middle, cycles)) < target:
            low = middle
        else:
            high = middle
    return high
