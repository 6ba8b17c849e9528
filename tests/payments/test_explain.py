"""Every due and every line is told in words that can be read out, in both languages; nothing tells of HIV."""

from datetime import date

import pytest
from django.utils.translation import override

from accounts.access import province_reader
from beneficiaries.models import Child, Suspension
from benefits.models import Base
from payments.queries.explain import explain
from tests import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOVEMBER, DECEMBER = date(2024, 11, 1), date(2024, 12, 1)


def told(who, month=DECEMBER, on=DECEMBER, language="vi"):
    with override(language):
        return explain(person=who, month=month, on=on, reader=province_reader())


def words(who, **more):
    return {due.category: due.words for due in told(who, **more).dues}


def test_a_base_and_a_coefficient_are_read_out_with_their_articles():
    who = worlds.person(born=date(1980, 1, 1))
    worlds.grant(who, "BTXH_5.6_N", since=DECEMBER)
    assert words(who)["BTXH_5.6_N"] == (
        "750.000 ₫ mỗi tháng = mức chuẩn 500.000 ₫ × hệ số 1,5 (Điểm e khoản 1 Điều 6 Nghị định 20/2021/NĐ-CP; "
        "Nghị định 20/2021/NĐ-CP); mức chuẩn theo Nghị định 76/2024/NĐ-CP."
    )
    assert words(who, language="en")["BTXH_5.6_N"] == (
        "750,000 ₫ a month = standard level 500,000 ₫ × coefficient 1.5 (Decree 20/2021/NĐ-CP, Art. 6(1)(e); "
        "Decree 20/2021/NĐ-CP); the standard level is set by Decree 76/2024/NĐ-CP."
    )


def test_an_amount_by_the_head_counts_the_children():
    who = worlds.person(born=date(1985, 1, 1))
    grant = worlds.grant(who, "BTXH_5.4", since=DECEMBER)
    for number in (1, 2):
        Child.objects.create(entitlement=grant, name=f"Con {number}", birth_date=date(2015, number, 1))
    # Art. 6(1)(d): coefficient 1.0 for each child; 2 × 500,000.
    assert words(who)["BTXH_5.4"].startswith(
        "1.000.000 ₫ mỗi tháng = 2 con × mức chuẩn 500.000 ₫ × hệ số 1 ("
    )


def test_what_gives_way_says_to_what_and_by_which_article():
    who = worlds.person(born=date(1940, 1, 1))
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    worlds.grant(who, "BTXH_5.6_DBN", since=DECEMBER)
    said = words(who)["BTXH_5.5c"]
    assert said.startswith("Không chi: chỉ được hưởng một mức cao nhất, là “Người khuyết tật đặc biệt nặng")
    assert "(khoản 2 Điều 6 Nghị định 20/2021/NĐ-CP)" in said
    assert "Nếu hưởng riêng thì là 500.000 ₫ mỗi tháng" in said
    assert "only the highest allowance is paid" in words(who, language="en")["BTXH_5.5c"]


def test_a_disability_allowance_gives_way_to_a_pension_by_the_law_on_disability():
    who = worlds.person(born=date(1980, 1, 1), pension_kind="pension", pension_amount=3_000_000)
    worlds.grant(who, "BTXH_5.6_N", since=DECEMBER)
    assert "khoản 1 Điều 51 Luật 51/2010" in words(who)["BTXH_5.6_N"]


def test_a_third_survivor_s_allowance_says_that_two_are_paid():
    who = worlds.person(born=date(1950, 1, 1))
    for code in ("LS_1", "TB_TUAT61", "BB_TUAT61"):
        worlds.grant(who, code, since=DECEMBER)
    dropped = [due for due in told(who).dues if due.dropped_by]
    assert len(dropped) == 1
    assert "tối đa hai suất trợ cấp tuất" in dropped[0].words


def test_a_suspended_benefit_says_since_when_and_why():
    who = worlds.person()
    grant = worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    Suspension.objects.create(entitlement=grant, from_month=DECEMBER, reason="ba tháng không nhận tiền")
    (due,) = told(who).dues
    assert (due.amount, due.words) == (0, "Tạm dừng từ tháng 12/2024: ba tháng không nhận tiền.")


def test_a_benefit_before_its_age_says_that_its_conditions_are_not_met():
    who = worlds.person(born=date(1946, 1, 1))
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    (due,) = told(who).dues
    assert due.amount == 0
    assert "độ tuổi" in due.words


def test_an_arrears_line_says_what_was_due_and_what_had_been_paid():
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=date(2024, 6, 1))
    for month in (6, 7, 8):
        worlds.run_round(date(2024, month, 1))
    lines = told(who, month=date(2024, 8, 1), on=date(2024, 7, 20)).lines
    assert [line.words for line in lines] == [
        "Truy lĩnh tháng 07/2024: được hưởng 500.000 ₫, trước đã chi 360.000 ₫, nay chi thêm 140.000 ₫.",
        "Tháng 08/2024: 500.000 ₫.",
    ]


def test_an_hiv_category_that_gives_way_or_wins_is_told_without_name_article_or_factor():
    who = worlds.person(born=date(1980, 1, 1))
    worlds.grant(who, "BTXH_5.8", since=DECEMBER)
    worlds.grant(who, "BTXH_5.6_DBN", since=DECEMBER)
    for language in ("vi", "en"):
        said = repr(told(who, language=language))
        assert "5.8" not in said
        assert "HIV" not in said
        assert "Khoản 8" not in said
    hidden = next(due for due in told(who).dues if due.category == "BTXH")
    assert (hidden.base, hidden.coefficient) == (None, None)
    assert "hệ số" not in hidden.words


def test_rates_that_are_not_verified_are_marked():
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=DECEMBER)
    (due,) = told(who).dues
    assert due.confidence == "secondary"  # the level of 500,000, from secondary sources
    Base.objects.filter(base_code="BTXH_STANDARD").update(confidence="verified")
    (due,) = told(who).dues
    assert (due.confidence, due.unsure) == ("verified", "")
