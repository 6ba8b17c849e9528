import csv
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import clean_name, fold, nfc, person_sort_key, sort_key

VECTORS = Path(__file__).parent / "vectors" / "vectors_collation.csv"


def c_order(names, key):
    """The order that PostgreSQL's C collation gives to a stored key."""
    return sorted(names, key=lambda name: key(name).encode())


def test_names_sort_in_dictionary_order():
    names = [row["name"] for row in csv.DictReader(VECTORS.open(encoding="utf-8-sig"))]
    shuffled = names[:]
    random.Random(60).shuffle(shuffled)
    assert c_order(shuffled, sort_key) == names


def test_letters_outrank_tones_and_tones_outrank_later_syllables():
    names = ["Hoa Xuân", "Hòa An", "Hóa An", "Hoan", "Hoàn"]
    assert c_order(reversed(names), sort_key) == names


def test_both_ways_of_placing_a_tone_are_equal():
    assert sort_key("Hòa Thủy") == sort_key("Hoà Thuỷ")


def test_numbers_sort_by_value():
    names = ["Khu phố 2", "Khu phố 10", "Thôn 1"]
    assert c_order(reversed(names), sort_key) == names


def test_every_letter_of_the_alphabet_sorts_in_its_place():
    alphabet = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
    assert c_order(random.Random(1).sample(alphabet, len(alphabet)), sort_key) == alphabet
    pairs = [first + second for first in alphabet for second in alphabet]
    assert c_order(random.Random(1).sample(pairs, len(pairs)), sort_key) == pairs


def test_a_person_is_listed_by_the_given_name():
    people = ["Trần Văn An", "Lê Thị Ánh", "Bùi Thị Bình", "Nguyễn Bình", "Nguyễn Văn Bình"]
    assert c_order(reversed(people), person_sort_key) == people


@given(st.text())
def test_keys_take_any_text_in_either_normal_form(text):
    assert sort_key(text) == sort_key(unicodedata.normalize("NFD", text))
    person_sort_key(text)


def test_folded_text_has_no_diacritics_and_no_capitals():
    assert fold("  Đặng  Thị ƯỚC ") == "dang thi uoc"
    assert fold(unicodedata.normalize("NFD", "Phan Rí Cửa")) == "phan ri cua"


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("typed", ["K' Brợi", "K’ Brợi", "K‘ Brợi", "Kʼ Brợi", "K` Brợi", "K´ Brợi"])
def test_an_apostrophe_is_one_whichever_was_typed(typed):
    assert clean_name(typed) == "K' Brợi"
    assert fold(typed) == "k' broi"
    assert sort_key(typed) == sort_key("K' Brợi")


def test_a_clean_name_is_composed_and_single_spaced():
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hải Đường")
    assert clean_name(f"\ufeff {decomposed}\u00a0 ") == "Nguyễn Thị Hải Đường"
    assert clean_name("Ðặng\u200b Thị\tThử") == "Đặng Thị Thử"


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean_name(clean_name(text)) == clean_name(text)
    assert nfc(clean_name(text)) == clean_name(text)
