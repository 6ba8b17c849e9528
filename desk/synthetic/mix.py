"""Who is on the roll: the categories of each scheme in proportion, with the ages and facts that go with them.

The proportions are a guess at a coastal southern province, not statistics of anyone; the total by scheme is the
caller's. Ages are those at the end of the roll's month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from common.cccd import Sex
from desk.synthetic.law import Claim
from desk.synthetic.weighted import Weighted


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of person. `ages` are lowest, likeliest and highest; `tail` (years) makes the ages fall off from the
    lowest instead. `injury` likewise in percent. `since` is how many years back the benefit may have begun, `new` the
    share that begins in the roll's own year, `gains` what else some of them are granted, `payee` the share of adults
    for whom somebody else collects."""

    category: str
    weight: float
    ages: tuple[float, float, float]
    women: float
    tail: float = 0
    min_age: int = 0
    injury: tuple[float, float, float] | None = None
    since: int = 12
    new: float = 0.03
    remote: bool = False
    payee: float = 0
    gains: tuple[tuple[str, float], ...] = ()


BTXH = (
    Kind("BTXH_5.5c", 46.2, (80, 80, 106), 0.63, tail=5.2, min_age=80),
    Kind("BTXH_5.6_N", 27.0, (3, 48, 96), 0.46, new=0.05),
    Kind("BTXH_5.6_DBN", 7.4, (2, 50, 97), 0.48, new=0.05, payee=0.5),
    Kind("BTXH_20.2c", 4.6, (24, 52, 78), 0.78, new=0.05),
    Kind("BTXH_5.4", 5.0, (21, 38, 56), 0.82, since=8, new=0.06, gains=(("BTXH_5.6_N", 0.02),)),
    Kind("BTXH_5.5a", 4.6, (61, 70, 94), 0.66, min_age=60, since=10),
    Kind("BTXH_5.1", 2.4, (1.5, 10, 15.8), 0.48, since=8, new=0.08),
    Kind("BTXH_5.7", 1.2, (0.1, 1.4, 2.9), 0.49, since=2, new=0.35, remote=True),
    Kind("BTXH_5.5b", 1.0, (75.1, 76, 79.8), 0.6, min_age=75, since=4, remote=True),
    Kind("BTXH_5.2", 0.25, (16.2, 17, 21.8), 0.5, min_age=16, since=4, new=0.1),
    Kind("BTXH_5.8", 0.2, (24, 40, 62), 0.4, since=8),
    Kind("BTXH_5.5d", 0.1, (62, 75, 92), 0.6, min_age=60, since=8),
    Kind("BTXH_5.3", 0.05, (4.5, 11, 15.5), 0.5, since=6),
)
NCC = (
    Kind(
        "TB",
        27.0,
        (60, 74, 95),
        0.12,
        injury=(21, 24, 96),
        since=24,
        new=0.01,
        gains=(("LS_1", 0.015), ("TU_DAY", 0.02)),
    ),
    Kind("TBB", 0.7, (58, 68, 84), 0.05, injury=(21, 26, 75), since=24, new=0),
    Kind("BB", 4.3, (64, 73, 92), 0.10, injury=(45, 63, 92), since=22, new=0.01),
    Kind("CDHH", 8.0, (66, 74, 92), 0.20, injury=(21, 42, 92), since=16, new=0.02, gains=(("TU_DAY", 0.02),)),
    Kind("CDHH_CON", 3.6, (28, 42, 55), 0.45, injury=(61, 65, 96), since=14, new=0.02),
    Kind("LS_1", 23.5, (62, 80, 103), 0.74, since=22, new=0.02, gains=(("LS_ND", 0.06),)),
    Kind("LS_2", 2.4, (72, 86, 104), 0.88, since=22, new=0.01, gains=(("LS_ND", 0.15),)),
    Kind("LS_3", 0.4, (80, 90, 105), 0.95, since=22, new=0, gains=(("LS_ND", 0.2),)),
    Kind("LS_VCK", 1.0, (68, 78, 92), 0.97, since=4, new=0.1),
    Kind(
        "BMVNAH_TC",
        0.7,
        (84, 93, 106),
        1.0,
        since=18,
        new=0.02,
        gains=(("BMVNAH_PC", 1.0), ("BMVNAH_PV", 0.6)),
    ),
    Kind("TU_DAY", 10.5, (68, 77, 97), 0.28, since=18, new=0.01),
    Kind("CCGDCM_HCKC", 6.6, (78, 87, 102), 0.55, since=18, new=0.01, gains=(("CCGDCM_ND", 0.04),)),
    Kind("CCGDCM_TQGC", 0.5, (82, 90, 103), 0.55, since=18, new=0),
    Kind("AHLL", 0.15, (72, 80, 96), 0.15, since=18, new=0),
    Kind("LTCM_THOATLY_TC", 0.05, (97, 99, 105), 0.2, since=20, new=0, gains=(("LTCM_THOATLY_PC", 1.0),)),
    Kind("LTCM_KHONGTL", 0.05, (97, 99, 105), 0.3, since=20, new=0),
    Kind("TKN", 0.25, (94, 96, 104), 0.3, since=20, new=0),
    Kind("TB_TUAT61", 5.2, (60, 76, 95), 0.93, since=16, new=0.06, gains=(("TB_TUAT61_ND", 0.04),)),
    Kind("BB_TUAT61", 1.8, (60, 75, 93), 0.93, since=16, new=0.06, gains=(("BB_TUAT61_ND", 0.03),)),
    Kind("CDHH_TUAT61", 1.6, (60, 74, 92), 0.9, since=10, new=0.06, gains=(("CDHH_TUAT61_ND", 0.03),)),
    Kind("LTCM_TUAT", 0.6, (64, 82, 99), 0.75, since=16, new=0.01),
    Kind("TKN_TUAT", 1.1, (64, 82, 99), 0.75, since=16, new=0.01, gains=(("TKN_TUAT_ND", 0.05),)),
)
# Relatives and helpers of 81 and more without a pension are paid the elderly's allowance beside (rule E11).
BOTH = tuple(
    Kind(kind.category, kind.weight, (81.2, 84, 101), kind.women, tail=4.5, since=14, new=0)
    for kind in NCC
    if kind.category in ("LS_1", "LS_2", "CCGDCM_HCKC", "TB_TUAT61", "TKN_TUAT")
)
# With an injury of 81 % and more: the supplement and, for most of those at home, a carer.
_SEVERE = {"TB": 81, "BB": 81, "CDHH": 81}


@dataclass(slots=True)
class Made:
    """A person before name and address; months as `year * 12 + month - 1`."""

    kind: Kind
    sex: Sex
    born: int
    claims: list[Claim]
    children: list[int] = field(default_factory=list)


class Maker:
    """Makes people of one list of kinds for a roll of one month, in the order of the random numbers."""

    def __init__(self, kinds: tuple[Kind, ...], *, year_start: int, month: int) -> None:
        self._kinds = Weighted({kind: kind.weight for kind in kinds})
        self._year_start, self._month = year_start, month

    def make(self, rng: Random, *, new: bool = True) -> Made:
        """One person granted by the roll's month; without `new`, before the year began and old enough by then."""
        while True:
            kind = self._kinds.pick(rng)
            born = self._month - self._age_months(rng, kind)
            earliest = born + kind.min_age * 12
            if new or earliest < self._year_start:
                break
        first = self._first_month(rng, kind, earliest, new=new)
        sex: Sex = "female" if rng.random() < kind.women else "male"
        injury = round(_draw(rng, kind.injury, 0)) if kind.injury else None
        children: list[int] = []
        if kind.category == "BTXH_5.4":
            count = 1 if rng.random() < 0.62 else 2 if rng.random() < 0.85 else 3
            children = [self._month - rng.randrange(13, 15 * 12 + 11) for _ in range(count)]
        claims = [Claim(kind.category, born, first, None, injury, len(children) or 1)]
        for category in self._gained(rng, kind, injury):
            units = rng.randrange(3, 12) if category == "LTCM_THOATLY_PC" else 1
            claims.append(Claim(category, born, first, None, None, units))
        return Made(kind, sex, born, claims, children)

    def _gained(self, rng: Random, kind: Kind, injury: int | None) -> list[str]:
        gained = [category for category, share in kind.gains if rng.random() < share]
        if injury is not None and injury >= _SEVERE.get(kind.category, 101):
            special = "_DB" if rng.random() < 0.25 else ""
            gained.append(f"{kind.category}_PC81{special}")
            if rng.random() < 0.6:
                carer = f"{kind.category}_PV81"
                gained.append(carer if kind.category == "CDHH" else carer + special)
        return gained

    def _age_months(self, rng: Random, kind: Kind) -> int:
        return int(_draw(rng, kind.ages, kind.tail) * 12)

    def _first_month(self, rng: Random, kind: Kind, earliest: int, *, new: bool) -> int:
        if earliest >= self._year_start - 1:
            return min(earliest, self._month)
        if new and self._month > self._year_start and rng.random() < kind.new:
            return rng.randrange(self._year_start + 1, self._month + 1)
        oldest = max(earliest, self._year_start - kind.since * 12)
        if kind.min_age in (75, 80):  # granted on a birthday, with a month or two for the file
            return min(earliest + rng.randrange(3), self._year_start - 1)
        return rng.randrange(oldest, self._year_start)


def _draw(rng: Random, span: tuple[float, float, float], tail: float) -> float:
    low, likeliest, high = span
    if not tail:
        return rng.triangular(low, high, likeliest)
    while (drawn := low + rng.expovariate(1 / tail)) >= high:
        pass
    return drawn
