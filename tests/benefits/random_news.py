"""What becomes known between two cycles: each is one operation of the engine, and the same on the oracle's facts."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from random import Random

from beneficiaries.models import EndReason, Precision, SuspensionGround
from beneficiaries.operations import grants, people, suspensions
from beneficiaries.operations.grants import Decision
from tests.benefits import oracle
from tests.benefits.facts import Change, Child, Grant, Person, Suspension, month_of
from tests.benefits.mirror import (
    Mirror,
    child_row,
    day,
)
from tests.benefits.random_families import Families

DECISION = Decision("12/QĐ-UBND", date(2024, 1, 2))


class News:
    """Draws what happens to a family, writes it on both sides, or on neither where the law could not be reckoned."""

    def __init__(self, rng: Random, families: Families, mirror: Mirror) -> None:
        self.rng, self.families, self.mirror = rng, families, mirror
        self.when = families.when

    def happen(self, family: list[Person]) -> None:
        who = self.rng.choice(family)
        now = self.when.start + self.rng.randint(-2, 4)
        event: Callable[[list[Person], Person, int], Callable[[], None] | None] = self.rng.choice(
            (
                self._death, self._death, self._birth, self._pension, self._grant, self._grant, self._end,
                self._suspend, self._resume, self._facts_change, self._children,
            )
        )  # fmt: skip
        undo = _snapshot(family)
        write = event(family, who, now)
        if write is None or not self.families.reckonable(family):
            undo()
        else:
            write()

    def _death(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        died = None if who.died and self.rng.random() < 0.3 else self.families.day(now)
        if died is not None and died < who.born:
            return None
        who.died = died
        row = self.mirror.people[id(who)]
        lump = self._lump(family, who)

        def write() -> None:
            people.record_death(person=row, died_on=died)
            if lump:
                self.mirror.add_grants([lump])

        return write

    def _lump(self, family: list[Person], dead: Person) -> Grant | None:
        if dead.died is None or not self.when.ncc or self.rng.random() < 0.3:
            return None
        to = self.rng.choice(family)
        if any(one.category == oracle.THREE_MONTHS for one in to.grants):
            return None
        first = month_of(dead.died) + 1
        lump = Grant(to, oracle.THREE_MONTHS, first, first, linked=None if to is dead else dead)
        to.grants.append(lump)
        if self.families.reckonable([to]):
            return lump
        to.grants.remove(lump)
        return None

    def _birth(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        who.born, who.year_only = self.families.birth()
        if who.died is not None and who.died < who.born:
            return None
        precision = Precision.YEAR if who.year_only else Precision.DAY
        born, row = who.born, self.mirror.people[id(who)]
        return lambda: people.correct_birth(person=row, birth_date=born, precision=precision)

    def _pension(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        who.pension = self.rng.choice(("", "pension"))
        who.pension_amount = self.rng.choice((None, 300_000, 2_000_000)) if who.pension else None
        who.pension_from = now if who.pension and self.rng.random() < 0.8 else None
        facts = {"kind": who.pension, "amount": who.pension_amount, "from_month": day(who.pension_from)}
        row = self.mirror.people[id(who)]
        return lambda: people.record_pension(person=row, **facts)

    def _grant(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        made = self.families.grant(who, family)
        return (lambda: self.mirror.add_grants([made])) if made else None

    def _end(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        if not who.grants:
            return None
        one = self.rng.choice(who.grants)
        if one.last is not None or now < one.first:
            return None
        one.last = now
        row = self.mirror.grants[id(one)]
        return lambda: grants.end(
            entitlement=row, last_month=day(now), reason=EndReason.INELIGIBLE, decision=DECISION
        )

    def _suspend(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        if not who.grants:
            return None
        one = self.rng.choice(who.grants)
        if any(other.last is None or other.last >= now for other in one.suspensions):
            return None
        one.suspensions.append(Suspension(now))
        row = self.mirror.grants[id(one)]
        return lambda: suspensions.suspend(
            entitlement=row, from_month=day(now), ground=SuspensionGround.OTHER, decision=DECISION
        )

    def _resume(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        for one in who.grants:
            for suspension in one.suspensions:
                if suspension.last is None and now > suspension.first:
                    suspension.last, suspension.arrears = now - 1, self.rng.random() < 0.5
                    row = self.mirror.grants[id(one)].suspensions.get(until_month=None)
                    arrears = suspension.arrears
                    return lambda: suspensions.resume(
                        suspension=row, from_month=day(now), arrears=arrears, decision=DECISION
                    )
        return None

    def _facts_change(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        for one in who.grants:
            if one.injury is not None and not any(change.first == now for change in one.changes):
                injury = self.families.injury(one.category)
                one.changes.append(Change(now, injury=injury))
                row = self.mirror.grants[id(one)]
                return lambda: grants.change_facts(
                    entitlement=row, from_month=day(now), injury_rate=injury, decision=DECISION
                )
        return None

    def _children(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        for one in who.grants:
            if one.category == oracle.SINGLE_PARENT or (one.children and one.linked is None):
                one.children = [self.families.child() for _ in range(self.rng.randint(1, 3))]
                rows = [child_row(child, None, number) for number, child in enumerate(one.children)]
                row = self.mirror.grants[id(one)]
                return lambda: grants.set_children(entitlement=row, children=rows)
        return None


def _snapshot(family: list[Person]) -> Callable[[], None]:
    """Remember a family's facts; the call given back restores them (the objects keep their identity)."""
    kept = [
        (who, dict(vars(who)), list(who.grants), [(one, dict(vars(one)), _lists(one)) for one in who.grants])
        for who in family
    ]

    def undo() -> None:
        for who, facts, held, grants_before in kept:
            vars(who).update(facts)
            who.grants = held
            for one, columns, (children, suspended, changes) in grants_before:
                vars(one).update(columns)
                one.children, one.changes = children, changes
                one.suspensions = suspended

    return undo


def _lists(one: Grant) -> tuple[list[Child], list[Suspension], list[Change]]:
    return list(one.children), [copy.copy(s) for s in one.suspensions], list(one.changes)
