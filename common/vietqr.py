"""VietQR, the code that a bank prints of an account: which bank, which account, and whether it was read whole.

EMVCo's merchant-presented QR code (EMV QRCPS, MPM 1.1): data objects of two digits of id, two of length and the
value, the last one (63) a CRC-16 with polynomial 0x1021 and initial value 0xFFFF over all before it, its own id and
length included (ISO/IEC 13239 as EMVCo takes it). NAPAS's own object is 38 with the identifier A000000727; the bank
stands in it by its BIN, and QRIBFTTA means "to an account" (QRIBFTTC: to a card).
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.text import nfc

LONGEST = 512
_NAPAS, _TO_ACCOUNT = "A000000727", "QRIBFTTA"
_ACCOUNT = re.compile(r"[0-9A-Z]{4,19}")
# What scanners add in front (AIM's sign of a QR code) and behind.
_AROUND = re.compile(r"^(\][A-Za-z][0-9])?\s*|[\s\x00-\x1f]+$")


@dataclass(frozen=True, slots=True)
class VietQr:
    """An account: the bank's six-digit BIN, the number, and the holder's name where the code has one."""

    bin: str
    account: str
    holder: str = ""


def parse_vietqr(text: str) -> VietQr:
    """The account of a VietQR code as a scanner types it. ValueError, in words for the officer, for any other."""
    code = _AROUND.sub("", nfc(text[: LONGEST + 1]))
    if len(code) > LONGEST or not code.startswith("0002"):
        raise ValueError(_("This is not a VietQR code."))
    try:
        objects = _objects(code)
    except ValueError:
        raise ValueError(_("The code was not read whole: scan it again.")) from None
    body, crc = code[:-4], objects.get("63", "")
    if len(crc) != 4 or not code.endswith(crc) or f"{_crc(body):04X}" != crc.upper():
        raise ValueError(_("The code was not read whole: scan it again."))
    try:
        napas = _objects(objects.get("38", ""))
        bank = _objects(napas.get("01", ""))
    except ValueError:
        raise ValueError(_("This is not a VietQR code.")) from None
    if napas.get("00") != _NAPAS:
        raise ValueError(_("This code is not for a Vietnamese bank account."))
    if napas.get("02", _TO_ACCOUNT) != _TO_ACCOUNT:
        raise ValueError(_("This code pays a card, not an account: ask for the account's code."))
    bin_, account = bank.get("00", ""), bank.get("01", "").upper()
    if not re.fullmatch("[0-9]{6}", bin_) or not _ACCOUNT.fullmatch(account):
        raise ValueError(_("The code names no account that can be paid."))
    return VietQr(bin_, account, objects.get("59", "").strip()[:120])


def _crc(text: str) -> int:
    return binascii.crc_hqx(text.encode(), 0xFFFF)


def _objects(text: str) -> dict[str, str]:
    """Values by id, each id once; ValueError where lengths do not come out even."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        name, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (len(length) == 2 and (name + length).isascii() and (name + length).isdigit()):
            raise ValueError("no data object")
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) != int(length) or name in found:
            raise ValueError("no data object")
        found[name] = value
        at += 4 + int(length)
    return found
