"""The plan of a made-up roll: who, where, entitled to what, gone when, and from which cycle through an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from common.months import add_months
from desk.synthetic import mix
from desk.synthetic.enrolment import (
    FIRST_SHARE,
    Counts,
    Payments,
    choose_holders,
    curve,
    cycle_of,
    solve_first_share,
)
from desk.synthetic.law import Claim, Law, month_index
from desk.synthetic.mix import Made, Maker
from desk.synthetic.places import Place
from desk.synthetic.weighted import Weighted

SCHEMES = ("NCC", "BTXH")
# People who were paid earlier in the year and are no longer, for each pair of the roll's month.
GONE = 0.045
# Their last month lies this far back, so that money unclaimed then is settled again before the roll's month.
_QUIET_MONTHS = 3
_END_REASONS = Weighted({"died": 66, "ineligible": 20, "moved_away": 8, "waived": 6})
_HOLDERS_AMONG_GONE = 0.3


@dataclass(slots=True)
class Planned:
    """One person. `draw` is the place in the queue for an account, below zero for those who stay with the Post;
    `last` the last month paid (an index as in law.Claim), None for those still on the roll."""

    made: Made
    schemes: tuple[str, ...]
    place: Place
    last: int | None = None
    end_reason: str = ""
    draw: float = -1.0
    amounts: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """`shares` are the curve of each scheme by cycle; `paid` the expected đồng through accounts over the cycles."""

    people: list[Planned]
    counts: Counts
    cycles: list[date]
    shares: dict[str, list[float]]
    paid: dict[str, int]

    def first_cycle(self, person: Planned) -> int | None:
        """The number of the first cycle paid through an account; None for those never paid through one."""
        if person.draw < 0:
            return None
        at = cycle_of(person.draw, self.shares[person.schemes[0]])
        return at if any(any(amounts[at:]) for amounts in person.amounts.values()) else None


def make_plan(*, pairs: int, month: date, seed: int, places: list[Place], list_day: int) -> Plan:
    """Plan a roll with exactly `pairs` pairs of person and scheme in `month`, the same for the same seed.

    Raises NoRate where the loaded law has no rate for one of the months.
    """
    rng = Random(f"roll {seed} {pairs} {month:%Y-%m}")
    cycles = [date(month.year, number, 1) for number in range(1, month.month + 1)]
    law = Law([(cycle, add_months(cycle, -1).replace(day=list_day)) for cycle in cycles])
    counts = Counts.of(pairs)
    people = [*_present(rng, counts, places, cycles), *_gone(rng, counts, places, cycles)]
    _choose_holders(rng, people, counts)
    for person in people:
        person.amounts = _amounts(law, person)
    shares, paid = _solve(people, counts, len(cycles))
    return Plan(people, counts, cycles, shares, paid)


def _present(rng: Random, counts: Counts, places: list[Place], cycles: list[date]) -> Iterator[Planned]:
    where = _Where(places)
    span = {"year_start": month_index(cycles[0]), "month": month_index(cycles[-1])}
    ncc, btxh, both = Maker(mix.NCC, **span), Maker(mix.BTXH, **span), Maker(mix.BOTH, **span)
    for _ in range(counts.both):
        made = both.make(rng)
        granted = min(made.born + 80 * 12 + rng.randrange(3), span["month"])
        made.claims.append(Claim("BTXH_5.5c", made.born, granted))
        yield Planned(made, SCHEMES, where.pick(rng, made))
    for scheme, maker in (("NCC", ncc), ("BTXH", btxh)):
        for _ in range(counts.all[scheme] - counts.both):
            made = maker.make(rng)
            yield Planned(made, (scheme,), where.pick(rng, made))


def _gone(rng: Random, counts: Counts, places: list[Place], cycles: list[date]) -> Iterator[Planned]:
    """People whose benefit ended in one of the year's first months: by death, a decision, or their age alone."""
    ends = len(cycles) - _QUIET_MONTHS
    if ends <= 0:
        return
    where = _Where(places)
    start, month = month_index(cycles[0]), month_index(cycles[-1])
    makers = {
        scheme: Maker(kinds, year_start=start, month=month)
        for scheme, kinds in (("NCC", mix.NCC), ("BTXH", mix.BTXH))
    }
    for scheme in SCHEMES:
        for _ in range(round(counts.all[scheme] * GONE)):
            made = makers[scheme].make(rng, new=False)
            last = start + rng.randrange(ends)
            outgrown = {"BTXH_5.1": 16, "BTXH_5.7": 3}.get(made.kind.category)
            if outgrown:
                _grow(made, born=last - outgrown * 12, start=start)
            person = Planned(made, (scheme,), where.pick(rng, made), last)
            if not outgrown:
                person.end_reason = _END_REASONS.pick(rng)
            # A death known when a list is made sends the money to the heirs through the Post, so none of these.
            if person.end_reason != "died" and rng.random() < _HOLDERS_AMONG_GONE:
                person.draw = rng.random()
            yield person


def _grow(made: Made, *, born: int, start: int) -> None:
    made.born = born
    made.claims = [
        Claim(claim.category, born, max(min(claim.first, start - 1), born), None, claim.injury, claim.units)
        for claim in made.claims
    ]


def _choose_holders(rng: Random, people: list[Planned], counts: Counts) -> None:
    rates = {person.place.district: person.place.district_rate for person in people}
    groups: list[tuple[tuple[str, ...], int]] = [(SCHEMES, counts.both_accounts)]
    groups += [((scheme,), counts.accounts[scheme] - counts.both_accounts) for scheme in SCHEMES]
    scores = [rng.random() ** (1 / _ease(person)) for person in people]
    for schemes, count in groups:
        members = [
            number
            for number, person in enumerate(people)
            if person.last is None and person.schemes == schemes
        ]
        chosen = choose_holders(
            members,
            count,
            district=lambda number: people[number].place.district,
            rate=rates.__getitem__,
            score=scores.__getitem__,
        )
        for number in chosen:
            people[number].draw = rng.random()


def _ease(person: Planned) -> float:
    """How readily a person takes to an account: the oldest and the exceptionally disabled least."""
    age = (person.made.claims[0].first - person.made.born) / 12
    if person.made.kind.category == "BTXH_5.6_DBN":
        return 0.6 * person.place.ease
    return person.place.ease * (1.5 if age < 60 else 1.0 if age < 80 else 0.7 if age < 88 else 0.45)


def _amounts(law: Law, person: Planned) -> dict[str, tuple[int, ...]]:
    if person.draw < 0:
        for claim in person.made.claims:  # a missing rate is told before anything is written
            law.paid_by_cycle(_ended(claim, person.last))
        return {}
    amounts: dict[str, tuple[int, ...]] = {}
    for claim in person.made.claims:
        scheme = "BTXH" if claim.category.startswith("BTXH") else "NCC"
        paid = law.paid_by_cycle(_ended(claim, person.last))
        amounts[scheme] = (
            tuple(map(sum, zip(paid, amounts[scheme], strict=True))) if scheme in amounts else paid
        )
    return amounts


def _ended(claim: Claim, last: int | None) -> Claim:
    if last is None:
        return claim
    return Claim(claim.category, claim.born, claim.first, last, claim.injury, claim.units)


def _solve(
    people: list[Planned], counts: Counts, cycles: int
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """The curve of each scheme. Those in both follow the first one's, so they are settled before the second."""
    shares: dict[str, list[float]] = {}
    paid: dict[str, int] = {}
    holders = [person for person in people if person.draw >= 0]
    for scheme in SCHEMES:
        follow = [(p.draw, p.amounts[scheme]) for p in holders if scheme in p.schemes[1:]]
        lead = Payments([(p.draw, p.amounts[scheme]) for p in holders if p.schemes[0] == scheme], cycles)
        beside = Payments(follow, cycles).through_accounts(shares["NCC"]) if follow else 0
        first = FIRST_SHARE[scheme]
        if cycles == 12:
            first = solve_first_share(lead, cycles=cycles, target=counts.target(scheme) - beside)
        shares[scheme] = curve(first, cycles)
        paid[scheme] = lead.through_accounts(shares[scheme]) + beside
    return shares, paid


class _Where:
    """Communes to draw from: all of them, or for some benefits only the specially difficult ones."""

    def __init__(self, places: list[Place]) -> None:
        self._all = Weighted({place: place.weight for place in places})
        self._remote = Weighted({place: place.weight for place in places if place.remote} or {places[0]: 1})

    def pick(self, rng: Random, made: Made) -> Place:
        return (self._remote if made.kind.remote else self._all).pick(rng)
