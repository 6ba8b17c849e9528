"""Rates and coefficients are written with the decimal mark of the reader's language."""

from decimal import Decimal

import pytest
from django.utils import translation

from common.numbers import format_decimal, format_factor, format_percent


@pytest.mark.parametrize(("language", "shown"), [("vi", "38,7%"), ("en", "38.7%")])
def test_a_percentage_follows_the_language(language, shown):
    with translation.override(language):
        assert format_percent(21150 / 54649) == format_percent(Decimal("0.387015")) == shown


def test_a_percentage_never_rounds_up_to_the_whole_or_down_to_nothing():
    with translation.override("vi"):
        assert [format_percent(one) for one in (54648 / 54649, 1 / 54649, 0, Decimal("1.0000"))] == [
            "99,9%",
            "0,1%",
            "0,0%",
            "100%",
        ]


def test_a_coefficient_has_no_idle_zeros_and_a_decimal_is_rounded_half_up():
    with translation.override("vi"):
        assert (format_factor(Decimal("1.50")), format_factor(Decimal("10.00"))) == ("1,5", "10")
        assert format_decimal(Decimal("45.25"), 1) == "45,3"
    with translation.override("en"):
        assert (format_factor(2.75), format_decimal(Decimal("103.249"), 1)) == ("2.75", "103.2")
