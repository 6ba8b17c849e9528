"""VietQR against published codes, a bitwise CRC of ten lines, and every way in which a code can be damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.vietqr import VietQr, parse_vietqr
from tests.vietqr import crc_bit_by_bit, make_vietqr

ACB = "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F"
accounts = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=19)
bins = st.integers(0, 999_999).map(lambda number: f"{number:06d}")


def test_the_oracle_gives_the_published_check_value():
    # CRC-16/IBM-3740 ("CCITT-FALSE") in the catalogue of parametrised CRC algorithms.
    assert crc_bit_by_bit(b"123456789") == 0x29B1


# Published codes of the package vietnam-qr-pay (MIT): README, "VietQR Tĩnh", "VietQR Động", "MoMo", "ZaloPay".
@pytest.mark.parametrize(
    ("code", "account"),
    [
        (ACB, VietQr("970416", "257678859")),
        (
            "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN"
            "62150811Chuyen tien630453E6",
            VietQr("970416", "257678859"),
        ),
        (
            "00020101021138620010A00000072701320006970454011899MM24011M348750800208QRIBFTTA53037045802VN"
            "62190515MOMOW2W3487508080030466304EBC8",
            VietQr("970454", "99MM24011M34875080"),
        ),
        (
            "00020101021138620010A00000072701320006970454011899ZP24009M072482670208QRIBFTTA53037045802VN6304073C",
            VietQr("970454", "99ZP24009M07248267"),
        ),
    ],
)
def test_it_reads_published_codes(code, account):
    assert parse_vietqr(code) == account


def test_the_tests_make_the_published_code_of_an_account():
    assert make_vietqr(bin="970416", account="257678859") == ACB


@given(bins, accounts)
def test_any_account_reads_back_from_its_code(bin_, account):
    assert parse_vietqr(make_vietqr(bin=bin_, account=account)) == VietQr(bin_, account)


@given(st.integers(0, len(ACB) - 1), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_wrong_character_is_never_taken(place, char):
    damaged = ACB[:place] + char + ACB[place + 1 :]
    if damaged.upper() == ACB:
        return
    with pytest.raises(ValueError):
        parse_vietqr(damaged)


@given(st.integers(0, len(ACB) - 1))
def test_a_code_cut_short_is_never_taken(length):
    with pytest.raises(ValueError):
        parse_vietqr(ACB[:length])


@pytest.mark.parametrize("text", [f"{ACB}\r\n", f"  {ACB}\t", f"]Q1{ACB}", ACB[:-4] + "ae9f"])
def test_what_a_scanner_adds_around_the_code_does_not_matter(text):
    assert parse_vietqr(text).account == "257678859"


def _with_crc(body: str) -> str:
    return f"{body}6304{crc_bit_by_bit((body + '6304').encode()):04X}"


def test_the_holder_is_taken_where_the_code_names_one():
    code = _with_crc(ACB[:-8] + "5914NGUYEN VAN THU"[:4] + "NGUYEN VAN THU")
    assert parse_vietqr(code).holder == "NGUYEN VAN THU"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "VietQR"),
        ("https://vietqr.net", "VietQR"),
        ("0002" + "9" * 2_000_000, "VietQR"),
        # The package's own code of VNPay, which is no bank account.
        (
            "00020101021126280010A0000007750110010531314453037045408210900005802VN5910CELLPHONES62600312CPSHN "
            "ONLINE0517021908061613127850705ONLHN0810CellphoneS63047685",
            "",
        ),
        (_with_crc(ACB[:-8].replace("A000000727", "A000000728")), ""),
        (_with_crc(ACB[:-8].replace("QRIBFTTA", "QRIBFTTC")), ""),
        (_with_crc("000201" + "38" + "11" + "0107xxxxxxx"), ""),
        (_with_crc("000201" + "000201"), ""),
        (_with_crc("00020１"), ""),
    ],
)
def test_it_refuses_other_codes_in_words(code, said):
    with pytest.raises(ValueError) as refused:
        parse_vietqr(code)
    assert said in str(refused.value)
    assert len(str(refused.value)) > 20


@given(st.text(max_size=600))
def test_nothing_that_can_be_typed_makes_it_fail_otherwise(text):
    with pytest.raises(ValueError):
        parse_vietqr(text)
