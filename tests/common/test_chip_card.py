"""The code on a citizen card, as each kind of scanner types it."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.cccd import SEXES, make_cccd, provinces
from common.chip_card import looks_like_card, parse_chip_qr

CARD = "060144000011|260123456|Nguyễn Thị Thử|01021944|Nữ|Khu phố 1, Phú Thủy|25042021"


def test_the_code_on_a_chip_card_names_its_holder():
    card = parse_chip_qr(CARD)
    assert (card.number, card.old_number, card.name) == ("060144000011", "260123456", "Nguyễn Thị Thử")
    assert (card.born, card.birth_year, card.sex) == (date(1944, 2, 1), 1944, "female")
    assert (card.address, card.issued_on) == ("Khu phố 1, Phú Thủy", date(2021, 4, 25))


@pytest.mark.parametrize("birth", ["1944", "00001944"])
def test_a_card_with_only_a_year_of_birth_has_no_day(birth):
    card = parse_chip_qr(f"060044000011||Nguyễn Văn Thử|{birth}|Nam|Phú Thủy|25042021|||")
    assert (card.born, card.birth_year, card.old_number) == (None, 1944, "")


@pytest.mark.parametrize(
    "typed",
    [
        f"{CARD}\r\n",
        f"  {CARD}\t",
        f"]Q3{CARD}",
        CARD.replace("|", "｜"),
        CARD.replace("|", "\t"),
        CARD.replace("|", "\x1d"),
        CARD.replace("01021944", "01/02/1944").replace("25042021", "25-04-2021"),
        unicodedata.normalize("NFD", CARD),
        CARD.encode().decode("latin-1"),
        f"{CARD}||Cha|Mẹ|",
        CARD.replace("Nữ", "NỮ"),
        CARD.replace("Nguyễn Thị Thử", " Nguyễn  Thị Thử "),
    ],
    ids=range(12),
)
def test_the_ways_of_scanners_do_not_matter(typed):
    assert parse_chip_qr(typed) == parse_chip_qr(CARD)


def test_an_old_number_may_be_left_out_with_its_field():
    card = parse_chip_qr("060144000011|Nguyễn Thị Thử|01021944|Nữ|Phú Thủy|25042021")
    assert (card.old_number, card.name, card.birth_year) == ("", "Nguyễn Thị Thử", 1944)


def test_letters_that_a_scanner_cannot_type_are_told_and_never_guessed():
    with pytest.raises(ValueError) as told:
        parse_chip_qr("060144000011||Nguy?n Th? Th?|01021944|N?|Ph? Th?y|25042021")
    assert "Unicode" in str(told.value)


names = st.lists(
    st.sampled_from(("Nguyễn", "Đặng", "Thị", "Ước", "K'Brếp", "Ỷ", "Văn")), min_size=1, max_size=6
)


@given(
    st.sampled_from(sorted(provinces())),
    st.sampled_from(SEXES),
    st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    st.integers(0, 999_999),
    names.map(" ".join),
)
def test_whoever_a_card_is_made_for_is_read_from_it(province, sex, born, serial, name):
    number = make_cccd(province, sex, born.year, serial)
    words = {"male": "Nam", "female": "Nữ"}[sex]
    card = parse_chip_qr(f"{number}||{name}|{born:%d%m%Y}|{words}|Hàm Tiến|01012022")
    assert (card.number, card.name, card.born, card.sex) == (number, name, born, sex)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.vn",
        "060144000011",
        "060144000011|||01021944|Nữ||25042021",
        "060144000011||X|01021944|Khác||25042021",
        "060144000011||X|31021944|Nữ||25042021",
        "999144000011||X|01021944|Nữ||25042021",
        "060144000011||X|01021944|Nữ||2021",
        "060144000011||X|01021944",
        "060144000011|12|X|01021944|Nữ||25042021",
        "٠٦٠١٤٤٠٠٠٠١١||X|01021944|Nữ||25042021",
        f"060144000011||{'X' * 121}|01021944|Nữ||25042021",
        "060144000011||X|01021944|Nữ||25042021" + "|" * 2_000,
    ],
)
def test_it_refuses_other_codes_in_words(text):
    with pytest.raises(ValueError) as refused:
        parse_chip_qr(text)
    assert len(str(refused.value)) > 20


@given(st.one_of(st.text(max_size=300), st.text(max_size=80).map(lambda tail: f"060144000011|{tail}")))
def test_nothing_that_can_be_typed_makes_it_fail_otherwise(text):
    looks_like_card(text)
    with suppress(ValueError):
        parse_chip_qr(text)
