"""Generation pays what the law grants, once, whatever is asked twice."""

from datetime import date

import pytest

from payments.models import Batch, Line, Payment
from payments.operations import generation
from payments.operations.errors import MonthTaken, PersonIncomplete, RateMissing, RoundInProgress
from tests import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

DECEMBER = date(2024, 12, 1)


def lines(**which):
    return sorted(
        (line.entitlement.category_id, line.for_month.strftime("%Y-%m"), line.kind, line.amount)
        for line in Line.objects.filter(**which).select_related("entitlement")
    )


def test_an_elderly_woman_is_paid_the_standard_level_of_decree_76():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    assert worlds.run_round(DECEMBER).payments == 1
    assert lines() == [("BTXH_5.5c", "2024-12", "regular", 500_000)]
    payment = Payment.objects.get()
    assert payment.amount == 500_000
    assert payment.id == 2024120020000000000 + payment.person_id


def test_a_verified_account_goes_to_its_bank_and_everything_else_to_the_post():
    with_account, unverified, at_the_post = (worlds.person(f"Nguyễn Thị {n}") for n in ("Một", "Hai", "Ba"))
    for who in (with_account, unverified, at_the_post):
        worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    worlds.account(with_account, number="111")
    worlds.account(unverified, number="222", verified_on=None)
    worlds.run_round(DECEMBER)
    routes = dict(Payment.objects.values_list("person_id", "batch__provider_id"))
    assert routes == {with_account.pk: worlds.AGRIBANK, unverified.pk: "POST", at_the_post.pk: "POST"}
    assert sorted(Batch.objects.values_list("provider_id", "count", "amount")) == [
        (worlds.AGRIBANK, 1, 500_000),
        ("POST", 2, 1_000_000),
    ]


def test_a_grant_dated_back_is_paid_as_arrears_in_the_next_round():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=date(2024, 9, 1))
    worlds.run_round(DECEMBER)
    assert lines() == [
        ("BTXH_5.5c", "2024-09", "arrears", 500_000),
        ("BTXH_5.5c", "2024-10", "arrears", 500_000),
        ("BTXH_5.5c", "2024-11", "arrears", 500_000),
        ("BTXH_5.5c", "2024-12", "regular", 500_000),
    ]


def test_months_settled_elsewhere_are_never_paid_again():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=date(2023, 1, 1), settled_before=DECEMBER)
    worlds.run_round(DECEMBER)
    assert [line[1] for line in lines()] == ["2024-12"]


def test_a_second_round_without_news_adds_nothing():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    assert worlds.run_round(DECEMBER).payments == 0
    assert Payment.objects.count() == 1


def test_a_look_back_over_a_paid_month_adds_nothing():
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=date(2024, 11, 1))
    worlds.run_round(date(2024, 11, 1))
    worlds.reckon(who, date(2024, 11, 1))
    worlds.run_round(DECEMBER)
    assert lines(for_month=date(2024, 11, 1)) == [("BTXH_5.5c", "2024-11", "regular", 500_000)]


def test_july_2024_pays_its_difference_in_august_because_its_list_closed_before_the_decree():
    # 20 June 2024: 360,000. Decree 76/2024 is in force from 1 July: 500,000, so 140,000 more for July.
    worlds.grant(worlds.person(), "BTXH_5.5c", since=date(2024, 6, 1))
    for month in (6, 7, 8, 9):
        worlds.run_round(date(2024, month, 1))
    assert lines() == [
        ("BTXH_5.5c", "2024-06", "regular", 360_000),
        ("BTXH_5.5c", "2024-07", "arrears", 140_000),
        ("BTXH_5.5c", "2024-07", "regular", 360_000),
        ("BTXH_5.5c", "2024-08", "regular", 500_000),
        ("BTXH_5.5c", "2024-09", "regular", 500_000),
    ]


def test_a_decree_of_october_that_applies_from_july_is_paid_once_it_is_in_force():
    # Decree 335/2026: 540,000 from 2026-07, in force 2026-10-05. Severe disability: coefficient 1.5.
    worlds.grant(worlds.person(born=date(1980, 1, 1)), "BTXH_5.6_N", since=date(2026, 9, 1))
    for month in (9, 10, 11):
        worlds.run_round(date(2026, month, 1))
    assert lines() == [
        ("BTXH_5.6_N", "2026-09", "arrears", 60_000),
        ("BTXH_5.6_N", "2026-09", "regular", 750_000),
        ("BTXH_5.6_N", "2026-10", "arrears", 60_000),
        ("BTXH_5.6_N", "2026-10", "regular", 750_000),
        ("BTXH_5.6_N", "2026-11", "regular", 810_000),
    ]


def test_a_month_without_a_rate_stops_the_round_and_names_the_category():
    worlds.grant(worlds.person(born=date(1950, 1, 1)), "TB", since=date(2026, 11, 1), injury_rate=45)
    with pytest.raises(RateMissing, match="TB \\(11/2026\\)"):
        worlds.run_round(date(2026, 11, 1))
    assert not Payment.objects.exists()


def test_a_person_whose_facts_fit_no_rate_stops_the_slice_and_is_named():
    who = worlds.person(born=date(1950, 1, 1))
    worlds.grant(who, "TB", since=DECEMBER)
    with pytest.raises(PersonIncomplete, match=str(who.pk)):
        worlds.run_round(DECEMBER)
    assert not Payment.objects.exists()


def test_one_round_is_made_at_a_time_over_the_whole_province():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=date(2024, 11, 1))
    november = generation.open_cycle(month=date(2024, 11, 1))
    generation.open_round(cycle=november, routed_on=november.month, at=worlds.NOON)
    with pytest.raises(RoundInProgress):
        worlds.run_round(DECEMBER)


def test_tet_pays_two_months_in_one_cycle_and_the_second_month_has_no_cycle_of_its_own():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=date(2025, 1, 1))
    worlds.run_round(date(2025, 1, 1), last_month=date(2025, 2, 1))
    assert [(line[1], line[2]) for line in lines()] == [("2025-01", "regular"), ("2025-02", "regular")]
    with pytest.raises(MonthTaken):
        generation.open_cycle(month=date(2025, 2, 1))


def test_nothing_is_due_after_the_month_of_death():
    who = worlds.person(died_on=date(2024, 11, 3))
    worlds.grant(who, "BTXH_5.5c", since=date(2024, 10, 1))
    worlds.account(who)
    worlds.run_round(DECEMBER)
    assert [line[1] for line in lines()] == ["2024-10", "2024-11"]
    assert Batch.objects.get().provider_id == "POST"


def test_a_child_counts_the_higher_band_until_the_month_of_the_fourth_birthday():
    # Decree 20/2021, Art. 6(1)(a): under 4 coefficient 2.5, from 4 coefficient 1.5, of 500,000.
    worlds.grant(worlds.person(born=date(2020, 12, 31)), "BTXH_5.1", since=date(2024, 11, 1))
    worlds.run_round(DECEMBER)
    assert [line[3] for line in lines()] == [1_250_000, 750_000]


def test_the_highest_social_allowance_is_paid_alone():
    who = worlds.person(born=date(1940, 1, 1))
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    worlds.grant(who, "BTXH_5.6_DBN", since=DECEMBER)
    worlds.run_round(DECEMBER)
    assert lines() == [("BTXH_5.6_DBN", "2024-12", "regular", 1_250_000)]


def test_revolutionary_allowances_add_up():
    # Decree 77/2024: war invalid at 21 % 1,878,000; relative of one martyr 2,789,000.
    who = worlds.person(born=date(1940, 1, 1))
    worlds.grant(who, "TB", since=DECEMBER, injury_rate=21)
    worlds.grant(who, "LS_1", since=DECEMBER)
    worlds.run_round(DECEMBER)
    assert Payment.objects.get().amount == 1_878_000 + 2_789_000
