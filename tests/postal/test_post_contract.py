"""The contract with the Post, its cost, points, clerks and pay days."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from beneficiaries.models import PayoutMethod, Provider
from postal.models import Fee, Listing, PayDay, PayPlace, PersonPoint
from postal.operations import calendar, contract
from postal.operations.errors import PostalError
from postal.queries.calendar import unlisted
from postal.queries.contracts import contract_for
from tests import desk_world, worlds
from tests.desk_world import DECEMBER
from tests.postal import world as post_world
from tests.postal.world import FIFTH, SINCE

pytestmark = pytest.mark.django_db


def reader_of(world, who):
    from accounts.access import reader_for

    return reader_for(world.desk.officers[who], on=FIFTH)


def test_a_contract_agrees_on_95_percent_and_holds_in_every_commune_of_its_area():
    signed = post_world.sign(desk_world.build())
    signed.refresh_from_db()
    assert (signed.success_rate, signed.money_day, signed.settle_day) == (Decimal("0.950"), 25, 20)
    assert contract_for(commune=worlds.commune(), on=FIFTH) == signed
    assert contract_for(commune=worlds.commune(), on=date(2023, 12, 31)) is None


def test_a_bank_is_no_party_to_a_contract_for_cash():
    desk = desk_world.build()
    with pytest.raises(PostalError, match="Bưu điện"):
        contract.sign_contract(
            provider=Provider.objects.get(pk=worlds.AGRIBANK), party=desk.district, areas=[desk.district],
            number="1", signed_on=SINCE, valid_from=SINCE,
        )  # fmt: skip


def test_a_new_fee_ends_the_one_before_it_and_ncc_keeps_under_its_cap():
    signed = post_world.sign(desk_world.build())
    contract.set_fee(contract=signed, scheme="BTXH", percent=Decimal("0.8"), from_month=date(2024, 1, 1))
    contract.set_fee(contract=signed, scheme="BTXH", percent=Decimal("0.7"), from_month=date(2024, 7, 1))
    assert list(Fee.objects.values_list("percent", "to_month").order_by("from_month")) == [
        (Decimal("0.800"), date(2024, 6, 1)),
        (Decimal("0.700"), None),
    ]
    with pytest.raises(PostalError, match=r"0,75"):
        contract.set_fee(contract=signed, scheme="NCC", percent=Decimal("0.76"), from_month=DECEMBER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fee.objects.create(contract=signed, scheme="NCC", percent=Decimal("0.76"), from_month=DECEMBER)


def test_a_commune_has_one_main_point_at_a_time():
    desk_world.build()
    facts = {"commune": worlds.commune(), "address": "x", "main": True, "valid_from": SINCE}
    contract.open_point(name="Một", **facts)
    with pytest.raises(PostalError):
        contract.open_point(name="Hai", **facts)


def test_only_a_post_clerk_of_the_area_stands_at_a_point():
    world = post_world.build()
    with pytest.raises(PostalError, match="nhân viên bưu điện"):
        contract.assign_clerk(point=world.point, user=world.desk.officers["preparer"], valid_from=SINCE)


def test_a_pay_day_names_its_supervisor_and_falls_on_an_open_day():
    world = post_world.build()
    with pytest.raises(PostalError, match="giám sát"):
        calendar.plan_day(point=world.point, month=DECEMBER, day=date(2024, 12, 6), supervisor=" ")
    contract.close_point(point=world.other_point, last_day=date(2024, 12, 1))
    with pytest.raises(PostalError):
        calendar.plan_day(point=world.other_point, month=DECEMBER, day=FIFTH, supervisor="A")


def test_the_whole_list_of_the_commune_stands_on_its_day_once():
    world = post_world.build()
    assert list(Listing.objects.order_by("number").values_list("pay_day", "number")) == [
        (world.day.pk, number) for number in (1, 2, 3, 4)
    ]
    assert calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=worlds.NOON) == 0


def test_several_days_share_the_people_and_home_rounds_take_those_paid_at_home():
    world = post_world.build()
    Listing.objects.all().delete()
    home = world.desk.people[2]
    method = PayoutMethod.objects.create(
        person=home, channel="post", provider_id="POST", pay_at="home", valid_from=SINCE
    )
    world.batch.payments.filter(person=home).update(payout_method=method)
    second = calendar.plan_day(point=world.point, month=DECEMBER, day=date(2024, 12, 6), supervisor="Lê A")
    calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=worlds.NOON)
    left = unlisted(month=DECEMBER, reader=reader_of(world, "preparer"))
    assert [(row.place, row.people, row.amount, row.lacks_point) for row in left] == [
        ("home", 1, 1_500_000, False)
    ]
    round_ = calendar.plan_day(
        point=world.point, month=DECEMBER, day=FIFTH, supervisor="Lê A", place=PayPlace.HOME, name="Tuyến 1"
    )
    calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=worlds.NOON)
    counted = {day: Listing.objects.filter(pay_day=day).count() for day in (world.day, second, round_)}
    assert list(counted.values()) == [2, 1, 1]
    assert unlisted(month=DECEMBER, reader=reader_of(world, "preparer")) == []


def test_a_person_with_a_point_of_her_own_is_paid_there():
    world = post_world.build()
    Listing.objects.all().delete()
    calendar.plan_day(point=world.other_point, month=DECEMBER, day=FIFTH, supervisor="Lê A")
    mover = world.desk.people[3]
    contract.assign_person(person=mover, point=world.other_point, since=date(2024, 11, 1))
    contract.assign_person(person=mover, point=world.other_point, since=date(2024, 11, 15))
    calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=worlds.NOON)
    assert Listing.objects.get(payment__person=mover).pay_day.point == world.other_point
    assert PersonPoint.objects.count() == 2


def test_who_chose_a_point_that_closes_goes_back_to_the_main_one():
    world = post_world.build()
    extra = contract.open_point(commune=worlds.commune(), name="Điểm phụ", address="x", valid_from=SINCE)
    stays, comes_later = world.desk.people[3], world.desk.people[2]
    contract.assign_person(person=stays, point=extra, since=date(2024, 11, 1))
    contract.assign_person(person=comes_later, point=extra, since=date(2025, 2, 1))
    contract.close_point(point=extra, last_day=date(2024, 12, 31))
    assert list(PersonPoint.objects.values_list("person", "valid_to")) == [(stays.pk, date(2024, 12, 31))]
    with pytest.raises(PostalError, match="đóng"):
        contract.close_point(point=extra, last_day=date(2025, 1, 31))


def test_a_month_is_planned_once_at_every_point():
    world = post_world.build()
    facts = {"communes": [world.point.commune_id, world.other_point.commune_id], "month": DECEMBER}
    assert calendar.plan_month(**facts, day=FIFTH, supervisor="Lê A") == 3
    assert calendar.plan_month(**facts, day=FIFTH, supervisor="Lê A") == 0
    assert PayDay.objects.filter(month=DECEMBER, place="home").count() == 2


def test_a_list_is_not_dealt_out_before_the_treasury_has_funded_it():
    assert post_world.build(state="approved").payments() != []
    assert not Listing.objects.exists()
