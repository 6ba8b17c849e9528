"""Many batches of a list taken one step on at once: what is refused is named, and nothing is signed unseen."""

import pytest
from django.urls import reverse

from tests import desk_world, worlds
from tests.desk_world import World
from tests.payments.batch_pages import said

pytestmark = pytest.mark.django_db
AGRIBANK = worlds.AGRIBANK


@pytest.fixture
def world(db) -> World:
    made = desk_world.build()
    desk_world.two_cycles(made)
    return made


def act_together(world, who, action, numbers, **fields):
    url = reverse("batches_act")
    return world.client(who).post(url, {"action": action, "batch": numbers, **fields}, follow=True)


def test_a_page_of_drafts_is_submitted_at_once_and_comes_back_without_the_state(world):
    bank, post = world.batch(AGRIBANK), world.batch("POST")
    response = world.client("preparer").get(reverse("batches"), {"month": "2024-12", "state": "draft"})
    step = response.context["together"]
    # Four people at Agribank with 5,250,000, three at the Post with 500,000 each.
    assert step["label"].replace("\u00a0", " ") == "Trình 2 đợt: 7 người, 6.750.000 ₫"
    assert sorted(step["batches"]) == sorted([bank.pk, post.pk])
    after = act_together(world, "preparer", "submit", step["batches"], query="month=2024-12&state=draft")
    assert said(after) == ["Đã trình 2 đợt."]
    assert {row["state"] for row in after.context["page"]["rows"]} == {"submitted"}


def test_what_is_refused_among_many_is_named_and_the_others_go_on(world):
    bank, post = world.batch(AGRIBANK), world.batch("POST")
    desk_world.bring(bank, "submitted", world)
    after = act_together(world, "preparer", "submit", [bank.pk, post.pk])
    assert said(after)[0] == "Đã trình 1 đợt."
    assert said(after)[1].startswith("Thành phố Phan Thiết · Bảo trợ xã hội · Agribank: ")


def test_nobody_approves_or_pays_many_lists_unseen(world):
    bank, post = world.batch(AGRIBANK), world.batch("POST")
    for batch in (bank, post):
        desk_world.bring(batch, "submitted", world)
    shown = world.client("approver").get(reverse("batches"), {"month": "2024-12", "state": "submitted"})
    assert shown.context["together"] is None
    assert act_together(world, "approver", "approve", [bank.pk, post.pk]).status_code == 404
    assert act_together(world, "approver", "submit", [bank.pk]).status_code == 403
    assert act_together(world, "outsider", "submit", [bank.pk]).status_code == 404
    for none in ("²", "-1", "9" * 30, "9" * 5_000):
        assert act_together(world, "preparer", "submit", [none]).status_code == 404
