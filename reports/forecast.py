"""Where the rate is heading: a straight line through the last months, and how far it may be off.

Method: ordinary least squares on the monthly rate, and the prediction interval of that line at 80 % by Student's t
(Draper & Smith, Applied Regression Analysis, ch. 1). It says what happens if work goes on as in these months, no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from common.months import add_months

FEWEST = 4
# Student's t, one-sided 90 %, by degrees of freedom 1, 2, …; the last one stands for all that follow.
T90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.282)


@dataclass(frozen=True, slots=True)
class Step:
    """The rate expected in one month to come, a fraction of 1, between `low` and `high` in four cases of five."""

    month: date
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The months to come: the next one, then by quarters, the last of them the month asked for.

    `per_month` is the change of the rate in a month; `reached_in` the first month in which the line meets the
    target, None where it does not within ten years. `based_on` counts the months that it goes by.
    """

    steps: tuple[Step, ...]
    per_month: float
    reached_in: date | None
    based_on: int

    @property
    def last(self) -> Step:
        return self.steps[-1]


def forecast(
    *, rates: Sequence[tuple[date, float]], month: date, target: float, last: int = 6
) -> Forecast | None:
    """The rate until `month` by the latest `last` months; None with fewer than four, or for a month that is past.

    `rates` are (month, fraction of 1), ascending; months without a cycle may be missing.
    """
    known = rates[-last:]
    if len(known) < FEWEST or month <= known[-1][0]:
        return None
    start = known[0][0]
    xs = [float(_months(start, when)) for when, _rate in known]
    ys = [rate for _when, rate in known]
    n, mean_x, mean_y = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    level = mean_y - slope * mean_x
    errors = sum((y - level - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))

    def step(when: date) -> Step:
        at = float(_months(start, when))
        deviation = sqrt(errors / (n - 2) * (1 + 1 / n + (at - mean_x) ** 2 / spread))
        width = T90[min(n - 2, len(T90)) - 1] * deviation
        expected = level + slope * at
        return Step(when, _within(expected), _within(expected - width), _within(expected + width))

    return Forecast(
        steps=tuple(step(when) for when in _ahead(known[-1][0], month)),
        per_month=slope,
        reached_in=_reached(start, xs[-1], level, slope, target),
        based_on=n,
    )


def _ahead(since: date, until: date) -> list[date]:
    count = _months(since, until)
    return [add_months(since, n) for n in range(1, count + 1) if n in (1, count) or n % 3 == 0]


def _reached(start: date, last: float, level: float, slope: float, target: float) -> date | None:
    months = range(int(last) + 1, int(last) + 121)
    return next((add_months(start, x) for x in months if level + slope * x >= target - 1e-9), None)


def _within(rate: float) -> float:
    return min(max(rate, 0.0), 1.0)


def _months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month
