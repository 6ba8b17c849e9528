"""Applying rows of a roll: what is written, and that nothing is written twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from areas.models import Unit
from beneficiaries.models import (
    Child,
    Entitlement,
    Obstacle,
    Payee,
    PayoutMethod,
    Person,
    Reckon,
    Residence,
)  # fmt: skip
from beneficiaries.operations.roll import RollResult, apply_roll
from beneficiaries.roll.row import RollChild
from tests.beneficiaries.roll_world import JAN_2024, category, make_row

TABLES = (Person, Residence, Entitlement, Child, PayoutMethod, Payee, Obstacle, Reckon)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {table.__name__: list(table.objects.order_by("pk").values_list()) for table in TABLES}


def counts(result: RollResult) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, result.refused


def full_rows(world: dict[str, Unit]) -> list[Any]:
    mui_ne, phu_long = world["mui_ne"], world["phu_long"]
    account = {"channel": "bank", "provider": "970405", "account": "0123456789", "holder": "NGUYEN THI THU",
               "payout_from": date(2024, 6, 1), "verified_on": date(2024, 5, 20)}  # fmt: skip
    return [
        make_row(mui_ne, hamlet="Khu phố 3", phone="0912345678", payee_name="Lê Văn Giúp",
                 payee_national_id="060180000007", **account),
        make_row(mui_ne, number=3, category="TB", injury_rate=45, from_month=date(1980, 1, 1), hamlet="Khu phố 3",
                 phone="0912345678", payee_name="Lê Văn Giúp", payee_national_id="060180000007", **account),
        make_row(phu_long, number=4, name="Trần Văn Mẫu", national_id="", birth_date=date(1944, 1, 1),
                 birth_precision="year", sex="male", obstacle="no_smartphone", pay_at="home"),
        make_row(phu_long, number=5, name="Lê Thị Đơn", national_id="060190000002", birth_date=date(1990, 5, 5),
                 category="BTXH_5.4", heads=2, children=[RollChild("Lê Thị Con", date(2015, 1, 1), "year"),
                                                        RollChild("Lê Văn Con", date(2018, 2, 3))]),
    ]  # fmt: skip


def test_an_authorisation_taken_over_counts_from_the_first_month_paid_here(world: dict[str, Unit]) -> None:
    since = {"residence_from": date(2023, 1, 1), "settled_before": JAN_2024, "payee_name": "Lê Văn Giúp"}
    child = {**since, "national_id": "060316000002", "birth_date": date(2016, 5, 5), "category": "BTXH_5.1"}
    apply_roll(rows=[make_row(world["mui_ne"], **since), make_row(world["mui_ne"], number=3, **child)])
    begun = dict(Payee.objects.values_list("role", "valid_from"))
    assert begun == {"authorised": JAN_2024, "guardian": date(2023, 1, 1)}


def test_rows_become_people_with_all_that_is_theirs(world: dict[str, Unit]) -> None:
    assert counts(apply_roll(rows=full_rows(world))) == (4, 0, 0, 0)
    thu = Person.objects.get(national_id_index="060141000001")
    assert (thu.name, thu.name_folded, thu.national_id) == (
        "Nguyễn Thị Thử",
        "nguyen thi thu",
        "060141000001",
    )
    assert thu.entitlements.count() == 2
    assert thu.residences.get().hamlet == "Khu phố 3"
    post, bank = thu.payout_methods.order_by("valid_from")
    assert (post.channel, post.valid_from, post.valid_to) == ("post", JAN_2024, date(2024, 5, 31))
    assert (bank.account, bank.valid_from, bank.valid_to) == ("0123456789", date(2024, 6, 1), None)
    assert bank.verified_on == date(2024, 5, 20)
    assert (thu.payees.get().national_id, thu.payees.get().role) == ("060180000007", "authorised")
    mau = Person.objects.get(name="Trần Văn Mẫu")
    assert mau.national_id is None
    assert mau.payout_methods.get().pay_at == "home"
    assert mau.obstacles.get().reason == "no_smartphone"
    assert Child.objects.count() == 2
    assert sorted(Reckon.objects.values_list("person__name", "from_month", "reason")) == [
        ("Lê Thị Đơn", JAN_2024, "granted"), ("Nguyễn Thị Thử", JAN_2024, "granted"),
        ("Trần Văn Mẫu", JAN_2024, "granted"),
    ]  # fmt: skip


def test_the_same_rows_again_change_nothing(world: dict[str, Unit]) -> None:
    apply_roll(rows=full_rows(world))
    before = everything()
    assert counts(apply_roll(rows=full_rows(world))) == (0, 0, 4, 0)
    assert everything() == before


def test_a_dry_run_reports_and_writes_nothing(world: dict[str, Unit]) -> None:
    assert counts(apply_roll(rows=full_rows(world), dry_run=True)) == (4, 0, 0, 0)
    assert not Person.objects.exists()


def test_a_first_load_leaves_no_look_back(world: dict[str, Unit]) -> None:
    apply_roll(rows=full_rows(world), first_load=True)
    assert not Reckon.objects.exists()


@pytest.mark.parametrize(
    ("fields", "reckoned"),
    [
        ({"name": "Nguyễn Thị Thứ"}, None),
        ({"birth_date": date(1943, 3, 12)}, JAN_2024),
        ({"died_on": date(2024, 5, 20)}, date(2024, 6, 1)),
        ({"from_month": date(2024, 3, 1)}, JAN_2024),
        ({"last_month": date(2024, 8, 1), "end_reason": "ineligible"}, date(2024, 9, 1)),
        ({"injury_rate": 46}, JAN_2024),
        ({"decision_number": "12/QĐ-UBND"}, None),
        ({"certificate_until": date(2027, 1, 31)}, None),
        ({"phone": "0999"}, None),
    ],
)
def test_a_changed_fact_is_written_and_reckoned_from_the_month_it_touches(
    world: dict[str, Unit],
    fields: dict[str, Any],
    reckoned: date | None,
) -> None:
    first = make_row(world["mui_ne"], category="TB", injury_rate=45)
    apply_roll(rows=[first], first_load=True)
    changed = make_row(world["mui_ne"], **{"category": "TB", "injury_rate": 45, **fields})
    assert counts(apply_roll(rows=[changed])) == (0, 1, 0, 0)
    person, entitlement = Person.objects.get(), Entitlement.objects.get()
    for name, value in fields.items():
        assert getattr(person if hasattr(person, name) else entitlement, name) == value
    assert list(Reckon.objects.values_list("from_month", "reason")) == (
        [(reckoned, "changed")] if reckoned else []
    )
    assert counts(apply_roll(rows=[changed])) == (0, 0, 1, 0)


def test_a_changed_account_closes_the_old_method_and_keeps_its_row(world: dict[str, Unit]) -> None:
    old = {"channel": "bank", "provider": "970405", "account": "111222333"}
    apply_roll(rows=[make_row(world["mui_ne"], **old)])
    apply_roll(
        rows=[make_row(world["mui_ne"], **{**old, "account": "444555666"})], changes_from=date(2024, 9, 10)
    )
    first, second = PayoutMethod.objects.order_by("valid_from")
    assert (first.account, first.valid_to) == ("111222333", date(2024, 9, 9))
    assert (second.account, second.valid_from, second.valid_to) == ("444555666", date(2024, 9, 10), None)
    assert second.verified_on is None


def test_an_account_resolves_the_obstacle(world: dict[str, Unit]) -> None:
    apply_roll(rows=[make_row(world["mui_ne"], obstacle="not_asked")])
    bank = make_row(world["mui_ne"], channel="bank", provider="970405", account="111222333")
    apply_roll(rows=[bank], changes_from=date(2024, 9, 10))
    assert Obstacle.objects.get().resolved_on == date(2024, 9, 10)


def test_a_move_ends_one_residence_and_begins_another(world: dict[str, Unit]) -> None:
    apply_roll(rows=[make_row(world["mui_ne"])])
    apply_roll(rows=[make_row(world["phu_long"], hamlet="Thôn 1")], changes_from=date(2024, 9, 10))
    assert list(Residence.objects.order_by("valid_from").values_list("commune__name", "valid_from", "valid_to")) == [
        ("Phường Mũi Né", JAN_2024, date(2024, 9, 9)), ("Xã Phú Long", date(2024, 9, 10), None)
    ]  # fmt: skip


def test_a_move_on_the_first_day_corrects_the_commune(world: dict[str, Unit]) -> None:
    apply_roll(rows=[make_row(world["mui_ne"])])
    apply_roll(rows=[make_row(world["phu_long"])])
    assert Residence.objects.get().commune == world["phu_long"]


def test_a_changed_list_of_children_replaces_the_old(world: dict[str, Unit]) -> None:
    rows = full_rows(world)[3:]
    apply_roll(rows=rows, first_load=True)
    rows[0].children = [RollChild("Lê Văn Con", date(2018, 2, 3)), RollChild("Lê Thị Út", date(2023, 9, 9))]
    assert counts(apply_roll(rows=rows)) == (0, 1, 0, 0)
    assert set(Child.objects.values_list("name", flat=True)) == {"Lê Văn Con", "Lê Thị Út"}
    assert Reckon.objects.get().from_month == JAN_2024


def test_a_blank_field_and_an_absent_row_change_nothing(world: dict[str, Unit]) -> None:
    apply_roll(rows=full_rows(world))
    before = everything()
    blank = full_rows(world)[2]
    blank.obstacle, blank.sex, blank.pay_at = "", "", ""
    assert counts(apply_roll(rows=[blank])) == (0, 0, 1, 0)
    assert everything() == before


def test_two_people_who_answer_are_never_guessed_between(world: dict[str, Unit]) -> None:
    twins = [make_row(world["mui_ne"], national_id="060141000001"),
             make_row(world["mui_ne"], number=3, national_id="060141000002")]  # fmt: skip
    assert [w.code for w in apply_roll(rows=twins).warnings] == ["lookalike", "lookalike"]
    result = apply_roll(rows=[make_row(world["mui_ne"], number=9, national_id="", injury_rate=50)])
    assert [(e.row, e.code) for e in result.errors] == [(9, "two_people")]
    assert counts(result) == (0, 0, 0, 1)


def test_someone_without_a_number_is_found_by_name_birth_and_commune(world: dict[str, Unit]) -> None:
    apply_roll(rows=[make_row(world["mui_ne"], national_id="")])
    assert counts(apply_roll(rows=[make_row(world["mui_ne"], national_id="")])) == (0, 0, 1, 0)
    assert counts(apply_roll(rows=[make_row(world["mui_ne"])])) == (0, 1, 0, 0)
    assert Person.objects.get().national_id == "060141000001"
    assert counts(apply_roll(rows=[make_row(world["mui_ne"])])) == (0, 0, 1, 0)


def test_a_number_new_to_someone_known_by_year_only_is_refused(world: dict[str, Unit]) -> None:
    vague = {"birth_date": date(1941, 1, 1), "birth_precision": "year"}
    apply_roll(rows=[make_row(world["mui_ne"], national_id="", **vague)])
    result = apply_roll(rows=[make_row(world["mui_ne"], **vague)])
    assert [e.code for e in result.errors] == ["perhaps_known"]
    assert Person.objects.count() == 1


def test_a_repeated_row_is_refused_and_named(world: dict[str, Unit]) -> None:
    result = apply_roll(rows=[make_row(world["mui_ne"]), make_row(world["mui_ne"], number=7)])
    assert counts(result) == (1, 0, 0, 1)
    assert [(e.row, e.code) for e in result.errors] == [(7, "repeated")]
    assert "Roll!2" in result.errors[0].message


def test_a_row_without_the_number_that_its_twin_has_is_refused(world: dict[str, Unit]) -> None:
    rows = [make_row(world["mui_ne"]), make_row(world["mui_ne"], number=3, national_id="", category="TB")]
    result = apply_roll(rows=rows)
    assert [(e.row, e.code) for e in result.errors] == [(3, "number_missing")]
    assert Person.objects.count() == 1


def test_an_ended_benefit_granted_again_is_a_new_entitlement(world: dict[str, Unit]) -> None:
    ended = make_row(world["mui_ne"], last_month=date(2024, 2, 1), end_reason="ineligible")
    apply_roll(rows=[ended])
    again = make_row(world["mui_ne"], from_month=date(2024, 6, 1))
    assert counts(apply_roll(rows=[again])) == (1, 0, 0, 0)
    assert counts(apply_roll(rows=[ended, again])) == (0, 0, 2, 0)


def test_a_second_funeral_grant_is_refused_by_its_row_and_the_others_are_taken(
    world: dict[str, Unit],
) -> None:
    for code in ("BTXH_11.2", "BTXH_25.3"):
        category(code, "BTXH", "Hỗ trợ mai táng", kind="one_off", component="one_off", stacking="one_off")
    died = {"died_on": date(2024, 5, 3), "from_month": date(2024, 5, 1)}
    mui_ne = world["mui_ne"]
    rows = [
        make_row(mui_ne, category="BTXH_11.2", **died),
        make_row(mui_ne, number=3, category="BTXH_25.3", **died),
        make_row(mui_ne, number=4, name="Lê Văn Sống", national_id="060144000009"),
    ]
    first = apply_roll(rows=rows)
    assert counts(first) == (2, 0, 0, 1)
    assert [(e.row, e.code, e.column) for e in first.errors] == [(3, "funeral_repeated", "category")]
    again = apply_roll(rows=[make_row(mui_ne, number=9, category="BTXH_25.3", **died), rows[0]])
    assert counts(again) == (0, 0, 1, 1)
    assert [(e.row, e.code) for e in again.errors] == [(9, "funeral_granted")]
    held = Entitlement.objects.order_by("category").values_list("category", flat=True)
    assert list(held) == ["BTXH_11.2", "BTXH_5.5c"]
