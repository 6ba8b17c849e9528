"""A province's own base counts where it is in force and higher than the national one (Decree 20/2021, Art. 4(3))."""

from datetime import date

import pytest

from accounts.access import province_reader
from areas.models import Unit
from beneficiaries.models import Residence
from beneficiaries.roll.law import Law
from benefits.models import Base, Category
from payments.models import Line
from payments.queries.explain import explain
from tests import worlds
from tests.beneficiaries.roll_world import make_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOVEMBER, DECEMBER = date(2024, 11, 1), date(2024, 12, 1)
RESOLUTION = "Nghị quyết 12/2024/NQ-HĐND tỉnh Bình Thuận"


def own_base(amount, *, applies_from=DECEMBER, in_force=date(2024, 11, 1), province="60"):
    return Base.objects.create(
        base_code="BTXH_STANDARD",
        area=Unit.objects.provinces().filter(code=province).latest("valid_from"),
        amount=amount,
        applies_from=applies_from,
        in_force_from=in_force,
        legal_source=RESOLUTION,
        confidence="verified",
    )


def lines(**which):
    return sorted((f"{x.for_month:%Y-%m}", x.kind, x.amount) for x in Line.objects.filter(**which))


def test_a_higher_base_of_the_province_multiplies_the_national_coefficient():
    own_base(600_000)
    # Severe disability: 1.5 × 600,000 = 900,000.
    worlds.grant(worlds.person(born=date(1980, 1, 1)), "BTXH_5.6_N", since=DECEMBER)
    worlds.run_round(DECEMBER)
    assert lines() == [("2024-12", "regular", 900_000)]


def test_a_lower_base_of_the_province_changes_nothing():
    own_base(450_000)
    worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    assert lines() == [("2024-12", "regular", 500_000)]


def test_it_is_overtaken_when_the_national_base_rises_above_it():
    # Decree 335/2026: 540,000 from 2026-07; the province's 520,000 counts only before.
    own_base(520_000, province="68")
    lives = Unit.objects.on(date(2026, 1, 1)).communes().filter(parent__code="68").first()
    # 5(5)(a) from 80: coefficient 2.0.
    worlds.grant(worlds.person(lives=lives), "BTXH_5.5a", since=date(2026, 6, 1))
    worlds.run_round(date(2026, 11, 1))
    months = {month: amount for month, _kind, amount in lines()}
    assert months["2026-06"] == 2 * 520_000
    assert months["2026-07"] == 2 * 540_000


def test_a_resolution_that_comes_late_is_paid_as_arrears():
    own_base(600_000, applies_from=NOVEMBER, in_force=date(2024, 11, 25))
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    for month in (NOVEMBER, DECEMBER, date(2025, 1, 1)):
        worlds.run_round(month)
    assert lines() == [
        ("2024-11", "arrears", 100_000),
        ("2024-11", "regular", 500_000),
        ("2024-12", "arrears", 100_000),
        ("2024-12", "regular", 500_000),
        ("2025-01", "regular", 600_000),
    ]


def test_it_counts_only_while_the_person_lives_in_that_province():
    own_base(600_000)
    elsewhere = Unit.objects.create(
        level="province", code="99", kind="tỉnh", name="Nơi khác", valid_from=date(2000, 1, 1)
    )
    commune = Unit.objects.create(
        level="commune",
        code="99001",
        kind="xã",
        name="Xã Khác",
        parent=elsewhere,
        valid_from=date(2000, 1, 1),
    )
    Unit.objects.filter(pk=commune.pk).update(paying_unit=commune)
    moved, stays = worlds.person("Trần Thị Đi"), worlds.person("Lê Thị Ở")
    Residence.objects.filter(person=moved).update(valid_to=date(2024, 12, 31))
    Residence.objects.create(person=moved, commune=commune, valid_from=date(2025, 1, 1))
    for who in (moved, stays):
        worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    worlds.run_round(date(2025, 1, 1))
    assert lines(payment__person=moved) == [("2024-12", "regular", 600_000), ("2025-01", "regular", 500_000)]
    assert lines(payment__person=stays) == [("2024-12", "regular", 600_000), ("2025-01", "regular", 600_000)]


def test_people_with_revolutionary_contributions_keep_their_own_standard():
    own_base(600_000)
    # Annex II of Decree 75/2021 by Decree 77/2024: injury rate 45 % is 4,024,000 a month.
    worlds.grant(worlds.person(born=date(1950, 1, 1)), "TB", since=DECEMBER, injury_rate=45)
    worlds.run_round(DECEMBER)
    assert lines() == [("2024-12", "regular", 4_024_000)]


def test_the_explanation_names_the_resolution_of_the_province():
    own_base(600_000)
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    (due,) = explain(person=who, month=DECEMBER, on=DECEMBER, reader=province_reader()).dues
    assert due.base == 600_000
    assert RESOLUTION in due.words


def test_a_roll_is_held_against_the_base_of_the_province_where_its_person_lives():
    own_base(600_000)
    category = Category.objects.get(pk="BTXH_5.5c")
    elsewhere = Unit.objects.on(date(2026, 1, 1)).communes().filter(parent__code="68").first()
    law = Law()
    stated = {home: law.granted(make_row(home), category, DECEMBER) for home in (worlds.commune(), elsewhere)}
    assert stated == {worlds.commune(): 600_000, elsewhere: 500_000}
