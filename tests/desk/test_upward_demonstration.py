"""The demonstration's difficulties and gift lists: made once, in every state, each step by whoever may take it."""

from __future__ import annotations

from datetime import date

import pytest

from beneficiaries.models import Obstacle
from desk.demonstration.upward import show_upward
from desk.synthetic.officers import create_demo_officers
from reports.models import Difficulty, GiftList
from tests import worlds

pytestmark = pytest.mark.django_db
ON = date(2024, 12, 26)


@pytest.fixture
def shown(settings) -> str:
    """Seven people of Phường Hàm Tiến distrust electronic payment."""
    settings.DEMO = True
    worlds.load_reference()
    create_demo_officers(on=ON)
    for number in range(7):
        who = worlds.person(f"Người Số {number}")
        Obstacle.objects.create(person=who, reason="distrusts", noted_on=date(2024, 1, 1))
    return show_upward(on=ON)


def test_difficulties_of_several_units_stand_in_every_state_once(shown):
    states = dict(Difficulty.objects.order_by("unit__code").values_list("unit__code", "state"))
    assert states == {
        "22918": "closed", "23059": "answered", "23113": "open", "23272": "answered", "596": "open", "600": "closed",
    }  # fmt: skip
    assert show_upward(on=ON) == shown == "6 difficulties, 2 gift lists"
    by_unit = dict(Difficulty.objects.values_list("unit__code", "people"))
    assert (by_unit["22918"], by_unit["596"]) == (7, 6)


def test_who_raises_a_difficulty_holds_a_role_in_its_unit_and_the_province_answers(shown):
    for one in Difficulty.objects.all():
        assert one.raised_by.roles.filter(unit=one.unit).exists()
        assert (one.answered_at is not None) == (one.state != "open")
        steps = [at for at in (one.raised_at, one.answered_at, one.closed_at) if at]
        assert steps == sorted(steps)


def test_two_gift_lists_are_decided_before_their_day_and_approved_by_another(shown):
    lists = {one.occasion: one for one in GiftList.objects.all()}
    assert {key: one.on_date for key, one in lists.items()} == {
        "27-7": date(2024, 7, 27),
        "tet": date(2025, 1, 22),
    }
    for one in lists.values():
        assert one.approved_at is not None
        assert one.made_at < one.approved_at
        assert one.approved_by not in (None, one.made_by)
        assert one.amounts.exists()
