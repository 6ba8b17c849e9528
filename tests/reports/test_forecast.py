"""The forecast is a least-squares line with its prediction interval, by hand arithmetic."""

from datetime import date

import pytest

from common.months import add_months
from reports.forecast import forecast

JANUARY = date(2024, 1, 1)


def series(*rates: float) -> list[tuple[date, float]]:
    return [(add_months(JANUARY, offset), rate) for offset, rate in enumerate(rates)]


def test_a_straight_line_goes_on_without_doubt():
    found = forecast(rates=series(0.1, 0.2, 0.3, 0.4), month=date(2024, 7, 1), target=0.65)
    assert (found.last.expected, found.last.low, found.last.high) == pytest.approx((0.7, 0.7, 0.7))
    assert (found.per_month, found.reached_in, found.based_on) == (pytest.approx(0.1), date(2024, 7, 1), 4)


def test_scatter_widens_the_interval_as_worked_out_by_hand():
    # x 0..3, y 0, .1, 0, .1: slope .02, level .02; residuals -.02, .06, -.06, .02: s2 = .008/2 = .004.
    # At x = 4: .004 * (1 + 1/4 + 2.5**2/5) = .01, so .1 either way times t(2) = 1.886; the low end stops at 0.
    found = forecast(rates=series(0.0, 0.1, 0.0, 0.1), month=date(2024, 5, 1), target=1.0)
    assert found.last.expected == pytest.approx(0.10)
    assert (found.last.low, found.last.high) == (0.0, pytest.approx(0.2886))
    # .02 + .02 x reaches 1 at x = 49: February 2028.
    assert found.reached_in == date(2028, 2, 1)


def test_the_way_there_is_told_for_the_next_month_and_by_quarters():
    found = forecast(rates=series(0.0, 0.1, 0.0, 0.1), month=date(2024, 12, 1), target=1.0)
    months = [(step.month.month, round(step.expected, 9)) for step in found.steps]
    assert months == [(5, 0.1), (7, 0.14), (10, 0.2), (12, 0.24)]
    widths = [step.high - step.expected for step in found.steps]
    assert widths == sorted(widths)  # the further ahead, the less is known


def test_a_month_left_out_keeps_its_place_on_the_line():
    rates = [(JANUARY, 0.1), (date(2024, 3, 1), 0.3), (date(2024, 4, 1), 0.4), (date(2024, 5, 1), 0.5)]
    assert forecast(rates=rates, month=date(2024, 6, 1), target=1).last.expected == pytest.approx(0.6)


def test_it_goes_by_the_latest_months_only():
    found = forecast(rates=series(0.9, 0.1, 0.2, 0.3, 0.4), month=date(2024, 6, 1), target=1, last=4)
    assert found.last.expected == pytest.approx(0.5)


def test_too_few_months_or_a_day_gone_by_have_no_forecast():
    assert forecast(rates=series(0.1, 0.2, 0.3), month=date(2025, 1, 1), target=1) is None
    assert forecast(rates=series(0.1, 0.2, 0.3, 0.4), month=date(2024, 4, 1), target=1) is None


def test_a_falling_rate_never_reaches_the_target_and_stays_a_fraction():
    found = forecast(rates=series(0.4, 0.3, 0.2, 0.1), month=date(2025, 1, 1), target=1)
    assert (found.reached_in, found.last.expected) == (None, 0.0)
