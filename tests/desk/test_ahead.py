"""What comes ahead, each expectation worked out from the law's text by hand."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.access import Reader
from accounts.models import RoleName
from areas.models import Unit
from beneficiaries.models import Child, Payee, Suspension
from common.keyset import Place
from desk.queries.ahead import coming_counts, coming_one, coming_page
from tests import worlds

# Decree 20/2021 with its standard of 500,000 đồng since July 2024; the social pension of 500,000 since July 2025.
ON = date(2025, 1, 20)
JANUARY, FEBRUARY, MARCH, APRIL, MAY = (date(2025, month, 1) for month in range(1, 6))
LONG_AGO = date(2024, 1, 1)


@pytest.fixture(autouse=True)
def law(db):
    worlds.load_reference()


@pytest.fixture
def reader():
    return Reader(1, ((RoleName.COMMUNE_OFFICER, frozenset({worlds.commune().pk})),))


def rows(reader, on=ON, **filters):
    return coming_page(reader=reader, on=on, place=Place(), **filters).rows


def told(reader, on=ON):
    return [(row.kind, row.month, row.before, row.after) for row in rows(reader, on)]


def offers(reader, on=ON):
    return [[one.code for one in row.offers] for row in rows(reader, on, kind="may")]


def test_a_child_of_four_is_paid_less_from_the_month_of_the_birthday(reader):
    child = worlds.person("Trần Văn Bé", born=date(2021, 2, 28))
    worlds.grant(child, "BTXH_5.1", since=LONG_AGO)
    # 2.5 × 500,000 below four, then 1.5 ×.
    assert told(reader) == [("rate", FEBRUARY, 1_250_000, 750_000)]


def test_an_orphan_of_sixteen_is_paid_through_the_birthdays_month_and_may_go_on_at_school(reader):
    child = worlds.person("Trần Văn Lớn", born=date(2009, 3, 1))
    worlds.grant(child, "BTXH_5.1", since=LONG_AGO)
    assert told(reader) == [("end", MARCH, 750_000, 0), ("may", MARCH, None, None)]
    assert offers(reader) == [["BTXH_5.2"]]


def test_a_disabled_child_of_sixteen_falls_to_the_adults_rate_and_is_offered_no_orphans_benefit(reader):
    child = worlds.person("Lê Thị Nặng", born=date(2009, 4, 30))
    worlds.grant(child, "BTXH_5.6_DBN", since=LONG_AGO)
    assert told(reader) == [("rate", APRIL, 1_250_000, 1_000_000)]


def test_at_sixty_a_disabled_persons_rate_rises_and_only_what_is_more_may_be_applied_for(reader):
    person = worlds.person("Lê Văn Sáu", born=date(1965, 1, 15))
    worlds.grant(person, "BTXH_5.6_N", since=LONG_AGO)
    # From 1.5 to 2.0; clause 5(a) grants 1.5 and 5(d) grants 3.0.
    assert [(row.kind, row.before, row.after) for row in rows(reader)] == [
        ("may", None, None),
        ("rate", 750_000, 1_000_000),
    ]
    assert offers(reader) == [["BTXH_5.5d"]]


def test_what_changes_while_suspended_is_told_as_nothing_paid(reader):
    child = worlds.person("Trần Văn Bé", born=date(2021, 2, 28))
    grant = worlds.grant(child, "BTXH_5.1", since=LONG_AGO)
    Suspension.objects.create(entitlement=grant, from_month=LONG_AGO, reason="Thử", ground="uncollected")
    assert told(reader) == [("rate", FEBRUARY, 0, 0)]


def test_at_seventy_five_one_social_pension_ends_and_the_other_may_be_applied_for(reader):
    person = worlds.person("Phạm Văn Bảy", born=date(1951, 2, 3))
    worlds.grant(person, "HTXH_70_75", since=date(2025, 8, 1))
    # 500,000 of Decree 176/2025; nothing after the month of the seventy-fifth birthday.
    assert told(reader, date(2026, 1, 10)) == [
        ("end", date(2026, 2, 1), 500_000, 0),
        ("may", date(2026, 2, 1), None, None),
    ]
    assert offers(reader, date(2026, 1, 10)) == [["HTXH_75"]]


def test_whoever_has_a_pension_is_offered_the_social_pension_only_above_it(reader):
    for name, amount in (("An", 400_000), ("Bình", 500_000), ("Cúc", None)):
        worlds.person(name, born=date(1951, 2, 3), pension_kind="pension", pension_amount=amount)
    found = rows(reader, date(2026, 1, 10), kind="may")
    assert [row.name for row in found] == ["An"]


def test_a_benefit_no_longer_in_the_tables_is_offered_to_nobody(reader):
    worlds.person("Ngô Thị Tám", born=date(1946, 2, 3))
    # Clause 5(c), from eighty, was replaced in July 2025.
    assert offers(reader, date(2026, 1, 10)) == []
    worlds.person("Ngô Thị Chín", born=date(1945, 2, 3))
    assert offers(reader) == [["BTXH_5.5c"]]


def test_a_child_paid_for_by_the_head_leaves_the_count_at_sixteen_unless_at_school(reader):
    parent = worlds.person("Hồ Thị Đơn", born=date(1985, 6, 1))
    grant = worlds.grant(parent, "BTXH_5.4", since=LONG_AGO)
    Child.objects.create(entitlement=grant, name="Con Một", birth_date=date(2009, 2, 10))
    Child.objects.create(
        entitlement=grant, name="Con Hai", birth_date=date(2009, 2, 11), studying_until=date(2026, 5, 31)
    )
    Child.objects.create(entitlement=grant, name="Con Ba", birth_date=date(2015, 2, 11))
    # 1.0 × 500,000 for each of three, then of two.
    assert [(row.about_name, row.month, row.before, row.after) for row in rows(reader)] == [
        ("Con Một", FEBRUARY, 1_500_000, 1_000_000)
    ]


def test_a_child_at_school_leaves_the_count_at_twenty_two_or_when_school_ends(reader):
    parent = worlds.person("Hồ Thị Đơn", born=date(1985, 6, 1))
    grant = worlds.grant(parent, "BTXH_5.4", since=LONG_AGO)
    for name, born, until in (
        ("Con Lớn", date(2003, 4, 2), date(2025, 9, 5)),
        ("Con Nhỡ", date(2006, 4, 2), date(2025, 3, 15)),
        ("Con Nhỏ", date(2012, 4, 2), date(2025, 3, 15)),
    ):
        Child.objects.create(entitlement=grant, name=name, birth_date=born, studying_until=until)
    assert [(row.kind, row.about_name, row.month, row.before, row.after) for row in rows(reader)] == [
        ("study", "Con Nhỡ", MARCH, 1_500_000, 1_000_000),
        ("child", "Con Lớn", APRIL, 1_000_000, 500_000),
    ]


def test_the_end_of_the_school_year_is_told_of_those_paid_while_at_school(reader):
    student = worlds.person("Đỗ Văn Học", born=date(2006, 9, 9))
    worlds.grant(student, "BTXH_5.2", since=LONG_AGO)
    assert told(reader) == []
    assert told(reader, date(2025, 2, 1)) == [("school", MAY, None, None)]


def test_a_carers_rate_follows_whom_they_care_for_and_their_benefit_has_no_end_of_its_own(reader):
    young = worlds.person("Cháu Nhỏ", born=date(2021, 2, 1), lives=elsewhere())
    grown = worlds.person("Cháu Lớn", born=date(2009, 3, 1), lives=elsewhere())
    for child, name in ((young, "Ông Một"), (grown, "Bà Hai")):
        worlds.grant(child, "BTXH_5.1", since=LONG_AGO)
        carer = worlds.person(name, born=date(1970, 6, 1))
        worlds.grant(carer, "BTXH_20.1", since=LONG_AGO, linked_person=child)
    # 20(1): 2.5 below four, then 1.5. At sixteen the child's own benefit ends, the carer's goes on.
    assert [(row.kind, row.name, row.before, row.after) for row in rows(reader)] == [
        ("rate", "Ông Một", 1_250_000, 750_000),
        ("carer", "Bà Hai", None, None),
    ]


def test_a_mother_of_a_child_turning_three_is_paid_through_that_month(reader):
    mother = worlds.person("Trần Thị Mẹ", born=date(1995, 6, 1))
    grant = worlds.grant(mother, "BTXH_20.2a_1", since=LONG_AGO)
    Child.objects.create(entitlement=grant, name="Bé", birth_date=date(2022, 3, 5))
    assert told(reader) == [("end", MARCH, 750_000, 0)]


def test_rights_to_collect_that_end_and_guardians_of_who_comes_of_age_are_told(reader):
    person = worlds.person("Vũ Thị Ủy")
    Payee.objects.create(person=person, role="authorised", name="Con", document="1", valid_from=LONG_AGO,
                         valid_to=date(2025, 3, 9))  # fmt: skip
    Payee.objects.create(person=person, role="authorised", name="Cháu", document="2", valid_from=LONG_AGO,
                         valid_to=date(2025, 3, 9), revoked_on=date(2025, 1, 2))  # fmt: skip
    youth = worlds.person("Vũ Văn Trẻ", born=date(2007, 2, 2))
    Payee.objects.create(person=youth, role="guardian", name="Bác", document="3", valid_from=LONG_AGO)
    assert [(row.kind, row.month, row.on_day, row.about_name) for row in rows(reader)] == [
        ("adult", FEBRUARY, None, "Bác"),
        ("payee", MARCH, date(2025, 3, 9), "Con"),
    ]


def test_a_certificate_that_ends_is_told_and_changes_nothing(reader):
    person = worlds.person("Cao Thị Giấy")
    worlds.grant(person, "BTXH_5.6_N", since=LONG_AGO, certificate_until=date(2025, 4, 30))
    other = worlds.person("Cao Văn Giấy")
    worlds.grant(other, "BTXH_5.6_N", since=LONG_AGO, certificate_until=date(2025, 5, 1))
    assert [(row.kind, row.name, row.on_day) for row in rows(reader)] == [
        ("paper", "Cao Thị Giấy", date(2025, 4, 30))
    ]


def test_the_end_of_a_suspension_and_of_three_months_of_refusing_are_told(reader):
    person = worlds.person("Bùi Văn Tạm")
    first = worlds.grant(person, "BTXH_5.5c", since=LONG_AGO)
    other = worlds.grant(worlds.person("Bùi Văn Từ"), "BTXH_5.6_N", since=LONG_AGO)
    Suspension.objects.create(
        entitlement=first, from_month=LONG_AGO, until_month=FEBRUARY, ground="remand", reason="Thử"
    )
    Suspension.objects.create(
        entitlement=other, from_month=JANUARY, ground="refused_assessment", reason="Thử"
    )
    assert told(reader) == [("resume", FEBRUARY, 0, 500_000), ("refused", MARCH, None, None)]


def test_the_dead_and_those_elsewhere_are_left_out(reader):
    for person in (
        worlds.person("Người Mất", born=date(2021, 2, 28), died_on=date(2025, 1, 2)),
        worlds.person("Người Xa", born=date(2021, 2, 28), lives=elsewhere()),
    ):
        worlds.grant(person, "BTXH_5.1", since=LONG_AGO)
    assert told(reader) == []
    here, away = (coming_counts(communes=[unit.pk], on=ON) for unit in (worlds.commune(), elsewhere()))
    assert (here, [(one["kind"], one["count"]) for one in away]) == ([], [("rate", 1)])


def test_a_month_asked_for_alone_holds_exactly_what_comes_in_it(reader):
    child = worlds.person("Trần Văn Bé", born=date(2021, 2, 28))
    grant = worlds.grant(child, "BTXH_5.1", since=LONG_AGO)
    for until in (date(2025, 1, 21), date(2025, 3, 10)):
        Payee.objects.create(
            person=child, role="authorised", name="Con Hai", document="1", valid_from=LONG_AGO, valid_to=until
        )
    Suspension.objects.create(
        entitlement=grant, from_month=LONG_AGO, until_month=APRIL, reason="Thử", ground="remand"
    )
    worlds.grant(
        worlds.person("Lê Thị Giấy"), "BTXH_5.5c", since=LONG_AGO, certificate_until=date(2025, 2, 9)
    )
    everything = [(row.month, row.key) for row in rows(reader)]
    assert [month for month, _key in everything] == [JANUARY, FEBRUARY, FEBRUARY, MARCH, APRIL]
    for month in (JANUARY, FEBRUARY, MARCH, APRIL):
        alone = [(row.month, row.key) for row in rows(reader, month=month)]
        assert alone == [one for one in everything if one[0] == month]
        assert all(coming_one(reader=reader, on=ON, key=key) for _month, key in alone)


def test_a_grant_with_a_decided_end_is_told_no_more(reader):
    child = worlds.person("Trần Văn Lớn", born=date(2009, 3, 1))
    worlds.grant(child, "BTXH_5.1", since=LONG_AGO, last_month=MARCH, end_reason="ineligible")
    assert [row.kind for row in rows(reader)] == ["may"]


def test_a_year_alone_counts_as_the_convention_says(reader, settings):
    child = worlds.person("Trần Văn Năm", born=date(2021, 1, 1), birth_precision="year")
    worlds.grant(child, "BTXH_5.1", since=LONG_AGO)
    assert told(reader) == [("rate", JANUARY, 1_250_000, 750_000)]
    settings.BIRTH_CONVENTION = "last"
    assert told(reader) == []
    assert told(reader, date(2025, 10, 1)) == [("rate", date(2025, 12, 1), 1_250_000, 750_000)]


def test_pages_follow_each_other_and_a_row_is_found_by_its_key(reader, monkeypatch):
    monkeypatch.setattr("desk.queries.ahead.PAGE_SIZE", 2)
    for name in ("An", "Bình", "Cúc", "Dung", "Én"):
        worlds.grant(worlds.person(name, born=date(2021, 2, 28)), "BTXH_5.1", since=LONG_AGO)

    def names(place):
        page = coming_page(reader=reader, on=ON, place=place)
        return page, [row.name for row in page.rows]

    first, shown = names(Place())
    assert (shown, first.total, first.before) == (["An", "Bình"], 5, "")
    second, shown = names(Place(after=first.after))
    assert shown == ["Cúc", "Dung"]
    third, shown = names(Place(after=second.after))
    assert (shown, third.after) == (["Én"], "")
    assert names(Place(before=third.before))[1] == ["Cúc", "Dung"]
    assert names(Place(before=second.before))[1] == ["An", "Bình"]
    found = coming_one(reader=reader, on=ON, key=third.rows[0].key)
    assert found is not None
    assert found.name == "Én"
    outside = Reader(1, ((RoleName.COMMUNE_OFFICER, frozenset({elsewhere().pk})),))
    assert coming_one(reader=outside, on=ON, key=third.rows[0].key) is None


def elsewhere() -> Unit:
    return Unit.objects.communes().filter(parent__code="594").order_by("code")[0]
