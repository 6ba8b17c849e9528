"""Whether a bank's account holder is the person on the roll: tolerant of how banks write, never of another name."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from common.text import fold

SAME = 90


def likeness(ours: str, theirs: str) -> int:
    """How alike two names are, in percent; SAME and above is the same name.

    100: equal but for diacritics, capitals, spaces and punctuation. 95: the same words in another order. 90: the
    bank's field was too short and cut the name (at least 18 letters). Else how alike they look, below SAME: "An" and
    "Anh" are two people, so an officer decides.
    """
    one, other = _words(ours), _words(theirs)
    if not one or not other:
        return 0
    if "".join(one) == "".join(other):
        return 100
    if sorted(one) == sorted(other):
        return 95
    longer, shorter = " ".join(one), " ".join(other)
    if len(shorter) >= 18 and longer.startswith(shorter):
        return 90
    return min(SAME - 1, round(100 * SequenceMatcher(None, longer, shorter).ratio()))


def _words(name: str) -> list[str]:
    return re.sub(r"[^a-z0-9]+", " ", fold(name)).split()
