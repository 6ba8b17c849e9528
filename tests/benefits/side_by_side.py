"""The database and the oracle side by side: every round is asked of both, and they must agree."""

from __future__ import annotations

from datetime import date
from functools import singledispatchmethod

from accounts.access import province_reader
from beneficiaries.models import Entitlement
from beneficiaries.models import Person as PersonRow
from beneficiaries.operations import grants
from beneficiaries.operations.grants import Decision
from benefits.models import Category
from payments.operations.generation import list_date
from payments.queries.overpaid import overpaid
from tests.benefits.facts import Grant, Person, month, month_of
from tests.benefits.ledger import Ledger
from tests.benefits.mirror import Mirror, day, law_of_database, posted_by_oracle

DEC = month(2024, 12)
SIGNED = Decision("12/QĐ-UBND", date(2024, 12, 10), "Chủ tịch UBND xã")


def person(born: date = date(1940, 5, 20), **facts) -> Person:
    return Person(born, **facts)


def grant(to: Person, category: str, first: int = DEC, **facts) -> Grant:
    made = Grant(to, category, first, facts.pop("settled_before", first), **facts)
    to.grants.append(made)
    return made


def granted(both: Both, who: Person, category: str, **facts) -> Entitlement:
    """The operation's own grant, by the decision SIGNED."""
    return grants.grant(
        person=both.row(who), category=Category.objects.get(pk=category), decision=SIGNED, **facts
    )


class Both:
    def __init__(self, *people: Person) -> None:
        self.people = list(people)
        self.law = law_of_database()
        self.ledger = Ledger(self.law)
        self.mirror = Mirror(self.people)
        self.last = (DEC, list_date(day(DEC)))

    def pays(self, first: int, last: int | None = None, on: date | None = None) -> dict[str, int]:
        """What a round posts, as {"CATEGORY YYYY-MM": đồng}."""
        last = first if last is None else last
        on = on or list_date(day(first))
        self.last = last, on
        judged = posted_by_oracle(self.ledger, self.people, last, on)
        paid = self.mirror.run(first, last, on)
        assert self._words(paid) == self._words(judged)
        return self._words(paid)

    def overpaid(self) -> dict[str, int]:
        """What both hold for paid too much after the last round."""
        last, on = self.last
        judged = {}
        for who in filter(lambda one: one.grants, self.people):
            judged |= self.ledger.overpaid(who, last, on)
        found = {
            (id(self.mirror.grant_of[one.entitlement_id]), month_of(one.month)): one.overpaid
            for one in overpaid(reader=province_reader())
        }
        assert self._words(found) == self._words(judged)
        return self._words(found)

    def unclaimed(self) -> None:
        """Nobody collects the last round's payments; those before it stayed uncollected too."""
        for payment in self.mirror.payments():
            self.mirror.undelivered(payment, "unclaimed")
        for lines in self.ledger.lines.values():
            for line in lines:
                line.delivered = False

    def follow(self, row: Entitlement, held: Grant) -> Grant:
        """Give the oracle a grant that an operation made in the database."""
        held.person.grants.append(held)
        self.mirror.grants[id(held)] = row
        self.mirror.grant_of[row.pk] = held
        return held

    @singledispatchmethod
    def row(self, fact) -> object:
        raise TypeError(fact)

    @row.register
    def _(self, fact: Person) -> PersonRow:
        found = self.mirror.people[id(fact)]
        found.refresh_from_db()
        return found

    @row.register
    def _(self, fact: Grant) -> Entitlement:
        found = self.mirror.grants[id(fact)]
        found.refresh_from_db()
        return found

    def _words(self, lines: dict[tuple[int, int], int]) -> dict[str, int]:
        named = {id(one): one for person in self.people for one in person.grants}
        return {f"{named[key].category} {day(m):%Y-%m}": amount for (key, m), amount in lines.items()}
