"""What one cell of a roll says, as a value; or why it cannot be told."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from beneficiaries.roll.table import Cell
from common.cccd import SEXES, Sex, check_cccd
from common.text import clean_name, fold

_SPACES_AND_DOTS = re.compile(r"[\s.\-'’`_]+")
_SCIENTIFIC = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_WORDS_IN_DATES = re.compile(r"\b(ngay|thang|nam|sinh)\b")
_DATE = re.compile(r"(?:(?:([0-9]{1,2})[/.\- ]+)?([0-9]{1,2})[/.\- ]+)?([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2})(?:[ t][0-9:.]+)?)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1890, 2100
# A number cell holds 15 digits exactly, no more (IEEE 754).
EXACT_DIGITS = 15
# Communes, categories and banks come thousands of times.
_clean = lru_cache(maxsize=16_384)(clean_name)


class Unclear(ValueError):
    """`code` names what is wrong with a cell; the caller words it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def text_of(cell: Cell) -> str:
    """The cell as text: NFC, single spaces; whole numbers without a decimal point."""
    if isinstance(cell, str):
        return _clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)


def is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def date_of(cell: Cell) -> tuple[date, str] | None:
    """A date and what it is known to (`day`, `month`, `year`); None for a blank. Raises Unclear `date`.

    dd/mm/yyyy, mm/yyyy, yyyy, yyyy-mm-dd, in words, with 00 for an unknown day or month; a spreadsheet's day number.
    Two-digit years and mm/dd are never guessed at.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, date):
        return cell, "day"
    if is_number(cell):
        assert isinstance(cell, (int, float))
        if cell != int(cell):
            raise Unclear("date")
        if _FIRST_YEAR <= cell <= _LAST_YEAR:
            return date(int(cell), 1, 1), "year"
        # Day numbers of 1927 to 2064: below them lie years, above them nothing that a roll holds.
        if 10_000 <= cell < 60_000:
            return _EXCEL_EPOCH + timedelta(days=int(cell)), "day"
        raise Unclear("date")
    return _date_of_text(str(cell))


# The days of decisions and months of grants come again and again.
@lru_cache(maxsize=65_536)
def _date_of_text(text: str) -> tuple[date, str] | None:
    plain = " ".join(_WORDS_IN_DATES.sub(" ", fold(text)).replace(",", " ").split()).strip("'/.- ")
    if not plain:
        return None
    if iso := _ISO_DATE.fullmatch(plain):
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3] or 0)
    elif match := _DATE.fullmatch(plain):
        day, month, year = int(match[1] or 0), int(match[2] or 0), int(match[3])
    else:
        raise Unclear("date")
    if not _FIRST_YEAR <= year <= _LAST_YEAR or (day and not month):
        raise Unclear("date")
    try:
        found = date(year, month or 1, day or 1)
    except ValueError as error:
        raise Unclear("date") from error
    return found, "day" if day else "month" if month else "year"


def month_of_cell(cell: Cell) -> date | None:
    """The month (its first day) of a cell that holds a month or a day; None for a blank. Raises Unclear `month`."""
    try:
        found = date_of(cell)
    except Unclear as error:
        raise Unclear("month") from error
    if found is None:
        return None
    if found[1] == "year":
        raise Unclear("month")
    return found[0].replace(day=1)


def whole_number(cell: Cell) -> int | None:
    """A whole number, also with dots or commas between thousands; None for a blank. Raises Unclear `number`."""
    if cell is None:
        return None
    if is_number(cell):
        assert isinstance(cell, (int, float))
        if cell != int(cell) or abs(cell) >= 1e15:
            raise Unclear("number")
        return int(cell)
    plain = re.sub(r"(vnd|d|dong|₫|%)$", "", fold(text_of(cell))).replace(" ", "")
    if not plain or plain == "-":
        return None
    if re.fullmatch(r"[0-9]+", plain) or re.fullmatch(
        r"[0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,3}(,[0-9]{3})+", plain
    ):
        return int(plain.replace(".", "").replace(",", ""))
    if re.fullmatch(r"[0-9]+[.,]0+", plain):
        return int(re.split("[.,]", plain)[0])
    raise Unclear("number")


def percent(cell: Cell) -> tuple[int | None, bool]:
    """Whole percent, and whether it was read from a share (0.45 → 45). Raises Unclear `percent`."""
    if is_number(cell) and isinstance(cell, float) and 0 < cell < 1:
        scaled = round(cell * 100, 6)
        if scaled != int(scaled):
            raise Unclear("percent")
        return int(scaled), True
    try:
        number = whole_number(cell)
    except Unclear as error:
        raise Unclear("percent") from error
    if number is not None and not 2 <= number <= 100:
        raise Unclear("percent")
    return number, False


def national_id(cell: Cell, birth_year: int | None, sex: str) -> tuple[str, str]:
    """A citizen number and what to warn of (`restored`, `id_birth_year`, `id_sex` or nothing).

    A number cell drops leading zeros: they are put back only where the whole then fits province, sex and year of
    birth. Raises Unclear `id_digits_lost`, `id_letters`, `id_length`, `id_province`.
    """
    text = text_of(cell)
    if not text:
        return "", ""
    if _SCIENTIFIC.fullmatch(text):
        raise Unclear("id_digits_lost")
    digits = _SPACES_AND_DOTS.sub("", text)
    known: Sex | None = SEXES[0] if sex == "male" else SEXES[1] if sex == "female" else None
    if digits.isascii() and digits.isdigit() and len(digits) in (10, 11):
        padded = digits.zfill(12)
        if birth_year is None or check_cccd(padded, birth_year, known):
            raise Unclear("id_length")
        return padded, "restored"
    problems = check_cccd(digits, birth_year, known)
    for problem, code in (("not_digits", "id_letters"), ("length", "id_length"), ("province", "id_province")):
        if problem in problems:
            raise Unclear(code)
    return digits, f"id_{problems[0]}" if problems else ""


def account(cell: Cell) -> tuple[str, str]:
    """An account number and what to warn of (`account_number_cell`: leading zeros may be lost).

    Raises Unclear `account_digits_lost` for a number beyond 15 digits, `account`.
    """
    text = text_of(cell)
    if not text:
        return "", ""
    if _SCIENTIFIC.fullmatch(text):
        raise Unclear("account_digits_lost")
    plain = _SPACES_AND_DOTS.sub("", text).upper()
    if is_number(cell):
        if len(plain) > EXACT_DIGITS:
            raise Unclear("account_digits_lost")
        if not (plain.isdigit() and len(plain) >= 4):
            raise Unclear("account")
        return plain, "account_number_cell"
    if not re.fullmatch(r"[0-9A-Z]{4,25}", plain) or not any(char.isdigit() for char in plain):
        raise Unclear("account")
    return plain, ""


def phone(cell: Cell) -> str:
    """A telephone number as digits; numbers begin with 0, so a number cell gets its own back. Unclear `phone`."""
    digits = re.sub(r"[\s.\-()]", "", text_of(cell)).removeprefix("+")
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    if is_number(cell) and len(digits) in (9, 10) and not digits.startswith("0"):
        digits = "0" + digits
    if digits and not re.fullmatch(r"0[0-9]{8,10}", digits):
        raise Unclear("phone")
    return digits


def sex_of(cell: Cell) -> str:
    """`male`, `female` or nothing. Raises Unclear `sex`."""
    folded = fold(text_of(cell)).strip(" .")
    if folded in ("nam", "male", "m"):
        return "male"
    if folded in ("nu", "female", "f"):
        return "female"
    if folded in ("", "-"):
        return ""
    raise Unclear("sex")
