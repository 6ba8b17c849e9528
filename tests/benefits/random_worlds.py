"""Random small worlds: a family or two, what the law grants them, and what becomes known while they are paid.

Many families share one timeline of cycles, so that a round of the real engine reckons them all at once. Everything
comes from one `random.Random`: a seed names a world.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from random import Random

from django.db import transaction

from accounts.access import province_reader
from beneficiaries.models import EndReason, Precision, Reckon, SuspensionGround
from beneficiaries.operations import grants, people, suspensions
from beneficiaries.operations.grants import Decision
from benefits.models import Base, Category, Rate
from payments.operations import overpaid
from payments.operations.generation import LEAST_PAYMENT, list_date
from payments.operations.overpaid import Item, Schedule
from payments.overpaid import DecisionKind
from payments.queries.ledger import check_ledger
from tests import worlds
from tests.benefits import oracle
from tests.benefits.mirror import (
    Mirror,
    child_row,
    day,
    law_of_database,
    posted_by_oracle,
    successor,
)
from tests.benefits.oracle import Change, Child, Grant, Person, Suspension, month

DECISION = Decision("12/QĐ-UBND", date(2024, 1, 2))
EDGES = (0, 3, 4, 16, 22, 60, 70, 75, 80)
# First months of the timelines: around both changes of the standard level, the social pension, and quiet months.
STARTS = tuple(
    month(*at) for at in ((2023, 12), (2024, 4), (2024, 5), (2024, 6), (2025, 4), (2025, 5), (2026, 2))
)
WITHOUT_NCC = (month(2026, 7), month(2026, 8), month(2026, 9))
SUPERSEDED = ("BTXH_5.5b", "BTXH_5.5c")
SOCIAL_PENSION_FROM = month(2025, 7)
CYCLES = 4
# Bands that a new rate may bring: as they are, finer, coarser, or for a part of the ages only.
NEW_BANDS = (
    ("BTXH_5.4", (0, None)),
    ("BTXH_5.8", (0, 40, None)),
    ("BTXH_5.8", (0, 18)),
    ("BTXH_5.6_N", (0, 16, 60, None)),
    ("BTXH_5.6_N", (0, None)),
    ("BTXH_5.5a", (0, 70, 80, None)),
    ("BTXH_5.5a", (75, None)),
)


class Disagreement(AssertionError):
    """The SQL and the oracle paid differently: says for whom, and in which cycle."""


@dataclass
class Timeline:
    cycles: list[tuple[int, int]]
    ncc: bool

    @property
    def start(self) -> int:
        return self.cycles[0][0]

    @property
    def last(self) -> int:
        return self.cycles[-1][1]


def timeline(rng: Random) -> Timeline:
    """Four cycles in a row, one of them sometimes Tết's two months."""
    first = rng.choice(STARTS + WITHOUT_NCC)
    double = rng.choice((None, None, None, 0, 1, 2))
    cycles, m = [], first
    for number in range(CYCLES):
        last = m + 1 if number == double else m
        cycles.append((m, last))
        m = last + 1
    return Timeline(cycles, ncc=m <= month(2026, 11) and first not in WITHOUT_NCC)


class Families:
    """Draws families for one timeline; `categories` as the database holds them, for their needs only."""

    def __init__(self, rng: Random, when: Timeline, law: oracle.Law) -> None:
        self.rng, self.when, self.law = rng, when, law
        self.categories = [
            category
            for category in Category.objects.order_by("code")
            if category.scheme == "BTXH" or when.ncc
            if category.component != "social_pension" or when.start - 6 >= SOCIAL_PENSION_FROM
            if category.code != oracle.THREE_MONTHS
        ]
        self.social = [one for one in self.categories if one.code.startswith(oracle.ART_6 + "5")] + [
            one for one in self.categories if one.component in ("social_pension", "allowance")
        ]

    def draw(self) -> list[Person]:
        members = [self._person() for _ in range(self.rng.choice((1, 1, 1, 2, 2, 3)))]
        for who in members:
            for _ in range(self.rng.choice((1, 1, 2, 2, 3, 4))):
                self.grant(who, members)
        return members

    def _person(self) -> Person:
        who = Person(*self._birth())
        if self.rng.random() < 0.15:
            who.pension = self.rng.choice(("pension", "social_insurance"))
            who.pension_amount = self.rng.choice((None, 200_000, 360_000, 500_000, 540_000, 3_000_000))
            who.pension_from = self.rng.choice((None, self.when.start + self.rng.randint(-4, 3)))
        if self.rng.random() < 0.08:
            died = self._day(self.when.start + self.rng.randint(-3, 3))
            who.died = died if died >= who.born else None
        return who

    def _birth(self) -> tuple[date, bool]:
        m = self.when.start + self.rng.randint(-4, 6) - 12 * self.rng.choice(EDGES)
        if self.rng.random() < 0.25:
            m = self.when.start - self.rng.randint(0, 95 * 12)
        born = self._day(m)
        return (date(born.year, 1, 1), True) if self.rng.random() < 0.15 else (born, False)

    def _day(self, m: int) -> date:
        return date(m // 12, m % 12 + 1, self.rng.choice((1, 2, 14, 28)))

    def grant(self, who: Person, members: list[Person], back: int = 6) -> Grant | None:
        """A grant that the law can reckon in every month of the timeline; None where the draw does not fit."""
        category = self.rng.choice(self.social if self.rng.random() < 0.4 else self.categories)
        code = category.code
        if any(one.category == code for one in who.grants):
            return None
        if code in oracle_funerals() and any(one.category in oracle_funerals() for one in who.grants):
            return None
        settled = self.when.start + self.rng.randint(-back, 2)
        first = settled - self.rng.choice((0, 0, 0, 3, 30)) if self.rng.random() < 0.7 else settled + 1
        made = Grant(who, code, first, settled)
        if code in SUPERSEDED and self.when.last >= SOCIAL_PENSION_FROM:
            made.last = SOCIAL_PENSION_FROM - 1
            if first > made.last:
                return None
        elif self.rng.random() < 0.15:
            made.last = first + self.rng.randint(0, 40)
        self._facts(made, category, members)
        who.grants.append(made)
        if self._reckonable([who]):
            return made
        who.grants.remove(made)
        return None

    def _facts(self, made: Grant, category: Category, members: list[Person]) -> None:
        others = [one for one in members if one is not made.person]
        if category.needs_injury:
            made.injury = self._injury(category.code)
            if self.rng.random() < 0.2:
                made.changes.append(
                    Change(self.when.start + self.rng.randint(-3, 3), injury=self._injury(category.code))
                )
        if category.per == "seniority_year":
            made.seniority = self.rng.randint(1, 30)
        if category.per == "martyr":
            made.heads = self.rng.randint(1, 3)
        if category.component in ("care", "PV") and others and self.rng.random() < 0.6:
            made.linked = self.rng.choice(others)
        if category.per == "child" or (category.component == "care" and made.linked is None):
            made.children = [
                self._child() for _ in range(self.rng.randint(0 if category.per == "child" else 1, 3))
            ]
            if category.per == "child" and not made.children:
                made.heads = self.rng.randint(1, 4)
        if self.rng.random() < 0.1:
            made.suspensions.append(self._suspension())

    def _injury(self, code: str) -> int:
        row = self.rng.choice(self.law.rates[code])
        return self.rng.choice((row.injury_from, row.injury_to))

    def _suspension(self) -> Suspension:
        first = self.when.start + self.rng.randint(-4, 2)
        last = self.rng.choice((None, first, first + 2))
        return Suspension(first, last, last is not None and self.rng.random() < 0.5)

    def _child(self) -> Child:
        m = self.when.start + self.rng.randint(-3, 5) - 12 * self.rng.choice((0, 3, 4, 10, 16, 18, 22))
        child = Child(self._day(m))
        if self.rng.random() < 0.1:
            child.born, child.year_only = date(child.born.year, 1, 1), True
        if self.rng.random() < 0.4:
            child.studying_until = self._day(self.when.start + self.rng.randint(-2, 8))
        if self.rng.random() < 0.1:
            child.last_month = self.when.start + self.rng.randint(-2, 3)
        return child

    def _reckonable(self, members: list[Person]) -> bool:
        """Whether every month has its rates and facts: what lacks them stops a round, which has tests of its own."""
        ledger = oracle.Ledger(self.law)
        dates = {list_date(day(first)) for first, _last in self.when.cycles}
        try:
            for who in members:
                for on in dates if who.grants else ():
                    ledger.balances(who, self.when.last, on)
        except LookupError:
            return False
        return True


def oracle_funerals() -> tuple[str, ...]:
    return ("BTXH_11.2", "BTXH_14.1", "BTXH_25.3", "NCC_MAITANG")


class World:
    """Families, their ledger and their mirror in the database; `events` happen to both."""

    def __init__(self, rng: Random, count: int, year_means: str = "first") -> None:
        self.rng = rng
        self.when = timeline(rng)
        self._change_the_law()
        self.law = law_of_database(year_means)
        self.families = Families(rng, self.when, self.law)
        self.members = [self.families.draw() for _ in range(count)]
        self.people = [who for family in self.members for who in family]
        self.ledger = oracle.Ledger(self.law)
        self.mirror = Mirror(self.people)
        self.recoveries: dict[tuple[int, str], tuple[Person, dict[tuple[int, int], int], int]] = {}
        self.officers = [worlds.officer("chuyenvien"), worlds.officer("lanhdao")]

    def _change_the_law(self) -> None:
        """Sometimes a base or a rate of its own, in force before, at or after the month from which it applies."""
        if self.rng.random() < 0.5:
            amount = self.rng.randrange(300_000, 900_000, 10_000)
            dates = self._dates()
            # The province before the reform and the one after it, or the country.
            own = (worlds.commune().parent.parent, successor().parent)
            for area in own if self.rng.random() < 0.3 else (None,):
                Base.objects.create(base_code="BTXH_STANDARD", area=area, amount=amount, **dates)
        if self.rng.random() < 0.7:
            code, cuts = self.rng.choice(NEW_BANDS)
            dates = self._dates()
            for age_from, age_to in pairwise(cuts):
                Rate.objects.create(
                    category_id=code,
                    band_code=code,
                    age_from=age_from,
                    age_to=age_to,
                    base_code="BTXH_STANDARD",
                    coefficient=Decimal(self.rng.choice(("1.2", "1.75", "3.1"))),
                    **dates,
                )

    def _dates(self) -> dict[str, object]:
        return {
            "applies_from": day(self.when.start + self.rng.randint(-4, 4)),
            "in_force_from": day(self.when.start + self.rng.randint(-3, 4)),
            "confidence": "assumed",
            "legal_source": "Thử",
        }

    def play(self) -> int:
        """Pay every cycle on both sides, with news in between; the lines compared. Raises Disagreement."""
        lines = 0
        for first, last in self.when.cycles:
            on = list_date(day(first))
            judged = posted_by_oracle(self.ledger, self.people, last, on)
            self._recover(judged, last, on)
            paid = self.mirror.run(first, last, on)
            self._compare(first, judged, paid)
            lines += len(paid)
            self._lose_payments()
            for family in self.members:
                if self.rng.random() < 0.6:
                    self._news(family)
                elif last != self.when.last:
                    self._decide(family, last, on)
        broken = next(check_ledger()).broken
        if broken:
            raise Disagreement(f"check_ledger finds {broken} balances broken")
        return lines

    def _decide(self, family: list[Person], last: int, on: date) -> None:
        """Two officers decide to take back all that is overpaid, in one scheme, where no news is waiting."""
        for who in family:
            row = self.mirror.people[id(who)]
            if not who.grants or Reckon.objects.filter(person=row).exists():
                continue
            too_much = self.ledger.overpaid(who, last, on)
            scheme = self.rng.choice(("NCC", "BTXH"))
            named = {
                (key, m): amount
                for (key, m), amount in too_much.items()
                if self.mirror.grants[key].category.scheme == scheme
            }
            if not named or (id(who), scheme) in self.recoveries:
                continue
            limit = self.rng.choice((10_000, 300_000, 5_000_000))
            decision = overpaid.prepare(
                person_id=row.pk,
                scheme=scheme,
                kind=DecisionKind.RECOVER,
                items=[
                    Item(self.mirror.grants[key].pk, day(m), amount) for (key, m), amount in named.items()
                ],
                number="1",
                decided_on=on,
                reason="Thử",
                by=self.officers[0],
                at=worlds.NOON,
                reader=province_reader(),
                schedule=Schedule(day(last + 1), limit=limit),
            )
            overpaid.confirm(decision_id=decision.pk, by=self.officers[1], at=worlds.NOON)
            self.recoveries[id(who), scheme] = who, named, limit

    def _recover(self, judged: dict[tuple[int, int], int], last: int, on: date) -> None:
        for (_who, scheme), (who, named, limit) in self.recoveries.items():
            held = {key for key in map(id, who.grants) if self.mirror.grants[key].category.scheme == scheme}
            paying = sum(amount for (key, _m), amount in judged.items() if key in held)
            for line in self.ledger.recover(named, who, last, on, min(limit, paying - LEAST_PAYMENT)):
                judged[id(line.grant), line.month] = line.amount

    def _compare(
        self, first: int, judged: dict[tuple[int, int], int], paid: dict[tuple[int, int], int]
    ) -> None:
        for key in judged.keys() | paid.keys():
            if judged.get(key) != paid.get(key):
                grant = next(g for who in self.people for g in who.grants if id(g) == key[0])
                family = next(f for f in self.members if grant.person in f)
                raise Disagreement(
                    f"cycle {day(first):%Y-%m}, {grant.category} of {day(key[1]):%Y-%m}: the oracle pays "
                    f"{judged.get(key)}, the SQL {paid.get(key)}\n{describe(family)}"
                )

    def _lose_payments(self) -> None:
        """Some money fails or stays unclaimed, on both sides."""
        for payment in self.mirror.payments():
            if self.rng.random() < 0.1:
                self.mirror.undelivered(payment, self.rng.choice(("failed", "unclaimed", "withdrawn")))
                for entitlement, at in payment.lines.values_list("entitlement_id", "for_month"):
                    key = id(self.mirror.grant_of[entitlement]), oracle.month_of(at)
                    self.ledger.lines[key][-1].delivered = False

    # What becomes known between two cycles: each is one operation of the engine, and the same on the oracle's facts.

    def _news(self, family: list[Person]) -> None:
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
        if write is None or not self.families._reckonable(family):
            undo()
        else:
            write()

    def _death(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        died = None if who.died and self.rng.random() < 0.3 else self.families._day(now)
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
        first = oracle.month_of(dead.died) + 1
        lump = Grant(to, oracle.THREE_MONTHS, first, first, linked=None if to is dead else dead)
        to.grants.append(lump)
        if self.families._reckonable([to]):
            return lump
        to.grants.remove(lump)
        return None

    def _birth(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        who.born, who.year_only = self.families._birth()
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
                injury = self.families._injury(one.category)
                one.changes.append(Change(now, injury=injury))
                row = self.mirror.grants[id(one)]
                return lambda: grants.change_facts(
                    entitlement=row, from_month=day(now), injury_rate=injury, decision=DECISION
                )
        return None

    def _children(self, family: list[Person], who: Person, now: int) -> Callable[[], None] | None:
        for one in who.grants:
            if one.category == oracle.SINGLE_PARENT or (one.children and one.linked is None):
                one.children = [self.families._child() for _ in range(self.rng.randint(1, 3))]
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


def describe(family: list[Person]) -> str:
    """The facts of a family, a line each, to read beside a disagreement."""
    lines = []
    for number, who in enumerate(family):
        facts = {name: value for name, value in vars(who).items() if name != "grants" and value}
        lines.append(f"person {number}: {facts}")
        for one in who.grants:
            columns = {
                name: value for name, value in vars(one).items() if value and name not in ("person", "linked")
            }
            columns |= {
                "first": f"{day(one.first):%Y-%m}",
                "settled_before": f"{day(one.settled_before):%Y-%m}",
            }
            if one.linked:
                columns["linked"] = next((n for n, other in enumerate(family) if other is one.linked), "?")
            lines.append(f"  {columns}")
    return "\n".join(lines)


def play_with(rng: Random, families: int, year_means: str = "first") -> int:
    """One timeline of that many worlds, undone afterwards; the lines compared. Raises Disagreement."""
    with transaction.atomic():
        try:
            return World(rng, families, year_means).play()
        finally:
            transaction.set_rollback(True)


def play(seed: int, families: int, year_means: str = "first") -> int:
    """The worlds of one seed. Raises Disagreement, which names the seed."""
    try:
        return play_with(Random(seed), families, year_means)
    except Disagreement as difference:
        raise Disagreement(f"seed {seed}, {families} worlds: {difference}") from None
