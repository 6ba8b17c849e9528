"""The pages of what comes ahead: who sees whom, the drafts that begin there, and that nothing else is written."""

from __future__ import annotations

import io
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from areas.models import Unit
from beneficiaries.models import ChangeRequest, Child, Entitlement, Payee, Person, Suspension
from common.months import add_months, month_of
from desk.models import CivilList
from tests import worlds
from tests.desk_world import World
from tests.page_policy import HIV

pytestmark = pytest.mark.django_db
SINCE = date(2024, 1, 1)


def turning(age: int, name: str, ahead: int = 1, **facts: object) -> Person:
    """Somebody whose birthday of that age is in the month after the next one of `ahead`."""
    month = add_months(month_of(timezone.localdate()), ahead)
    return worlds.person(name, born=month.replace(year=month.year - age), **facts)


def text(world: World, who: str, **query: object) -> str:
    answer = world.client(who).get(reverse("ahead"), query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def begin(world: World, who: str, kind: str, category: str = "") -> ChangeRequest:
    """Press the button of the one row of that kind."""
    client = world.client(who)
    page = client.get(reverse("ahead"), {"kind": kind, "view": "list"})
    (row,) = page.context["page"]["rows"]
    answer = client.post(reverse("ahead_draft"), {"row": row["it"].key, "category": category})
    made = ChangeRequest.objects.get(person=row["it"].person_id)
    opened = (
        reverse("entry", args=[made.client_key])
        if made.kind == "new"
        else reverse("change_edit", args=[made.pk])
    )
    assert (answer.status_code, answer["Location"]) == (302, opened)
    assert client.get(opened).status_code == 200
    return made


def orphan() -> Entitlement:
    return worlds.grant(turning(16, "Trần Văn Lớn"), "BTXH_5.1", since=SINCE)


def test_an_end_by_age_says_that_the_list_leaves_it_out_and_that_a_decision_is_still_needed(world):
    orphan()
    page = text(world, "commune_officer")
    month = add_months(month_of(timezone.localdate()), 1)
    assert f"Chi trả đến hết tháng {month:%m/%Y}" in page
    assert "vẫn để mở đến khi có quyết định thôi hưởng" in page
    assert "810.000 ₫ → 0 ₫" in page.replace("\u00a0", " ")


def test_the_stop_begins_as_a_draft_and_stops_nothing(world):
    grant = orphan()
    made = begin(world, "commune_officer", "end")
    last = add_months(month_of(timezone.localdate()), 1)
    assert (made.kind, made.state, made.path) == ("stop", "draft", "application")
    assert made.asked == {"entitlements": [grant.pk], "last_month": last.isoformat(), "why": "ineligible"}
    grant.refresh_from_db()
    assert (grant.last_month, grant.end_reason) == (None, "")
    assert reverse("change", args=[made.pk]) in text(world, "commune_officer")


def test_pressed_again_it_opens_the_same_request(world):
    orphan()
    first = begin(world, "commune_officer", "end")
    assert begin(world, "preparer", "end").pk == first.pk


def test_an_application_begins_for_the_person_on_record_with_the_category_chosen(world):
    grant = orphan()
    made = begin(world, "commune_officer", "may", "BTXH_5.2")
    assert (made.kind, made.person_id, made.asked) == ("new", grant.person_id, {"category": "BTXH_5.2"})


def test_a_category_that_was_not_offered_begins_nothing(world):
    orphan()
    client = world.client("commune_officer")
    page = client.get(reverse("ahead"), {"kind": "may"})
    key = page.context["page"]["rows"][0]["it"].key
    client.post(reverse("ahead_draft"), {"row": key, "category": "TB"})
    client.post(reverse("ahead_draft"), {"row": "rate-209901-1"})
    assert not ChangeRequest.objects.exists()


def test_a_rate_that_changes_has_no_button_and_no_draft(world):
    worlds.grant(turning(4, "Trần Văn Bé"), "BTXH_5.1", since=SINCE)
    client = world.client("commune_officer")
    page = client.get(reverse("ahead"), {"kind": "rate"})
    assert b"Kh\xc3\xb4ng ph\xe1\xba\xa3i l\xe1\xba\xadp \xc4\x91\xe1\xbb\x81 ngh\xe1\xbb\x8b" in page.content
    assert reverse("ahead_draft") not in page.content.decode()
    client.post(reverse("ahead_draft"), {"row": page.context["page"]["rows"][0]["it"].key})
    assert not ChangeRequest.objects.exists()


def test_children_payees_and_suspensions_begin_with_what_is_on_record(world):
    today = timezone.localdate()
    parent = worlds.person("Hồ Thị Đơn", born=date(1985, 6, 1))
    grant = worlds.grant(parent, "BTXH_5.4", since=SINCE)
    born = add_months(month_of(today), 1)
    Child.objects.create(entitlement=grant, name="Con Một", birth_date=born.replace(year=born.year - 16))
    made = begin(world, "commune_officer", "child")
    assert (made.kind, made.asked["entitlement"]) == ("change", grant.pk)
    assert [one["name"] for one in made.asked["children"]] == ["Con Một"]

    Payee.objects.create(
        person=world.people[0],
        role="authorised",
        name="Con Hai",
        document="1",
        valid_from=SINCE,
        valid_to=today,
    )
    made = begin(world, "commune_officer", "payee")
    assert (made.kind, made.asked) == ("payee", {"role": "authorised", "name": "Con Hai", "national_id": ""})

    grant = Entitlement.objects.get(person=world.people[2])
    Entitlement.objects.filter(pk=grant.pk).update(certificate_until=today)
    made = begin(world, "commune_officer", "paper")
    assert (made.kind, made.asked) == ("change", {"entitlement": grant.pk})

    held = Entitlement.objects.get(person=world.people[1])
    Suspension.objects.create(
        entitlement=held, from_month=SINCE, until_month=month_of(today), ground="remand", reason="Thử"
    )
    made = begin(world, "commune_officer", "resume")
    following = add_months(month_of(today), 1).isoformat()
    assert (made.kind, made.asked) == ("suspend", {"entitlements": [held.pk], "from_month": following})


def test_a_category_that_tells_of_hiv_has_its_public_name_outside_the_deciding_officers(world):
    worlds.grant(turning(16, "Trần Văn Lớn"), "BTXH_5.3", since=SINCE)
    assert not HIV.search(text(world, "commune_officer"))
    assert "HIV" in text(world, "preparer", view="list")


def test_each_sees_the_own_area_and_who_sees_figures_alone_no_name(world):
    orphan()
    away = Unit.objects.communes().filter(parent__code="594").order_by("code")[0]
    worlds.grant(turning(16, "Người Nơi Khác", lives=away), "BTXH_5.1", since=SINCE)
    assert "Trần Văn Lớn" in text(world, "commune_officer")
    assert "Người Nơi Khác" not in text(world, "commune_officer")
    assert "Người Nơi Khác" not in text(world, "commune_officer", commune=away.pk)
    assert "Người Nơi Khác" in text(world, "outsider")
    figures = text(world, "viewer", view="list")
    assert "Trần Văn Lớn" not in figures
    assert worlds.commune().name in figures
    assert f"commune={worlds.commune().pk}" not in figures
    assert f"commune={worlds.commune().pk}" in text(world, "administrator")


def test_the_list_of_a_whole_province_is_told_month_by_month(world):
    orphan()
    page = world.client("administrator").get(reverse("ahead"), {"view": "list"})
    this_month = month_of(timezone.localdate())
    assert (page.context["wide"], page.context["month"]) == (True, f"{this_month:%Y-%m}")
    assert "Trần Văn Lớn" not in page.content.decode()
    month = f"{add_months(this_month, 1):%Y-%m}"
    assert "Trần Văn Lớn" in text(world, "administrator", view="list", month=month)
    assert "Trần Văn Lớn" in text(world, "administrator", view="list", commune=worlds.commune().pk)


def test_the_list_takes_at_most_twelve_queries_however_long_it_is(world, django_assert_max_num_queries):
    for number in range(60):
        worlds.grant(turning(16, f"Trần Văn {number}"), "BTXH_5.1", since=SINCE)
    for who in ("commune_officer", "preparer"):
        client = world.client(who)
        client.get(reverse("ahead"))
        with django_assert_max_num_queries(12):
            client.get(reverse("ahead"), {"view": "list"})
    client = world.client("viewer")
    with django_assert_max_num_queries(12):
        client.get(reverse("ahead"))


def test_the_first_page_tells_who_asks_for_changes_how_much_stands_ahead(
    world, django_assert_max_num_queries
):
    grown_up = turning(16, "Hồ Văn Mười Sáu")
    worlds.grant(grown_up, "BTXH_5.1", since=SINCE)
    worlds.grant(turning(16, "Hồ Văn Nơi Khác", lives=worlds.commune("22915")), "BTXH_5.1", since=SINCE)
    made = CivilList.objects.create(
        kind="deaths", name="a.csv", digest=b"1", rows=1, refused=0, unmatched=0, elsewhere=0, problems="[]",
        by=world.officers["preparer"], at=worlds.NOON, kept_at=worlds.NOON,
    )  # fmt: skip
    made.matches.create(
        person=grown_up, commune=worlds.commune(), likeness="alike", effect="death", said="{}"
    )
    clerk = world.client("commune_officer")
    assert reverse("ahead_counts") in clerk.get(reverse("home")).content.decode()
    with django_assert_max_num_queries(12):
        rows = clerk.get(reverse("ahead_counts")).context["rows"]
    counted = {row["url"]: row["count"] for row in rows}
    listed = clerk.get(reverse("ahead"), {"view": "list"}).context["page"]["total"]
    assert listed >= 1
    assert counted == {f"{reverse('ahead')}?view=list": listed, reverse("civil_lists", args=["deaths"]): 1}
    assert reverse("ahead_counts") not in world.client("approver").get(reverse("home")).content.decode()
    assert world.client("approver").get(reverse("ahead_counts")).status_code == 403


def test_the_file_and_the_paper_hold_every_row_of_the_filter_and_nobody_of_another_area(world):
    for number in range(60):
        worlds.grant(turning(16, f"Trần Văn Lớn {number}"), "BTXH_5.1", since=SINCE)
    worlds.grant(turning(16, "Hồ Văn Nơi Khác", lives=worlds.commune("22915")), "BTXH_5.1", since=SINCE)
    worlds.grant(turning(4, "Trần Văn Bé"), "BTXH_5.1", since=SINCE)
    client = world.client("commune_officer")
    assert reverse("list_file", args=["ahead"]) in text(world, "commune_officer", view="list")
    answer = client.get(reverse("list_file", args=["ahead"]), {"kind": "end"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [dict(zip(next(sheet.values), row, strict=True)) for row in list(sheet.values)[1:]]
    assert len(rows) == 60
    assert {row["Họ và tên"].rsplit(" ", 1)[0] for row in rows} == {"Trần Văn Lớn"}
    assert {row["Số tiền"].replace("\u00a0", " ") for row in rows} == {"810.000 ₫ → 0 ₫ mỗi tháng"}
    paper = client.get(reverse("list_print", args=["ahead"]), {"kind": "end"}).content.decode()
    assert paper.count("<tr>") == 1 + 60
    assert world.client("viewer").get(reverse("list_file", args=["ahead"])).status_code == 403
