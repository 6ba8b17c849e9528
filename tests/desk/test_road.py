"""The commune's worklist: who is on the Post and why, by hamlet, group and day; a talk noted on its page; the paper."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.access import Reader, reader_for
from accounts.models import RoleName
from beneficiaries.models import Obstacle, Outreach, OutreachPlan, Payee, Person, Residence, Way
from beneficiaries.operations import outreach
from common.keyset import Place
from desk.queries import road
from desk.queries.road import Wanted
from tests import worlds
from tests.desk_world import DECEMBER, OCTOBER, World
from tests.page_policy import HIV, page_faults

pytestmark = pytest.mark.django_db
ON = date(2024, 12, 1)


def reader(world: World, who: str = "commune_officer") -> Reader:
    return reader_for(world.officers[who], on=ON)


def found(world: World, who: str = "commune_officer", **facts: object) -> list[Person]:
    wanted = Wanted(worlds.commune().pk, **facts)
    return list(road.on_the_post(reader=reader(world, who), wanted=wanted, on=ON).order_by("place", "pk"))


def move(person: Person, hamlet: str) -> None:
    Residence.objects.filter(person=person).update(hamlet=hamlet)


def test_it_lists_who_is_paid_through_the_post_and_nobody_of_another_area(world):
    assert {one.name for one in found(world)} == {one.name for one in world.people[2:6]}
    assert found(world, "outsider") == []


def test_an_account_that_the_money_does_not_reach_is_told_apart_from_the_person_s_reasons(world):
    refused, waiting = world.people[0], world.people[1]
    refused.payout_methods.update(failed_on=date(2024, 11, 5))
    waiting.payout_methods.update(verified_on=None)
    rows = {one.pk: one.standing for one in found(world)}
    assert (rows[refused.pk], rows[waiting.pk], rows[world.people[2].pk]) == ("failed", "unverified", "")
    people = road.on_the_post(reader=reader(world), wanted=Wanted(worlds.commune().pk), on=ON)
    assert road.worklist(people, place=Place())[1] == {"failed": 1, "unverified": 1, "": 4}
    assert [one.pk for one in found(world, reason="failed")] == [refused.pk]


def test_hamlets_stand_in_the_order_of_their_numbers_and_pages_begin_after_a_row(world):
    for person, hamlet in zip(
        world.people[2:6], ("Khu phố 10", "Khu phố 2", "Khu phố 2", "Khu phố 1"), strict=True
    ):
        move(person, hamlet)
    rows = found(world)
    assert [one.hamlet for one in rows] == ["Khu phố 1", "Khu phố 2", "Khu phố 2", "Khu phố 10"]
    assert road.hamlets_of(commune=worlds.commune().pk, on=ON)[-3:] == [
        "Khu phố 1",
        "Khu phố 2",
        "Khu phố 10",
    ]
    people = road.on_the_post(reader=reader(world), wanted=Wanted(worlds.commune().pk), on=ON)
    begins = Place(after=str(rows[1].pk))
    assert [one.pk for one in road.worklist(people, place=begins)[0].rows] == [one.pk for one in rows[2:]]
    assert [one.pk for one in found(world, hamlet="Khu phố 2")] == [one.pk for one in rows[1:3]]


def test_groups_are_told_by_age_and_benefit_and_a_sensitive_benefit_makes_nobody_poor(world):
    young = worlds.person("Hồ Văn Trẻ", born=date(1990, 1, 1))
    worlds.grant(young, "BTXH_5.6_N", since=OCTOBER)
    hidden = worlds.person("Lý Văn Kín", born=date(1991, 1, 1))
    worlds.grant(hidden, "BTXH_5.8", since=OCTOBER)
    single = worlds.person("Vũ Thị Đơn", born=date(1992, 1, 1))
    worlds.grant(single, "BTXH_5.4", since=OCTOBER, heads=1)
    # Sixty on the day itself.
    sixty = worlds.person("Bùi Thị Sáu", born=date(1964, 12, 1))
    worlds.grant(sixty, "TB", since=OCTOBER, injury_rate=45)
    assert [one.pk for one in found(world, group="disabled")] == [young.pk]
    assert [one.pk for one in found(world, group="poor")] == [single.pk]
    assert [one.pk for one in found(world, group="meritorious")] == [sixty.pk]
    assert {one.pk for one in found(world, group="elderly")} == {
        sixty.pk,
        *(one.pk for one in world.people[2:6]),
    }


def test_to_be_asked_by_a_day_means_never_asked_or_promised_until_then_and_never_who_chose_cash(world):
    for person, reason, again in zip(
        world.people[2:5], ("thinks", "thinks", "chooses_cash"), (ON, date(2024, 12, 2), None), strict=True
    ):
        Obstacle.objects.create(person=person, reason=reason, noted_on=OCTOBER, ask_again_on=again)
    due = {one.pk for one in found(world, due=ON)}
    assert due == {world.people[2].pk, world.people[5].pk}


def test_the_page_names_the_reason_and_what_comes_next(world):
    Obstacle.objects.create(person=world.people[2], reason="fears_account", noted_on=OCTOBER)
    page = world.client("commune_officer").get(reverse("road"), {"reason": "fears_account"})
    text = page.content.decode()
    assert page.context["page"]["total"] == 1
    assert "Ngại mở tài khoản" in text
    assert "Cùng người dân ra ngân hàng" in text
    assert page_faults(text) == []


def test_the_page_takes_few_queries_however_many_people_it_shows(world, django_assert_max_num_queries):
    client = world.client("commune_officer")
    client.get(reverse("road"))
    for number in range(30):
        worlds.grant(worlds.person(f"Người {number}"), "BTXH_5.5c", since=OCTOBER)
    with django_assert_max_num_queries(12):
        assert client.get(reverse("road")).context["page"]["total"] == 34


def test_the_excel_file_holds_what_the_filters_show(world):
    move(world.people[2], "Khu phố 7")
    answer = world.client("commune_officer").get(reverse("road_file", args=["xlsx"]), {"hamlet": "Khu phố 7"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    cells = [cell for row in sheet for cell in row]
    assert world.people[2].name in cells
    assert world.people[3].name not in cells
    paper = world.client("commune_officer").get(reverse("road_file", args=["pdf"]))
    assert paper.content.startswith(b"%PDF")


def test_a_meeting_is_noted_on_one_page_and_leaves_out_who_has_answered(world):
    plan = outreach.make_plan(
        commune=worlds.commune(), on=date(2024, 12, 1), way=Way.MEETING, group="elderly", hamlets=[], place="",
        by=world.officers["commune_officer"], at=worlds.NOON,
    )  # fmt: skip
    client = world.client("commune_officer")
    first, second = world.people[2:4]
    fields = {
        "plan": plan.pk, "person": [one.pk for one in world.people[2:6]], "on": "01/12/2024", "way": "meeting",
        "told_by": "Trưởng khu phố", f"p{first.pk}-answer": "agrees", f"p{second.pk}-answer": "chooses_cash",
    }  # fmt: skip
    assert client.post(reverse("road_note"), fields).status_code == 302
    assert set(Outreach.objects.filter(plan=plan).values_list("person", "answer")) == {
        (first.pk, "agrees"),
        (second.pk, "chooses_cash"),
    }
    page = client.get(reverse("road_note"), {"plan": plan.pk})
    assert {row["person"].pk for _form, row in page.context["rows"]} == {one.pk for one in world.people[4:6]}


def test_people_of_another_commune_cannot_be_noted(world):
    away = worlds.person("Người Nơi Khác", lives=worlds.commune("22915"))
    worlds.grant(away, "BTXH_5.5c", since=OCTOBER)
    answer = world.client("commune_officer").get(reverse("road_note"), {"person": away.pk})
    assert answer.status_code == 404


def test_an_answer_that_is_refused_comes_back_with_its_reason(world):
    Obstacle.objects.create(person=world.people[2], reason="chooses_cash", noted_on=OCTOBER)
    pk = world.people[2].pk
    fields = {"person": pk, "on": "01/12/2024", "way": "home", "told_by": "A", f"p{pk}-answer": "agrees"}
    answer = world.client("commune_officer").post(reverse("road_note"), fields)
    assert answer.status_code == 422
    assert world.people[2].name in answer.context["talk"].non_field_errors()[0]
    assert not Outreach.objects.exists()


def test_the_paper_for_the_person_says_the_amount_in_words_and_never_a_sensitive_benefit(world):
    person = worlds.person("Lý Văn Kín", born=date(1970, 1, 1))
    worlds.grant(person, "BTXH_5.8", since=OCTOBER)
    worlds.run_round(DECEMBER)
    # A deciding officer's own page names the benefit; the paper lies about at the person's home.
    text = world.client(RoleName.APPROVER).get(reverse("person_receipt", args=[person.pk])).content.decode()
    assert not HIV.search(text)
    assert "750.000" in text  # 1.5 × 500,000
    assert "Bảy trăm năm mươi nghìn đồng" in text


def test_the_paper_tells_who_is_paid_to_an_account_how_to_return_to_cash(world):
    worlds.run_round(DECEMBER)
    client = world.client("commune_officer")
    text = client.get(reverse("person_receipt", args=[world.people[0].pk])).content.decode()
    assert "trở lại nhận tiền mặt" in text
    assert "1020304050" not in text


def test_the_paper_names_nobody_whose_authorisation_has_lapsed_and_the_page_says_when_it_did(world):
    # Without a term an authorisation holds for a year (Civil Code, Art. 563); a guardian's right has no end.
    since = date(2023, 12, 4)
    for role, name in (("authorised", "Cháu Hết Hạn"), ("guardian", "Người Giám Hộ Thử")):
        Payee.objects.create(
            person=world.people[2], role=role, name=name, document="Giấy 7", valid_from=since
        )
    client = world.client("commune_officer")
    text = client.get(reverse("person_receipt", args=[world.people[2].pk])).content.decode()
    assert "Người Giám Hộ Thử" in text
    assert "Cháu Hết Hạn" not in text
    # A guardian is no one's to dismiss at will; whom the person authorised is (Art. 569).
    assert "thôi ủy quyền" not in text
    Payee.objects.create(
        person=world.people[2],
        role="authorised",
        name="Cháu Mới",
        document="Giấy 8",
        valid_from=timezone.localdate(),
    )
    text = client.get(reverse("person_receipt", args=[world.people[2].pk])).content.decode()
    assert "thôi ủy quyền" in text
    page = client.get(reverse("person", args=[world.people[2].pk])).content.decode()
    assert page.count("04/12/2024") == 1


def test_a_plan_for_a_commune_that_is_not_the_officer_s_is_put_into_no_other(world):
    client, here = world.client("commune_officer"), reverse("road_plans")
    fields = {"on": "10/12/2024", "way": "meeting", "group": "", "place": "Nhà văn hóa"}
    for other in (str(worlds.commune("22915").pk), "không có"):
        assert client.post(f"{here}?commune={other}", fields).status_code == 404
    assert not OutreachPlan.objects.exists()
    own = client.post(f"{here}?commune={worlds.commune().pk}", fields)
    assert (own.status_code, OutreachPlan.objects.get().commune) == (302, worlds.commune())
