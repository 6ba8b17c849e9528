"""Loading the decree tables: repeatable, honest about doubt, and telling what must be reckoned again."""

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from benefits import operations
from benefits.models import Base, Rate
from benefits.operations import Affected, load_benefits
from benefits.queries import NoRate, grant

pytestmark = pytest.mark.django_db
JULY = dt.date(2024, 7, 1)
DECEMBER, LISTED = dt.date(2024, 12, 1), dt.date(2024, 11, 20)


@pytest.fixture
def decrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the decree tables that a test may edit."""
    copy = tmp_path / "decrees"
    shutil.copytree(operations.DECREES, copy)
    monkeypatch.setattr(operations, "DECREES", copy)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_second_load_changes_nothing() -> None:
    load_benefits()
    again = load_benefits()
    for changes in again.tables.values():
        assert {**changes.counts(), "unchanged": 0} == dict.fromkeys(changes.counts(), 0)
    assert again.affected == []


def test_leaving_out_what_is_assumed_leaves_later_months_without_a_rate() -> None:
    load_benefits(exclude={"assumed"})
    assert not Rate.objects.filter(confidence="assumed").exists()
    assert grant("BTXH_5.8", DECEMBER, on=LISTED).amount == 750_000
    with pytest.raises(NoRate):
        grant("BTXH_5.8", dt.date(2026, 8, 1), on=dt.date(2026, 10, 20))


def test_leaving_out_secondary_sources_removes_and_brings_back_what_was_loaded() -> None:
    load_benefits()
    without = load_benefits(exclude={"secondary", "assumed"})
    assert without.bases.retired
    assert without.rates.retired
    assert set(Base.objects.values_list("confidence", flat=True)) == {"verified"}
    with pytest.raises(NoRate):
        grant("BTXH_5.8", DECEMBER, on=LISTED)
    assert grant("LS_1", DECEMBER, on=LISTED).amount == 2_789_000
    load_benefits()
    assert grant("BTXH_5.8", DECEMBER, on=LISTED).amount == 750_000


def test_it_refuses_to_exclude_an_unknown_confidence() -> None:
    with pytest.raises(ValueError, match="rumour"):
        load_benefits(exclude={"rumour"})


def test_a_changed_base_names_the_categories_that_use_it_and_no_others(decrees: Path) -> None:
    load_benefits()
    edit(decrees / "bases.csv", "BTXH_STANDARD,500000", "BTXH_STANDARD,510000")
    load = load_benefits()
    assert load.bases.counts() == {"added": 0, "changed": 1, "unchanged": 13, "retired": 0}
    assert {row.category for row in load.affected} == set(
        Rate.objects.filter(base_code="BTXH_STANDARD").values_list("category_id", flat=True)
    )
    assert Affected("BTXH_5.1", JULY, dt.date(2024, 7, 1)) in load.affected


def test_a_changed_amount_names_its_category_from_its_first_month(decrees: Path) -> None:
    load_benefits()
    edit(decrees / "ncc_monthly_rates.csv", "2789000,2024-07-01", "2790000,2024-07-01")
    assert Affected("LS_1", JULY, JULY) in load_benefits().affected


def test_an_end_that_becomes_law_later_is_named_with_its_own_date(decrees: Path) -> None:
    load_benefits()
    edit(decrees / "bases.csv", "SOCIAL_PENSION,540000,2026-07-01,,2026-10-05,,",
         "SOCIAL_PENSION,540000,2026-07-01,2027-06-30,2026-10-05,2027-09-15,")  # fmt: skip
    assert Affected("HTXH_75", dt.date(2027, 7, 1), dt.date(2027, 9, 15)) in load_benefits().affected


def test_a_corrected_note_makes_no_one_be_reckoned_again(decrees: Path) -> None:
    load_benefits()
    edit(decrees / "bases.csv", "From luatvietnam.vn; decree text not read", "Decree text read")
    load = load_benefits()
    assert load.bases.counts()["changed"] == 1
    assert load.affected == []


def test_a_rate_that_an_officer_entered_wins_over_the_file() -> None:
    load_benefits()
    row = Base.objects.filter(base_code="BTXH_STANDARD", applies_from=JULY)
    row.update(amount=520_000, from_file=False)
    assert load_benefits().bases.counts() == {"added": 0, "changed": 0, "unchanged": 13, "retired": 0}
    assert row.get().amount == 520_000


def new_rate(**changes: Any) -> Rate:
    values: dict[str, Any] = {
        "category_id": "BTXH_5.1",
        "band_code": "BTXH_5.1_NEW",
        "age_from": 0,
        "base_code": "BTXH_STANDARD",
        "coefficient": Decimal("2.5"),
        "applies_from": dt.date(2030, 1, 1),
        "in_force_from": dt.date(2030, 1, 1),
        "confidence": "assumed",
    }
    return Rate.objects.create(**values | changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount": 900_000}, "rate_amount_or_coefficient"),
        ({"coefficient": None}, "rate_amount_or_coefficient"),
        ({"base_code": "", "coefficient": None}, "rate_amount_or_coefficient"),
        ({"base_code": "", "coefficient": None, "amount": 0}, "rate_amount_or_coefficient"),
        ({"coefficient": Decimal("-1")}, "rate_amount_or_coefficient"),
        ({"applies_from": dt.date(2030, 1, 2)}, "rate_from_first_of_month"),
        ({"applies_to": dt.date(2030, 6, 30)}, "rate_end_after_start"),
        (
            {"applies_to": dt.date(2029, 12, 31), "ends_in_force_from": dt.date(2031, 1, 1)},
            "rate_end_after_start",
        ),
        ({"ends_in_force_from": dt.date(2031, 1, 1)}, "rate_end_after_start"),
        ({"age_from": 4, "age_to": 4}, "rate_ages_ordered"),
        ({"injury_from": 41}, "rate_injuries_ordered"),
        ({"injury_to": 41}, "rate_injuries_ordered"),
        ({"injury_from": 50, "injury_to": 41}, "rate_injuries_ordered"),
        ({"injury_from": 50, "injury_to": 101}, "rate_injuries_ordered"),
        ({"confidence": "rumour"}, "rate_confidence_known"),
        ({"round_to": 0}, "rate_round_to_positive"),
    ],
)
def test_the_database_refuses_a_rate_that_makes_no_sense(changes: dict[str, Any], constraint: str) -> None:
    load_benefits()
    with pytest.raises(IntegrityError, match=constraint):
        new_rate(**changes)


def test_the_database_refuses_two_rates_that_are_equally_valid_at_one_age() -> None:
    load_benefits()
    new_rate(age_to=4)
    new_rate(band_code="BTXH_5.1_NEXT", age_from=4)
    with pytest.raises(IntegrityError, match="rate_one_wins"):
        new_rate(band_code="BTXH_5.1_AGAIN", age_from=3, age_to=10)


def test_the_database_refuses_a_second_base_of_the_same_dates() -> None:
    load_benefits()
    base = Base.objects.get(base_code="BTXH_STANDARD", applies_from=JULY)
    base.pk = None
    with pytest.raises(IntegrityError, match="base_one_wins"):
        base.save()
