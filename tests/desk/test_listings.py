"""A list leaves the page as it is shown there: the same rows, filter and masks, in the columns that somebody kept."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import FileResponse
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from beneficiaries.models import Person
from common.text import fold, person_sort_key
from desk.listings import columns as listing_columns
from desk.models import SavedView
from desk.operations.saved_views import MOST, ViewRefused, keep_columns, keep_filter
from tests import desk_world, worlds
from tests.desk_world import OCTOBER, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = desk_world.build()
    elsewhere = worlds.person("Người Nơi Khác", lives=worlds.commune("22924"))
    assert elsewhere.pk
    return made


def sheet(world: World, address: str, who: str = "commune_officer") -> list[list[Any]]:
    answer = world.client(who).get(address)
    assert isinstance(answer, FileResponse)
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def people(query: str = "") -> str:
    return f"{reverse('list_file', args=['people'])}?{query}"


def test_the_file_holds_the_people_of_the_officers_area_in_the_order_of_the_page(world):
    rows = sheet(world, people())
    # By the given name, then family and middle names, in the Vietnamese order of letters: Ẩm Bưởi Đỗ Ơn Ước Ỷ.
    assert [row[0] for row in rows[1:]] == [
        "Nguyễn Văn Ẩm", "Trần Thị Bưởi", "Lê Văn Đỗ", "Huỳnh Văn Ơn", "Đặng Thị Ước", "Phạm Thị Ỷ",
    ]  # fmt: skip
    assert rows[0][0] == "Họ và tên"


def test_the_file_keeps_the_filter_and_the_masks_of_the_page(world):
    rows = sheet(world, people("q=uoc"))
    assert len(rows) == 2
    line = dict(zip(rows[0], rows[1], strict=True))
    number = world.people[0].national_id
    assert number not in str(line)
    assert any(str(value).endswith(number[-3:]) and "•" in str(value) for value in line.values())


def test_a_name_that_looks_like_a_formula_stays_text(world):
    bad = "=HYPERLINK(1)"
    Person.objects.filter(pk=world.people[0].pk).update(
        name=bad, name_folded=fold(bad), name_sort=person_sort_key(bad)
    )
    assert bad in [row[0] for row in sheet(world, people())]


def test_kept_columns_come_in_their_order_under_their_own_titles(world):
    client = world.client("commune_officer")
    page = reverse("list_columns", args=["people"])
    fields = {"name": "Hệ thống tỉnh", "place_name": "2", "place_commune": "1", "title_commune": "XA"}
    assert client.post(page, fields).status_code == 302
    kept = SavedView.objects.get()
    rows = sheet(world, people(f"columns={kept.pk}"))
    assert rows[0] == ["XA", "Họ và tên"]
    assert rows[1] == ["Phường Hàm Tiến", "Nguyễn Văn Ẩm"]
    assert "Excel: Hệ thống tỉnh" in client.get(reverse("people")).content.decode()


def test_the_columns_of_another_officer_are_not_used(world):
    other = keep_columns(
        user=world.officers["preparer"], listing="people", name="a", columns=[("commune", "")]
    )
    assert len(sheet(world, people(f"columns={other.pk}"))[0]) == 8


def test_a_kept_filter_is_one_link_and_can_be_removed(world):
    client = world.client("commune_officer")
    client.post(
        reverse("list_keep", args=["people"]), {"named": "Tên Bưởi", "q": "buoi", "channel": "post", "x": "1"}
    )
    html = client.get(reverse("people")).content.decode()
    assert "?q=buoi&amp;channel=post" in html
    kept = SavedView.objects.get()
    assert b"buoi" not in bytes(SavedView.objects.values_list("content", flat=True)[0])
    assert "Tên Bưởi" not in world.client("preparer").get(reverse("people")).content.decode()
    assert world.client("preparer").post(reverse("list_forget", args=[kept.pk])).status_code == 404
    assert client.post(reverse("list_forget", args=[kept.pk])).status_code == 302
    assert not SavedView.objects.exists()


def test_after_keeping_a_filter_the_page_is_still_filtered_by_it(world):
    answer = world.client("commune_officer").post(
        reverse("list_keep", args=["people"]), {"named": "Một", "q": "thi", "channel": "bank"}
    )
    assert parse_qs(urlsplit(answer["Location"]).query) == {"q": ["thi"], "channel": ["bank"]}


def test_it_refuses_a_filter_without_a_name_or_a_field_and_one_too_many(world):
    user = world.officers["preparer"]
    for fields, name in (({"q": ""}, "a"), ({"q": "b"}, "  ")):
        with pytest.raises(ViewRefused):
            keep_filter(user=user, listing="people", name=name, fields=fields)
    for number in range(MOST):
        keep_filter(user=user, listing="people", name=f"{number}", fields={"q": "b"})
    with pytest.raises(ViewRefused):
        keep_filter(user=user, listing="people", name="one more", fields={"q": "b"})
    keep_filter(user=user, listing="people", name="1", fields={"q": "c"})
    assert SavedView.objects.count() == MOST


def test_a_list_that_is_too_long_for_a_file_sends_back_with_the_reason(world, monkeypatch):
    monkeypatch.setattr("desk.views.listings.MOST_ROWS", 5)
    with translation.override("vi"):
        answer = world.client("commune_officer").get(people(), follow=True)
    assert answer.redirect_chain[0][0] == reverse("people")
    assert "Một tệp chứa nhiều nhất 5 dòng" in answer.content.decode()


def test_exactly_as_many_rows_as_a_file_takes_are_taken(world, monkeypatch):
    monkeypatch.setattr("desk.views.listings.MOST_ROWS", 6)
    assert len(sheet(world, people())) == 1 + 6
    assert listing_columns.MOST_ROWS > 54_649


def test_a_batchs_payments_come_whole_and_only_to_who_sees_the_batch(world):
    desk_world.two_cycles(world)
    batch = world.batch("POST")
    address = f"{reverse('list_file', args=['payments'])}?batch={batch.pk}"
    rows = sheet(world, address, "preparer")
    amounts = [dict(zip(rows[0], row, strict=True))["Số tiền"] for row in rows[1:]]
    assert len(amounts) == batch.count
    assert sum(amounts) == batch.amount
    assert world.client("commune_officer").get(address).status_code == 404
    assert world.client("outsider").get(address).status_code == 404
    assert world.client("preparer").get(reverse("list_file", args=["payments"])).status_code == 404


def test_the_printed_page_has_every_row_of_the_filter(world):
    for number in range(60):
        worlds.grant(worlds.person(f"Lê Thị Hoa {number}"), "BTXH_5.5c", since=OCTOBER)
    html = (
        world.client("commune_officer")
        .get(f"{reverse('list_print', args=['people'])}?q=hoa")
        .content.decode()
    )
    assert html.count("<tr>") == 1 + 60


def test_a_further_page_of_a_batch_holds_its_list_alone(world):
    for number in range(60):
        worlds.grant(worlds.person(f"Lê Thị Hoa {number}", born=date(1939, 1, 1)), "BTXH_5.5c", since=OCTOBER)
    desk_world.two_cycles(world)
    batch = world.batch("POST")
    client = world.client("preparer")
    first = client.get(reverse("batch", args=[batch.pk])).content.decode()
    assert 'id="acts"' in first
    after = first.split('rel="next" href="')[1].split('"')[0]
    more = client.get(reverse("batch", args=[batch.pk]) + after).content.decode()
    assert 'id="acts"' not in more
    assert more.count('class="explained"') == batch.count - 50
