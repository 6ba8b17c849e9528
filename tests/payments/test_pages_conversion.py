"""The page on which 5(5)(b) and (c) become the social pension, in Vietnamese, by two officers (rule E12)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from beneficiaries.models import Conversion, Entitlement, Person
from payments import tasks
from payments.operations import conversion
from tests import desk_world, worlds
from tests.desk_world import World

pytestmark = pytest.mark.django_db

DECIDED = {"number": "176/QĐ-UBND", "signed_on": "30/06/2025"}


@pytest.fixture
def world(db) -> World:
    """Six people of 80 and over with 5(5)(c); one of them has the social pension already."""
    made = desk_world.build()
    worlds.grant(made.people[5], "HTXH_75", since=date(2025, 7, 1))
    return made


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def page(world: World, who: str = "administrator", **asked: str) -> str:
    """The page, with the part that it loads afterwards."""
    client, figures = world.client(who), reverse("law_conversion_figures")
    shown = client.get(reverse("law_conversion"), **asked)
    loads_more = figures in shown.content.decode()
    return text_of(shown) + (text_of(client.get(figures, **asked)) if loads_more else "")


def prepare(world: World, who: str = "administrator", **fields: str):
    return world.client(who).post(reverse("law_conversion"), DECIDED | fields, follow=True)


def confirm(world: World, who: str) -> str:
    return text_of(world.client(who).post(reverse("law_conversion_act"), {"action": "confirm"}, follow=True))


def watch(world: World) -> None:
    for _part in range(20):
        answer = world.client("second").get(reverse("law_conversion_progress"))
        if answer.status_code == 204:
            assert answer["HX-Refresh"] == "true"
            return
        assert "<progress" in answer.content.decode()
    raise AssertionError("the conversion never came to its end")


def test_two_officers_convert_and_the_page_follows_until_the_end(world, monkeypatch):
    monkeypatch.setattr(conversion, "PART_GRANTS", 2)
    shown = page(world)
    assert "Chế độ cần chuyển 6" in shown
    assert "BTXH_5.5c 6 1" in shown
    assert "đang chờ người thứ hai" in text_of(prepare(world)).lower()
    assert "cán bộ khác xác nhận" in confirm(world, "administrator")
    assert Conversion.objects.get().confirmed_by is None
    running = confirm(world, "second")
    assert "Đang chuyển sang trợ cấp hưu trí xã hội" in running
    watch(world)
    held = Entitlement.objects.filter(category="HTXH_75", from_month=date(2025, 7, 1))
    assert sorted(held.values_list("person", flat=True)) == sorted(one.pk for one in world.people)
    assert not Entitlement.objects.filter(category="BTXH_5.5c", last_month=None).exists()
    after = page(world, "second")
    assert "Đã thực hiện" in after
    assert "176/QĐ-UBND" in after
    assert "Chế độ cần chuyển" not in after


def test_a_worker_carries_it_out_with_nobody_watching(world, monkeypatch):
    monkeypatch.setattr(conversion, "PART_GRANTS", 2)
    prepare(world)
    confirm(world, "second")
    tasks.convert(Conversion.objects.get().pk)
    assert Entitlement.objects.filter(category="HTXH_75").count() == 6
    assert "Đã thực hiện" in page(world)


def test_it_says_in_both_languages_what_the_people_receive_before_and_after(world):
    # Six times 500,000 in June; in July six social pensions of 500,000.
    url = reverse("law_conversion_figures")
    shown = text_of(world.client("administrator").get(url))
    assert "3.000.000 ₫ Tháng trước đó 3.000.000 ₫" in shown
    english = text_of(world.client("administrator").get(url, headers={"accept-language": "en"}))
    assert "in the month before" in english
    assert "Social pension" in page(world, headers={"accept-language": "en"})


def test_a_grant_that_begins_after_the_replacement_is_named_and_stops_it(world):
    late = worlds.person("Ngô Thị Muộn")
    worlds.grant(late, "BTXH_5.5c", since=date(2025, 8, 1))
    assert late.name in page(world)
    prepare(world)
    assert not Conversion.objects.exists()


def test_who_changed_since_it_was_prepared_makes_it_be_prepared_again(world):
    prepare(world)
    Person.objects.filter(pk=world.people[0].pk).update(died_on=date(2025, 5, 1))
    assert "đã thay đổi" in confirm(world, "second")
    prepare(world)
    assert Conversion.objects.get().count == 5


def test_a_decision_without_its_number_is_asked_again(world):
    assert "error" in prepare(world, number="").content.decode()
    assert not Conversion.objects.exists()


def test_the_menu_leads_there_only_who_may_convert(world):
    link = reverse("law_conversion")
    assert f'href="{link}"' in world.client("administrator").get(reverse("law")).content.decode()
    assert f'href="{link}"' not in world.client("approver").get(reverse("law")).content.decode()
    assert world.client("approver").get(link).status_code == 403
