"""Units against separate lists of Bình Thuận and Lâm Đồng (tests/areas/vectors)."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from django.db import IntegrityError

from areas.models import Level, Succession, Unit
from areas.operations import DATA, UnknownProvince, load_units
from areas.queries import Lineage, lineages

VECTORS = Path(__file__).parent / "vectors"
BEFORE, AFTER = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


def read(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def binh_thuan(db: None) -> Unit:
    load_units(province="60")
    return Unit.objects.get(level=Level.PROVINCE, code="60")


@pytest.fixture
def lam_dong(binh_thuan: Unit) -> Unit:
    return Unit.objects.on(AFTER).get(level=Level.PROVINCE, code="68")


def unit_on(code: str, date: dt.date, level: Level = Level.COMMUNE) -> Unit:
    return Unit.objects.on(date).get(level=level, code=code)


def test_binh_thuan_had_ten_districts_and_121_communes(binh_thuan: Unit) -> None:
    before = Unit.objects.on(BEFORE).under(binh_thuan)
    assert (before.districts().count(), before.communes().count()) == (10, 121)
    assert Unit.objects.on(AFTER).under(binh_thuan).count() == 0


def test_45_of_lam_dongs_124_units_come_from_binh_thuan(binh_thuan: Unit, lam_dong: Unit) -> None:
    after = Unit.objects.on(AFTER).under(lam_dong)
    assert (after.districts().count(), after.communes().count()) == (0, 124)
    assert after.communes().filter(origins__predecessor__parent__parent=binh_thuan).distinct().count() == 45


def test_old_communes_bear_the_listed_codes_names_and_districts(binh_thuan: Unit) -> None:
    listed = {
        (row["old_ward_code"], row["old_ward"], row["old_district_code"], row["old_district"])
        for row in read(VECTORS / "admin_binhthuan_old_to_new.csv")
    }
    found = Unit.objects.on(BEFORE).communes().values_list("code", "name", "parent__code", "parent__name")
    assert set(found) == listed


def test_districts_have_the_listed_number_of_communes(binh_thuan: Unit) -> None:
    communes = Counter(Unit.objects.on(BEFORE).communes().values_list("parent__code", flat=True))
    listed = read(VECTORS / "admin_binhthuan_districts_pre2025.csv")
    assert communes == {row["district_code"]: int(row["n_communes"]) for row in listed}


def test_new_communes_bear_the_listed_codes_and_names(lam_dong: Unit) -> None:
    listed = {
        (row["ward_code"], row["ward"], row["type"].lower())
        for row in read(VECTORS / "admin_lamdong_communes_2025.csv")
    }
    assert set(Unit.objects.on(AFTER).communes().values_list("code", "name", "kind")) == listed


def test_every_old_commune_becomes_the_listed_one_by_default(binh_thuan: Unit) -> None:
    listed: dict[str, set[str]] = {}
    for row in read(VECTORS / "admin_binhthuan_old_to_new.csv"):
        listed.setdefault(row["old_ward_code"], set()).add(row["new_ward_code"])
    found = Succession.objects.filter(is_default=True, predecessor__level=Level.COMMUNE)
    defaults = dict(found.values_list("predecessor__code", "successor__code"))
    assert defaults.keys() == listed.keys()
    assert all(defaults[code] in successors for code, successors in listed.items())


def test_a_divided_commune_names_all_its_successors_and_one_default(binh_thuan: Unit) -> None:
    phong_phu = unit_on("22978", BEFORE)
    assert phong_phu.name == "Xã Phong Phú"
    names = phong_phu.successions.values_list("successor__name", "is_default")
    assert set(names) == {("Xã Phan Rí Cửa", True), ("Xã Tuy Phong", False)}


def test_a_reused_code_means_another_unit_from_the_reform_on(binh_thuan: Unit) -> None:
    assert unit_on("22918", BEFORE).name == "Phường Hàm Tiến"
    assert unit_on("22918", AFTER).name == "Phường Mũi Né"


def test_a_district_pays_before_the_reform_and_the_commune_itself_after(binh_thuan: Unit) -> None:
    old = unit_on("22918", BEFORE)
    assert old.paying_unit is not None
    assert old.paying_unit.name == "Thành phố Phan Thiết"
    new = unit_on("22918", AFTER)
    assert (new.name, new.paying_unit) == ("Phường Mũi Né", new)
    assert Unit.objects.on(BEFORE).paying().count() == 10
    assert Unit.objects.on(AFTER).paying().count() == 124


def test_a_merged_commune_follows_all_that_it_was_made_of_from_the_reform_on(binh_thuan: Unit) -> None:
    old, new = unit_on("22918", BEFORE), unit_on("22918", AFTER)
    parts = {unit_on(code, BEFORE).pk for code in ("22915", "22918", "22957")}
    found = lineages([old.pk, new.pk], AFTER)
    assert (found[old.pk].before, found[old.pk].after) == ([], [new.pk])
    assert (set(found[new.pk].before), found[new.pk].after) == (parts, [])
    assert lineages([old.pk], BEFORE) == {old.pk: Lineage([], [])}


def test_a_split_commune_went_on_in_several_the_default_one_first(binh_thuan: Unit) -> None:
    old = unit_on("22978", BEFORE)
    default, other = unit_on("22972", AFTER), unit_on("22978", AFTER)
    found = lineages([old.pk, default.pk, other.pk], AFTER)
    assert found[old.pk].after == [default.pk, other.pk]
    assert old.pk in found[default.pk].before
    assert old.pk not in found[other.pk].before


def test_a_commune_is_followed_through_two_reforms(binh_thuan: Unit) -> None:
    old, middle = unit_on("22918", BEFORE), unit_on("22918", AFTER)
    later = Unit.objects.create(
        code="99999", level=Level.COMMUNE, kind="phường", name="Phường Mới", parent=middle.parent,
        valid_from=dt.date(2031, 1, 1),
    )  # fmt: skip
    Succession.objects.create(predecessor=middle, successor=later, on_date=later.valid_from)
    found = lineages([old.pk, later.pk], dt.date(2031, 6, 1))
    assert found[old.pk].after == [later.pk]
    assert {old.pk, middle.pk} <= set(found[later.pk].before)
    assert lineages([old.pk], AFTER)[old.pk].after == [middle.pk]


def test_loading_twice_changes_nothing(binh_thuan: Unit) -> None:
    for changes in load_units(province="60").values():
        assert {**changes.counts(), "unchanged": 0} == dict.fromkeys(changes.counts(), 0)


def test_a_merged_province_brings_all_it_was_made_of(db: None) -> None:
    load_units(province="68")
    old = Unit.objects.on(BEFORE).provinces().values_list("name", flat=True)
    assert set(old) == {"Tỉnh Bình Thuận", "Tỉnh Đắk Nông", "Tỉnh Lâm Đồng"}
    assert Unit.objects.on(AFTER).communes().filter(origins=None).count() == 0


def test_it_refuses_a_province_that_does_not_exist(db: None) -> None:
    with pytest.raises(UnknownProvince):
        load_units(province="99")
    assert not Unit.objects.exists()


def test_the_files_hold_every_province_before_and_after_the_reform() -> None:
    counts = Counter((row["level"], row["valid_to"]) for row in read(DATA / "units.csv"))
    assert (counts["province", "2025-06-30"], counts["province", ""]) == (63, 34)
    assert (counts["district", "2025-06-30"], counts["commune", ""]) == (696, 3321)


def test_every_old_commune_of_the_country_has_exactly_one_default_successor() -> None:
    rows = read(DATA / "successions.csv")
    defaults = Counter(row["predecessor_code"] for row in rows if row["is_default"] == "1")
    old = [row["code"] for row in read(DATA / "units.csv") if row["valid_to"] and row["level"] == "commune"]
    assert [code for code in old if defaults[code] != 1] == []


def test_the_database_refuses_two_meanings_of_a_code_on_one_day(binh_thuan: Unit) -> None:
    with pytest.raises(IntegrityError, match="unit_one_meaning_a_day"):
        Unit.objects.create(
            level="province", code="60", kind="tỉnh", name="Tỉnh khác", valid_from=dt.date(2020, 1, 1)
        )


def test_the_database_refuses_a_commune_that_is_part_of_nothing(db: None) -> None:
    with pytest.raises(IntegrityError, match="unit_parent_unless_province"):
        Unit.objects.create(level="commune", code="99999", kind="xã", name="Xã Lẻ", valid_from=AFTER)


def test_the_database_refuses_a_second_default_successor(binh_thuan: Unit) -> None:
    with pytest.raises(IntegrityError, match="succession_one_default"):
        unit_on("22978", BEFORE).successions.update(is_default=True)
