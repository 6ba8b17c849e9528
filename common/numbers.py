"""Numbers as the reader's language writes them: `54.649` and `38,7%` in Vietnamese, `54,649` and `38.7%` in English.

Files for programs (Excel, CSV, JSON) hold plain numbers; papers that are Vietnamese in every language of the site
write theirs by `format_number_vi` of common/money.py.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language


def in_vietnamese() -> bool:
    """Whether the reader's language is Vietnamese, as it is where nobody chose one."""
    return (get_language() or "vi").startswith("vi")


def format_decimal(number: Decimal, places: int) -> str:
    """A number rounded half up to that many places, with the language's decimal mark."""
    return _marked(f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}")


def format_factor(number: Decimal | float) -> str:
    """A coefficient without idle zeros: 1.50 → `1,5` or `1.5`."""
    return _marked(f"{Decimal(str(number)).normalize():f}")


def format_percent(fraction: Decimal | float) -> str:
    """A fraction of 1 as a percentage with one place; the whole is `100%`, and nothing short of it reads so."""
    exact = Decimal(str(fraction)) * 100
    shown = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if exact < 100 <= shown:
        shown = Decimal("99.9")
    if exact > 0 and shown == 0:
        shown = Decimal("0.1")
    return "100%" if shown == 100 else f"{_marked(str(shown))}%"


def _marked(text: str) -> str:
    return text.replace(".", ",") if in_vietnamese() else text
