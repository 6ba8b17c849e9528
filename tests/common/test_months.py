from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.months import add_months, format_month, month_of, months_between, parse_month

months = st.dates(date(1900, 1, 1), date(9998, 12, 31)).map(month_of)


@given(months)
def test_a_month_survives_writing_and_reading(month):
    assert parse_month(format_month(month)) == month


@pytest.mark.parametrize(
    "text", ["", "2024", "2024-13", "2024-00", "12-2024", "2024-1", "2024-12-01", "２０２４-12", "0000-01"]
)
def test_it_refuses_what_is_no_month_and_says_how_to_write_one(text):
    with pytest.raises(ValueError, match="YYYY-MM"):
        parse_month(text)


def test_a_month_later_may_be_in_another_year():
    assert add_months(date(2024, 12, 1), 1) == date(2025, 1, 1)
    assert add_months(date(2024, 1, 1), -1) == date(2023, 12, 1)
    assert add_months(date(2024, 3, 1), -15) == date(2022, 12, 1)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(month_of), st.integers(-200, 200))
def test_going_forth_and_back_ends_where_it_began(month, count):
    assert add_months(add_months(month, count), -count) == month


def test_months_between_names_both_ends():
    assert list(months_between(date(2024, 11, 20), date(2025, 1, 1))) == [
        date(2024, 11, 1),
        date(2024, 12, 1),
        date(2025, 1, 1),
    ]
    assert list(months_between(date(2025, 2, 1), date(2025, 1, 1))) == []
