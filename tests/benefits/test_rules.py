"""One case for each rule of the law, named after it: the đồng worked out by hand, the SQL and the oracle beside."""

from __future__ import annotations

from datetime import date

import pytest

from payments.operations.generation import list_date
from tests import worlds
from tests.benefits import oracle
from tests.benefits.mirror import Mirror, day, law_of_database, posted_by_oracle
from tests.benefits.oracle import Change, Grant, Person, month

pytestmark = pytest.mark.django_db

DEC = month(2024, 12)


@pytest.fixture(autouse=True)
def reference(db):
    worlds.load_reference()


def person(born: date = date(1940, 5, 20), **facts) -> Person:
    return Person(born, **facts)


def grant(to: Person, category: str, first: int = DEC, **facts) -> Grant:
    made = Grant(to, category, first, facts.pop("settled_before", first), **facts)
    to.grants.append(made)
    return made


class Both:
    """The database and the oracle side by side: every round is asked of both, and they must agree."""

    def __init__(self, *people: Person) -> None:
        self.people = list(people)
        self.law = law_of_database()
        self.ledger = oracle.Ledger(self.law)
        self.mirror = Mirror(self.people)

    def pays(self, first: int, last: int | None = None, on: date | None = None) -> dict[str, int]:
        """What a round posts, as {"CATEGORY YYYY-MM": đồng}."""
        last = first if last is None else last
        on = on or list_date(day(first))
        judged = posted_by_oracle(self.ledger, self.people, last, on)
        paid = self.mirror.run(first, last, on)
        named = {id(one): one for person in self.people for one in person.grants}

        def words(lines):
            return {f"{named[key].category} {day(m):%Y-%m}": amount for (key, m), amount in lines.items()}

        assert words(paid) == words(judged)
        return words(paid)


# E: entitlement


def test_E04_a_rate_changes_in_the_month_in_which_its_condition_is_met():
    # Decree 20/2021 Art. 6(1)(a): under 4 coefficient 2.5, from 4 coefficient 1.5; base 500,000 (Decree 76/2024).
    # Born 31 December 2020: four years old in December 2024, whatever the day. 1,250,000 then 750,000.
    child = person(date(2020, 12, 31))
    grant(child, "BTXH_5.1", month(2024, 11))
    both = Both(child)
    assert both.pays(month(2024, 11)) == {"BTXH_5.1 2024-11": 1_250_000}
    assert both.pays(DEC) == {"BTXH_5.1 2024-12": 750_000}


def test_E04_a_new_injury_rate_counts_from_its_month_and_not_before():
    # Annex II of Decree 75/2021 as amended by 77/2024: 21 % 1,878,000, 22 % 1,969,000.
    veteran = person(date(1950, 3, 3))
    one = grant(veteran, "TB", month(2024, 11), injury=21)
    one.changes.append(Change(DEC, injury=22))
    both = Both(veteran)
    assert both.pays(month(2024, 11)) == {"TB 2024-11": 1_878_000}
    assert both.pays(DEC) == {"TB 2024-12": 1_969_000}
