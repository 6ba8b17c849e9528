import csv
from pathlib import Path

import pytest

from common.legacy import detect, repair, to_unicode

HERE = Path(__file__).parent / "vectors"
VECTORS = list(csv.DictReader((HERE / "vectors_legacy_font.csv").open(encoding="utf-8-sig", newline="")))
RIGHT = [
    "Hoà", "Thò", "Lê Thò", "Lò Á Páo", "São Paulo", "José", "Müller", "K'Brêu", "Y Blê", "Êban",
    "Mang Thị Hoà", "3 × 4", "20°C", "§", "«Tổ ấm»", "", "Nguyen Van A", "Tràng An", "Bà Tô Hoài Hà",
]  # fmt: skip


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["unicode_nfc"])
def test_legacy_text_is_recognised_and_read(row):
    assert repair(row["legacy"]) == (row["unicode_nfc"], row["encoding"])


@pytest.mark.parametrize("text", RIGHT + [row["unicode_nfc"] for row in VECTORS])
def test_right_text_is_never_touched(text):
    assert repair(text) == (text, None)


def test_no_name_of_an_administrative_unit_is_touched():
    units = Path(__file__).resolve().parents[2] / "areas" / "data" / "units.csv"
    with units.open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert len(names) > 5000
    assert [name for name in names if detect(name)] == []


def test_places_with_numbers_are_read():
    assert repair("§­êng sè 5, P.5, B×nh ThuËn") == ("Đường số 5, P.5, Bình Thuận", "tcvn3")
    assert repair("X· T©n Ph­íc, HuyÖn §¾k Song") == ("Xã Tân Phước, Huyện Đắk Song", "tcvn3")
    assert repair("Phöôøng Muõi Neù 12/3") == ("Phường Mũi Né 12/3", "vni")


def test_the_capital_font_gives_capitals_and_initials_do_not():
    assert repair("TRÇN V¡N NAM")[0] == "TRẦN VĂN NAM"
    assert repair("X· Tµ Có")[0] == "Xã Tà Cú"


def test_every_vietnamese_vowel_can_be_read_from_vni():
    assert to_unicode("aeiouy", "vni") == "aeiouy"
    assert to_unicode("aøaûaõaùaï eøeûeõeùeï ìæóíò", "vni") == "àảãáạ èẻẽéẹ ìỉĩíị"
    assert to_unicode("oøoûoõoùoï uøuûuõuùuï yøyûyõyùî", "vni") == "òỏõóọ ùủũúụ ỳỷỹýỵ"
    assert to_unicode("aâaàaåaãaáaä eâeàeåeãeáeä oâoàoåoãoáoä", "vni") == "âầẩẫấậ êềểễếệ ôồổỗốộ"
    assert to_unicode("aêaèaúaüaéaë ñÑ", "vni") == "ăằẳẵắặ đĐ"
    assert to_unicode("ôôùôøôûôõôï ööùöøöûöõöï", "vni") == "ơớờởỡợ ưứừửữự"


def test_every_vietnamese_vowel_can_be_read_from_tcvn3():
    lower = bytes.fromhex("b5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcddde").decode("latin-1")
    assert to_unicode(lower, "tcvn3") == "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíị"
    lower = bytes.fromhex("dfe1e2e3e4e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe").decode("latin-1")
    assert to_unicode(lower, "tcvn3") == "òỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


@pytest.mark.parametrize(
    ("legacy", "text"), [("Xaõ", "Xã"), ("Coác", "Cốc"), ("Quyù", "Quý"), ("Ngheà", "Nghề")]
)
def test_a_misplaced_tone_or_a_misspelling_betrays_the_font(legacy, text):
    assert repair(legacy) == (text, "vni")


def test_a_lone_word_that_is_a_syllable_either_way_is_left():
    assert detect("Thò") is None
