"""Gift lists: one row a person, the highest present only, by commune, names for whoever may see people."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.access import province_reader
from accounts.models import Role, RoleName, User
from reports.giving import GiftRefused, approve_gift_list, make_gift_list, withdraw_gift_list
from reports.models import GiftAmount, GiftList
from reports.queries.gifts import gift_people, gift_sums
from tests import worlds
from tests.page_policy import HIV
from tests.pdf_text import pdf_text
from tests.reports.test_files import viewer
from tests.reports.world import DECEMBER, NOON, elderly
from tests.stepped_up import stepped_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
TET = date(2025, 1, 20)


def gift(**amounts: int) -> GiftList:
    return make_gift_list(
        occasion="tet",
        on_date=TET,
        decision_number="15/QĐ-UBND",
        decision_date=date(2025, 1, 5),
        amounts={code.replace("__", "."): amount for code, amount in amounts.items()},
        by=worlds.officer("tinh"),
        at=NOON,
    )


def test_everybody_is_given_the_highest_present_once():
    both = elderly("Nguyễn Thị Cả Hai")
    worlds.grant(both, "CDHH", since=DECEMBER, injury_rate=61, queue=False)
    elderly("Nguyễn Thị Một")
    made = gift(BTXH_5__5c=300_000, CDHH=600_000)
    people = gift_people(gift=made, commune=worlds.commune(), reader=province_reader())
    assert [(one.name, one.amount) for one in people] == [
        ("Nguyễn Thị Cả Hai", 600_000),
        ("Nguyễn Thị Một", 300_000),
    ]
    (commune,) = gift_sums(gift=made, reader=province_reader())
    assert (commune.people, commune.amount, commune.by_amount) == (2, 900_000, {600_000: 1, 300_000: 1})


def test_who_died_ended_or_is_suspended_is_given_nothing():
    dead, ended, held = elderly("Một"), elderly("Hai"), elderly("Ba")
    dead.died_on = date(2025, 1, 19)
    dead.save()
    ended.entitlements.update(last_month=DECEMBER, end_reason="moved_away")
    held.entitlements.get().suspensions.create(from_month=date(2025, 1, 1), reason="Thử")
    assert gift_sums(gift=gift(BTXH_5__5c=300_000), reader=province_reader()) == []


def test_a_commune_prints_its_own_people_to_sign_and_another_finds_nothing():
    who = elderly("Nguyễn Thị Ước")
    made = gift(BTXH_5__5c=300_000)
    approve_gift_list(gift_id=made.pk, by=worlds.officer("tinh2"), at=NOON)
    home = worlds.commune()
    client = viewer("vi", role=RoleName.COMMUNE_OFFICER, unit=home)
    page = client.get(reverse("gift_commune", args=[made.pk, home.pk]))
    assert who.name in page.content.decode()
    paper = pdf_text(client.get(reverse("gift_pdf", args=[made.pk, home.pk])).content)
    assert "Bằng chữ: Ba trăm nghìn đồng." in " ".join(paper.split())
    for text in (who.name, "300.000", "Ký nhận", "15/QĐ-UBND", "Thủ trưởng đơn vị"):
        assert text in paper
    answer = client.get(reverse("gift_excel", args=[made.pk, home.pk]))
    cells = [
        cell
        for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert {who.name, 300_000} <= set(cells)
    other = viewer("en", role=RoleName.COMMUNE_OFFICER, unit=worlds.commune("22945"))
    assert other.get(reverse("gift_commune", args=[made.pk, home.pk])).status_code == 404
    assert who.name not in other.get(reverse("gift_list", args=[made.pk])).content.decode()


def test_an_infection_stands_on_no_list():
    ill = worlds.person("Lê Văn Tám", born=date(1985, 5, 5))
    worlds.grant(ill, "BTXH_5.8", since=DECEMBER, queue=False)
    made = gift(BTXH_5__8=300_000, BTXH_5__5c=300_000)
    (one,) = gift_people(gift=made, commune=worlds.commune(), reader=province_reader())
    assert one.name == "Lê Văn Tám"
    assert "HIV" not in one.category


def test_what_the_decision_gives_tells_of_hiv_only_to_deciding_officers():
    page = reverse("gift_list", args=[gift(BTXH_5__8=300_000, BTXH_5__5c=300_000).pk])
    home = worlds.commune()
    for role in (RoleName.COMMUNE_OFFICER, RoleName.ADMINISTRATOR):
        text = viewer("vi", role=role, unit=home).get(page).content.decode()
        assert not HIV.search(text)
        assert "Đối tượng bảo trợ xã hội" in text
    deciding = viewer("vi", role=RoleName.APPROVER, unit=home)
    assert HIV.search(deciding.get(page).content.decode())
    Role.objects.create(
        user=User.objects.get(pk=deciding.session["_auth_user_id"]),
        name=RoleName.COMMUNE_OFFICER,
        unit=worlds.commune("22945"),
        valid_from=date(2024, 1, 1),
    )
    assert not HIV.search(deciding.get(page).content.decode())


def test_an_amount_that_only_people_with_hiv_are_given_is_refused():
    client = stepped_up(viewer("vi", role=RoleName.ADMINISTRATOR))
    facts = {
        "occasion": "tet",
        "on_date": "2025-01-20",
        "decision_number": "15/QĐ-UBND",
        "decision_date": "2025-01-05",
    }
    own = {"amount_BTXH_5.8": "400000", "amount_BTXH_5.3": "400000"}
    for others in ({}, {"amount_BTXH_5.5c": "300000"}, {"amount_CDHH": "400000"}):
        answer = client.post(reverse("gift_lists"), facts | own | others)
        assert "HIV sẽ làm lộ" in answer.content.decode()
    assert not GiftList.objects.exists()
    answer = client.post(reverse("gift_lists"), facts | own | {"amount_BTXH_5.5c": "400000"})
    assert answer.url == reverse("gift_list", args=[GiftList.objects.get().pk])


def test_a_list_older_than_the_rule_about_hiv_is_not_approved_with_such_an_amount():
    made = gift(BTXH_5__8=300_000, BTXH_5__5c=300_000)
    GiftAmount.objects.filter(category="BTXH_5.8").update(amount=400_000)
    with pytest.raises(GiftRefused, match="HIV"):
        approve_gift_list(gift_id=made.pk, by=worlds.officer("tinh2"), at=NOON)
    made.refresh_from_db()
    assert made.approved_at is None


def test_the_province_makes_a_list_from_the_decision_and_takes_a_wrong_one_back():
    elderly()
    client = stepped_up(viewer("vi", role=RoleName.ADMINISTRATOR))
    facts = {
        "occasion": "tet",
        "on_date": "2025-01-20",
        "decision_number": "15/QĐ-UBND",
        "decision_date": "2025-01-05",
    }
    assert client.post(reverse("gift_lists"), facts).status_code == 200
    assert not GiftList.objects.exists()
    answer = client.post(reverse("gift_lists"), facts | {"amount_BTXH_5.5c": "300000"})
    made = GiftList.objects.get()
    assert answer.url == reverse("gift_list", args=[made.pk])
    assert "300.000" in client.get(answer.url).content.decode()
    assert 'value="300.000"' in client.get(f"{reverse('gift_lists')}?from={made.pk}").content.decode()
    approve_gift_list(gift_id=made.pk, by=worlds.officer("tinh"), at=NOON)
    client.post(reverse("gift_act", args=[made.pk]), {"action": "withdraw"})
    made.refresh_from_db()
    assert made.withdrawn_at
    assert not withdraw_gift_list(gift_id=made.pk, by=made.made_by, at=NOON)
    paper = client.get(reverse("gift_pdf", args=[made.pk, worlds.commune().pk]))
    assert "ĐÃ HỦY" in pdf_text(paper.content)


def test_nobody_prints_a_list_before_a_second_officer_approved_it():
    elderly("Nguyễn Thị Ước")
    made, home = gift(BTXH_5__5c=300_000), worlds.commune()
    commune = viewer("vi", role=RoleName.COMMUNE_OFFICER, unit=home)
    page = commune.get(reverse("gift_commune", args=[made.pk, home.pk])).content.decode()
    assert "chưa được duyệt" in page
    paper = reverse("gift_pdf", args=[made.pk, home.pk])
    assert paper not in page
    assert commune.get(paper).status_code == 404
    assert commune.get(reverse("gift_excel", args=[made.pk, home.pk])).status_code == 404

    checker = stepped_up(viewer("vi", role=RoleName.ADMINISTRATOR))
    page = checker.get(reverse("gift_list", args=[made.pk])).content.decode()
    assert "Duyệt: 1 người, 300.000" in page
    assert "ba trăm nghìn đồng" in page.lower()
    checker.post(reverse("gift_act", args=[made.pk]), {"action": "approve"})
    made.refresh_from_db()
    assert made.approved_by != made.made_by
    assert commune.get(paper).status_code == 200


def test_who_made_a_list_cannot_approve_it_nor_anybody_twice():
    made = gift(BTXH_5__5c=300_000)
    with pytest.raises(GiftRefused, match="lập"):
        approve_gift_list(gift_id=made.pk, by=made.made_by, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftList.objects.filter(pk=made.pk).update(approved_by=made.made_by, approved_at=NOON)
    approve_gift_list(gift_id=made.pk, by=worlds.officer("tinh2"), at=NOON)
    with pytest.raises(GiftRefused):
        approve_gift_list(gift_id=made.pk, by=worlds.officer("tinh3"), at=NOON)


def test_a_withdrawn_list_is_approved_no_more():
    made = gift(BTXH_5__5c=300_000)
    assert withdraw_gift_list(gift_id=made.pk, by=made.made_by, at=NOON)
    with pytest.raises(GiftRefused):
        approve_gift_list(gift_id=made.pk, by=worlds.officer("tinh2"), at=NOON)


def test_a_step_without_a_name_withdraws_nothing():
    made = gift(BTXH_5__5c=300_000)
    client = stepped_up(viewer("vi", role=RoleName.ADMINISTRATOR))
    for sent in ({}, {"action": ""}, {"action": "approved"}):
        assert client.post(reverse("gift_act", args=[made.pk]), sent).status_code == 404
    made.refresh_from_db()
    assert made.withdrawn_at is None


def test_an_approval_asks_for_the_officers_code():
    made = gift(BTXH_5__5c=300_000)
    client = viewer("vi", role=RoleName.ADMINISTRATOR)
    client.post(reverse("gift_act", args=[made.pk]), {"action": "approve"})
    made.refresh_from_db()
    assert made.approved_at is None
