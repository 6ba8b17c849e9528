"""The contract's days in a month, and the lists that missed them."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.access import reader_for
from postal.models import Contract
from postal.queries.deadlines import deadlines
from tests.desk_world import DECEMBER

pytestmark = pytest.mark.django_db


def found(world, on, who="preparer"):
    reader = reader_for(world.desk.officers[who], on=on)
    return deadlines(month=DECEMBER, reader=reader, on=on)


def test_the_days_are_the_contracts_and_a_list_on_its_day_is_late(world):
    # Released on 1 December 2024; money and lists are due before the 25th of November.
    (made,) = found(world, date(2024, 12, 19))
    assert (made.money_by, made.settle_by) == (date(2024, 11, 25), date(2024, 12, 20))
    assert [(late.batch, late.done_on) for late in made.money_late] == [(world.batch, date(2024, 12, 1))]
    assert made.settle_late == []
    (made,) = found(world, date(2024, 12, 20))
    assert [(late.batch, late.done_on) for late in made.settle_late] == [(world.batch, None)]
    assert found(world, date(2024, 12, 20), "outsider") == []


def test_another_contract_has_other_days_and_without_one_the_decrees_hold(world):
    Contract.objects.update(money_day=10, settle_day=28)
    (made,) = found(world, date(2024, 12, 20))
    assert (made.money_by, made.settle_by, made.settle_late) == (date(2024, 11, 10), date(2024, 12, 28), [])
    Contract.objects.update(valid_to=date(2024, 11, 30))
    (made,) = found(world, date(2024, 12, 20))
    assert (made.contract, made.money_by, made.settle_by) == (None, date(2024, 11, 25), date(2024, 12, 20))


def test_the_months_page_names_the_contract_and_what_was_late(world):
    page = world.client("preparer").get(reverse("post_month"), {"month": "2024-12"}).content.decode()
    assert "hợp đồng 15/2024/HĐ-BĐ" in page
    assert "1 danh sách đến Bưu điện quá hạn" in page
    assert "1 danh sách thanh toán quá hạn" in page
    clerk = world.client("post_clerk").get(reverse("post_month"), {"month": "2024-12"}).content.decode()
    assert "quá hạn" not in clerk
