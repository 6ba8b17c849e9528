"""Noting who was told about accounts: the answer is the reason from that day on, and a final answer is respected."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from beneficiaries.models import Obstacle, Outreach, Person, Way
from beneficiaries.operations import outreach
from beneficiaries.operations.outreach import Answered, OutreachRefused, Told
from tests import worlds
from tests.worlds import NOON

pytestmark = pytest.mark.django_db
DAY = date(2024, 11, 20)


@pytest.fixture
def officer():
    worlds.load_reference()
    return worlds.officer("clerk")


def told(on: date = DAY, way: Way = Way.HOME) -> Told:
    return Told(on=on, way=way, told_by="Trưởng thôn")


def note(officer, *answers: Answered, on: date = DAY, way: Way = Way.HOME) -> int:
    return outreach.note_answers(told=told(on, way), answers=answers, by=officer, at=NOON)


def reason(person: Person) -> tuple[str, date, date | None]:
    found = Obstacle.objects.get(person=person, resolved_on=None)
    return found.reason, found.noted_on, found.ask_again_on


def test_an_answer_becomes_the_reason_and_the_one_before_ends(officer):
    person = worlds.person()
    Obstacle.objects.create(person=person, reason="not_asked", noted_on=date(2024, 1, 5))
    assert note(officer, Answered(person.pk, "no_smartphone", ask_again_on=date(2025, 1, 15))) == 1
    assert reason(person) == ("no_smartphone", DAY, date(2025, 1, 15))
    assert Obstacle.objects.get(person=person, reason="not_asked").resolved_on == DAY


def test_a_whole_meeting_is_noted_at_once_with_one_answer_each(officer):
    people = [worlds.person(f"Người {number}") for number in range(3)]
    answers = [
        Answered(who.pk, answer) for who, answer in zip(people, ("agrees", "thinks", "not_met"), strict=True)
    ]
    assert note(officer, *answers, way=Way.MEETING) == 3
    # Thirty days to think, a week to look for somebody again; who was not met has still not been asked.
    assert [reason(who) for who in people] == [
        ("agrees", DAY, None),
        ("thinks", DAY, DAY + timedelta(days=30)),
        ("not_asked", DAY, DAY + timedelta(days=7)),
    ]


def test_the_same_day_and_way_again_corrects_what_was_noted(officer):
    person = worlds.person()
    note(officer, Answered(person.pk, "distrusts"))
    note(officer, Answered(person.pk, "agrees", note="đổi ý ngay"))
    row = Outreach.objects.get()
    assert (row.answer, row.note) == ("agrees", "đổi ý ngay")
    assert reason(person)[0] == "agrees"


def test_whoever_chose_cash_is_not_asked_again_unless_they_speak_of_it(officer):
    person = worlds.person()
    note(officer, Answered(person.pk, "chooses_cash"))
    assert reason(person) == ("chooses_cash", DAY, None)
    later = date(2024, 11, 25)
    with pytest.raises(OutreachRefused, match="Đặng Thị Ước"):
        note(officer, Answered(person.pk, "agrees"), on=later)
    assert Outreach.objects.count() == 1
    note(officer, Answered(person.pk, "agrees", own_wish=True), on=later)
    assert reason(person) == ("agrees", later, None)


def test_one_refused_answer_refuses_the_whole_meeting(officer):
    willing, final = worlds.person("Trần Thị Bưởi"), worlds.person()
    Obstacle.objects.create(person=final, reason="chooses_cash", noted_on=date(2024, 1, 5))
    with pytest.raises(OutreachRefused):
        note(officer, Answered(willing.pk, "agrees"), Answered(final.pk, "agrees"))
    assert not Outreach.objects.exists()


@pytest.mark.parametrize(
    ("answer", "on"),
    [
        (Answered(0, "agrees", ask_again_on=DAY), DAY),
        (Answered(0, "chooses_cash", ask_again_on=date(2025, 2, 1)), DAY),
        (Answered(0, "không có câu này"), DAY),
        (Answered(0, "agrees"), date(2024, 12, 2)),
    ],
    ids=["asked again on the same day", "asked again about cash", "unknown answer", "tomorrow"],
)
def test_it_refuses_what_cannot_be(officer, answer, on):
    person = worlds.person()
    whose = Answered(person.pk, answer.answer, ask_again_on=answer.ask_again_on)
    with pytest.raises(OutreachRefused):
        note(officer, whose, on=on)
    assert not Outreach.objects.exists()


def test_nobody_is_told_who_is_paid_to_an_account_or_has_died(officer):
    paid, dead = worlds.person(), worlds.person("Hồ Văn Mất", died_on=date(2024, 10, 1))
    worlds.account(paid)
    for who in (paid, dead):
        with pytest.raises(OutreachRefused):
            note(officer, Answered(who.pk, "agrees"))


def test_a_talk_noted_late_does_not_undo_a_later_answer(officer):
    person = worlds.person()
    note(officer, Answered(person.pk, "agrees"), on=date(2024, 11, 25))
    note(officer, Answered(person.pk, "distrusts"), on=date(2024, 11, 10))
    assert Outreach.objects.count() == 2
    assert reason(person)[0] == "agrees"


def test_the_same_plan_is_made_once(officer):
    commune = worlds.commune()
    facts = {"commune": commune, "on": DAY, "way": Way.MEETING, "group": "elderly", "hamlets": ["Khu phố 1"],
             "place": "Nhà văn hóa", "by": officer, "at": NOON}  # fmt: skip
    made = outreach.make_plan(**facts)
    assert made.month == date(2024, 11, 1)
    with pytest.raises(OutreachRefused):
        outreach.make_plan(**facts)
    outreach.withdraw_plan(plan_id=made.pk)
    assert outreach.make_plan(**facts).pk != made.pk
