"""Rules N01, N02, N06 and N07, revolutionary contributions: the đồng by hand, SQL and oracle side by side."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tests.benefits.facts import month
from tests.benefits.side_by_side import DEC, Both, grant, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def test_N01_allowances_of_several_categories_add_up_and_the_carers_only_once():
    # War invalid 81 % 7,240,000; Heroic Mother 8,367,000 + 2,337,000; carers 2,789,000 and 2,789,000: one.
    who = person()
    grant(who, "TB", injury=81)
    grant(who, "BMVNAH_TC")
    grant(who, "BMVNAH_PC")
    grant(who, "BMVNAH_PV")
    grant(who, "TB_PV81")
    assert Both(who).pays(DEC) == {
        "TB 2024-12": 7_240_000,
        "BMVNAH_TC 2024-12": 8_367_000,
        "BMVNAH_PC 2024-12": 2_337_000,
        "BMVNAH_PV 2024-12": 2_789_000,
    }


def test_N01_a_carer_of_two_people_is_paid_for_each():
    # Ordinance Art. 6(3) limits the one cared for, not the carer: 2,789,000 for each of a couple.
    wife, husband, carer = person(), person(), person(date(1970, 1, 1))
    grant(carer, "TB_PV81", linked=husband)
    grant(carer, "BB_PV81", linked=wife)
    paid = Both(wife, husband, carer).pays(DEC)
    assert paid == {"TB_PV81 2024-12": 2_789_000, "BB_PV81 2024-12": 2_789_000}


def test_N01_of_the_education_allowances_the_highest_is_paid():
    # Ordinance Art. 5(2): group 11.1 2,789,000, group 11.2 1,399,000.
    who = person(date(2004, 1, 1))
    grant(who, "UD_HOC_1")
    grant(who, "UD_HOC_2")
    assert Both(who).pays(DEC) == {"UD_HOC_1 2024-12": 2_789_000}


def test_N01_every_injury_rate_of_both_kinds_of_war_invalid_is_paid_as_the_annex_says():
    # Annexes II and III: 80 rates each, 21 to 100 %, against the published tables.
    table = Path(__file__).parent / "vectors" / "benefit_ncc_monthly.csv"
    expected, veterans = {}, []
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind, _, rate = row["benefit_code"].partition("_")
            if kind in ("TB", "TBB") and rate.isdecimal() and row["effective_from"] == "2024-07-01":
                veterans.append(person(date(1950, 1, 1)))
                one = grant(veterans[-1], kind, injury=int(rate))
                expected[id(one)] = int(row["amount"])
    assert len(expected) == 160
    both = Both(*veterans)
    judged = {id(one): both.ledger.balances(one.person, DEC, date(2024, 11, 20))[id(one), DEC]
              for who in veterans for one in who.grants}  # fmt: skip
    paid = {key: amount for (key, _month), amount in both.mirror.run(DEC).items()}
    assert paid == judged == expected


def test_N01_seniority_is_paid_by_the_year():
    # Pre-1945 activist: 3,117,000 and 12 years × 529,000 = 6,348,000.
    who = person(date(1925, 1, 1))
    grant(who, "LTCM_THOATLY_TC")
    grant(who, "LTCM_THOATLY_PC", seniority=12)
    assert Both(who).pays(DEC) == {"LTCM_THOATLY_TC 2024-12": 3_117_000, "LTCM_THOATLY_PC 2024-12": 6_348_000}


def test_N02_at_most_two_survivors_allowances_and_one_care_allowance():
    # Ordinance Art. 6(5), (6): relative of three martyrs 8,367,000 is one allowance; 2,789,000; not 1,565,000.
    who = person()
    for category in ("TKN_TUAT", "LS_3", "LTCM_TUAT", "LS_ND", "TB_TUAT61_ND"):
        grant(who, category)
    assert Both(who).pays(DEC) == {
        "LS_3 2024-12": 8_367_000,
        "LTCM_TUAT 2024-12": 2_789_000,
        "LS_ND 2024-12": 2_231_000,
    }


def test_N06_a_special_supplement_replaces_the_ordinary_one():
    # Ordinance Art. 24(1)(d): 2,867,000, not 1,399,000 as well.
    who = person()
    grant(who, "TB", injury=81)
    grant(who, "TB_PC81")
    grant(who, "TB_PC81_DB")
    assert Both(who).pays(DEC) == {"TB 2024-12": 7_240_000, "TB_PC81_DB 2024-12": 2_867_000}


def test_N07_products_are_rounded_to_1000_dong_half_up():
    # Decree 75/2021 Art. 3(2): 15.5 × 2,055,000 = 31,852,500, so 31,853,000; 1.5 × 2,055,000 = 3,082,500: 3,083,000.
    who = person()
    grant(who, "NCC_1L_TKN_TN", month(2024, 3))
    grant(who, "NCC_1L_TUDAY", month(2024, 3))
    assert Both(who).pays(month(2024, 3)) == {
        "NCC_1L_TKN_TN 2024-03": 31_853_000,
        "NCC_1L_TUDAY 2024-03": 3_083_000,
    }
