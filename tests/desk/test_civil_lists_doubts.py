"""What a slip in another office's list leads to: a person decides, and nobody loses by it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from areas.models import Unit
from beneficiaries.models import ChangePath, ChangeRequest, Entitlement
from beneficiaries.operations.changes import Draft, save_draft
from beneficiaries.operations.errors import DecisionRefused
from common.cccd import make_cccd
from desk.models import CivilList, CivilMatch
from desk.operations.civil import draft_match
from tests import worlds
from tests.desk.test_civil_lists import DIED, card, deaths, found, households, keep, upload

pytestmark = pytest.mark.django_db
JANUARY = {"kind": "poverty", "month": "01/2026"}


def holder(name: str = "Mơ Hồ", category: str = "BTXH_5.5a", serial: int = 50, **facts) -> Entitlement:
    number = make_cccd("060", "female", 1950, serial)
    person = worlds.person(name, born=date(1950, 6, 1), national_id=number, national_id_index=number, **facts)
    return worlds.grant(person, category, since=date(2025, 1, 1))


def now() -> datetime:
    return datetime.now(tz=worlds.NOON.tzinfo)


def test_one_mistyped_digit_makes_nobody_elses_death_certain(world):
    # The number of Nguyễn Văn Ẩm, in the row of Đặng Thị Ước; nobody is of the third row's name.
    made = upload(
        world,
        deaths(
            f"Đặng Thị Ước;20/05/1940;{card(2)};;{DIED};",
            f"Phan Lạ;1940;{card(3)};;{DIED};",
            f"Phan Lạ;;{make_cccd('060', 'male', 1940, 1)};;{DIED};",
        ),
    )
    assert found(made)[:2] == [("Nguyễn Văn Ẩm", "exact", "death"), ("Trần Thị Bưởi", "alike", "death")]


def test_rows_that_were_refused_keep_a_list_of_households_out_of_the_worklist(world):
    holder()
    text = households(
        "Mơ Hồ;31/02/1950;;Phường Hàm Tiến;Hộ nghèo", "Ai Đó;01/06/1990;;Phường Hàm Tiến;Hộ nghèo"
    )
    made = upload(world, text, **JANUARY)
    assert (made.refused, found(made)) == (1, [("Mơ Hồ", "", "lose")])
    keep(world, made)
    made.refresh_from_db()
    assert made.kept_at is None
    world.client("commune_officer").post(reverse("civil_drafts"), {"match": made.matches.get().pk})
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    "row",
    [
        f"Mo Ho;;{make_cccd('060', 'female', 1950, 59)};Phường Hàm Tiến;Hộ nghèo",
        "Mo Ho;02/07/1949;;Phường Hàm Tiến;Hộ nghèo",
        "Mo Ho;01/06/1950;;Phường Hàm Tiếng;Hộ nghèo",
    ],
    ids=["number", "birth", "commune"],
)
def test_a_slip_in_the_row_of_somebody_poor_is_for_a_person_to_decide(world, row):
    holder()
    made = upload(world, households(row, "Ai Đó;01/06/1990;;Phường Hàm Tiến;Hộ nghèo"), **JANUARY)
    assert found(made) == [("Mơ Hồ", "alike", "lose")]


def test_whoever_stands_on_the_list_in_another_commune_loses_nothing(world):
    number = holder().person.national_id
    away = Unit.objects.communes().filter(parent__code="594").order_by("code")[0]
    row = f"Mơ Hồ;01/06/1950;{number};{away.name};Hộ nghèo"
    made = upload(world, households(row, "Ai Đó;01/06/1990;;Phường Hàm Tiến;Hộ nghèo"), **JANUARY)
    assert found(made) == []


@pytest.mark.parametrize("said", [{}, {"action": "drop"}])
def test_an_action_that_nobody_named_discards_no_preview(world, said):
    made = upload(world, deaths(f"Đặng Thị Ước;;{card(1)};;{DIED};"))
    answer = world.client("commune_officer").post(reverse("civil_list_act", args=[made.pk]), said)
    assert answer.status_code == 404
    assert CivilList.objects.filter(pk=made.pk, kept_at=None).exists()


def test_two_clicks_at_once_begin_one_draft(world):
    text = households("Người Mới;01/06/1953;;Phường Hàm Tiến;Hộ nghèo")
    made = upload(world, text, **JANUARY)
    keep(world, made)
    both = [CivilMatch.objects.get(effect="gain") for _click in range(2)]
    begun = [draft_match(match=match, by=world.officers["commune_officer"], at=now()).pk for match in both]
    assert begun[0] == begun[1]
    assert ChangeRequest.objects.count() == 1


def test_an_open_request_about_another_benefit_is_not_taken_for_the_matchs_own(world):
    lost = holder()
    other = worlds.grant(lost.person, "BTXH_5.6_N", since=date(2025, 1, 1))
    by = world.officers["commune_officer"]
    content = {"entitlements": [other.pk], "last_month": "2025-12-01", "why": "ineligible"}
    draft = Draft(
        kind="stop", path=ChangePath.APPLICATION, commune=worlds.commune(), person=lost.person, content=content
    )  # fmt: skip
    save_draft(draft=draft, client_key=uuid4(), by=by, at=now())
    made = upload(world, households("Ai Đó;01/06/1990;;Phường Hàm Tiến;Hộ nghèo"), **JANUARY)
    keep(world, made)
    with pytest.raises(DecisionRefused):
        draft_match(match=made.matches.get(), by=by, at=now())
    assert made.matches.get().request is None
