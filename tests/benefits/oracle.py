"""What the law grants, in plain Python: the judge of the SQL that pays.

It shares nothing with the engine: no SQL, no tables, not even the columns that say how categories stack. Each rule
stands where it applies, with its id (docs/law.md): E entitlement, S suspension, A arrears and recovery, N revolutionary
contributions, D death. Months are whole numbers (year × 12 + month − 1), money is whole đồng.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TypeVar

from tests.benefits.facts import (
    Child,
    Dated,
    Grant,
    Law,
    Person,
    Rate,
    month,
    month_of,
)

MISSING = None  # no rate fits: the engine must stop, it is never zero

# The categories as the articles name them.
ART_6 = "BTXH_5."
CLAUSES_5_6_8 = ("BTXH_5.5", "BTXH_5.6", "BTXH_5.8")
SINGLE_PARENT = "BTXH_5.4"
DISABLED = ("BTXH_5.6_DBN", "BTXH_5.6_N")
SOCIAL_PENSION = ("HTXH_75", "HTXH_70_75")
INSTITUTION = "BTXH_25.1"
OF_CARED_FOR_AGE = ("BTXH_20.1", "BTXH_20.2d")
RAISING_INFANTS = ("BTXH_20.2a_1", "BTXH_20.2a_2")
CARE = (*OF_CARED_FOR_AGE, *RAISING_INFANTS, "BTXH_20.2c")
CARERS = (
    "BMVNAH_PV", "TB_PV81", "TB_PV81_DB", "BB_PV81", "BB_PV81_DB", "CDHH_PV81",
)  # fmt: skip
SURVIVORS = (
    "LTCM_TUAT", "TKN_TUAT", "LS_1", "LS_2", "LS_3", "LS_VCK", "TB_TUAT61", "BB_TUAT61", "CDHH_TUAT61",
)  # fmt: skip
SURVIVORS_CARE = (
    "LTCM_TUAT_ND", "TKN_TUAT_ND", "LS_ND", "TB_TUAT61_ND", "BB_TUAT61_ND", "CDHH_TUAT61_ND",
)  # fmt: skip
EDUCATION = ("UD_HOC_1", "UD_HOC_2")
REPLACED_BY = {
    "TB_PC81": "TB_PC81_DB", "BB_PC81": "BB_PC81_DB", "CDHH_PC81": "CDHH_PC81_DB", "BTXH_20.2a_1": "BTXH_20.2a_2",
}  # fmt: skip
BY_SENIORITY = ("LTCM_THOATLY_PC", "NCC_1L_HDKC")
THREE_MONTHS = "NCC_1L_3THANG"
WORSHIP = "NCC_THOCUNG"
ONE_OFF = ("NCC_1L_", "NCC_MAITANG", "BTXH_11.", "BTXH_13.", "BTXH_14.", "BTXH_25.3")

FROM_AGE = {
    "BTXH_5.2": 16, "BTXH_5.5a": 60, "BTXH_5.5b": 75, "BTXH_5.5c": 80, "BTXH_5.5d": 60, "HTXH_75": 75, "HTXH_70_75": 70,
}  # fmt: skip
UNTIL_AGE = {
    "BTXH_5.1": 16,
    "BTXH_5.2": 22,
    "BTXH_5.3": 16,
    "BTXH_5.5b": 80,
    "BTXH_5.7": 3,
    "HTXH_70_75": 75,
    "BTXH_20.2a_1": 3,
    "BTXH_20.2a_2": 3,
}

Row = TypeVar("Row", bound=Dated)


def _latest(rows: Iterable[Row], m: int, on: date) -> Row | None:
    """P12: of the rows that are law on the list date, the latest; one that ended stays until its end is law."""
    first_day = date(m // 12, m % 12 + 1, 1)
    counting = []
    for row in rows:
        begun = row.applies_from <= first_day and row.in_force_from <= on
        ended = row.applies_to is not None and row.applies_to < first_day and row.ends_in_force_from <= on
        if begun and not ended:
            counting.append(row)
    return max(counting, key=lambda row: (row.applies_from, row.in_force_from), default=None)


def _born(who: Person | Child, law: Law) -> int:
    return (
        month(who.born.year, 12 if law.year_means == "last" else 1) if who.year_only else month_of(who.born)
    )


def _alive(who: Person, m: int) -> bool:
    return who.died is None or m <= month_of(who.died)  # E05, S04, D01: the month of death is payable


def _suspended(grant: Grant, m: int) -> bool:
    """S01, S02, S03, S06: nothing is due while suspended; A03: unless the decision to resume pays it back."""
    for one in grant.suspensions:
        within = one.first <= m and (one.last is None or m <= one.last)
        paid_back = one.last is not None and one.arrears
        if within and not paid_back:
            return True
    return False


def _facts(grant: Grant, m: int) -> tuple[int | None, int | None, int | None]:
    injury, seniority, heads = grant.injury, grant.seniority, grant.heads
    for change in sorted(
        grant.changes, key=lambda change: change.first
    ):  # E04: from the month conditions are met
        if change.first <= m:
            injury = injury if change.injury is None else change.injury
            seniority = seniority if change.seniority is None else change.seniority
            heads = heads if change.heads is None else change.heads
    return injury, seniority, heads


def granted(grant: Grant, m: int, law: Law, on: date) -> int | None:
    """What one grant gives for one month by itself, 0 where nothing, MISSING where the law or a fact is missing."""
    if not _payable(grant, m):
        return 0
    first_decrees = [row.in_force_from for row in law.rates.get(grant.category, ())]
    if first_decrees and min(first_decrees) > on:
        return 0  # P12: not law yet on the list date; its months follow as arrears
    born = _whose_birth(grant, law)
    age_months = None if born is None else m - born
    if age_months is not None and _outside_ages(grant.category, age_months):
        return 0
    if grant.category == THREE_MONTHS:
        return _three_months(grant, law, on)
    injury, seniority, heads = _facts(grant, m)

    # How many times.
    units: int | None = 1
    if grant.category == SINGLE_PARENT:
        units = sum(_counts(child, m, law) for child in grant.children) if grant.children else heads
    elif grant.category == WORSHIP:
        units = heads
    elif grant.category in BY_SENIORITY:
        units = seniority

    one = _one_unit(grant.category, _age(grant.category, age_months), injury, m, law, on)
    return MISSING if one is None or units is None else units * one


def _payable(grant: Grant, m: int) -> bool:
    """Whether the grant's own dates, deaths and suspensions let it be paid in the month."""
    if m < grant.first or (grant.last is not None and m > grant.last):
        return False  # E01, E02, E03, E08: not before its start; E05, S04: not after its end
    if _suspended(grant, m):
        return False
    if grant.category.startswith(ONE_OFF):
        return m == grant.first and not grant.replaced  # paid once, whoever died
    if grant.category == WORSHIP and m % 12 != grant.first % 12:
        return False  # once a year
    if grant.category in CARE + CARERS and grant.linked is not None and not _alive(grant.linked, m):
        return False  # E05: nobody is left to care for
    return _alive(grant.person, m)  # E05


def _whose_birth(grant: Grant, law: Law) -> int | None:
    """The month of birth that decides: the holder's, or that of whom a carer cares for, or of the youngest child."""
    if grant.category in OF_CARED_FOR_AGE + RAISING_INFANTS:
        if grant.linked is not None:
            return _born(grant.linked, law)
        return max((_born(child, law) for child in grant.children), default=None)
    return _born(grant.person, law)


def _outside_ages(category: str, age_months: int) -> bool:
    if category in FROM_AGE and age_months < FROM_AGE[category] * 12:
        return True  # E01, E04: from the month of the birthday
    return category in UNTIL_AGE and age_months > UNTIL_AGE[category] * 12  # E10: through that month


def _age(category: str, age_months: int | None) -> int | None:
    """Whole years as the bands count them; a band begins in the month of the birthday (E04)."""
    if age_months is None:
        return None
    if age_months <= -12:
        return -1  # granted a year before the recorded birth: the record is wrong, no band holds it
    age = max(age_months, 0) // 12
    # E10: the month of the last birthday is still payable, by the band before it.
    return min(age, UNTIL_AGE[category] - 1) if category in UNTIL_AGE else age


def _one_unit(category: str, age: int | None, injury: int | None, m: int, law: Law, on: date) -> int | None:
    """The amount of the latest row in force whose band holds the age and the injury rate."""
    rate = _latest((row for row in law.rates.get(category, ()) if _fits(row, age, injury)), m, on)
    if rate is None:
        return MISSING
    if rate.amount is not None:
        return rate.amount
    base = _latest(law.bases.get(rate.base, ()), m, on)
    if base is None:
        return MISSING
    own = _latest(law.own_bases.get(rate.base, ()), m, on)
    level = (
        base.amount if own is None else max(base.amount, own.amount)
    )  # Art. 4(3): the province's own, if higher
    # N07: a product is rounded half up, to 1,000 đồng for revolutionary contributions.
    steps = rate.coefficient * level / rate.round_to
    return int(steps + Fraction(1, 2)) * rate.round_to


def _fits(rate: Rate, age: int | None, injury: int | None) -> bool:
    if age is None:
        old_enough = rate.category in RAISING_INFANTS  # a pregnancy: nobody is born yet
    else:
        old_enough = rate.age_from <= age and (rate.age_to is None or age < rate.age_to)
    if rate.injury_from is None:
        return old_enough
    return old_enough and injury is not None and rate.injury_from <= injury <= rate.injury_to


def _counts(child: Child, m: int, law: Law) -> bool:
    """Art. 5(4): a child under 16, or under 22 while studying; each through its own birthday's month (E10)."""
    age_months = m - _born(child, law)
    if age_months < 0 or (child.last_month is not None and m > child.last_month):
        return False
    studying = child.studying_until is not None and m <= month_of(child.studying_until)
    return age_months <= (22 if studying else 16) * 12


def _three_months(grant: Grant, law: Law, on: date) -> int | None:
    """N03: three months of the dead person's own allowances and supplements, without the carer's."""
    dead = grant.linked or grant.person
    if dead.died is None:
        return MISSING
    of_others = (*CARERS, *SURVIVORS, *SURVIVORS_CARE, *EDUCATION)
    own = [one for one in dead.grants if _is_ncc_monthly(one) and one.category not in of_others]
    paid = dues(dead, month_of(dead.died), law, on, own).values()
    return 3 * sum(paid) if MISSING not in paid and sum(paid) else MISSING


def _is_ncc_monthly(grant: Grant) -> bool:
    btxh = grant.category.startswith(("BTXH_", "HTXH_"))
    return not btxh and not grant.category.startswith(ONE_OFF) and grant.category != WORSHIP


class Held:
    """The grants of one person in one month, from which the rules take away."""

    def __init__(self, grants: list[Grant], due: dict[int, int]) -> None:
        self.grants, self.due = grants, due

    def of(self, *categories: str) -> list[Grant]:
        return [one for one in self.grants if one.category in categories and self.due[id(one)]]

    def starting(self, prefixes: str | tuple[str, ...]) -> list[Grant]:
        return [one for one in self.grants if one.category.startswith(prefixes) and self.due[id(one)]]

    def keep_highest(self, rivals: list[Grant], count: int) -> None:
        """Take away all but the `count` highest; of equals the grant made earlier stays."""
        for loser in sorted(rivals, key=lambda one: -self.due[id(one)])[count:]:
            self.due[id(loser)] = 0

    def drop(self, losers: list[Grant]) -> None:
        self.keep_highest(losers, 0)

    def sum(self, grants: Iterable[Grant]) -> int:
        return sum(self.due[id(one)] for one in grants)


def dues(
    person: Person, m: int, law: Law, on: date, grants: list[Grant] | None = None
) -> dict[int, int | None]:
    """What each grant of a person is worth for one month once they are set against each other, by id(grant)."""
    grants = person.grants if grants is None else grants
    due = {id(one): granted(one, m, law, on) for one in grants}
    if MISSING in due.values():
        return due
    held = Held(grants, due)

    # N06, and Art. 20(2)(a): the special supplement, or the higher care support, replaces the ordinary one.
    for ordinary, special in REPLACED_BY.items():
        if held.of(special):
            held.drop(held.of(ordinary))
    # E11: no disability allowance beside a monthly NCC allowance.
    if any(_is_ncc_monthly(one) and due[id(one)] for one in grants):
        held.drop(held.of(*DISABLED))
    # E11: neither the disability allowance nor 5(5)(c) beside a pension; the social pension beside a lower one only.
    if person.pension and (person.pension_from is None or person.pension_from <= m):
        held.drop(held.of(*DISABLED, "BTXH_5.5c"))
        known = person.pension_amount is not None
        held.drop([o for o in held.of(*SOCIAL_PENSION) if not known or person.pension_amount >= due[id(o)]])
    # Art. 25(5): care in an institution excludes the allowances of Art. 6.
    if held.of(INSTITUTION):
        held.drop(held.starting(ART_6))

    _social(held)
    _revolutionary(held)
    return due


def _social(held: Held) -> None:
    single = held.of(SINGLE_PARENT)
    held.keep_highest(single, 1)
    beside = held.starting(CLAUSES_5_6_8)
    held.keep_highest(beside, 1)  # E07: of several social allowances the highest
    others = [one for one in held.starting(ART_6) if one not in single + beside] + held.of(*SOCIAL_PENSION)
    held.keep_highest(others, 1)
    # E07: the single parent's adds to one of clauses 5, 6 and 8; together they stand against the best of the others.
    # E09: so does the social pension: the higher of it and the social allowances, which stay where both are equal.
    if held.sum(single + beside) >= held.sum(others):
        held.drop(others)
    else:
        held.drop(single + beside)


def _revolutionary(held: Held) -> None:
    """N01: allowances of several NCC categories add up, with these exceptions."""
    for cared_for in {
        id(one.linked) for one in held.of(*CARERS)
    }:  # one carer's allowance for each person cared for
        held.keep_highest([one for one in held.of(*CARERS) if id(one.linked) == cared_for], 1)
    held.keep_highest(held.of(*EDUCATION), 1)  # of the benefits of Ordinance Art. 5(2) the highest
    held.keep_highest(held.of(*SURVIVORS), 2)  # N02: at most two survivor's allowances
    held.keep_highest(held.of(*SURVIVORS_CARE), 1)  # N02: and one care allowance


# When a decision lets a benefit begin.


def start(
    category: str,
    *,
    signed: date,
    born: date | None = None,
    certificate: date | None = None,
    died: date | None = None,
) -> int:
    """The first month of a new grant: `signed` is the decision, `died` the death that gives the survivor the right."""
    if category in ("BTXH_5.5b", "BTXH_5.5c"):
        age = FROM_AGE[category]
        return month(born.year + age, born.month)  # E01: from reaching the age
    if category in DISABLED:
        return month_of(certificate)  # E02: the month of the certificate
    if category in (*SURVIVORS, *SURVIVORS_CARE) and died is not None:
        return month_of(died) + 1  # N05: the month after the death
    return month_of(signed)  # E03, E08: the month in which the decision is signed
