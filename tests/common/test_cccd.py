import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.cccd import (
    SEXES,
    Cccd,
    check_cccd,
    make_cccd,
    mask,
    mask_account,
    parse_cccd,
    provinces,
)


def test_a_number_says_province_sex_and_year():
    assert parse_cccd("060144000011") == Cccd("060", "female", 1944, "000011")
    assert parse_cccd("068215123456") == Cccd("068", "male", 2015, "123456")


def test_all_63_provinces_of_before_the_mergers_are_known():
    assert len(provinces()) == 63
    assert provinces()["060"] == "Bình Thuận"


@given(
    st.sampled_from(sorted(provinces())),
    st.sampled_from(SEXES),
    st.integers(1900, 2399),
    st.integers(0, 999_999),
)
def test_a_made_number_says_what_it_was_made_from(province, sex, year, serial):
    number = make_cccd(province, sex, year, serial)
    assert parse_cccd(number) == Cccd(province, sex, year, f"{serial:06d}")
    assert check_cccd(number, year, sex) == []


def test_a_statistical_code_names_the_province_too():
    assert make_cccd("60", "female", 1944, 11) == "060144000011"


@pytest.mark.parametrize(
    ("number", "problems"),
    [
        ("060144000011", []),
        ("260123456", []),
        ("06014400001", ["length"]),
        ("", ["not_digits"]),
        ("06014400001x", ["not_digits"]),
        ("٠٦٠١٤٤٠٠٠٠١١", ["not_digits"]),
        ("003144000011", ["province"]),
        ("060145000011", ["birth_year"]),
        ("060244000011", ["birth_year", "sex"]),
        ("060044000011", ["sex"]),
    ],
)
def test_it_names_what_does_not_fit_a_woman_born_in_1944(number, problems):
    assert check_cccd(number, 1944, "female") == problems


def test_what_is_not_known_is_not_checked():
    assert check_cccd("060144000011") == []
    assert check_cccd("060144000011", None, "") == []


@pytest.mark.parametrize(
    "made", [("99", "male", 1944, 1), ("60", "male", 1899, 1), ("60", "male", 1944, 10**6)]
)
def test_it_refuses_to_make_a_number_that_cannot_exist(made):
    with pytest.raises(ValueError):
        make_cccd(*made)


def test_masks_show_only_what_an_officer_needs():
    assert mask("060144000011") == "060•••••0011"
    assert mask("260123456") == "•••••3456"
    assert mask("1234") == "••••"
    assert mask_account("0123456784821") == "••••4821"
    assert mask_account("123") == "••••"
