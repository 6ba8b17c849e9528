"""The look ahead against plain Python on random small worlds: the ages of the decrees written down by hand here."""

from __future__ import annotations

import random
from datetime import date

import pytest

from accounts.access import Reader
from accounts.models import RoleName
from beneficiaries.models import Person
from common.keyset import Place
from common.months import add_months
from desk.queries.ahead import coming_page
from tests import worlds

ON = date(2026, 1, 10)
MONTHS = [date(2026, month, 1) for month in (1, 2, 3, 4)]
# Decree 20/2021 Art. 5, 6 and 25; Decree 176/2025 Art. 2: coefficients by age, in force in the first months of 2026.
BANDS = {
    "BTXH_5.1": {0: 2.5, 4: 1.5},
    "BTXH_5.2": {0: 1.5},
    "BTXH_5.5a": {0: 1.5, 80: 2.0},
    "BTXH_5.5d": {0: 3.0},
    "BTXH_5.6_DBN": {0: 2.5, 16: 2.0, 60: 2.5},
    "BTXH_5.6_N": {0: 2.0, 16: 1.5, 60: 2.0},
    "BTXH_5.7": {0: 1.5},
    "BTXH_25.1": {0: 5.0, 4: 4.0},
    "HTXH_70_75": {0: 1.0},
    "HTXH_75": {0: 1.0},
}
ENDS = {"BTXH_5.1": 16, "BTXH_5.2": 22, "BTXH_5.7": 3, "HTXH_70_75": 75}
OPENS = {"BTXH_5.2": 16, "BTXH_5.5a": 60, "BTXH_5.5d": 60, "HTXH_70_75": 70, "HTXH_75": 75}
AGES = (3, 4, 16, 22, 60, 70, 75, 80)


def coefficient(category: str, age: int) -> float:
    return [factor for start, factor in BANDS[category].items() if start <= age][-1]


def expected(person: Person, grants: list[tuple[str, date, date | None]]) -> set[tuple]:
    """What comes to one person: kind, month, and the category or the categories offered."""
    if person.died_on:
        return set()
    found: set[tuple] = set()
    for month in MONTHS:
        months = (month.year - person.birth_date.year) * 12 + month.month - person.birth_date.month
        if months % 12:
            continue
        age = months // 12
        on = [
            (code, last) for code, since, last in grants if since <= month and (last is None or last >= month)
        ]
        going_on = [code for code, last in on if last is None or last > month]
        for code in going_on:
            if age in BANDS[code] and age and age < ENDS.get(code, 200):
                found.add(("rate", month, code))
            if ENDS.get(code) == age:
                found.add(("end", month, code))
        best = max((coefficient(code, age) for code in going_on if ENDS.get(code, 200) > age), default=0)
        offers = [
            code
            for code, opens in sorted(OPENS.items())
            if opens == age
            and code not in going_on
            and coefficient(code, age) > best
            and (code != "BTXH_5.2" or "BTXH_5.1" in [held for held, _last in on])
            and not (code.startswith("HTXH") and person.pension_kind)
        ]
        if offers:
            found.add(("may", month, tuple(offers)))
    return found


# Read from the homes of a few communes, and from the birthdays where there are many.
@pytest.mark.parametrize(("seed", "few"), [(1, 12), (2, 12), (3, 0)])
def test_the_look_ahead_says_what_plain_python_says(db, monkeypatch, seed, few):
    monkeypatch.setattr("desk.queries.ahead._FEW_COMMUNES", few)
    worlds.load_reference()
    chance = random.Random(seed)
    wanted = set()
    for number in range(100):
        age = chance.choice(AGES)
        born = add_months(date(2026, chance.randint(1, 5), 1), -12 * age)
        fitting = sorted(code for code in BANDS if age in BANDS[code] or ENDS.get(code) == age)
        person = worlds.person(
            f"Người {number}",
            born=born.replace(day=chance.randint(1, 28)),
            died_on=date(2026, 1, 2) if chance.random() < 0.05 else None,
            pension_kind="pension" if chance.random() < 0.2 else "",
        )
        grants = []
        for category in {chance.choice(fitting or ["BTXH_5.6_N"]), chance.choice(sorted(BANDS)), ""} - {""}:
            if chance.random() < 0.2:
                continue
            since = chance.choice((date(2025, 8, 1), date(2026, 3, 1)))
            last = chance.choice((None, None, None, date(2026, 3, 1), date(2026, 2, 1)))
            if last and last < since:
                last = None
            reason = "ineligible" if last else ""
            worlds.grant(person, category, since=since, last_month=last, end_reason=reason, queue=False)
            grants.append((category, since, last))
        wanted |= {(person.pk, *one) for one in expected(person, grants)}
    reader = Reader(1, ((RoleName.COMMUNE_OFFICER, frozenset({worlds.commune().pk})),))
    found, place = set(), Place()
    while True:
        page = coming_page(reader=reader, on=ON, place=place)
        for row in page.rows:
            about = (
                tuple(one.code for one in row.offers) if row.kind == "may" else row.entitlement.category_id
            )
            found.add((row.person_id, row.kind, row.month, about))
        if not page.after:
            break
        place = Place(after=page.after)
    assert len(wanted) > 20
    assert found == wanted
