"""Lists of deaths and of poor households against the roll: who is found, what is drafted, and that nothing stops."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from areas.models import Unit
from beneficiaries.models import ChangeRequest, Entitlement, Person
from common.cccd import make_cccd
from desk.models import CivilList, CivilMatch
from tests import worlds
from tests.beneficiaries.change_world import submitted
from tests.desk_world import World

pytestmark = pytest.mark.django_db
DIED = "20/11/2024"


def deaths(*rows: str) -> str:
    return "\n".join(["Họ và tên;Ngày sinh;Số CCCD;Xã/Phường;Ngày mất;Số trích lục khai tử", *rows])


def households(*rows: str) -> str:
    return "\n".join(["Họ và tên;Ngày sinh;Số CCCD;Xã/Phường;Loại hộ", *rows])


def upload(
    world: World, text: str, kind: str = "deaths", who: str = "commune_officer", **fields: str
) -> CivilList:
    file = SimpleUploadedFile("danh-sach.csv", text.encode())
    answer = world.client(who).post(reverse("civil_lists", args=[kind]), {"file": file} | fields)
    assert answer.status_code == 302, unescape(answer.content.decode())
    return CivilList.objects.latest("pk")


def keep(world: World, made: CivilList, who: str = "commune_officer") -> None:
    """Taken into the worklist as complete for each commune that it names."""
    said = {"action": "keep", "complete": [one["unit"] for one in made.communes]}
    world.client(who).post(reverse("civil_list_act", args=[made.pk]), said)


def found(made: CivilList) -> list[tuple[str, str, str]]:
    rows = made.matches.order_by("pk")
    return [(row.person.name if row.person else "", row.likeness, row.effect) for row in rows]


def page(world: World, who: str, kind: str = "deaths") -> str:
    return unescape(world.client(who).get(reverse("civil_lists", args=[kind])).content.decode())


def card(number: int) -> str:
    """The number of the people of tests.desk_world, in order from 1."""
    return make_cccd("060", "female", 1940, number)


@pytest.mark.parametrize("said", ["DANG THI UOC;01/01/1950", "Ước Đặng Thị;", "Ten Khac;20/05/1940"])
def test_a_death_is_found_by_the_number_where_the_name_or_the_birth_confirms_it(world, said):
    made = upload(world, deaths(f"{said};{card(1)};Phường Hàm Tiến;{DIED};45/TLKT"))
    assert found(made) == [("Đặng Thị Ước", "exact", "death")]
    assert (made.rows, made.unmatched, made.elsewhere, made.refused) == (1, 0, 0, 0)


def test_without_a_number_name_and_birth_alike_are_shown_and_strangers_are_only_counted(world):
    made = upload(
        world,
        deaths(
            f"Đặng Thị Ước;20/05/1940;;Phường Hàm Tiến;{DIED};",
            f"Trần Thị Bưỡi;20/05/1940;;Phường Hàm Tiến;{DIED};",
            f"Phan Lạ;20/05/1940;;Phường Hàm Tiến;{DIED};",
        ),
    )
    # “Trần Thị Bưởi” folds to the same letters as the second row.
    assert found(made) == [("Đặng Thị Ước", "alike", "death"), ("Trần Thị Bưởi", "alike", "death")]
    assert made.unmatched == 1
    assert CivilMatch.objects.count() == 2


def test_a_preview_is_seen_by_its_officer_alone_and_discarded_it_leaves_nothing(world):
    made = upload(world, deaths(f"Dang Thi Uoc;;{card(1)};;{DIED};"))
    assert "Đặng Thị Ước" not in page(world, "commune_officer")
    url = reverse("civil_list", args=[made.pk])
    assert world.client("commune_officer").get(url).status_code == 200
    assert world.client("preparer").get(url).status_code == 404
    client = world.client("commune_officer")
    match = made.matches.get()
    client.post(reverse("civil_drafts"), {"match": match.pk})
    assert not ChangeRequest.objects.exists()
    client.post(reverse("civil_list_act", args=[made.pk]), {"action": "discard"})
    assert not CivilList.objects.exists()


def test_a_kept_match_begins_the_guided_death_and_stops_nothing(world):
    made = upload(world, deaths(f"Đặng Thị Ước;;{card(1)};;{DIED};45/TLKT-HT"))
    keep(world, made)
    assert "Đặng Thị Ước" in page(world, "preparer")
    match = made.matches.get()
    client = world.client("commune_officer")
    answer = client.post(reverse("civil_drafts"), {"match": match.pk})
    draft = ChangeRequest.objects.get()
    assert answer["Location"] == reverse("change_edit", args=[draft.pk])
    assert (draft.kind, draft.state) == ("death", "draft")
    assert draft.asked == {"died_on": "2024-11-20", "certificate": "45/TLKT-HT", "funeral": ["BTXH_11.2"]}
    assert client.get(answer["Location"]).status_code == 200
    assert Person.objects.filter(died_on=None).count() == len(world.people)
    assert not Entitlement.objects.exclude(last_month=None).exists()
    assert reverse("change", args=[draft.pk]) not in page(world, "commune_officer")


def test_pressed_twice_or_asked_before_it_is_the_same_request(world):
    made = upload(world, deaths(f"Dang Thi Uoc;;{card(1)};;{DIED};"))
    keep(world, made)
    content = {"died_on": "2024-11-20", "certificate": "1"}
    before = submitted("death", world.people[0], content, by=world.officers["second"])
    client = world.client("commune_officer")
    for _time in range(2):
        client.post(reverse("civil_drafts"), {"match": made.matches.get().pk})
    assert [one.pk for one in ChangeRequest.objects.all()] == [before.pk]
    assert made.matches.get().request_id == before.pk


def test_who_is_only_alike_is_drafted_once_a_person_has_said_that_it_is_one(world):
    made = upload(world, deaths(f"Đặng Thị Ước;20/05/1940;;;{DIED};", f"Lê Văn Đỗ;20/05/1940;;;{DIED};"))
    keep(world, made)
    client = world.client("commune_officer")
    one, other = made.matches.order_by("pk")
    client.post(reverse("civil_drafts"), {"match": one.pk})
    assert not ChangeRequest.objects.exists()
    client.post(reverse("civil_match", args=[one.pk]), {"verdict": "same"})
    client.post(reverse("civil_match", args=[other.pk]), {"verdict": "different"})
    client.post(reverse("civil_match", args=[other.pk]), {"verdict": "same"})
    client.post(reverse("civil_drafts"), {"match": [one.pk, other.pk]})
    assert [draft.person_id for draft in ChangeRequest.objects.all()] == [one.person_id]
    other.refresh_from_db()
    assert (other.verdict, other.decided_by) == ("different", world.officers["commune_officer"])
    assert "Lê Văn Đỗ" not in page(world, "commune_officer")


def test_a_death_on_record_already_is_said_and_asks_for_nothing(world):
    Person.objects.filter(pk=world.people[0].pk).update(died_on=date(2024, 11, 20))
    made = upload(world, deaths(f"Dang Thi Uoc;;{card(1)};;{DIED};"))
    keep(world, made)
    assert found(made) == [("Đặng Thị Ước", "exact", "known_dead")]
    url = reverse("civil_list", args=[made.pk])
    shown = unescape(world.client("commune_officer").get(url).content.decode())
    assert "Hồ sơ đã ghi mất ngày 20/11/2024" in shown
    world.client("commune_officer").post(reverse("civil_drafts"), {"match": made.matches.get().pk})
    assert not ChangeRequest.objects.exists()


def test_somebody_of_another_commune_is_told_there_and_hidden_here(world):
    away = Unit.objects.communes().filter(parent__code="594").order_by("code")[0]
    number = make_cccd("060", "male", 1941, 7)
    worlds.person("Người Nơi Khác", lives=away, national_id=number, national_id_index=number)
    made = upload(world, deaths(f"Người Nơi Khác;;{number};;{DIED};", f"Nguoi Noi Khac;20/05/1940;;;{DIED};"))
    assert (made.elsewhere, made.unmatched) == (1, 1)
    keep(world, made)
    assert "Người Nơi Khác" not in page(world, "commune_officer")
    url = reverse("civil_list", args=[made.pk])
    assert "Người Nơi Khác" not in unescape(world.client("commune_officer").get(url).content.decode())
    assert "Người Nơi Khác" in page(world, "outsider")


def test_rows_that_cannot_be_read_are_named_and_the_same_file_is_taken_once(world):
    text = deaths(f"A;;{card(1)};;31/02/2024;", f"Nguyễn Văn Ẩm;;{card(2)};;{DIED};", ";;;;;")
    made = upload(world, text)
    assert (made.rows, made.refused, len(found(made))) == (2, 1, 1)
    url = reverse("civil_list", args=[made.pk])
    assert "31/02/2024" in unescape(world.client("commune_officer").get(url).content.decode())
    again = world.client("commune_officer").post(
        reverse("civil_lists", args=["deaths"]), {"file": SimpleUploadedFile("x.csv", text.encode())}
    )
    assert again.status_code == 422


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"%PDF-1.7", b"Ho va ten;Ngay mat\nA;1/1/2024"])
def test_a_hostile_or_foreign_file_is_refused_in_words_and_nothing_is_kept(world, content):
    file = SimpleUploadedFile("danh-sach.xlsx", content)
    answer = world.client("commune_officer").post(reverse("civil_lists", args=["deaths"]), {"file": file})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not CivilList.objects.exists()


def test_the_households_of_january_say_who_loses_and_who_may_gain(world):
    by_number = {}
    for place, (name, category) in enumerate(
        [
            ("Mất Một", "BTXH_5.5a"),
            ("Giữ Hai", "BTXH_5.5a"),
            ("Cận Ba", "BTXH_5.5a"),
            ("Đơn Bốn", "BTXH_5.4"),
        ],
        50,
    ):
        number = make_cccd("060", "female", 1950, place)
        person = worlds.person(name, born=date(1950, 6, 1), national_id=number, national_id_index=number)
        by_number[name] = number
        worlds.grant(person, category, since=date(2025, 1, 1), heads=1)
    older = make_cccd("060", "male", 1954, 60)
    worlds.person("Hưởng Năm", born=date(1954, 6, 1), national_id=older, national_id_index=older)
    new = make_cccd("060", "male", 1953, 61)
    text = households(
        f"Giữ Hai;01/06/1950;{by_number['Giữ Hai']};Phường Hàm Tiến;Hộ nghèo",
        f"Cận Ba;01/06/1950;{by_number['Cận Ba']};Phường Hàm Tiến;Hộ cận nghèo",
        f"Đơn Bốn;01/06/1950;{by_number['Đơn Bốn']};Phường Hàm Tiến;Hộ cận nghèo",
        f"Hưởng Năm;01/06/1954;{older};Phường Hàm Tiến;Hộ nghèo",
        f"Người Mới;01/06/1953;{new};Phường Hàm Tiến;Hộ cận nghèo",
        f"Trẻ Quá;01/06/1960;{make_cccd('060', 'male', 1960, 62)};Phường Hàm Tiến;Hộ nghèo",
        f"Thoát Nghèo;01/06/1953;{make_cccd('060', 'male', 1953, 63)};Phường Hàm Tiến;Thoát nghèo",
    )
    made = upload(world, text, "poverty", month="01/2026")
    # Clause 5(a) asks for a poor household, 5(4) takes a near-poor one; the social pension is from 70 to below 75.
    assert sorted(found(made)) == [
        ("", "", "gain"),
        ("Cận Ba", "exact", "lose"),
        ("Hưởng Năm", "exact", "gain"),
        ("Mất Một", "", "lose"),
    ]
    keep(world, made)
    shown = page(world, "commune_officer", "poverty")
    assert "Mất Một" in shown
    client = world.client("commune_officer")
    client.post(reverse("civil_drafts"), {"match": [match.pk for match in made.matches.all()]})
    asked = {draft.person.name if draft.person else "": draft for draft in ChangeRequest.objects.all()}
    lost = Entitlement.objects.get(person__name="Mất Một")
    assert asked["Mất Một"].kind == "stop"
    assert asked["Mất Một"].asked["entitlements"] == [lost.pk]
    assert asked["Mất Một"].asked["last_month"] == "2025-12-01"
    assert asked["Hưởng Năm"].asked == {"category": "HTXH_70_75"}
    assert asked[""].asked["person"]["national_id"] == new
    assert {draft.state for draft in asked.values()} == {"draft"}
    assert not Entitlement.objects.exclude(last_month=None).exists()


def test_who_is_alike_to_a_poor_row_loses_nothing_until_a_person_says_that_they_are_two(world):
    person = worlds.person("Mơ Hồ", born=date(1950, 6, 1))
    worlds.grant(person, "BTXH_5.5a", since=date(2025, 1, 1))
    made = upload(world, households("Mo Ho;01/06/1950;;Phường Hàm Tiến;Hộ nghèo"), "poverty", month="01/2026")
    assert found(made) == [("Mơ Hồ", "alike", "lose")]
    keep(world, made)
    client, match = world.client("commune_officer"), made.matches.get()
    client.post(reverse("civil_drafts"), {"match": match.pk})
    assert not ChangeRequest.objects.exists()
    client.post(reverse("civil_match", args=[match.pk]), {"verdict": "different"})
    client.post(reverse("civil_drafts"), {"match": match.pk})
    assert ChangeRequest.objects.get().kind == "stop"


def test_a_commune_that_the_list_does_not_name_loses_nobody(world):
    away = (
        Unit.objects.communes()
        .filter(parent=world.district)
        .exclude(pk=worlds.commune().pk)
        .order_by("code")[0]
    )
    worlds.grant(worlds.person("Nơi Khác", lives=away), "BTXH_5.5a", since=date(2025, 1, 1))
    made = upload(
        world,
        households("Ai Đó;01/06/1990;;Phường Hàm Tiến;Hộ nghèo"),
        "poverty",
        "preparer",
        month="01/2026",
    )
    assert found(made) == []


def test_the_worklist_takes_at_most_twelve_queries_however_long_it_is(world, django_assert_max_num_queries):
    rows = []
    for place in range(60):
        number = make_cccd("060", "male", 1942, place + 100)
        worlds.person(f"Người {place}", born=date(1942, 1, 1), national_id=number, national_id_index=number)
        rows.append(f"Người {place};;{number};;{DIED};")
    made = upload(world, deaths(*rows))
    keep(world, made)
    client = world.client("commune_officer")
    client.get(reverse("civil_lists", args=["deaths"]))
    with django_assert_max_num_queries(12):
        client.get(reverse("civil_lists", args=["deaths"]))
