"""A person's and a batch's story: complete, in order, page by page, and silent about HIV."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from audit.actor import acting
from audit.models import Entry
from audit.operations.looking import record_look
from beneficiaries.models import Outreach, Person, Way
from payments.operations import batches
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, World
from tests.page_policy import HIV

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = desk_world.build()
    worlds.run_round(DECEMBER)
    return made


def page(world: World, who: str, address: str) -> str:
    answer = world.client(who).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def story_of(person: Person) -> str:
    return reverse("person_story", args=[person.pk])


def test_a_person_s_story_names_the_change_the_officer_the_look_and_the_payment(world):
    who, officer = world.people[0], world.officers["preparer"]
    with acting(officer=officer.pk, source="request 5"):
        Person.objects.filter(pk=who.pk).update(phone="0912345678")
        record_look(
            officer_id=officer.pk, person_id=who.pk, table="beneficiaries_person", row_key=who.pk,
            column="national_id", reason="đối chiếu thẻ", at=worlds.NOON,
        )  # fmt: skip
    shown = page(world, "auditor", story_of(who))
    for words in ("0912345678", "đối chiếu thẻ", str(officer), "hiện đầy đủ", "khoản chi tháng 12/2024"):
        assert words in shown
    assert who.national_id not in shown


def test_a_batch_s_story_tells_its_moves_in_order_newest_first(world):
    batch, preparer = world.batch("POST"), world.officers["preparer"]
    batches.submit(batch_id=batch.pk, by=preparer, at=worlds.NOON + timedelta(hours=1))
    batches.approve(batch_id=batch.pk, by=world.officers["approver"], at=worlds.NOON + timedelta(hours=2))
    shown = page(world, "auditor", reverse("batch_story", args=[batch.pk]))
    moves = re.findall(r"<li>\s*danh sách: ([^<·]+?)\s*<", shown)
    assert len(moves) == 2
    assert moves[0] != moves[1]
    assert shown.index(f"danh sách: {moves[0]}") < shown.index(f"danh sách: {moves[1]}")


def test_what_a_person_with_hiv_receives_is_not_read_out_to_the_auditor(world):
    who = worlds.person("Người Cần Giữ Kín")
    grant = worlds.grant(who, "BTXH_5.3", since=DECEMBER)
    grant.decision_number = "77/QĐ-KIN"
    grant.save()
    shown = page(world, "auditor", story_of(who))
    assert not HIV.search(shown)
    assert "77/QĐ-KIN" not in shown
    assert "BTXH_5.3" not in shown
    assert "cán bộ có thẩm quyền quyết định" in shown


def test_a_long_story_is_read_in_pages_that_leave_nothing_out_and_repeat_nothing(world):
    who = world.people[0]
    for number in range(120):
        Person.objects.filter(pk=who.pk).update(phone=f"09{number:08}")
    client, address, seen = world.client("auditor"), story_of(who), []
    while address:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address)
        assert len(asked) < 30
        seen += [change.new for row in answer.context["page"]["rows"] for change in row.get("changes", ())
                 if re.fullmatch(r"09\d{8}", change.new)]  # fmt: skip
        following = answer.context["page"]["next"]
        address = story_of(who) + following if following else ""
    expected = [f"09{number:08}" for number in reversed(range(120))]
    assert seen == expected
    assert Entry.objects.filter(person_id=who.pk).count() >= 120


def test_an_address_that_names_no_place_shows_the_first_page(world):
    for nonsense in (
        "x",
        "1.entry",
        "99999999999999999999.entry.1",
        "999999999999999999.entry.1",
        "1.entry.-5",
    ):
        assert world.client("auditor").get(story_of(world.people[0]), {"after": nonsense}).status_code == 200


def test_an_entry_names_its_columns_as_the_pages_do_and_leaves_the_machinery_out(world):
    who, officer = world.people[0], world.officers["preparer"]
    with acting(officer=None, source="command demo, 1"):
        Outreach.objects.create(
            person=who, on=worlds.NOON.date(), way=Way.HOME, answer="agrees", told_by="Cán bộ xã",
            noted_by=officer, noted_at=worlds.NOON,
        )  # fmt: skip
    shown = page(world, "auditor", story_of(who))
    assert "lệnh demo" in shown
    assert "người vận động: Cán bộ xã" in shown
    assert "noted" not in shown
    assert "+00:00</span>" not in shown


def test_a_list_s_story_writes_its_sums_as_money(world):
    shown = page(world, "auditor", reverse("batch_story", args=[world.batch("POST").pk]))
    assert "\u00a0₫</span>" in shown


def test_the_auditor_reads_every_look_at_a_number_newest_first_and_nobody_of_another_area(world):
    elsewhere = worlds.person("Người Nơi Khác", lives=worlds.commune("22969"))
    officer = world.officers["preparer"]
    for number, who in enumerate([*world.people[:2], elsewhere] * 26):
        record_look(
            officer_id=officer.pk, person_id=who.pk, table="beneficiaries_person", row_key=who.pk,
            column="national_id", reason=f"việc {number}.", at=worlds.NOON,
        )  # fmt: skip
    first = page(world, "auditor", reverse("looks"))
    assert first.index("việc 76.") < first.index("việc 75.")
    assert story_of(world.people[1]) in first
    assert str(officer) in first
    assert "Người Nơi Khác" not in first
    assert world.people[0].national_id not in first
    # 52 looks at the two of the own area, 50 on the first page.
    second = page(world, "auditor", reverse("looks") + re.findall(r'rel="next" href="([^"]+)"', first)[0])
    assert re.findall(r"việc \d+\.", first + second).count("việc 0.") == 1
    assert len(re.findall(r"việc \d+\.", second)) == 2
    assert 'rel="next"' not in second
    answer = world.client("auditor").get(reverse("list_file", args=["looks"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 1 + 52
    for who in ("preparer", "accountant"):
        assert world.client(who).get(reverse("looks")).status_code == 403
        assert world.client(who).get(reverse("list_file", args=["looks"])).status_code == 403
