"""The pages of people: found with or without diacritics, in one's own area only, with what one may know."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import override_settings
from django.urls import reverse

from accounts.access import reader_for
from areas.models import Unit
from beneficiaries.models import Suspension
from benefits.models import Category
from payments.queries.explain import explain
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, OCTOBER, World
from tests.page_policy import HIV

pytestmark = pytest.mark.django_db
HIV_CHILD = "BTXH_5.3"


@pytest.fixture
def world(db) -> World:
    return desk_world.build()


def found(world, who="preparer", **query):
    response = world.client(who).get(reverse("people"), query)
    assert response.status_code == 200
    return [row["name"] for row in response.context["page"]["rows"]]


def page(world, who, person):
    return world.client(who).get(reverse("person", args=[person.pk]))


def test_a_name_is_found_with_or_without_diacritics_and_by_its_parts(world):
    for words in ("dang thi uoc", "Đặng Thị Ước", "UOC dang", "  ước "):
        assert found(world, q=words) == ["Đặng Thị Ước"], words
    assert found(world, q="khong co ai") == []


def test_an_identity_number_is_found_whole_only(world):
    number = world.people[3].national_id
    assert found(world, q=number) == ["Lê Văn Đỗ"]
    assert found(world, q=number[:-1]) == []
    assert found(world, "outsider", q=number) == []


def test_people_stand_in_the_order_of_vietnamese_given_names(world):
    assert found(world) == [
        "Nguyễn Văn Ẩm", "Trần Thị Bưởi", "Lê Văn Đỗ", "Huỳnh Văn Ơn", "Đặng Thị Ước", "Phạm Thị Ỷ",
    ]  # fmt: skip


def test_pages_lead_forwards_and_back_without_losing_or_repeating_anybody(world):
    for number in range(108):
        worlds.person(f"Võ Thị {'Lan' if number % 2 else 'Liên'}")
    client, url, pages = world.client("preparer"), reverse("people"), []
    query = ""
    while True:
        shown = client.get(url + query).context["page"]
        pages.append([row["id"] for row in shown["rows"]])
        query = shown["next"]
        if not query:
            break
    assert [len(rows) for rows in pages] == [50, 50, 14]
    assert len({person for rows in pages for person in rows}) == 114
    second = client.get(url + shown["previous"]).context["page"]
    assert [row["id"] for row in second["rows"]] == pages[1]
    first = client.get(url + second["previous"]).context["page"]
    assert [row["id"] for row in first["rows"]] == pages[0]
    assert first["previous"] == ""


def test_numbers_are_masked_and_never_whole_on_the_list_or_the_page(world):
    who = world.people[0]
    for response in (world.client("preparer").get(reverse("people")), page(world, "preparer", who)):
        text = response.content.decode()
        assert "060•••••0001" in text
        assert who.national_id not in text
        assert "1020304050" not in text


def test_filters_narrow_by_commune_scheme_category_and_channel(world):
    other = Unit.objects.on(DECEMBER).communes().filter(parent=world.district).exclude(code="22918").first()
    moved = worlds.person("Võ Thị Xa", lives=other)
    worlds.grant(moved, "BTXH_5.6_DBN", since=OCTOBER)
    worlds.grant(moved, "TB", since=OCTOBER, injury_rate=21)
    assert found(world, commune=other.pk) == ["Võ Thị Xa"]
    assert found(world, receives="NCC") == ["Võ Thị Xa"]
    assert found(world, receives="BTXH_5.6_DBN") == ["Võ Thị Xa"]
    assert found(world, channel="bank") == ["Nguyễn Văn Ẩm", "Đặng Thị Ước"]
    assert len(found(world, channel="post")) == 5
    assert len(found(world, commune="nonsense")) == 7


def test_people_of_another_area_do_not_exist(world):
    assert found(world, "outsider") == []
    assert page(world, "outsider", world.people[0]).status_code == 404
    assert page(world, "preparer", type("Nobody", (), {"pk": 10**9})).status_code == 404


def test_a_person_who_moved_away_is_seen_where_they_live_now(world):
    who = world.people[0]
    elsewhere = Unit.objects.on(DECEMBER).communes().filter(parent__code="594").first()
    who.residences.update(valid_to=date(2025, 1, 31))
    who.residences.create(commune=elsewhere, valid_from=date(2025, 2, 1))
    assert found(world, "outsider") == ["Đặng Thị Ước"]
    assert page(world, "preparer", who).status_code == 404


@pytest.mark.parametrize("who", ["viewer", "post_clerk"])
def test_who_sees_no_people_has_no_page_of_them(world, who):
    client = world.client(who)
    assert client.get(reverse("people")).status_code == 403
    assert client.get(reverse("person", args=[world.people[0].pk])).status_code == 403


def test_a_sensitive_category_is_only_social_protection_outside_the_deciding_officers(world):
    who = worlds.person("Võ Văn Kín", born=date(2015, 1, 1))
    worlds.grant(who, HIV_CHILD, since=OCTOBER)
    desk_world.two_cycles(world)
    category = Category.objects.get(pk=HIV_CHILD)
    assert category.sensitive
    deciding, accountant, commune = (
        page(world, role, who).content.decode() for role in ("preparer", "accountant", "commune_officer")
    )
    assert category.name_vi in deciding
    for text in (accountant, commune):
        assert category.name_vi not in text
        assert not HIV.search(text)
        assert category.public_name_vi in text
    payment = who.payments.get(batch__round__cycle=DECEMBER)
    why = world.client("accountant").get(reverse("payment_explanation", args=[payment.pk])).content.decode()
    assert not HIV.search(why)
    assert "1.000.000 ₫ mỗi tháng theo Nghị định 20/2021/NĐ-CP" in why
    for text in (accountant, commune, why):
        assert "hệ số" not in text  # 2.0 is the coefficient of one category at this age, and says as much
        assert "500.000 ₫" not in text
    assert "500.000 ₫ × hệ số 2" in deciding
    listed = world.client("accountant").get(reverse("people"), {"q": "Võ Văn Kín"}).content.decode()
    assert not HIV.search(listed)


@pytest.mark.parametrize("category", ["BTXH_5.3", "BTXH_5.8"])
def test_no_part_of_an_explanation_gives_a_sensitive_category_away(world, category):
    who = worlds.person("Võ Văn Kín", born=date(2015, 1, 1) if category == "BTXH_5.3" else date(1980, 1, 1))
    worlds.grant(who, category, since=OCTOBER)
    worlds.grant(who, "BTXH_5.6_DBN", since=OCTOBER)

    def told(role):
        reader = reader_for(world.officers[role], on=DECEMBER)
        found = explain(person=who, month=DECEMBER, on=DECEMBER, reader=reader)
        return next(due for due in found.dues if due.category in (category, "BTXH")), repr(found.dues)

    due, everything = told("preparer")
    assert (due.category, due.base) == (category, 500_000)
    assert due.coefficient in (Decimal("2.0"), Decimal("1.5"))
    for role in ("accountant", "commune_officer", "administrator", "auditor"):
        due, everything = told(role)
        assert (due.category, due.base, due.coefficient) == ("BTXH", None, None), role
        assert category not in everything
        assert "HIV" not in everything
        assert due.article == "Nghị định 20/2021/NĐ-CP"


def test_nobody_is_found_by_a_sensitive_category_that_one_may_not_see(world):
    worlds.grant(worlds.person("Võ Văn Kín", born=date(2015, 1, 1)), HIV_CHILD, since=OCTOBER)
    assert found(world, "preparer", receives=HIV_CHILD) == ["Võ Văn Kín"]
    # Not among the accountant's choices: as any unknown value it filters nothing, so it tells nothing.
    assert len(found(world, "accountant", receives=HIV_CHILD)) == 7


def test_the_page_tells_what_is_due_why_and_what_was_paid(world):
    desk_world.two_cycles(world)
    response = page(world, "preparer", world.people[2])
    now = response.context["now"]
    assert (now["month"], now["amount"], now["stop"]) == (DECEMBER, 500_000, "")
    assert "mức chuẩn 500.000 ₫ × hệ số 1" in now["dues"][0].words
    payments = [(row["month"].month, row["amount"], str(row["channel_label"]), str(row["state_label"]))
                for row in response.context["payments"]]  # fmt: skip
    assert payments == [(12, 500_000, "Agribank", "đang lập"), (11, 1_000_000, "Bưu điện", "đang lập")]
    assert response.context["payout"]["account"] == "••••9999"


def test_a_commune_officer_sees_the_payments_but_no_link_into_the_districts_batch(world):
    desk_world.two_cycles(world)
    response = page(world, "commune_officer", world.people[0])
    assert [row["batch_id"] for row in response.context["payments"]] == [None, None]
    payment = world.people[0].payments.first()
    why = world.client("commune_officer").get(reverse("payment_explanation", args=[payment.pk]))
    assert why.status_code == 200


def test_a_suspension_an_end_and_a_linked_person_are_said_in_words(world):
    who = world.people[0]
    grant = who.entitlements.get()
    Suspension.objects.create(entitlement=grant, from_month=DECEMBER, reason="Đang chấp hành án phạt tù")
    [row] = page(world, "preparer", who).context["entitlements"]
    assert (row["state"], row["suspended"]) == ("suspended", "từ 12/2024: Đang chấp hành án phạt tù")
    grant.last_month, grant.end_reason = DECEMBER, "moved_away"
    grant.save()
    [row] = page(world, "preparer", who).context["entitlements"]
    assert (row["state"], str(row["end_reason"])) == ("ended", "chuyển ra ngoài tỉnh")


def test_both_pages_are_complete_in_english(world):
    desk_world.two_cycles(world)
    client = world.client("preparer")
    client.cookies["django_language"] = "en"
    assert "Beneficiaries" in client.get(reverse("people")).content.decode()
    text = client.get(reverse("person", args=[world.people[0].pk])).content.decode()
    assert "Due in 12/2024" in text
    assert "standard level" in text


@override_settings(DEBUG=False)
def test_the_pages_ask_a_bounded_number_of_questions_however_many_people(
    world, django_assert_max_num_queries
):
    client = world.client("preparer")
    for number in range(30):
        who = worlds.person(f"Võ Thị {number}")
        worlds.grant(who, "BTXH_5.5c", since=OCTOBER)
        worlds.account(who, number=str(10**9 + number))
    with django_assert_max_num_queries(16):
        client.get(reverse("people"))
    with django_assert_max_num_queries(22):
        client.get(reverse("person", args=[world.people[0].pk]))
