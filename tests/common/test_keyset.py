"""A page begins at the row that an address names, or at the first."""

from __future__ import annotations

import pytest

from common.keyset import number_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("0042", 42),
        ("2024120010000000017", 2024120010000000017),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_a_number_in_an_address_is_taken_as_large_as_the_database_holds_one(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", " 7", "²", "٣", "9223372036854775808", "9" * 5_000])
def test_what_is_no_number_of_a_row_is_the_number_of_none(text):
    assert number_of(text) == 0
