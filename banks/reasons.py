"""ISO 20022 reason codes (external code set) in the words that a commune is told, and what they say of the account."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language, gettext

FILE = Path(__file__).parent / "data" / "reason_codes.csv"


@dataclass(frozen=True, slots=True)
class Reason:
    """`marks_account`: the account itself is unusable, so the next round pays by the Post until it is corrected."""

    code: str
    marks_account: bool
    vi: str
    en: str


@cache
def reasons() -> dict[str, Reason]:
    """Every code we know, in order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Reason(row["code"], row["marks_account"] == "1", row["vi"], row["en"])
            for row in csv.DictReader(file)
        }


def marks_account(code: str) -> bool:
    """Whether a payment that failed for this reason leaves its account marked as refused."""
    known = reasons().get(code)
    return known is not None and known.marks_account


def in_words(code: str) -> str:
    """What the commune is told, in the reader's language; a code we do not know is shown as it is."""
    known = reasons().get(code[:4])
    if known is None:
        return gettext("The bank's code %(code)s.") % {"code": code} if code else ""
    return known.en if (get_language() or "vi").startswith("en") else known.vi
