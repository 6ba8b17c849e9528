"""The number of the citizen identity card (CCCD): what it says, whether it fits a person, how it is shown.

Twelve digits: province of birth (3: "0" and the statistical code), century and sex (1), last two digits
of the year of birth (2), serial (6). There is no check digit. Decree 137/2015/NĐ-CP, Art. 13; Circular
59/2021/TT-BCA, Art. 4. The older identity card (CMND) has nine digits that say nothing; numbers of it are
still on the rolls.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Sex = Literal["male", "female"]
SEXES: tuple[Sex, Sex] = ("male", "female")


@dataclass(frozen=True)
class Cccd:
    """What a CCCD number says; `province` is its three digits."""

    province: str
    sex: Sex
    birth_year: int
    serial: str


@cache
def provinces() -> dict[str, str]:
    """The province of every three-digit code, as named before July 2025: numbers keep the old codes."""
    path = Path(__file__).parent / "data" / "cccd_province.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["province"] for row in csv.DictReader(file)}


def parse_cccd(number: str) -> Cccd:
    """The parts of a 12-digit number; ValueError where it is not one or names no province."""
    if len(number) != 12 or not _digits(number) or number[:3] not in provinces():
        raise ValueError("not a CCCD number")
    century, sex = divmod(int(number[3]), 2)
    return Cccd(number[:3], SEXES[sex], 1900 + 100 * century + int(number[4:6]), number[6:])


def check_cccd(number: str, birth_year: int | None = None, sex: str | None = None) -> list[str]:
    """What is wrong with a person's identity number, as codes; empty where nothing is.

    `not_digits`, `length` (neither 12 nor 9), `province` (no such code), `birth_year` and `sex` (not the
    person's; each only where it is known). A nine-digit CMND has nothing more to check.
    """
    if not _digits(number):
        return ["not_digits"]
    if len(number) == 9:
        return []
    if len(number) != 12:
        return ["length"]
    if number[:3] not in provinces():
        return ["province"]
    card = parse_cccd(number)
    problems = ["birth_year"] if birth_year is not None and card.birth_year != birth_year else []
    return problems + (["sex"] if sex and card.sex != sex else [])


def make_cccd(province: str, sex: Sex, birth_year: int, serial: int) -> str:
    """A number for made-up people; `province` with two digits or three, `serial` up to 999999."""
    if not (1900 <= birth_year <= 2399 and 0 <= serial <= 999_999 and province.zfill(3) in provinces()):
        raise ValueError(f"no CCCD for province {province}, year {birth_year}, serial {serial}")
    century, year = divmod(birth_year - 1900, 100)
    return f"{province.zfill(3)}{2 * century + SEXES.index(sex)}{year:02d}{serial:06d}"


def mask(number: str) -> str:
    """An identity number as lists show it: `060144000011` → `060•••••0011`; a CMND by its last four."""
    shown = 3 if len(number) == 12 else 0
    return f"{number[:shown]}{'•' * max(len(number) - shown - 4, 4)}{number[-4:] if len(number) > 8 else ''}"


def mask_account(number: str) -> str:
    """An account number as lists show it: four dots, whatever its length, and the last four digits."""
    return f"••••{number[-4:] if len(number) > 5 else ''}"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
