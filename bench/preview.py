"""The preview of a change of law over the whole roll: everybody's dues with and without it, in one process.

No floor: the aim is less than ten seconds. `seconds` is a higher base of social protection that counts for six
months before the first list that pays it; beside it one that only the next list pays, and `simulate` of one month.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.world import World, peak_rss_mb
from benefits.entering import Entered, LawRow, complete
from payments.queries.preview import Figures, compare_part, parts_of_people, plan_change, simulate

# In force before the list of February 2025 closes, and not before January's.
IN_FORCE, MONTH = date(2025, 1, 10), date(2025, 2, 1)
SIX_MONTHS_BACK = date(2024, 8, 1)


def measure(_world: World, *, pairs: int) -> dict[str, Any]:
    """Each preview `pairs` times; the median and the slowest of the one with six months of arrears."""
    arrears, changed, months = _timed(lambda: _preview(_base_from(SIX_MONTHS_BACK)), pairs)
    next_month, _changed, _months = _timed(lambda: _preview(_base_from(MONTH)), pairs)
    simulated = _timed(lambda: (simulate(_base_from(MONTH), month=MONTH), 1), pairs)[0]
    return {
        "seconds": round(statistics.median(arrears), 2),
        "slowest_seconds": round(max(arrears), 2),
        "months": months,
        "changed": changed,
        "next_month_seconds": round(statistics.median(next_month), 2),
        "simulate_seconds": round(statistics.median(simulated), 2),
        "peak_rss_mb": peak_rss_mb(),
    }


def _timed(what: Callable[[], tuple[Figures, int]], times: int) -> tuple[list[float], int, int]:
    seconds, changed, months = [], 0, 0
    for _time in range(times):
        started = time.perf_counter()
        figures, months = what()
        seconds.append(time.perf_counter() - started)
        changed = figures.total().changed
    return seconds, changed, months


def _preview(rows: list[LawRow]) -> tuple[Figures, int]:
    """As a worker reckons a proposal, part by part; the figures and how many months were reckoned."""
    plan, figures = plan_change(rows), Figures()
    for people in parts_of_people():
        figures.add(compare_part(rows, plan, people))
    return figures, len(plan.months)


def _base_from(month: date) -> list[LawRow]:
    row = Entered(2, "BTXH_STANDARD", month, IN_FORCE, amount=600_000)
    return complete([row], source="Nghị định thử")
