"""What the law grants, in plain Python: the judge of the SQL that pays.

It shares nothing with the engine: no SQL, no tables, not even the tables' columns on how categories stack. Each rule is
written where it applies, with its id in shared words (docs/law.md): E entitlement, S suspension, A arrears and recovery,
N revolutionary contributions, D death. Months are whole numbers (year × 12 + month − 1), money is whole đồng.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

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
THREE_MONTHS = "NCC_1L_3THANG"
WORSHIP = "NCC_THOCUNG"
ONE_OFF = ("NCC_1L_", "NCC_MAITANG", "BTXH_11.", "BTXH_13.", "BTXH_14.", "BTXH_25.3")

FROM_AGE = {
    "BTXH_5.2": 16, "BTXH_5.5a": 60, "BTXH_5.5b": 75, "BTXH_5.5c": 80, "BTXH_5.5d": 60, "HTXH_75": 75, "HTXH_70_75": 70,
}  # fmt: skip
UNTIL_AGE = {"BTXH_5.1": 16, "BTXH_5.2": 22, "BTXH_5.3": 16, "BTXH_5.5b": 80, "BTXH_5.7": 3, "HTXH_70_75": 75}


def month(year: int, number: int) -> int:
    return year * 12 + number - 1


def month_of(day: date) -> int:
    return month(day.year, day.month)


@dataclass
class Child:
    born: date
    year_only: bool = False
    studying_until: date | None = None
    last_month: int | None = None


@dataclass
class Person:
    born: date
    year_only: bool = False
    died: date | None = None
    pension: str = ""
    pension_amount: int | None = None
    pension_from: int | None = None
    grants: list[Grant] = field(default_factory=list)


@dataclass
class Suspension:
    first: int
    last: int | None = None
    arrears: bool = False


@dataclass
class Change:
    """Injury rate, seniority or heads as they are from a month on."""

    first: int
    injury: int | None = None
    seniority: int | None = None
    heads: int | None = None


@dataclass
class Grant:
    person: Person
    category: str
    first: int
    settled_before: int
    last: int | None = None
    injury: int | None = None
    seniority: int | None = None
    heads: int | None = None
    linked: Person | None = None
    children: list[Child] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass
class Dated:
    applies_from: date
    applies_to: date | None
    in_force_from: date
    ends_in_force_from: date | None


@dataclass
class Base(Dated):
    code: str
    amount: int


@dataclass
class Rate(Dated):
    category: str
    age_from: int = 0
    age_to: int | None = None
    injury_from: int | None = None
    injury_to: int | None = None
    base: str = ""
    coefficient: Fraction | None = None
    round_to: int = 1
    amount: int | None = None


@dataclass
class Law:
    rates: Sequence[Rate]
    bases: Sequence[Base]
    year_means: str = "first"  # a birth known to the year only counts from its first or its last month


def _latest[D: Dated](rows: Iterable[D], m: int, on: date) -> D | None:
    """P12: of the rows that are law on the list date, the latest; one that ended stays until its end is law."""
    first_day = date(m // 12, m % 12 + 1, 1)
    found = None
    for row in rows:
        begun = row.applies_from <= first_day and row.in_force_from <= on
        ended = row.applies_to is not None and row.applies_to < first_day and row.ends_in_force_from <= on
        if begun and not ended:
            if found is None or (found.applies_from, found.in_force_from) < (row.applies_from, row.in_force_from):
                found = row
    return found


def _born(who: Person | Child, law: Law) -> int:
    return month(who.born.year, 12 if law.year_means == "last" else 1) if who.year_only else month_of(who.born)


def _youngest(grant: Grant, law: Law) -> int | None:
    return max((_born(child, law) for child in grant.children), default=None)


def _alive(who: Person, m: int) -> bool:
    return who.died is None or m <= month_of(who.died)  # E05, S04, D01: the month of death is payable


def _suspended(grant: Grant, m: int) -> bool:
    for one in grant.suspensions:  # S01, S02, S03, S06: nothing is due while suspended
        if one.first <= m and (one.last is None or m <= one.last):
            if one.last is None or not one.arrears:  # A03: resumed with arrears only where the decision says so
                return True
    return False


def _facts(grant: Grant, m: int) -> tuple[int | None, int | None, int | None]:
    injury, seniority, heads = grant.injury, grant.seniority, grant.heads
    for change in sorted(grant.changes, key=lambda change: change.first):  # E04: from the month conditions are met
        if change.first <= m:
            injury = injury if change.injury is None else change.injury
            seniority = seniority if change.seniority is None else change.seniority
            heads = heads if change.heads is None else change.heads
    return injury, seniority, heads


def granted(grant: Grant, m: int, law: Law, on: date) -> int | None:
    """What one grant gives for one month by itself, 0 where nothing, MISSING where the law or a fact is missing."""
    who, category = grant.person, grant.category
    once = category.startswith(ONE_OFF)

    # When it is due at all.
    if m < grant.first or grant.last is not None and m > grant.last:
        return 0  # E03, E05
    if once:
        if m != grant.first:
            return 0  # a one-off is paid once
    elif not _alive(who, m):
        return 0  # E05
    if category == WORSHIP and m % 12 != grant.first % 12:
        return 0  # once a year
    if category in CARE + CARERS and grant.linked is not None and not _alive(grant.linked, m):
        return 0  # E05: nobody is left to care for
    if _suspended(grant, m):
        return 0

    # Age: whose, and whether it is still or already in question.
    if category in OF_CARED_FOR_AGE:
        born = _born(grant.linked, law) if grant.linked else _youngest(grant, law)
    else:
        born = _born(who, law)
    age_months = None if born is None else m - born
    if category in FROM_AGE and age_months < FROM_AGE[category] * 12:
        return 0  # E01, E04: from the month of the birthday
    if category in UNTIL_AGE and age_months > UNTIL_AGE[category] * 12:
        return 0  # E10: through the month of the birthday
    if category in RAISING_INFANTS and grant.children and m - _youngest(grant, law) > 36:
        return 0  # E10: the youngest child named has passed 36 months
    if age_months is not None and age_months <= -12:
        return MISSING  # granted a year before the recorded birth: the record is wrong
    age = None if age_months is None else max(age_months, 0) // 12
    if age is not None and category in UNTIL_AGE:
        age = min(age, UNTIL_AGE[category] - 1)  # the last band is still that of the birthday's month

    # How many times.
    injury, seniority, heads = _facts(grant, m)
    units: int | None = 1
    if category == SINGLE_PARENT:
        units = sum(_counts(child, m, law) for child in grant.children) if grant.children else heads
    elif category == WORSHIP:
        units = heads
    elif category in ("LTCM_THOATLY_PC", "NCC_1L_HDKC"):
        units = seniority

    # How much: the latest row in force whose band holds the age and the injury rate.
    if category == THREE_MONTHS:
        return _three_months(grant, law, on)
    fitting = [
        rate
        for rate in law.rates
        if rate.category == category
        and (rate.age_from == 0 and rate.age_to is None or age is not None and rate.age_from <= age)
        and (rate.age_to is None or age is not None and age < rate.age_to)
        and (rate.injury_from is None or injury is not None and rate.injury_from <= injury <= rate.injury_to)
    ]
    rate = _latest(fitting, m, on)
    if rate is None or units is None:
        return MISSING
    if rate.amount is not None:
        return units * rate.amount
    base = _latest([base for base in law.bases if base.code == rate.base], m, on)
    if base is None:
        return MISSING
    # N07: a product is rounded half up, to 1,000 đồng for revolutionary contributions.
    steps = rate.coefficient * base.amount / rate.round_to
    return units * int(steps + Fraction(1, 2)) * rate.round_to


def _counts(child: Child, m: int, law: Law) -> bool:
    """Art. 5(4): a child under 16, or under 22 while studying; each through its own birthday's month (E10)."""
    age_months = m - _born(child, law)
    if age_months < 0 or child.last_month is not None and m > child.last_month:
        return False
    studying = child.studying_until is not None and m <= month_of(child.studying_until)
    return age_months <= 16 * 12 or studying and age_months <= 22 * 12


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


def dues(
    person: Person, m: int, law: Law, on: date, grants: list[Grant] | None = None
) -> dict[int, int | None]:
    """What each grant of a person is worth for one month once they are set against each other, by id(grant)."""
    grants = person.grants if grants is None else grants
    due = {id(one): granted(one, m, law, on) for one in grants}
    if MISSING in due.values():
        return due

    def holds(*categories: str) -> list[Grant]:
        return [one for one in grants if one.category in categories and due[id(one)]]

    def keep_highest(rivals: list[Grant], count: int) -> None:
        for loser in sorted(rivals, key=lambda one: -due[id(one)])[count:]:  # stable: the earlier grant stays
            due[id(loser)] = 0

    # N06 and Art. 20(2)(a): the special supplement, or the higher care support, replaces the ordinary one.
    for ordinary, special in REPLACED_BY.items():
        if holds(special):
            keep_highest(holds(ordinary), 0)

    # E11: no disability allowance beside a monthly NCC allowance; none, nor 5(5)(c), beside a pension.
    if any(_is_ncc_monthly(one) and due[id(one)] for one in grants):
        keep_highest(holds(*DISABLED), 0)
    if person.pension and (person.pension_from is None or person.pension_from <= m):
        keep_highest(holds(*DISABLED, "BTXH_5.5c"), 0)
        for one in holds(*SOCIAL_PENSION):  # 176/2025 Art. 2: beside a pension lower than itself only
            if person.pension_amount is None or person.pension_amount >= due[id(one)]:
                due[id(one)] = 0

    # Art. 25(5): care in an institution excludes the allowances of Art. 6.
    if holds(INSTITUTION):
        keep_highest([one for one in grants if one.category.startswith(ART_6)], 0)

    # E07: of the social allowances the highest, but the single parent's adds to one of clauses 5, 6, 8.
    # E09: the social pension or the social allowances, whichever is higher; equal counts for the allowances of 5, 6, 8.
    single = holds(SINGLE_PARENT)
    keep_highest(single, 1)
    rivals = [
        one for one in grants
        if one.category in SOCIAL_PENSION or one.category.startswith(ART_6) and one.category != SINGLE_PARENT
    ]  # fmt: skip
    beside = [one for one in rivals if one.category.startswith(CLAUSES_5_6_8)]
    alone_only = [one for one in rivals if one not in beside]
    keep_highest(beside, 1)
    keep_highest(alone_only, 1)
    together = sum(due[id(one)] for one in (*beside, *single))
    if together >= sum(due[id(one)] for one in alone_only):
        keep_highest(alone_only, 0)
    else:
        keep_highest(beside, 0)
        keep_highest(single, 0)

    # N01: allowances of several NCC categories add up; a carer's allowance for one person cared for, and the benefits
    # of Art. 5(2), only the highest.
    for cared_for in {id(one.linked) for one in holds(*CARERS)}:
        keep_highest([one for one in holds(*CARERS) if id(one.linked) == cared_for], 1)
    keep_highest(holds(*EDUCATION), 1)
    # N02: at most two survivor's allowances and one care allowance.
    keep_highest(holds(*SURVIVORS), 2)
    keep_highest(holds(*SURVIVORS_CARE), 1)
    return due


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


# Owed minus settled.


@dataclass
class Paid:
    """A line as it was posted: `delivered` False once its payment failed or stayed unclaimed."""

    grant: Grant
    month: int
    amount: int
    delivered: bool = True


@dataclass
class Ledger:
    """P03, P08, P13, S07, A01: every cycle pays whatever is owed and not settled, however far back, once.

    It looks back on every month of everybody each time: what the engine may leave unread must not matter.
    """

    law: Law
    lines: list[Paid] = field(default_factory=list)
    adjustments: list[tuple[Grant, int, int]] = field(default_factory=list)

    def balance(self, grant: Grant, m: int, on: date) -> int | None:
        """Owed minus settled, in đồng: negative where too much was paid (A02, A04: it stays until a decision)."""
        due = dues(grant.person, m, self.law, on)[id(grant)]
        if due is MISSING:
            return MISSING
        adjusted = sum(amount for one, at, amount in self.adjustments if one is grant and at == m)
        live = sum(line.amount for line in self.lines if line.grant is grant and line.month == m and line.delivered)
        return due + adjusted - live

    def pay(self, people: Iterable[Person], last: int, on: date) -> list[Paid]:
        """The lines of one round up to the cycle's last month, by the law of its list date."""
        posted = []
        for person in people:
            for grant in person.grants:
                for m in range(max(grant.first, grant.settled_before), last + 1):
                    owed = self.balance(grant, m, on)
                    if owed is MISSING:
                        raise LookupError(f"{grant.category} has no rate for month {m}")
                    if owed > 0:
                        posted.append(Paid(grant, m, owed))
        self.lines += posted
        return posted

    def overpaid(self, person: Person, last: int, on: date) -> dict[tuple[int, int], int]:
        """What was paid too much, by (id(grant), month)."""
        found = {}
        for grant in person.grants:
            for m in range(grant.settled_before, last + 1):
                owed = self.balance(grant, m, on)
                if owed is not MISSING and owed < 0:
                    found[id(grant), m] = -owed
        return found

    def recover(self, decided: dict[tuple[int, int], int], person: Person, last: int, on: date, limit: int) -> list[Paid]:
        """A02, A04: take back what a decision names, oldest month first, at most `limit` đồng."""
        posted = []
        for (key, m), named in sorted(decided.items(), key=lambda item: (item[0][1], _place(person, item[0][0]))):
            grant = person.grants[_place(person, key)]
            taken = min(limit, named, max(0, -self.balance(grant, m, on)))
            if taken > 0:
                posted.append(Paid(grant, m, -taken))
                limit -= taken
        self.lines += posted
        return posted


def _place(person: Person, key: int) -> int:
    return next(n for n, one in enumerate(person.grants) if id(one) == key)
