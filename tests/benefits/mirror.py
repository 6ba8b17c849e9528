"""The oracle's people in the real database, and the real engine's answers in the oracle's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

from areas.models import Succession, Unit
from beneficiaries.models import (
    ALWAYS_READY,
    Child,
    Entitlement,
    FactChange,
    Person,
    Reckon,
    Residence,
    Suspension,
)
from benefits.models import Base, Rate
from common.text import fold, person_sort_key
from payments.models import Cycle, Line, Payment, round_id_range
from payments.operations import generation
from tests import worlds
from tests.benefits import facts
from tests.benefits.ledger import Ledger


def day(month: int | None) -> date | None:
    """The first day of one of the oracle's months."""
    return None if month is None else date(month // 12, month % 12 + 1, 1)


def law_of_database(year_means: str = "first") -> facts.Law:
    """The dated rows as the database holds them, as the oracle's plain facts."""
    rates, bases, own_bases = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in Rate.objects.all():
        rates[row.category_id].append(
            facts.Rate(
                applies_from=row.applies_from,
                applies_to=row.applies_to,
                in_force_from=row.in_force_from,
                ends_in_force_from=row.ends_in_force_from,
                category=row.category_id,
                age_from=row.age_from,
                age_to=row.age_to,
                injury_from=row.injury_from,
                injury_to=row.injury_to,
                base=row.base_code,
                coefficient=None if row.coefficient is None else Fraction(row.coefficient),
                round_to=row.round_to,
                amount=row.amount,
            )
        )
    for row in Base.objects.all():
        (bases if row.area_id is None else own_bases)[row.base_code].append(
            facts.Base(
                applies_from=row.applies_from,
                applies_to=row.applies_to,
                in_force_from=row.in_force_from,
                ends_in_force_from=row.ends_in_force_from,
                code=row.base_code,
                amount=row.amount,
            )
        )
    return facts.Law(dict(rates), dict(bases), dict(own_bases), year_means)


class Mirror:
    """People of the oracle written into the database in a few bulk statements, and kept in step afterwards."""

    def __init__(self, people: list[facts.Person]) -> None:
        self.people: dict[int, Person] = {}
        self.grants: dict[int, Entitlement] = {}
        self.grant_of: dict[int, facts.Grant] = {}
        self._commune = worlds.commune()
        self._reformed = False
        self._add_people(people)
        self.add_grants([grant for person in people for grant in person.grants])

    def _add_people(self, people: list[facts.Person]) -> None:
        made = Person.objects.bulk_create(
            Person(
                name=f"Người {number}",
                name_folded=fold(f"Người {number}"),
                name_sort=person_sort_key(f"Người {number}"),
                **_columns_of_person(person),
            )
            for number, person in enumerate(people)
        )
        self.people = {id(person): row for person, row in zip(people, made, strict=True)}
        Residence.objects.bulk_create(
            Residence(person=row, commune=self._commune, valid_from=date(2000, 1, 1)) for row in made
        )

    def add_grants(self, grants: list[facts.Grant]) -> None:
        """Insert grants with all that hangs on them, and queue what lies behind."""
        made = Entitlement.objects.bulk_create(
            Entitlement(
                person=self.people[id(grant.person)],
                category_id=grant.category,
                from_month=day(grant.first),
                settled_before=day(grant.settled_before),
                last_month=day(grant.last),
                end_reason="replaced" if grant.replaced else "",
                injury_rate=grant.injury,
                seniority_years=grant.seniority,
                heads=grant.heads,
                linked_person=self.people[id(grant.linked)] if grant.linked else None,
            )
            for grant in grants
        )
        pairs = list(zip(grants, made, strict=True))
        self.grants |= {id(grant): row for grant, row in pairs}
        self.grant_of |= {row.pk: grant for grant, row in pairs}
        Child.objects.bulk_create(
            child_row(child, row, number)
            for grant, row in pairs
            for number, child in enumerate(grant.children)
        )
        Suspension.objects.bulk_create(
            Suspension(
                entitlement=row, from_month=day(one.first), until_month=day(one.last), arrears=one.arrears
            )
            for grant, row in pairs
            for one in grant.suspensions
        )
        FactChange.objects.bulk_create(
            FactChange(
                entitlement=row,
                from_month=day(one.first),
                injury_rate=one.injury,
                seniority_years=one.seniority,
                heads=one.heads,
            )
            for grant, row in pairs
            for one in grant.changes
        )
        Reckon.objects.bulk_create(
            Reckon(
                person_id=row.person_id, from_month=row.from_month, ready_on=ALWAYS_READY, reason="granted"
            )
            for _grant, row in pairs
        )

    def run(
        self, first: int, last: int | None = None, reckoned_on: date | None = None
    ) -> dict[tuple[int, int], int]:
        """Make the next round of a cycle; what it posted, by (id(grant), month)."""
        if day(first) >= worlds.REFORM and not self._reformed:
            self._reform()
        cycle: Cycle = generation.open_cycle(
            month=day(first), last_month=day(last if last is not None else first), reckoned_on=reckoned_on
        )
        made = generation.open_round(cycle=cycle, routed_on=day(first), at=worlds.NOON)
        generation.drain_round(round_id=made.pk, at=worlds.clock)
        low, high = round_id_range(made)
        posted: dict[tuple[int, int], int] = defaultdict(int)
        rows = Line.objects.filter(payment_id__gte=low, payment_id__lt=high)
        for entitlement, month, amount in rows.values_list("entitlement_id", "for_month", "amount"):
            posted[id(self.grant_of[entitlement]), facts.month_of(month)] += amount
        self.last_round = low, high
        return dict(posted)

    def _reform(self) -> None:
        """The commune ends and everybody lives in the one that follows it."""
        self._reformed = True
        open_homes = Residence.objects.filter(valid_to=None)
        people = list(open_homes.values_list("person_id", flat=True))
        open_homes.update(valid_to=worlds.REFORM - timedelta(days=1))
        Residence.objects.bulk_create(
            Residence(person_id=pk, commune=successor(), valid_from=worlds.REFORM) for pk in people
        )

    def payments(self) -> list[Payment]:
        low, high = self.last_round
        return list(Payment.objects.filter(pk__gte=low, pk__lt=high).order_by("pk"))

    def undelivered(self, payment: Payment, outcome: str) -> None:
        """What a provider's report leaves behind when the money did not arrive."""
        Payment.objects.filter(pk=payment.pk).update(outcome=outcome, outcome_on=worlds.NOON.date())
        first = min(Line.objects.filter(payment=payment).values_list("for_month", flat=True))
        Reckon.objects.create(
            person_id=payment.person_id, from_month=first, ready_on=ALWAYS_READY, reason="undelivered"
        )


def successor() -> Unit:
    """The commune that follows `worlds.commune()` at the reform of July 2025."""
    return Succession.objects.get(predecessor=worlds.commune(), is_default=True).successor


def child_row(child: facts.Child, entitlement: Entitlement | None = None, number: int = 0) -> Child:
    return Child(
        entitlement=entitlement,
        name=f"Con {number}",
        birth_date=child.born,
        birth_precision="year" if child.year_only else "day",
        studying_until=child.studying_until,
        last_month=day(child.last_month),
    )


def _columns_of_person(person: facts.Person) -> dict[str, object]:
    return {
        "birth_date": person.born,
        "birth_precision": "year" if person.year_only else "day",
        "died_on": person.died,
        "pension_kind": person.pension,
        "pension_amount": person.pension_amount,
        "pension_from": day(person.pension_from),
    }


def posted_by_oracle(
    ledger: Ledger, people: Iterable[facts.Person], last: int, on: date
) -> dict[tuple[int, int], int]:
    return {
        (id(line.grant), line.month): line.amount
        for person in people
        if person.grants
        for line in ledger.pay(person, last, on)
    }
