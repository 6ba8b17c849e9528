"""For which communes a list of households is complete, and whose list it is where communes were reorganised."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.access import reader_for
from accounts.models import Role, RoleName
from areas.models import Unit
from beneficiaries.models import ChangeRequest, Person
from common.cccd import make_cccd
from desk.models import CivilKind, CivilList
from desk.operations.civil import keep_list, take_list
from desk.operations.reorganisation import move_homes
from tests import worlds
from tests.desk.test_civil_lists import found, households, keep, page, upload

pytestmark = pytest.mark.django_db
JUNE, REFORM = date(2025, 6, 30), date(2025, 7, 1)
NEW_YEAR = datetime(2026, 1, 5, 9, tzinfo=worlds.NOON.tzinfo)
JANUARY = {"kind": "poverty", "month": "01/2026"}


def holder(name: str, serial: int, lives: Unit | None = None) -> Person:
    """Somebody with a benefit of clause 5(a), which a poor household alone opens."""
    number = make_cccd("060", "female", 1950, serial)
    person = worlds.person(
        name, born=date(1950, 6, 1), national_id=number, national_id_index=number, lives=lives
    )
    worlds.grant(person, "BTXH_5.5a", since=date(2024, 6, 1))
    return person


def row(person: Person, commune: str, household: str) -> str:
    return f"{person.name};01/06/1950;{person.national_id};{commune};{household}"


def stranger(commune: str) -> str:
    return f"Ai Đó;01/06/1990;;{commune};Hộ nghèo"


def old(code: str) -> Unit:
    return Unit.objects.on(JUNE).communes().get(code=code)


def new(code: str) -> Unit:
    return Unit.objects.on(REFORM).communes().get(code=code)


def taken(unit: Unit, *rows: str, month: date = date(2026, 1, 1), role: str = RoleName.PREPARER) -> CivilList:
    """The list as an officer of the unit takes it on 5 January 2026."""
    by = worlds.officer(f"can-bo-{CivilList.objects.count()}")
    Role.objects.create(user=by, name=role, unit=unit, valid_from=date(2024, 1, 1))
    content = households(*rows).encode()
    return take_list(
        kind=CivilKind.POVERTY, file=io.BytesIO(content), name="ho-ngheo.csv", size=len(content), month=month, by=by,
        reader=reader_for(by, on=NEW_YEAR.date()), at=NEW_YEAR,
    )  # fmt: skip


def told(made: CivilList) -> list[tuple[Any, ...]]:
    """Of each commune: rows, people with such a benefit, and of these missing on the list."""
    return [(one["name"], one["rows"], one["held"], one["unsure"]) for one in made.communes]


def losing(made: CivilList) -> dict[str, Unit]:
    lost = made.matches.filter(effect="lose").select_related("person", "commune")
    return {match.person.name: match.commune for match in lost}


def test_of_half_a_commune_only_who_stands_there_as_not_poor_loses(world):
    holder("Vắng Tên", 50)
    near, poor = holder("Cận Nghèo", 51), holder("Còn Nghèo", 52)
    text = households(
        row(near, "Phường Hàm Tiến", "Hộ cận nghèo"),
        row(poor, "Phường Hàm Tiến", "Hộ nghèo"),
        f"Vang Ten;01/06/1950;{make_cccd('060', 'female', 1950, 59)};Phường Hàm Tiến;Hộ nghèo",
        stranger("Phường Hàm Tiến"),
    )
    made = upload(world, text, **JANUARY)
    assert told(made) == [("Phường Hàm Tiến", 4, 3, 1)]
    client, url = world.client("commune_officer"), reverse("civil_list", args=[made.pk])
    assert f'name="complete" value="{worlds.commune().pk}">' in client.get(url).content.decode()
    client.post(reverse("civil_list_act", args=[made.pk]), {"action": "keep"})
    made.refresh_from_db()
    assert (made.kept_at is None, made.communes[0]["complete"]) == (False, False)
    assert found(made) == [("Cận Nghèo", "exact", "lose")]
    assert 'name="complete"' not in client.get(url).content.decode()


def test_whoever_is_missing_loses_only_in_the_communes_said_to_be_complete(world):
    other = old("22915")
    holder("Ở Hàm Tiến", 50)
    holder("Ở Mũi Né", 51, other)
    rows = (stranger("Phường Hàm Tiến"), stranger(f"{other.name}"))
    made = taken(world.district, *rows, month=date(2025, 1, 1))
    assert told(made) == [("Phường Mũi Né", 1, 1, 1), ("Phường Hàm Tiến", 1, 1, 1)]
    assert losing(made) == {"Ở Hàm Tiến": worlds.commune(), "Ở Mũi Né": other}
    keep_list(made=made, complete=[other.pk, 0], at=NEW_YEAR)
    made.refresh_from_db()
    assert [one["complete"] for one in made.communes] == [True, False]
    assert losing(made) == {"Ở Mũi Né": other}
    # Once it is kept nothing more is said of it.
    keep_list(made=made, complete=[worlds.commune().pk], at=NEW_YEAR)
    assert losing(made) == {"Ở Mũi Né": other}


@pytest.mark.parametrize(("complete", "verdict", "drafts"), [
    (False, "", 0), (False, "different", 0), (False, "same", 1), (True, "", 1),
])  # fmt: skip
def test_a_row_alike_and_not_poor_is_for_a_person_to_decide_where_the_list_is_not_complete(
    world, complete, verdict, drafts
):
    holder("Thoát Nghèo", 50)
    # Without the number; the birth fits. Somebody who bears the name alone loses nothing by that row.
    worlds.grant(worlds.person("Thoát Nghèo", born=date(1939, 1, 2)), "BTXH_5.5a", since=date(2024, 6, 1))
    made = upload(world, households("Thoat Ngheo;1950;;Phường Hàm Tiến;Thoát nghèo"), **JANUARY)
    assert told(made) == [("Phường Hàm Tiến", 1, 2, 2)]
    keep_list(made=made, complete=[worlds.commune().pk] if complete else [], at=NEW_YEAR)
    match = made.matches.get(person__birth_date__year=1950)
    assert made.matches.count() == (2 if complete else 1)
    assert (match.likeness, match.effect) == ("" if complete else "alike", "lose")
    client = world.client("commune_officer")
    if verdict:
        client.post(reverse("civil_match", args=[match.pk]), {"verdict": verdict})
    client.post(reverse("civil_drafts"), {"match": match.pk})
    assert ChangeRequest.objects.count() == drafts
    assert ("Thoát Nghèo" in page(world, "commune_officer", "poverty")) == (complete or verdict == "")


def test_a_tick_of_another_commune_or_of_nonsense_makes_nobody_lose(world):
    holder("Vắng Tên", 50)
    made = upload(world, households(stranger("Phường Hàm Tiến")), **JANUARY)
    ticks = {"action": "keep", "complete": [new("22918").pk, "x", "-1", "9" * 30]}
    world.client("commune_officer").post(reverse("civil_list_act", args=[made.pk]), ticks)
    assert found(made) == []


def test_a_list_kept_as_complete_shows_so_and_a_refused_row_leaves_nothing_to_tick(world):
    holder("Vắng Tên", 50)
    client = world.client("commune_officer")
    bad = upload(world, households(stranger("Phường Hàm Tiến"), "B;31/02/1950;;;Hộ nghèo"), **JANUARY)
    assert 'name="complete"' not in client.get(reverse("civil_list", args=[bad.pk])).content.decode()
    made = upload(world, households(stranger("Phường Hàm Tiến")), **JANUARY)
    keep(world, made)
    made.refresh_from_db()
    assert made.communes[0]["complete"] is True
    assert found(made) == [("Vắng Tên", "", "lose")]


def test_a_commune_that_has_ended_is_of_those_who_moved_from_it_into_what_followed(world):
    holder("Từ Hàm Tiến", 50)
    holder("Từ Mũi Né", 51, old("22915"))
    move_homes(on_date=REFORM)
    newcomer = holder("Đến Sau", 52, new("22918"))
    newcomer.residences.update(valid_from=date(2025, 9, 1))
    row_of_71 = f"Người Mới;01/06/1954;{make_cccd('060', 'male', 1954, 60)};Phường Hàm Tiến;Hộ nghèo"
    made = taken(new("22918"), row_of_71)
    (commune,) = made.communes
    assert told(made) == [("Phường Hàm Tiến", 1, 1, 1)]
    assert (commune["unit"], commune["now"], commune["before"]) == (old("22918").pk, ["Phường Mũi Né"], [])
    assert losing(made) == {"Từ Hàm Tiến": new("22918")}
    # Nobody lives in the old commune any more: who may newly receive does so in today's.
    assert made.matches.get(effect="gain").commune == new("22918")
    keep_list(made=made, complete=[old("22918").pk], at=NEW_YEAR)
    assert losing(made) == {"Từ Hàm Tiến": new("22918")}


def test_each_is_told_of_the_commune_named_that_was_theirs_and_the_rest_of_todays(world):
    holder("Từ Hàm Tiến", 50)
    holder("Từ Mũi Né", 51, old("22915"))
    holder("Từ Thiện Nghiệp", 52, old("22957"))
    move_homes(on_date=REFORM)
    made = taken(new("22918"), stranger("Phường Hàm Tiến"), stranger("Phường Mũi Né"))
    assert sorted(told(made)) == [("Phường Hàm Tiến", 1, 1, 1), ("Phường Mũi Né", 1, 2, 2)]
    todays = next(one for one in made.communes if one["unit"] == new("22918").pk)
    assert sorted(todays["before"]) == ["Phường Mũi Né", "Xã Thiện Nghiệp"]
    keep_list(made=made, complete=[new("22918").pk], at=NEW_YEAR)
    assert sorted(losing(made)) == ["Từ Mũi Né", "Từ Thiện Nghiệp"]


def test_a_split_commune_is_of_its_people_in_each_of_those_that_followed(world):
    # Xã Phong Phú went on as Xã Phan Rí Cửa, a part of it as Xã Tuy Phong, which was Xã Phan Dũng as well.
    holder("Về Phan Rí Cửa", 50, old("22978"))
    part = holder("Về Tuy Phong", 51, old("22978"))
    holder("Từ Phan Dũng", 52, old("22975"))
    move_homes(on_date=REFORM)
    part.residences.filter(valid_to=None).update(commune=new("22978"))
    default, other = taken(new("22972"), stranger("Phong Phú")), taken(new("22978"), stranger("Phong Phú"))
    assert default.communes[0]["now"] == ["Xã Phan Rí Cửa", "Xã Tuy Phong"]
    assert losing(default) == {"Về Phan Rí Cửa": new("22972")}
    assert losing(other) == {"Về Tuy Phong": new("22978")}


def test_a_code_used_again_means_the_commune_that_had_it_when_the_list_counts(world):
    holder("Từ Hàm Tiến", 50)
    holder("Từ Mũi Né", 51, old("22915"))
    move_homes(on_date=REFORM)
    earlier = taken(new("22918"), stranger("22918"), month=date(2025, 1, 1))
    assert [one["unit"] for one in earlier.communes] == [old("22918").pk]
    assert sorted(losing(earlier)) == ["Từ Hàm Tiến"]
    later = taken(new("22918"), stranger("22918"))
    assert [one["unit"] for one in later.communes] == [new("22918").pk]
    assert sorted(losing(later)) == ["Từ Hàm Tiến", "Từ Mũi Né"]


def test_where_nobody_has_moved_yet_todays_commune_is_of_those_on_record_in_what_it_follows(world):
    holder("Ở Hàm Tiến", 50)
    holder("Ở Mũi Né", 51, old("22915"))
    made = taken(worlds.commune(), stranger("Phường Mũi Né"), role=RoleName.COMMUNE_OFFICER)
    assert told(made) == [("Phường Mũi Né", 1, 1, 1)]
    assert losing(made) == {"Ở Hàm Tiến": worlds.commune()}
