"""Amounts of money: whole đồng, written in digits and in words.

Vietnamese wording follows the vectors in tests/common/vectors: "linh" for a missing ten, "không trăm" for a
missing hundred after a higher group, mốt, tư and lăm after "mươi".
"""

import re
from collections.abc import Callable

from common.numbers import in_vietnamese

_LARGEST = 10**15
_AMOUNT = re.compile(r"\s*(?:[0-9]+|[0-9]{1,3}(?:[.,\s][0-9]{3})+)\s*")
_DIGITS_VI = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_AFTER_TENS_VI = {1: "mốt", 4: "tư", 5: "lăm"}
_SMALL_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS_EN = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()


def format_number(number: int) -> str:
    """A whole number as the reader's language writes it: 1234567 → `1.234.567`, in English `1,234,567`."""
    return format_number_vi(number) if in_vietnamese() else f"{number:,}"


def format_number_vi(number: int) -> str:
    """A whole number on a paper that is Vietnamese whoever prints it: 1234567 → `1.234.567`."""
    return f"{number:,}".replace(",", ".")


def format_vnd(amount: int) -> str:
    """An amount of đồng with its sign, as the reader's language writes it: `1.234.567 ₫`, in English `1,234,567 ₫`."""
    return f"{format_number(amount)} ₫"


def read_amount(text: str) -> int:
    """An amount typed in digits, whole or with dots, commas or spaces between thousands. ValueError for anything
    else: `1,5` is no amount, and is never taken for 15."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text!r} is no amount in whole đồng")
    return int(re.sub(r"[.,\s]", "", text))


def amount_in_words(amount: int) -> str:
    """The amount (đồng) as a sentence in words, in the reader's language: `Ba triệu đồng`, `Three million dong`."""
    words = amount_in_words_vi if in_vietnamese() else amount_in_words_en
    return words(amount, sentence=True)


def amount_in_words_vi(amount: int, *, sentence: bool = False) -> str:
    """The amount (đồng, up to 10^15) in Vietnamese words ending in "đồng".

    `sentence` capitalises the first letter. ValueError above 10^15; a negative amount begins with "âm".
    """
    words = f"{_signed(amount, 'âm', _number_vi)} đồng"
    return words[0].upper() + words[1:] if sentence else words


def amount_in_words_en(amount: int, *, sentence: bool = False) -> str:
    """The amount (đồng, up to 10^15) in English words ending in "dong"; otherwise as in Vietnamese."""
    words = f"{_signed(amount, 'minus', _number_en)} dong"
    return words[0].upper() + words[1:] if sentence else words


def _signed(amount: int, minus: str, number: Callable[[int], str]) -> str:
    if abs(amount) > _LARGEST:
        raise ValueError(f"{amount} is beyond {_LARGEST}: no payment paper writes it in words")
    return f"{minus} {number(-amount)}" if amount < 0 else number(amount)


def _number_vi(number: int) -> str:
    if number == 0:
        return _DIGITS_VI[0]
    words: list[str] = []
    billions, rest = divmod(number, 10**9)
    if billions:
        words += [_number_vi(billions), "tỷ"]
    for scale, unit in ((10**6, ["triệu"]), (10**3, ["nghìn"]), (1, [])):
        group, rest = divmod(rest, scale)
        if group:
            words += _group_vi(group, full=bool(words)) + unit
    return " ".join(words)


def _group_vi(group: int, *, full: bool) -> list[str]:
    """One to 999; `full` says the hundred even where it is zero, because a higher group was said."""
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS_VI[hundreds], "trăm"] if hundreds or full else []
    if tens > 1:
        words += [_DIGITS_VI[tens], "mươi"]
        words += [_AFTER_TENS_VI.get(ones, _DIGITS_VI[ones])] if ones else []
    elif tens == 1:
        words += ["mười"]
        words += ["lăm" if ones == 5 else _DIGITS_VI[ones]] if ones else []
    elif ones:
        words += (["linh"] if words else []) + [_DIGITS_VI[ones]]
    return words


def _number_en(number: int) -> str:
    if number == 0:
        return _SMALL_EN[0]
    words: list[str] = []
    scales = ((10**15, "quadrillion"), (10**12, "trillion"), (10**9, "billion"), (10**6, "million"),
              (10**3, "thousand"), (1, ""))  # fmt: skip
    for scale, unit in scales:
        group, number = divmod(number, scale)
        if group:
            words += [_group_en(group), unit]
    return " ".join(filter(None, words))


def _group_en(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_SMALL_EN[hundreds], "hundred"] if hundreds else []
    if rest and rest < 20:
        words.append(_SMALL_EN[rest])
    elif rest:
        words.append(f"{_TENS_EN[tens]}-{_SMALL_EN[ones]}" if ones else _TENS_EN[tens])
    return " ".join(words)
