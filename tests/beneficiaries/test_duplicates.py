"""Who is registered already: found in the whole province, shown as far as the reader may know, decided once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts.access import Reader, reader_for
from areas.models import Unit
from beneficiaries import duplicates
from beneficiaries.duplicates import Described
from beneficiaries.models import LikenessDecision, Person, Verdict
from beneficiaries.operations.duplicates import decide_likeness
from beneficiaries.operations.errors import DecisionRefused
from common import sql
from common.cccd import make_cccd
from tests import desk_world, worlds
from tests.desk_world import World

pytestmark = pytest.mark.django_db
TODAY = date(2024, 12, 2)
BORN = date(1944, 9, 10)


@pytest.fixture
def world() -> World:
    return desk_world.build()


def reader(world: World, who: str) -> Reader:
    return reader_for(world.officers[who], on=TODAY)


def far_away() -> Unit:
    """A commune of another district."""
    return Unit.objects.on(TODAY).communes().filter(parent__code="594").order_by("code")[0]


def described(**facts: Any) -> Described:
    return Described(
        **{"name": "Hồ Thị Lành", "birth": BORN, "number": "", "commune": worlds.commune().pk} | facts
    )


def found(world: World, who: str = "preparer", **facts: Any) -> list[str]:
    people = duplicates.alike(described=described(**facts), reader=reader(world, who), on=TODAY)
    return [person.name for person in people]


def test_the_same_number_is_found_wherever_it_lives(world):
    number = make_cccd("060", "female", 1944, 77)
    other = worlds.person(
        "Hồ Thị Lành", born=BORN, lives=far_away(), national_id=number, national_id_index=number
    )
    worlds.grant(other, "BTXH_5.5c", since=date(2024, 10, 1))
    hit = duplicates.same_number(
        described=described(number=number), reader=reader(world, "preparer"), on=TODAY
    )
    assert hit is not None
    assert (hit.person_id, hit.name, hit.commune, hit.receives) == (
        other.pk,
        other.name,
        far_away().name,
        True,
    )
    assert (hit.url_id, hit.here) == (None, False)


def test_the_old_card_in_the_code_finds_who_was_registered_by_it(world):
    other = worlds.person("Hồ Thị Lành", born=BORN, national_id="260123456", national_id_index="260123456")
    card = described(number="060144000077", old_number="260123456")
    hit = duplicates.same_number(described=card, reader=reader(world, "commune_officer"), on=TODAY)
    assert hit is not None
    assert (hit.person_id, hit.url_id) == (other.pk, other.pk)


def test_the_dead_do_not_stand_in_the_way(world):
    number = "260123456"
    worlds.person("Hồ Thị Lành", born=BORN, died_on=TODAY, national_id=number, national_id_index=number)
    card = described(number=number)
    assert duplicates.same_number(described=card, reader=reader(world, "preparer"), on=TODAY) is None
    assert found(world) == []


def test_a_commune_sees_little_of_people_elsewhere(world):
    number = make_cccd("060", "female", 1944, 77)
    worlds.person("Hồ Thị Lành", born=BORN, lives=far_away(), national_id=number, national_id_index=number)
    card = described(number=number)
    hit = duplicates.same_number(described=card, reader=reader(world, "commune_officer"), on=TODAY)
    assert hit is not None
    assert (hit.name, hit.birth, hit.precision, hit.number) == ("H. T. Lành", date(1944, 1, 1), "year", "")
    assert (hit.commune, hit.hamlet, hit.url_id) == (far_away().name, "", None)


@pytest.mark.parametrize(
    ("name", "born", "precision", "where", "is_alike"),
    [
        ("Ho Thi Lanh", BORN, "day", "far", True),
        ("HỒ THỊ LÀNH", date(1944, 1, 1), "year", "far", True),
        ("Hồ Thị Lành", date(1944, 10, 9), "day", "far", True),  # day and month changed places
        ("Hồ Thị Lành", date(1944, 9, 1), "month", "far", True),
        ("Hồ Thị Lành", date(1944, 3, 3), "day", "far", False),
        ("Hồ Thị Lành", date(1944, 3, 3), "day", "here", True),
        ("Hồ Thị Lanh", date(1944, 3, 3), "day", "here", True),
        ("Hồ Thị Lân", BORN, "day", "far", True),
        ("Hồ Thị Lân", date(1944, 3, 3), "day", "far", False),
        ("Hồ Thị Lành", date(1945, 9, 10), "day", "here", False),
        ("Nguyễn Văn Ba", BORN, "day", "here", False),
    ],
)
def test_name_birth_and_commune_decide_who_is_alike(world, name, born, precision, where, is_alike):
    lives = worlds.commune() if where == "here" else far_away()
    worlds.person(name, born=born, lives=lives, birth_precision=precision)
    assert found(world) == ([name] if is_alike else [])


def test_whoever_knows_only_the_year_is_compared_by_it(world):
    worlds.person("Hồ Thị Lành", born=date(1944, 3, 3), lives=far_away())
    assert found(world, birth=date(1944, 1, 1), precision="year") == ["Hồ Thị Lành"]


def test_the_closest_come_first_and_never_more_than_a_handful(world):
    for number in range(12):
        worlds.person("Hồ Thị Lành", born=date(1944, 9, 10), lives=far_away(), phone=f"09{number:08}")
    worlds.person("Hồ Thị Lãnh", born=BORN, lives=worlds.commune(), phone="x")
    people = duplicates.alike(described=described(), reader=reader(world, "preparer"), on=TODAY)
    assert len(people) == duplicates.MOST
    assert (people[0].name, people[0].here) == ("Hồ Thị Lãnh", True)


def test_one_account_for_two_people_is_told_and_the_same_number_at_another_bank_is_not(world):
    ask: dict[str, Any] = {"account": "1020304050", "except_person": None, "described": described(),
                           "reader": reader(world, "commune_officer"), "on": TODAY}  # fmt: skip
    hits = duplicates.same_account(provider=worlds.AGRIBANK, **ask)
    assert [hit.person_id for hit in hits] == [world.people[0].pk]
    assert duplicates.same_account(provider="970436", **ask) == []
    ask["except_person"] = world.people[0].pk
    assert duplicates.same_account(provider=worlds.AGRIBANK, **ask) == []


def test_a_decision_is_kept_and_not_asked_again(world):
    other = worlds.person("Hồ Thị Lành", born=BORN, lives=far_away())
    look = reader(world, "preparer")
    described_now = described(number="060144000077")
    people = duplicates.alike(described=described_now, reader=look, on=TODAY)
    assert duplicates.undecided(people) == people
    decide_likeness(
        person=other, described=described_now, verdict=Verdict.DIFFERENT, reason="Hai người, khác cha mẹ.",
        by=world.officers["preparer"], at=worlds.NOON,
    )  # fmt: skip
    again = duplicates.alike(described=described_now, reader=look, on=TODAY)
    assert [person.decided for person in again] == ["different"]
    assert duplicates.undecided(again) == []
    someone_else = duplicates.alike(described=described(number="060144000078"), reader=look, on=TODAY)
    assert [person.decided for person in someone_else] == [""]


def test_a_decision_needs_its_reason_and_cannot_deny_the_same_number(world):
    number = "060144000077"
    other = worlds.person("Hồ Thị Lành", born=BORN, national_id=number, national_id_index=number)
    for reason, card in (("  ", "060144000078"), ("Khác", number)):
        with pytest.raises(DecisionRefused):
            decide_likeness(
                person=other, described=described(number=card), verdict=Verdict.DIFFERENT, reason=reason,
                by=world.officers["preparer"], at=worlds.NOON,
            )  # fmt: skip
    assert not LikenessDecision.objects.exists()


def test_the_question_is_answered_from_one_year_of_the_index(world, django_assert_max_num_queries):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO beneficiaries_person (uuid, name, name_folded, name_sort, birth_date, birth_precision, sex,"
            " phone, pension_kind, notes) SELECT gen_random_uuid(), 'x', md5(n::text), 'x',"
            " date '1930-01-01' + n % 29000, 'day', '', '', '', '' FROM generate_series(1, 20000) n"
        )
        cursor.execute("ANALYZE beneficiaries_person")
        cursor.execute(
            f"EXPLAIN {sql.load('beneficiaries', 'alike_people')}",
            {"folded": "ho thi lanh", "birth": BORN, "precision": "day", "year_from": date(1944, 1, 1),
             "year_to": date(1944, 12, 31), "commune": 1, "except_person": None, "today": TODAY, "most": 8},
        )  # fmt: skip
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "person_by_birth_and_name" in plan
    assert Person.objects.count() > 20_000
    with django_assert_max_num_queries(5):
        duplicates.alike(described=described(), reader=reader(world, "preparer"), on=TODAY)
