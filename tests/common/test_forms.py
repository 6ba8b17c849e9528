"""What officers type in days, months and amounts is read as it is written here, in either language."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from common.forms import AmountField, DayField, MonthTextField


@pytest.mark.parametrize("text", ["03/04/2025", "3/4/2025", "03-04-2025", "03.04.2025", "2025-04-03"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_day_comes_before_its_month_in_either_language(text, language):
    with translation.override(language):
        assert DayField().clean(text) == date(2025, 4, 3)


def test_a_day_that_cannot_be_is_refused_with_how_to_write_it():
    with translation.override("en"), pytest.raises(ValidationError, match="day/month/year"):
        DayField().clean("04/31/2025")


def test_a_day_is_typed_and_never_picked_in_the_order_of_the_computer():
    shown = DayField().widget.render("day", date(2025, 4, 3))
    assert 'value="03/04/2025"' in shown
    assert 'type="text"' in shown


@pytest.mark.parametrize(
    ("field", "taken", "refused"),
    [
        (DayField(), ["3/4/2025", "03.04.2025", "2025-04-03"], ["3/4/25", "2025"]),
        (MonthTextField(), ["4/2025", "2025-04"], ["2025", "04"]),
        (AmountField(), ["5000000", "5.000.000", "5,000,000", "5 000 000"], ["1,5", "abc", "-3"]),
    ],
)
def test_the_browser_takes_what_the_field_takes_and_stops_what_it_refuses(field, taken, refused):
    pattern = re.compile(field.widget.attrs["pattern"])
    assert all(pattern.fullmatch(text) and field.clean(text) for text in taken)
    assert not any(pattern.fullmatch(text) for text in refused)


def test_a_month_is_read_and_shown_as_month_and_year():
    field = MonthTextField(required=False)
    assert field.clean("4/2025") == field.clean("2025-04") == date(2025, 4, 1)
    assert field.clean("") is None
    assert field.prepare_value(date(2025, 4, 1)) == "04/2025"
    with pytest.raises(ValidationError):
        field.clean("13/2025")


def test_an_amount_is_read_within_its_bounds_and_shown_in_the_language():
    field = AmountField(least=1, most=5_000_000, required=False)
    assert field.clean("5.000.000") == field.clean("5,000,000") == 5_000_000
    assert field.clean("") == 0
    for wrong in ("0", "5.000.001", "1,5", "-3"):
        with pytest.raises(ValidationError):
            field.clean(wrong)
    assert field.prepare_value(1_234_567) == "1.234.567"
    with translation.override("en"):
        assert field.prepare_value(1_234_567) == "1,234,567"
        assert field.prepare_value("12x") == "12x"
