"""The QR code on a citizen identity card, as a scanner types it into a field.

`number|old number|name|ddmmyyyy|Nam or Nữ|address|issued ddmmyyyy`; cards since July 2024 append more fields.
Scanners type it in their own ways: another sign for the bar, the old number's field left out, dates with strokes, a
sign of the symbology in front, letters decomposed, or each byte of the UTF-8 as a letter of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.cccd import Sex, parse_cccd
from common.text import clean_name, fold, nfc

LONGEST = 1_000
_BARS = re.compile(r"[|¦│┃∣ǀ｜\t\x1d\x1e]")
_AROUND = re.compile(r"^(\][A-Za-z][0-9])?\s*|[\s\x00-\x1c]+$")
_STROKES = re.compile(r"[/.\- ]")
_LOST = re.compile("[?\ufffd]")


@dataclass(frozen=True, slots=True)
class ChipCard:
    """What the code says; `born` is None where only the year is known, `old_number` "" where there is none."""

    number: str
    old_number: str
    name: str
    born: date | None
    birth_year: int
    sex: Sex
    address: str
    issued_on: date | None


def looks_like_card(text: str) -> bool:
    """Whether a scanned text can be a card at all: a number of 12 digits, then a bar."""
    return bool(re.match(r"[0-9]{12}", _AROUND.sub("", text[:40]))) and bool(_BARS.search(text[:40]))


def parse_chip_qr(text: str) -> ChipCard:
    """The person on the card. ValueError, in words for the officer, where it is another code or damaged."""
    if len(text) > LONGEST or not looks_like_card(text):
        raise ValueError(_("This is not the QR code of a citizen identity card."))
    fields = [part.strip() for part in _BARS.split(_AROUND.sub("", _composed(text)))]
    # Without an old number some scanners leave its field out, and the name stands second.
    if not (fields[1] == "" or _digits(fields[1])):
        fields.insert(1, "")
    if len(fields) < 6:
        raise ValueError(_("The code was not read whole: scan it again."))
    number, old_number, name, birth, sex, address, issued = [*fields, ""][:7]
    if _LOST.search(name + sex):
        raise ValueError(
            _("The scanner cannot type Vietnamese letters: set it to Unicode, or use the camera.")
        )
    try:
        parse_cccd(number)
        born, year = _birth(birth)
        said: Sex = {"nam": "male", "nu": "female"}[fold(sex)]  # type: ignore[assignment]
        card = ChipCard(
            number, old_number, clean_name(name), born, year, said, clean_name(address), _day(issued)
        )
    except (ValueError, KeyError):
        raise ValueError(_("This is not the QR code of a citizen identity card.")) from None
    if not card.name or len(card.name) > 120 or len(old_number) not in (0, 9, 12):
        raise ValueError(_("This is not the QR code of a citizen identity card."))
    return card


def _composed(text: str) -> str:
    """The text in NFC; where every letter is a byte of UTF-8 read as Windows' Latin letters, put back."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return nfc(text.encode(encoding).decode("utf-8"))
        except UnicodeError:
            continue
    return nfc(text)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _birth(text: str) -> tuple[date | None, int]:
    plain = _STROKES.sub("", text)
    if _digits(plain) and (len(plain) == 4 or (len(plain) == 8 and plain.startswith("0000"))):
        return None, _year(plain[-4:])
    born = _day(plain)
    if born is None:
        raise ValueError("no date of birth")
    return born, born.year


def _year(text: str) -> int:
    if not 1890 <= int(text) <= 2399:
        raise ValueError("no year of birth")
    return int(text)


def _day(text: str) -> date | None:
    plain = _STROKES.sub("", text)
    if not plain:
        return None
    if len(plain) != 8 or not _digits(plain):
        raise ValueError("not a date ddmmyyyy")
    return date(_year(plain[4:]), int(plain[2:4]), int(plain[:2]))
