"""The demonstration's year on the road to cashless: made once, plausible, and no payment changes by it."""

from __future__ import annotations

from datetime import date

import pytest

from beneficiaries.models import Campaign, Candidate, Obstacle, Outreach, PayoutMethod
from desk.demonstration.road import show_road
from payments.models import Payment
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, World

pytestmark = pytest.mark.django_db
ON = date(2024, 12, 26)


@pytest.fixture
def world() -> World:
    """Two people on the Post without a telephone, one who chose cash, one whose first account counts from July on."""
    made = desk_world.build()
    for person, reason in zip(
        made.people[2:5], ("no_smartphone", "no_smartphone", "chooses_cash"), strict=True
    ):
        Obstacle.objects.create(person=person, reason=reason, noted_on=date(2023, 1, 1))
    worlds.account(made.people[5], number="606060", since=date(2024, 6, 12))
    worlds.run_round(DECEMBER)
    return made


def test_it_is_made_once_and_touches_no_payment(world):
    before = list(Payment.objects.order_by("pk").values_list("pk", "amount", "batch", "payout_method"))
    first = show_road(year=2024, on=ON)
    kept = list(Outreach.objects.order_by("pk").values_list("pk", "on", "answer"))
    assert show_road(year=2024, on=ON) == first
    assert list(Outreach.objects.order_by("pk").values_list("pk", "on", "answer")) == kept
    assert (
        list(Payment.objects.order_by("pk").values_list("pk", "amount", "batch", "payout_method")) == before
    )


def test_who_came_to_an_account_was_told_before_and_changed_over_by_two_officers(world):
    show_road(year=2024, on=ON)
    who = world.people[5]
    talk = Outreach.objects.get(person=who)
    assert talk.answer == "agrees"
    # Ten to twenty-eight days before 12 June.
    assert date(2024, 5, 15) <= talk.on <= date(2024, 6, 2)
    candidate = Candidate.objects.get(person=who)
    assert (candidate.state, candidate.payout_method) == ("switched", PayoutMethod.objects.get(person=who))
    assert candidate.read_by == world.officers["preparer"]
    assert candidate.approved_by == world.officers["approver"]
    assert candidate.campaign.on == date(2024, 6, 11)  # twenty days before 1 July


def test_one_day_is_under_way_and_waits_for_the_second_officer(world):
    show_road(year=2024, on=ON)
    day = Campaign.objects.get(ended_at=None)
    rows = day.candidates.order_by("number")
    assert {row.person_id for row in rows} == {world.people[2].pk, world.people[3].pk}
    assert [row.state for row in rows] == ["differs", "opened"]
    assert not Outreach.objects.filter(person=world.people[4], answer="agrees").exists()
