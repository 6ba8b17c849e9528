"""The code that a bank prints of an account, made here as its standard has it: to be scanned in the tests."""

from __future__ import annotations


def make_vietqr(*, bin: str, account: str) -> str:
    """The static VietQR code of an account."""
    bank = _object("00", bin) + _object("01", account)
    napas = _object("00", "A000000727") + _object("01", bank) + _object("02", "QRIBFTTA")
    body = "000201010211" + _object("38", napas) + "5303704" + "5802VN" + "6304"
    return f"{body}{crc_bit_by_bit(body.encode()):04X}"


def crc_bit_by_bit(data: bytes) -> int:
    """CRC-16 with polynomial 0x1021 and initial value 0xFFFF, as its definition has it."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
            crc &= 0xFFFF
    return crc


def _object(name: str, value: str) -> str:
    return f"{name}{len(value):02d}{value}"
