import csv
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common.money import (
    amount_in_words_en,
    amount_in_words_vi,
    format_number,
    format_number_vi,
    format_vnd,
    read_amount,
)

VECTORS = Path(__file__).parent / "vectors" / "vectors_amount_in_words.csv"
DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


def read_vietnamese(words: str) -> int:
    """An independent reader of Vietnamese numbers, below a thousand tỷ tỷ."""
    head, has_billions, tail = words.rpartition(" tỷ")
    if has_billions:
        return read_vietnamese(head) * 10**9 + (read_vietnamese(tail) if tail else 0)
    total = group = digit = 0
    for word in words.split():
        if word in DIGITS:
            digit = DIGITS[word]
        elif word in ("trăm", "mươi"):
            group, digit = group + digit * (100 if word == "trăm" else 10), 0
        elif word == "mười":
            group += 10
        elif word in ("nghìn", "triệu"):
            total, group, digit = total + (group + digit) * (10**3 if word == "nghìn" else 10**6), 0, 0
        else:
            assert word == "linh"
    return total + group + digit


def read_english(words: str) -> int:
    small = (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen"
    ).split()
    tens = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
    scales = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15}
    total = group = 0
    for word in words.replace("-", " ").split():
        if word in small:
            group += small.index(word)
        elif word in tens:
            group += 10 * tens.index(word)
        elif word == "hundred":
            group *= 100
        else:
            total, group = total + group * 10 ** scales[word], 0
    return total + group


amounts = st.one_of(
    st.integers(0, 10**15),
    st.lists(st.sampled_from([0, 0, 1, 4, 5, 10, 11, 15, 21, 24, 25, 100, 104, 999]), max_size=5).map(
        lambda groups: sum(group * 1000**place for place, group in enumerate(groups))
    ),
)


@pytest.mark.parametrize(
    "row", list(csv.DictReader(VECTORS.open(encoding="utf-8-sig"))), ids=lambda row: row["amount"]
)
def test_the_words_are_those_of_the_payment_papers(row):
    assert amount_in_words_vi(int(row["amount"])) == row["words"]


@given(amounts)
def test_vietnamese_words_read_back_as_the_amount(amount):
    assert read_vietnamese(amount_in_words_vi(amount).removesuffix(" đồng")) == amount


@given(amounts)
def test_english_words_read_back_as_the_amount(amount):
    assert read_english(amount_in_words_en(amount).removesuffix(" dong")) == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (14, "mười bốn đồng"),
        (21, "hai mươi mốt đồng"),
        (1_000_001, "một triệu không trăm linh một đồng"),
        (10**9 + 5000, "một tỷ không trăm linh năm nghìn đồng"),
        (183_000_000_000, "một trăm tám mươi ba tỷ đồng"),
        (1_005 * 10**9, "một nghìn không trăm linh năm tỷ đồng"),
        (10**15, "một triệu tỷ đồng"),
        (-50_000, "âm năm mươi nghìn đồng"),
    ],
)
def test_it_reads_amounts_as_people_say_them(amount, words):
    assert amount_in_words_vi(amount) == words


def test_a_sentence_begins_with_a_capital():
    assert amount_in_words_vi(540_000, sentence=True) == "Năm trăm bốn mươi nghìn đồng"
    assert amount_in_words_en(540_000, sentence=True) == "Five hundred forty thousand dong"


def test_it_refuses_an_amount_no_paper_can_hold():
    with pytest.raises(ValueError):
        amount_in_words_vi(10**15 + 1)


def test_thousands_are_separated_as_the_language_does():
    assert format_vnd(1_234_567) == "1.234.567 ₫"
    assert format_vnd(-540_000) == "-540.000 ₫"
    assert format_number(0) == "0"
    with translation.override("en"):
        assert (format_vnd(-1_234_567), format_number(54_649)) == ("-1,234,567 ₫", "54,649")


def test_a_vietnamese_paper_keeps_its_dots_in_every_language():
    with translation.override("en"):
        assert format_number_vi(54_649) == "54.649"


@pytest.mark.parametrize("text", ["1234567", "1.234.567", "1,234,567", "1 234 567", " 1.234.567 "])
def test_it_reads_an_amount_as_either_language_writes_it(text):
    assert read_amount(text) == 1_234_567


@pytest.mark.parametrize("text", ["", "1,5", "1.50", "12.34.567", "-5", "5 triệu", "١٢٣"])
def test_it_refuses_what_may_be_another_amount(text):
    with pytest.raises(ValueError):
        read_amount(text)
