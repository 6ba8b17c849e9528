"""Registered people who are alike are found in the whole province, shown side by side, and decided once by a person."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse

from areas.models import Unit
from beneficiaries.duplicates import Described
from beneficiaries.models import LikePair, PairKind, Person, Verdict
from beneficiaries.operations.duplicates import decide_likeness, decide_pair, find_pairs
from beneficiaries.operations.errors import DecisionRefused
from common.cccd import make_cccd
from config.celery import app
from tests import desk_world, worlds
from tests.beneficiaries.change_world import saved
from tests.desk_world import World

pytestmark = pytest.mark.django_db
ON = date(2024, 12, 1)


@pytest.fixture
def world() -> World:
    """Beside the six: one of the same name and day of birth elsewhere, one paid into another's account, one whose name
    differs by two letters (11 of 16 trigrams are the same: 0.69) and who has no identity number."""
    made = desk_world.build()
    made.people.append(worlds.person("Nguyễn Văn Ẩm", lives=elsewhere()))
    made.people.append(worlds.person("Hồ Thị Con", born=date(1970, 1, 2)))
    worlds.account(made.people[7], number="1020304050")
    made.people.append(worlds.person("Trần Thị Bương"))
    return made


def elsewhere() -> Unit:
    return Unit.objects.communes().filter(parent__code="594").order_by("code")[0]


def pairs() -> set[tuple[str, str, str]]:
    return {(pair.first.name, pair.second.name, pair.kind) for pair in LikePair.objects.all()}


EXPECTED = {
    ("Nguyễn Văn Ẩm", "Nguyễn Văn Ẩm", PairKind.NAME),
    ("Đặng Thị Ước", "Hồ Thị Con", PairKind.ACCOUNT),
    ("Trần Thị Bưởi", "Trần Thị Bương", PairKind.LIKE),
}


def test_it_finds_the_same_name_one_account_and_a_like_name_once(world):
    assert find_pairs(on=ON) == 3
    assert pairs() == EXPECTED
    assert find_pairs(on=ON) == 0


def test_looking_again_keeps_each_pair_and_drops_what_is_none_any_more(world):
    find_pairs(on=ON)
    before = {pair.kind: (pair.pk, pair.found_on) for pair in LikePair.objects.all()}
    Person.objects.filter(pk=world.people[8].pk).update(name="Lê Thị Xa", name_folded="le thi xa")
    worlds.account(world.people[6], number=world.people[1].payout_methods.get().account)
    assert find_pairs(on=date(2024, 12, 2)) == 0
    after = {pair.kind: (pair.pk, pair.found_on) for pair in LikePair.objects.all()}
    # The two of one name are paid into one account now, which says more; the like name is none any more.
    same = LikePair.objects.get(second=world.people[6])
    assert (same.pk, same.kind) == (before[PairKind.NAME][0], PairKind.ACCOUNT)
    assert set(after.values()) < set(before.values())


def test_it_is_looked_for_each_night_and_every_scheduled_task_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "desk.tasks.look_for_alike" in scheduled
    assert scheduled <= set(app.tasks)


def test_the_dead_another_day_of_birth_and_two_numbers_make_no_pair(world):
    _same, paid, like = world.people[6:]
    Person.objects.filter(pk=paid.pk).update(died_on=ON)
    Person.objects.filter(pk=world.people[6].pk).update(birth_date=date(1940, 5, 21))
    card = make_cccd("060", "female", 1940, 77)
    worlds.person("Trần Thị Bương", national_id=card, national_id_index=card)
    Person.objects.filter(pk=like.pk).update(died_on=ON)
    assert find_pairs(on=ON) == 0


def test_a_year_of_birth_makes_a_pair_only_within_one_commune(world):
    year = {"born": date(1950, 1, 1), "birth_precision": "year"}
    first = worlds.person("Võ Thị Tám", **year)
    worlds.person("Võ Thị Tám", lives=elsewhere(), **year)
    near = worlds.person("Võ Thị Tám", **year)
    find_pairs(on=ON)
    found = {(p.first_id, p.second_id) for p in LikePair.objects.filter(first__name="Võ Thị Tám")}
    assert found == {(first.pk, near.pk)}


def test_an_account_of_an_institution_makes_no_pairs(world):
    for number in range(7):  # with the two of the world nine share it
        worlds.account(
            worlds.person(f"Trẻ Mồ Côi {number}", born=date(2015, 1, number + 1)), number="1020304050"
        )
    find_pairs(on=ON)
    assert not LikePair.objects.filter(kind=PairKind.ACCOUNT).exists()


def test_a_decision_is_kept_and_not_asked_again(world):
    find_pairs(on=ON)
    pair = LikePair.objects.get(kind=PairKind.NAME)
    page = reverse("alike_decide", args=[pair.pk])
    client = world.client("preparer")
    client.post(page, {"verdict": "different", "reason": " "})
    assert LikePair.objects.get(pk=pair.pk).verdict == ""
    client.post(page, {"verdict": "different", "reason": "Khác cha mẹ"})
    assert find_pairs(on=ON) == 0
    pair.refresh_from_db()
    assert (pair.verdict, pair.reason, pair.decided_by) == (
        "different",
        "Khác cha mẹ",
        world.officers["preparer"],
    )
    with pytest.raises(DecisionRefused):
        decide_pair(
            pair_id=pair.pk, verdict=Verdict.SAME, reason="a", by=world.officers["second"], at=worlds.NOON
        )
    shown = client.get(reverse("alike")).content.decode()
    assert "Khác cha mẹ" not in shown
    assert "Khác cha mẹ" in client.get(f"{reverse('alike')}?view=decided").content.decode()


def test_a_commune_sees_little_of_who_lives_elsewhere_and_another_district_only_its_own(world):
    find_pairs(on=ON)
    own = world.client("commune_officer").get(reverse("alike")).content.decode()
    assert "N. V. Ẩm" in own
    assert own.count('aria-labelledby="pair-') == 2 * 3
    outside = world.client("outsider").get(reverse("alike")).content.decode()
    assert outside.count('aria-labelledby="pair-') == 2 * 1
    account = LikePair.objects.get(kind=PairKind.ACCOUNT)
    page = reverse("alike_decide", args=[account.pk])
    assert world.client("outsider").post(page, {"verdict": "same", "reason": "a"}).status_code == 404


NEWCOMER = {
    "person": {"name": "Nguyễn Văn Ẩm", "birth_date": "1940-05-20", "birth_precision": "day"},
    "category": "BTXH_5.5c",
    "from_month": "2024-12-01",
}


def test_a_draft_that_is_like_somebody_is_not_submitted_from_its_page_until_somebody_decides(world):
    clerk = world.officers["commune_officer"]
    made = saved("new", None, NEWCOMER, by=clerk)
    client = world.client("commune_officer")
    act = {"action": "submit", "version": made.version}
    answer = client.post(reverse("change_act", args=[made.pk]), act)
    assert answer["Location"] == reverse("entry", args=[made.client_key])
    made.refresh_from_db()
    assert made.state == "draft"
    page = client.get(reverse("change", args=[made.pk])).content.decode()
    assert "chưa ai quyết định" in page
    described = Described("Nguyễn Văn Ẩm", date(1940, 5, 20), commune=worlds.commune().pk)
    for person in (world.people[1], world.people[6]):
        decide_likeness(
            person=person, described=described, verdict=Verdict.DIFFERENT, reason="Đã gặp cả hai", by=clerk,
            at=worlds.NOON,
        )  # fmt: skip
    client.post(reverse("change_act", args=[made.pk]), act)
    made.refresh_from_db()
    assert made.state == "submitted"
    seen = world.client("approver").get(reverse("change", args=[made.pk])).content.decode()
    assert seen.count("Đã gặp cả hai") == 2


def test_all_shown_are_chosen_by_a_link_and_single_ones_taken_out(world):
    for person in world.people[2:5]:
        content = {"channel": "post", "pay_at": "home"}
        made = saved("payout", person, content, by=world.officers["commune_officer"])
        world.client("commune_officer").post(
            reverse("change_act", args=[made.pk]), {"action": "submit", "version": made.version}
        )
    client = world.client("approver")
    page = client.get(f"{reverse('changes')}?view=decide").content.decode()
    assert page.count(" checked") == 0
    assert "?view=decide&amp;choose=all" in page
    assert client.get(f"{reverse('changes')}?view=decide&choose=all").content.decode().count(" checked") == 3
