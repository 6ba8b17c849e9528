"""What a ratio may become before somebody has to look: the guard that runs with the tests.

Ratios of a small roll are worse than those of a province, for a statement's planning costs the same for few rows as
for many. So each bound stands at twice what was measured at this size, on a machine with fifteen other processes (2.4,
1.4 and 2.3), and takes no account of seconds.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

PEOPLE = 6_000
BOUNDS = {"generation": 6.0, "import": 3.0, "results": 5.0}


def exceeded(ratios: Mapping[str, Sequence[float]]) -> list[str]:
    """What is worse than its bound, by the median of its pairs, each in words; KeyError for one without a bound."""
    medians = {name: statistics.median(found) for name, found in ratios.items()}
    return [
        f"{name}: {median:.2f} times its floor, more than {BOUNDS[name]}"
        for name, median in medians.items()
        if median > BOUNDS[name]
    ]
