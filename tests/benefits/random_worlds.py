"""Random small worlds: a family or two, what the law grants them, and what becomes known while they are paid.

Many families share one timeline of cycles, so that a round of the real engine reckons them all at once. Everything
comes from one `random.Random`: a seed names a world.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from random import Random

from django.db import transaction

from accounts.access import province_reader
from beneficiaries.models import Reckon
from benefits.models import Base, Rate
from payments.models import DecisionKind
from payments.operations import overpaid
from payments.operations.generation import LEAST_PAYMENT, list_date
from payments.operations.overpaid import Item, Schedule
from payments.queries.ledger import check_ledger
from tests import worlds
from tests.benefits.facts import Person, month_of
from tests.benefits.ledger import Ledger
from tests.benefits.mirror import (
    Mirror,
    day,
    law_of_database,
    posted_by_oracle,
    successor,
)
from tests.benefits.random_families import Families, timeline
from tests.benefits.random_news import News

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
        self.ledger = Ledger(self.law)
        self.mirror = Mirror(self.people)
        self.news = News(rng, self.families, self.mirror)
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
                # The law's own of that very day stays what it is.
                days = {name: dates[name] for name in ("applies_from", "in_force_from")}
                if not Base.objects.filter(base_code="BTXH_STANDARD", area=area, **days).exists():
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
                    self.news.happen(family)
                elif last != self.when.last:
                    self._decide(family, last, on)
        broken = next(check_ledger()).broken
        if broken:
            raise Disagreement(f"check_ledger finds {broken} balances broken")
        return lines

    def _decide(self, family: list[Person], last: int, on: date) -> None:
        """Two officers take back, waive or book as repaid all that is overpaid, where no news is waiting."""
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
            kind = self.rng.choice(
                (DecisionKind.RECOVER, DecisionKind.RECOVER, DecisionKind.WAIVE, DecisionKind.REPAID)
            )
            limit = self.rng.choice((10_000, 300_000, 5_000_000))
            decision = overpaid.prepare(
                person_id=row.pk,
                scheme=scheme,
                kind=kind,
                items=[
                    Item(self.mirror.grants[key].pk, day(m), amount) for (key, m), amount in named.items()
                ],
                number="1",
                decided_on=on,
                reason="Thử",
                by=self.officers[0],
                at=worlds.NOON,
                reader=province_reader(),
                schedule=Schedule(day(last + 1), limit=limit) if kind == DecisionKind.RECOVER else None,
            )
            overpaid.confirm(decision_id=decision.pk, by=self.officers[1], at=worlds.NOON)
            if kind == DecisionKind.RECOVER:
                self.recoveries[id(who), scheme] = who, named, limit
                continue
            book = self.ledger.waived if kind == DecisionKind.WAIVE else self.ledger.adjustments
            for key, amount in named.items():
                book[key] = book.get(key, 0) + amount

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
                    key = id(self.mirror.grant_of[entitlement]), month_of(at)
                    self.ledger.lines[key][-1].delivered = False


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
