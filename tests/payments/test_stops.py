"""Somebody whose records fit no rate, or who lives nowhere, stops a part of the list: named to whom it concerns."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import Residence
from benefits.models import Rate
from payments.models import Payment, Round, RoundState, Slice, Stop
from payments.operations import generation
from payments.operations.errors import SliceStopped
from payments.tasks import make_slice, sweep
from tests import desk_world, worlds
from tests.broker import do_messages, forget_messages
from tests.desk_world import DECEMBER, World
from tests.page_policy import HIV

pytestmark = pytest.mark.django_db
CARD = "060150000123"
HIV_CHILD = "BTXH_5.3"


@pytest.fixture
def world(db, settings) -> World:
    settings.SLICE_PEOPLE = 2
    return desk_world.build()


@pytest.fixture
def invalid(world):
    """A war invalid whose injury rate was never entered, in the first slice by number after six others."""
    who = worlds.person("Bùi Văn Thương", born=date(1950, 1, 1), national_id=CARD, national_id_index=CARD)
    worlds.grant(who, "TB", since=DECEMBER)
    return who


def open_round() -> Round:
    cycle = generation.open_cycle(month=DECEMBER)
    return generation.open_round(cycle=cycle, routed_on=DECEMBER, at=worlds.NOON)


def work(made: Round) -> None:
    """What the workers do for the doorbell's rings: one task for each slice."""
    for _slice in range(Slice.objects.filter(round=made).count()):
        make_slice(made.pk)


def cycle(world, who):
    return world.client(who).get(reverse("cycle", args=[DECEMBER]))


def act(world, who):
    url = reverse("cycle_act", args=[DECEMBER])
    answer = world.client(who).post(url, {"action": "next_slice"}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_the_workers_make_every_other_part_and_keep_who_stopped_theirs(world, invalid):
    worlds.grant(worlds.person("Võ Thị Sau"), "BTXH_5.5c", since=DECEMBER)
    worlds.grant(worlds.person("Hồ Văn Cuối"), "BTXH_5.5c", since=DECEMBER)
    made = open_round()
    work(made)
    assert list(Slice.objects.values_list("state", flat=True)) == ["done", "done", "done", "pending", "done"]
    assert [(stop.person, stop.category_id, stop.reason) for stop in Stop.objects.all()] == [
        (invalid, "TB", "no_rate")
    ]
    assert not Payment.objects.filter(person=invalid).exists()


def test_the_page_names_the_person_masked_and_says_what_to_do(world, invalid):
    work(open_round())
    page = cycle(world, "preparer")
    text = page.content.decode()
    assert [(row["name"], row["commune"]) for row in page.context["stops"]["rows"]] == [
        ("Bùi Văn Thương", "Phường Hàm Tiến")
    ]
    assert "hãy kiểm tra tỷ lệ tổn thương" in text
    assert reverse("person", args=[invalid.pk]) in text
    assert CARD not in text
    assert "1 phần đang chờ sửa hồ sơ." in text
    assert [action["name"] for action in page.context["actions"]] == ["next_slice"]


def test_the_officer_mends_the_record_and_makes_the_part_again(world, invalid):
    work(open_round())
    assert act(world, "preparer") == [
        "Chưa lập được phần này: xem bên dưới hồ sơ của ai còn vướng và vì sao."
    ]
    invalid.entitlements.update(injury_rate=21)
    assert act(world, "preparer") == []
    assert Round.objects.get().state == RoundState.DONE
    assert not Stop.objects.exists()
    assert Payment.objects.filter(person=invalid).count() == 1
    assert cycle(world, "preparer").context["stops"] is None


def test_the_sweep_goes_on_by_itself_once_the_record_is_mended(world, invalid):
    forget_messages()
    work(open_round())
    sweep()
    assert do_messages() == ["payments.tasks.make_slice"]
    assert Round.objects.get().state == RoundState.GENERATING
    invalid.entitlements.update(injury_rate=21)
    sweep()
    assert do_messages() == ["payments.tasks.make_slice", "reports.tasks.refresh_figures"]
    assert Round.objects.get().state == RoundState.DONE


def test_a_person_who_lives_nowhere_is_named_to_the_whole_province_alone(world):
    nowhere = worlds.person("Lưu Văn Lạc")
    worlds.grant(nowhere, "BTXH_5.5c", since=DECEMBER)
    Residence.objects.filter(person=nowhere).delete()
    work(open_round())
    assert Stop.objects.get().reason == "no_home"
    shown = cycle(world, "administrator").context["stops"]
    assert [(row["name"], row["url"]) for row in shown["rows"]] == [("Lưu Văn Lạc", "")]
    assert "hãy ghi nơi cư trú" in shown["rows"][0]["what"]
    assert cycle(world, "preparer").context["stops"] | {"parts": 0} == {"rows": [], "others": 1, "parts": 0}


def test_an_officer_of_another_area_reads_how_many_and_no_name(world, invalid):
    work(open_round())
    page = cycle(world, "outsider")
    assert page.context["stops"]["rows"] == []
    assert "1 người thuộc địa bàn khác" in page.content.decode()
    assert "Bùi Văn Thương" not in page.content.decode()


def test_a_sensitive_category_is_named_to_the_deciding_officers_alone(world):
    child = worlds.person("Trần Thị Bé", born=date(2015, 1, 1))
    worlds.grant(child, HIV_CHILD, since=DECEMBER)
    Rate.objects.filter(band_code="BTXH_5.3_4_16").update(age_to=5)  # none fits a child of nine now
    work(open_round())
    assert Stop.objects.get().category_id == HIV_CHILD
    assert HIV.search(cycle(world, "preparer").content.decode())
    for who in ("administrator", "auditor"):
        page = cycle(world, who).content.decode()
        assert "Trần Thị Bé" in page
        assert not HIV.search(page)
        assert "5.3" not in page
    assert not [said for said in act(world, "administrator") if "5.3" in said]


def test_the_open_page_is_loaded_anew_when_a_part_is_stopped_or_goes_on(world, invalid):
    made = open_round()
    url = cycle(world, "preparer").context["progress"]["url"]
    client = world.client("preparer")
    assert client.get(url).status_code == 200
    work(made)
    assert client.get(url).headers["HX-Refresh"] == "true"
    assert client.get(cycle(world, "preparer").context["progress"]["url"]).status_code == 200


def test_a_repeat_replaces_who_stopped_it_before(world, invalid):
    made = open_round()
    work(made)
    work(made)
    with pytest.raises(SliceStopped):
        generation.generate_next_slice(round_id=made.pk, at=worlds.clock)
    assert Stop.objects.count() == 1
