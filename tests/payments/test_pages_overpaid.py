"""The pages of what was paid too much: one officer prepares a decision, another confirms it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import Reckon
from beneficiaries.models.reckoning import ALWAYS_READY
from beneficiaries.operations.people import record_death
from payments.models import Adjustment, OverpaidDecision, Payment
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, NOVEMBER

pytestmark = pytest.mark.django_db

JANUARY = date(2025, 1, 1)
DECIDED = {"scheme": "BTXH", "number": "7/QĐ-UBND", "decided_on": "20/12/2024", "reason": "Báo tử muộn"}


@pytest.fixture
def world(db):
    """Somebody died in November, known only after December was paid: 500,000 too much."""
    made = desk_world.build()
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    record_death(person=made.people[2], died_on=date(2024, 11, 9))
    worlds.run_round(JANUARY)
    return made


def page(world, who="preparer"):
    return world.client(who).get(reverse("overpaid_person", args=[world.people[2].pk])).content.decode()


def prepare(world, **fields):
    url = reverse("overpaid_person", args=[world.people[2].pk])
    return world.client("preparer").post(url, DECIDED | fields, follow=True)


def act(world, who, action):
    url = reverse("overpaid_act", args=[OverpaidDecision.objects.get().pk])
    return world.client(who).post(url, {"action": action}, follow=True)


def test_the_list_names_who_was_paid_too_much_and_how_much(world):
    shown = world.client("preparer").get(reverse("overpaid")).content.decode()
    assert world.people[2].name in shown
    assert world.people[1].name not in shown
    assert "500.000" in shown
    assert "500.000" in page(world)


def test_the_list_takes_few_queries_whoever_is_on_it(world, django_assert_max_num_queries):
    for one in world.people[:2]:
        record_death(person=one, died_on=date(2024, 11, 9))
    client = world.client("preparer")
    with django_assert_max_num_queries(12):
        shown = client.get(reverse("overpaid")).content.decode()
    # Their news is not reckoned yet: two who would be overpaid by it stand there too, and it says that news waits.
    assert [one.name in shown for one in world.people] == [True, True, True, False, False, False]
    assert "2 người" in shown.replace("\u00a0", " ")


def test_the_list_says_whom_a_change_of_law_makes_the_next_list_reckon(world):
    client = world.client("preparer")
    assert "Do thay đổi quy định" not in client.get(reverse("overpaid")).content.decode()
    for one in world.people[:3]:
        Reckon.objects.create(person=one, from_month=NOVEMBER, ready_on=ALWAYS_READY, reason="rate")
    shown = client.get(reverse("overpaid")).content.decode().replace("\u00a0", " ")
    assert "Do thay đổi quy định, 3 người sẽ được tính lại" in shown


def test_a_waiver_takes_effect_when_another_officer_confirms_it(world):
    assert prepare(world, kind="waive").status_code == 200
    assert not Adjustment.objects.exists()
    assert "7/QĐ-UBND" in world.client("approver").get(reverse("overpaid")).content.decode()
    assert act(world, "preparer", "confirm").status_code == 403
    act(world, "approver", "confirm")
    assert [(one.kind, one.amount) for one in Adjustment.objects.all()] == [("waived", 500_000)]
    assert world.people[2].name not in world.client("preparer").get(reverse("overpaid")).content.decode()


def test_a_recovery_without_its_schedule_is_asked_again(world):
    assert "error" in prepare(world, kind="recover").content.decode()
    assert not OverpaidDecision.objects.exists()
    prepare(world, kind="recover", from_month="02/2025", limit="200.000")
    made = OverpaidDecision.objects.get()
    assert (made.from_month, made.limit, made.share) == (date(2025, 2, 1), 200_000, None)


def test_a_decision_that_waits_can_be_cancelled_and_made_anew(world):
    prepare(world, kind="repaid")
    assert "7/QĐ-UBND" in page(world)
    again = prepare(world, kind="waive", number="8/QĐ-UBND")
    assert "8/QĐ-UBND" not in again.content.decode()
    act(world, "approver", "cancel")
    prepare(world, kind="waive", number="8/QĐ-UBND")
    assert OverpaidDecision.objects.filter(cancelled_at=None).get().number == "8/QĐ-UBND"


def test_another_districts_officer_finds_nothing(world):
    assert world.people[2].name not in world.client("outsider").get(reverse("overpaid")).content.decode()
    assert (
        world.client("outsider").get(reverse("overpaid_person", args=[world.people[2].pk])).status_code == 404
    )
    assert Payment.objects.count() > 0
