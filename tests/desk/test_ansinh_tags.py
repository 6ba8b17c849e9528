"""How figures, dates and protected numbers are written on a page."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from desk.templatetags import ansinh

NO_BREAK = "\u00a0"


@pytest.fixture(params=["vi", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def test_it_writes_money_with_the_marks_of_the_language(language):
    assert ansinh.vnd(1234567) == {"vi": f"1.234.567{NO_BREAK}₫", "en": f"1,234,567{NO_BREAK}₫"}[language]
    assert ansinh.vnd(-9250000) == {"vi": f"−9.250.000{NO_BREAK}₫", "en": f"−9,250,000{NO_BREAK}₫"}[language]
    assert ansinh.vnd_change(500) == f"+500{NO_BREAK}₫"
    assert ansinh.vnd_change(0) == f"0{NO_BREAK}₫"


def test_it_writes_a_rate_with_the_mark_of_the_language(language):
    assert ansinh.pct(21150 / 54649) == {"vi": "38,7%", "en": "38.7%"}[language]
    assert ansinh.pct(1.0) == "100%"


def test_it_never_rounds_a_rate_up_to_the_whole_or_down_to_nothing():
    with translation.override("en"):
        assert ansinh.pct(54648 / 54649) == "99.9%"
        assert ansinh.pct(1 / 54649) == "0.1%"
        assert ansinh.pct(0) == "0.0%"


def test_it_shortens_large_amounts():
    with translation.override("en"):
        assert ansinh.vnd_short(103_249_000_000) == f"103.2{NO_BREAK}billion{NO_BREAK}dong"
        assert ansinh.vnd_short(45_250_000) == f"45.3{NO_BREAK}million{NO_BREAK}dong"
        assert ansinh.vnd_short(500_000) == f"500,000{NO_BREAK}₫"


def test_it_writes_a_coefficient_without_idle_zeros():
    with translation.override("vi"):
        assert ansinh.factor(Decimal("1.50")) == "1,5"
        assert ansinh.factor(Decimal("10.00")) == "10"


def test_it_counts_one_person_and_several():
    with translation.override("en"):
        assert ansinh.people(1) == "1 person"
        assert ansinh.people(1907) == "1,907 people"


def test_it_writes_a_moment_of_vietnam():
    assert ansinh.moment(datetime(2024, 11, 17, 18, 5, tzinfo=UTC)) == "01:05, 18/11/2024"
    assert ansinh.day(datetime(2024, 11, 17, 18, 5, tzinfo=UTC)) == "18/11/2024"
    assert ansinh.month(date(2024, 12, 1)) == "12/2024"
    assert ansinh.month_key(date(2024, 12, 1)) == "2024-12"


def test_it_writes_a_birth_date_no_more_exactly_than_it_is_known():
    born = date(1940, 1, 1)
    assert [ansinh.birth(born, known) for known in ("day", "month", "year")] == [
        "01/01/1940",
        "01/1940",
        "1940",
    ]


def test_it_hides_the_middle_of_protected_numbers_once():
    assert ansinh.mask_id("060144000011") == "060•••••0011"
    assert ansinh.mask_id("060•••••0011") == "060•••••0011"
    assert ansinh.mask_account("1903482114821") == "••••4821"


def test_it_says_an_absent_value_with_a_dash():
    filters = (ansinh.vnd, ansinh.num, ansinh.pct, ansinh.people, ansinh.day, ansinh.moment, ansinh.month)
    assert {written(None) for written in filters} == {"–"}


def test_it_fills_a_meter_by_its_share_and_survives_an_empty_whole():
    assert '<rect class="part" width="387" height="12"/>' in ansinh.meter(21150, 54649)
    assert '<rect class="part" width="0" height="12"/>' in ansinh.meter(0, 0)
    assert '<rect class="part" width="1000" height="12"/>' in ansinh.meter(3, 2)


def test_it_escapes_a_label():
    assert "<script>" not in ansinh.state_tag("paid", "<script>")
