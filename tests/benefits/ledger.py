"""The oracle's book: owed minus settled, for every month of everybody in every round."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.benefits.facts import Grant, Law, Person
from tests.benefits.oracle import MISSING, dues


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
    lines: dict[tuple[int, int], list[Paid]] = field(default_factory=dict)
    adjustments: dict[tuple[int, int], int] = field(default_factory=dict)
    waived: dict[tuple[int, int], int] = field(default_factory=dict)

    def balances(self, person: Person, last: int, on: date) -> dict[tuple[int, int], int]:
        """Owed minus settled by (id(grant), month), in đồng: negative where too much was paid (A02, A04)."""
        found = {}
        for m in range(min(one.settled_before for one in person.grants), last + 1):
            due = dues(person, m, self.law, on)
            for grant in person.grants:
                if m < grant.settled_before:
                    continue  # settled elsewhere
                key = id(grant), m
                if due[id(grant)] is MISSING:
                    raise LookupError(f"{grant.category} has no rate, or lacks a fact, in month {m}")
                live = sum(line.amount for line in self.lines.get(key, ()) if line.delivered)
                found[key] = due[id(grant)] + self.adjustments.get(key, 0) + self.waived.get(key, 0) - live
        return found

    def pay(self, person: Person, last: int, on: date) -> list[Paid]:
        """The lines that one round posts up to the cycle's last month, by the law of its list date."""
        grants = {id(grant): grant for grant in person.grants}
        owed = self.balances(person, last, on)
        for key, amount in owed.items():
            # A04: a waiver forgives what was paid too much; once its cause is gone it ends, and is never itself owed.
            ended = min(max(amount, 0), self.waived.get(key, 0))
            if ended:
                self.waived[key] -= ended
                owed[key] -= ended
        return [self._post(Paid(grants[key], m, amount)) for (key, m), amount in owed.items() if amount > 0]

    def overpaid(self, person: Person, last: int, on: date) -> dict[tuple[int, int], int]:
        """What was paid too much, by (id(grant), month); nothing is netted off what is owed (A04)."""
        return {key: -amount for key, amount in self.balances(person, last, on).items() if amount < 0}

    def recover(
        self, decided: dict[tuple[int, int], int], person: Person, last: int, on: date, limit: int
    ) -> list[Paid]:
        """A02, A04: take back what a decision names and has not taken yet, oldest month first, at most `limit` đồng."""
        grants = {id(grant): (n, grant) for n, grant in enumerate(person.grants)}
        too_much = self.overpaid(person, last, on)
        posted = []
        for key, m in sorted(decided, key=lambda named: (named[1], grants[named[0]][0])):
            before = -sum(line.amount for line in self.lines[key, m] if line.amount < 0 and line.delivered)
            taken = min(limit, decided[key, m] - before, too_much.get((key, m), 0))
            if taken > 0:
                posted.append(self._post(Paid(grants[key][1], m, -taken)))
                limit -= taken
        return posted

    def _post(self, line: Paid) -> Paid:
        self.lines.setdefault((id(line.grant), line.month), []).append(line)
        return line
