"""The decree tables against the reference tables of amounts (tests/benefits/vectors), row by row."""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from areas.models import Unit
from areas.operations import load_units
from benefits.models import Base, Category, Rate
from benefits.operations import load_benefits
from benefits.queries import NoRate, grant, rounded

pytestmark = pytest.mark.django_db
VECTORS = Path(__file__).parent / "vectors"
LATE = dt.date(2026, 11, 20)


def read(name: str) -> list[dict[str, str]]:
    with open(VECTORS / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def months(row: dict[str, str]) -> Iterator[dt.date]:
    """The first and the last month of a reference row; an open one is tried a year on."""
    first = dt.date.fromisoformat(row["effective_from"])
    yield first.replace(day=1)
    last = (
        dt.date.fromisoformat(row["effective_to"])
        if row["effective_to"]
        else first.replace(year=first.year + 1)
    )
    yield last.replace(day=1)


def day_of_law(row: dict[str, str]) -> dt.date:
    """A list date on which the row is the law: one before the decrees of late 2026 end it."""
    return dt.date(2026, 9, 20) if row["effective_to"] == "2026-06-30" else LATE


def categories_by_code() -> dict[str, Category]:
    """Every category by its code and by the code of each of its bands (BTXH_5.1_U4, TB_45)."""
    by_code = Category.objects.in_bulk()
    bands = Rate.objects.values_list("band_code", "category_id").distinct()
    return {band: by_code[code] for band, code in bands} | by_code


@pytest.fixture(autouse=True)
def law(db: None) -> None:
    load_benefits()


# Ages at both ends of each band, by the condition as the reference table words it.
AGES = {
    "age<4": (0, 3),
    "4<=age<16": (4, 15),
    "16<=age<=22 and studying": (16, 22),
    "60<=age<80": (60, 79),
    "age>=80": (80, 104),
    "16<=age<60": (16, 59),
    "age<16 or age>=60": (0, 15, 60, 101),
    "age<3": (0, 2),
}
AGES_BY_CODE = {
    "BTXH_20.1a": (0, 3),
    "BTXH_20.1b": (4, 15, 60, 90),
    "BTXH_20.2d_1": (16, 70),
    "BTXH_20.2d_2": (0, 15),
    "BTXH_25.1a": (0, 3),
    "BTXH_25.1b": (4, 70),
}


def test_every_btxh_amount_is_base_times_coefficient() -> None:
    stems = categories_by_code()
    tried = 0
    for row in read("benefit_btxh.csv"):
        ages = AGES_BY_CODE.get(row["benefit_code"]) or AGES.get(row["condition"].split(";")[0], (77,))
        for month in months(row):
            for age in ages:
                granted = grant(stems[row["benefit_code"]].code, month, on=LATE, age=age)
                assert granted.rate.band_code == row["benefit_code"]
                assert granted.amount == int(row["amount_vnd"]), (row, month, age)
                tried += 1
    assert tried > 250


def test_every_monthly_ncc_amount_is_granted() -> None:
    stems = categories_by_code()
    for row in read("benefit_ncc_monthly.csv"):
        category = stems[row["benefit_code"]]
        percents = [int(text) for text in re.findall(r"\d+", row["benefit_code"])]
        open_ended = row["benefit_code"] in ("CDHH_81", "CDHH_CON_81")
        injuries = [*percents, 100] if open_ended else percents
        for month in months(row):
            for injury in injuries if category.needs_injury else [None]:
                granted = grant(category.code, month, on=day_of_law(row), injury=injury)
                assert granted.rate.band_code == row["benefit_code"]
                assert granted.amount == int(row["amount"]), (row, month, injury)


def test_every_one_off_ncc_amount_is_granted() -> None:
    injuries = {"NCC_1L_TB_5_10": 7, "NCC_1L_TB_11_15": 15, "NCC_1L_TB_16_20": 16}
    for row in read("benefit_ncc_oneoff.csv"):
        if row["base"] == "OWN_MONTHLY":
            continue
        code = row["benefit_code"]
        # The yearly grant's table row has no end; a later decree may end it.
        for month in list(months(row))[: 2 if row["effective_to"] else 1]:
            granted = grant(code, month, on=LATE, injury=injuries.get(code))
            assert granted.amount == int(row["amount_vnd"]), (row, month)


def test_three_months_of_own_benefits_are_a_share_of_no_base() -> None:
    rate = Rate.objects.get(category="NCC_1L_3THANG")
    assert (rate.base_code, rate.coefficient) == ("OWN_MONTHLY", 3)


def test_every_reference_base_is_there() -> None:
    for row in read("benefit_bases.csv"):
        base = Base.objects.get(base_code=row["base_code"], applies_from=row["applies_from"])
        assert base.amount == int(row["amount_vnd"])
        assert (base.applies_to.isoformat() if base.applies_to else "") == row["applies_to"]
        if row["document_in_force_from"]:
            assert base.in_force_from.isoformat() == row["document_in_force_from"]


def test_every_injury_rate_of_the_law_has_an_amount() -> None:
    spans = {"TB": (21, 100), "TBB": (21, 100), "BB": (41, 100), "CDHH": (21, 100), "CDHH_CON": (61, 100)}
    for code, (lowest, highest) in spans.items():
        for injury in range(lowest, highest + 1):
            assert grant(code, dt.date(2024, 12, 1), on=dt.date(2024, 11, 20), injury=injury).amount > 0
        with pytest.raises(NoRate):
            grant(code, dt.date(2024, 12, 1), on=dt.date(2024, 11, 20), injury=lowest - 1)


def test_every_age_at_which_a_btxh_category_is_payable_has_a_band() -> None:
    for category in Category.objects.filter(scheme="BTXH", kind="monthly").exclude(
        component="social_pension"
    ):
        for age in range(category.min_age or 0, (category.end_age or 110) + 1):
            grant(category.code, dt.date(2024, 12, 1), on=dt.date(2024, 11, 20), age=age)


def test_every_monthly_category_has_a_rate_in_2024() -> None:
    december, listed = dt.date(2024, 12, 1), dt.date(2024, 11, 20)
    for category in Category.objects.filter(kind="monthly").exclude(component="social_pension"):
        grant(category.code, december, on=listed, age=50, injury=85 if category.needs_injury else None)


@pytest.mark.parametrize(
    ("month", "listed", "amount"),
    [
        ("2024-06-01", "2024-05-20", 540_000),  # 360,000 × 1.5
        ("2024-07-01", "2024-06-20", 540_000),  # listed before Decree 76/2024 was in force (rule P12)
        ("2024-07-01", "2024-07-20", 750_000),  # 500,000 × 1.5
        ("2026-08-01", "2026-07-20", 750_000),
        ("2026-08-01", "2026-10-04", 750_000),
        ("2026-08-01", "2026-10-05", 810_000),  # Decree 335/2026, back to July: 540,000 × 1.5
        ("2026-06-01", "2026-10-05", 750_000),
    ],
)
def test_a_month_is_reckoned_with_the_law_in_force_on_the_list_date(
    month: str, listed: str, amount: int
) -> None:
    granted = grant("BTXH_5.6_N", dt.date.fromisoformat(month), on=dt.date.fromisoformat(listed), age=40)
    assert granted.amount == amount


def test_an_ncc_rate_runs_on_until_the_decree_that_ends_it_is_in_force() -> None:
    august = dt.date(2026, 8, 1)
    assert grant("LS_1", august, on=dt.date(2026, 9, 30)).amount == 2_789_000
    with pytest.raises(NoRate):
        grant("LS_1", august, on=dt.date(2026, 10, 1))
    assert grant("LS_1", dt.date(2026, 6, 1), on=dt.date(2026, 10, 1)).amount == 2_789_000


def test_the_social_pension_begins_in_july_2025_where_5_5b_and_5_5c_end() -> None:
    listed = dt.date(2025, 7, 20)
    assert grant("HTXH_75", dt.date(2025, 7, 1), on=listed).amount == 500_000
    for code in ("BTXH_5.5b", "BTXH_5.5c"):
        assert grant(code, dt.date(2025, 6, 1), on=listed, age=80).amount == 500_000
        with pytest.raises(NoRate):
            grant(code, dt.date(2025, 7, 1), on=listed, age=80)


def test_a_province_with_a_higher_base_of_its_own_pays_by_it() -> None:
    load_units(province="60")
    province = Unit.objects.get(code="60")
    month, listed = dt.date(2024, 12, 1), dt.date(2024, 11, 20)
    own = Base.objects.create(
        base_code="BTXH_STANDARD",
        area=province,
        amount=600_000,
        applies_from=dt.date(2024, 8, 1),
        in_force_from=dt.date(2024, 8, 1),
        legal_source="Nghị quyết HĐND",
        confidence="assumed",
    )
    granted = grant("BTXH_5.6_N", month, on=listed, age=40, province=province)
    assert (granted.base, granted.amount) == (own, 900_000)
    assert grant("BTXH_5.6_N", month, on=listed, age=40).amount == 750_000
    Base.objects.filter(pk=own.pk).update(amount=400_000)
    assert grant("BTXH_5.6_N", month, on=listed, age=40, province=province).amount == 750_000


@pytest.mark.parametrize(
    ("product", "expected"), [("3082500", 3_083_000), ("616500", 617_000), ("17291800", 17_292_000)]
)
def test_ncc_amounts_round_half_up_to_a_thousand(product: str, expected: int) -> None:
    assert rounded(Decimal(product), 1000) == expected


def test_band_codes_and_stems_lead_to_one_category() -> None:
    stems = categories_by_code()
    assert {stems[code].code for code in ("BTXH_5.1_U4", "BTXH_5.1_4P", "BTXH_5.1")} == {"BTXH_5.1"}
    assert {stems[code].code for code in ("TB_21", "TB_100", "TB")} == {"TB"}
    assert stems["TBB_45"].code == "TBB"


def test_hiv_categories_are_sensitive_and_named_as_social_protection_only() -> None:
    sensitive = Category.objects.filter(sensitive=True)
    assert {row.code for row in sensitive} == {"BTXH_5.3", "BTXH_5.8"}
    assert {row.public_name_vi for row in sensitive} == {"Đối tượng bảo trợ xã hội"}
    others = Category.objects.filter(sensitive=False)
    assert all("HIV" not in row.name_vi + row.public_name_vi for row in others)


def test_a_disability_allowance_stops_beside_a_pension_or_an_ncc_allowance() -> None:
    excluded = Category.objects.filter(excluded_by_ncc=True)
    assert {row.code for row in excluded} == {"BTXH_5.6_DBN", "BTXH_5.6_N"}
    assert all(row.excluded_by_pension for row in excluded)


def test_special_supplements_replace_the_ordinary_ones() -> None:
    pairs = Category.objects.exclude(replaces=None).values_list("code", "replaces")
    assert dict(pairs) == {
        "TB_PC81_DB": "TB_PC81",
        "BB_PC81_DB": "BB_PC81",
        "CDHH_PC81_DB": "CDHH_PC81",
        "BTXH_20.2a_2": "BTXH_20.2a_1",
    }


def test_the_single_parents_support_adds_to_clauses_5_6_and_8_only() -> None:
    beside = set(Category.objects.filter(beside_single_parent=True).values_list("code", flat=True))
    assert beside == {
        *("BTXH_5.5a", "BTXH_5.5b", "BTXH_5.5c", "BTXH_5.5d"),
        *("BTXH_5.6_DBN", "BTXH_5.6_N", "BTXH_5.8"),
    }
