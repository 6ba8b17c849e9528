"""What a reorganisation of units would change, before anybody agrees to it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Role, RoleName
from areas.models import Level, Succession, Unit
from common import sql
from common.money import format_number
from payments.models import Batch, Cycle, CycleState
from postal.models import Contract, PayPoint
from postal.queries.succession import contracts_to_move, points_to_move

NEEDED = (RoleName.PREPARER, RoleName.APPROVER)


@dataclass(frozen=True, slots=True)
class CommuneMove:
    """A commune that ends, its people, and the communes that follow it, the default one first."""

    predecessor: Unit
    successors: tuple[Unit, ...]
    people: int

    @property
    def is_split(self) -> bool:
        return len(self.successors) > 1


@dataclass(frozen=True, slots=True)
class PayerMove:
    """A paying unit that ends, the unit that finishes its open lists, and those that could."""

    payer: Unit
    finisher: Unit
    choices: tuple[Unit, ...]
    people: int
    open_batches: int


@dataclass(frozen=True, slots=True)
class RoleMove:
    """A role in a unit that ends, and what it becomes: at its unit's successor, at that unit's level."""

    role: Role
    name: str
    unit: Unit

    @property
    def name_label(self) -> str:
        return str(RoleName(self.name).label)


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that a reorganisation changes. While `blockers` holds a sentence it cannot be carried out."""

    on_date: date
    ending: Mapping[str, int]
    beginning: Mapping[str, int]
    communes: list[CommuneMove]
    payers: list[PayerMove]
    roles: list[RoleMove]
    open_cycles: list[date]
    without_officers: list[Unit]
    points: list[PayPoint] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    blockers: list[str] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(move.people for move in self.communes)

    @property
    def split(self) -> list[CommuneMove]:
        return [move for move in self.communes if move.is_split and move.people]

    @property
    def finishers(self) -> dict[str, int]:
        return {str(move.payer.pk): move.finisher.pk for move in self.payers}

    @property
    def digest(self) -> str:
        """Of all that the two officers agree to; another number of people or role gives another."""
        content = {
            "on": self.on_date.isoformat(),
            "communes": [
                [move.predecessor.pk, [unit.pk for unit in move.successors], move.people]
                for move in self.communes
            ],
            "roles": [[move.role.pk, move.name, move.unit.pk] for move in self.roles],
            "finishers": self.finishers,
            "post": [[point.pk for point in self.points], [contract.pk for contract in self.contracts]],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def reorganisation_dates() -> list[date]:
    """The days on which units took over from others, newest first."""
    return list(Succession.objects.order_by("-on_date").values_list("on_date", flat=True).distinct())


def preview(*, on_date: date, finishers: Mapping[str, int] | None = None) -> Preview:
    """What the reorganisation of that day would change now. `finishers` overrides the proposed ones, by unit id."""
    people = people_by_commune(on_date=on_date)
    communes = _commune_moves(on_date, people)
    payers = _payer_moves(on_date, communes, finishers or {})
    following = {move.predecessor.pk: move.successors[0] for move in communes if move.successors}
    following |= {move.payer.pk: move.finisher for move in payers}
    following |= {
        step.predecessor_id: step.successor
        for step in Succession.objects.filter(
            on_date=on_date, is_default=True, predecessor__level=Level.PROVINCE
        ).select_related("successor")
    }
    roles = _role_moves(on_date, following)
    ended = Unit.objects.filter(valid_to=on_date - timedelta(days=1))
    return Preview(
        on_date=on_date,
        ending=Counter(ended.values_list("level", flat=True)),
        beginning=Counter(Unit.objects.filter(valid_from=on_date).values_list("level", flat=True)),
        communes=communes,
        payers=payers,
        roles=roles,
        open_cycles=list(
            Cycle.objects.filter(month__lt=on_date, state=CycleState.OPEN)
            .order_by("month")
            .values_list("month", flat=True)
        ),
        without_officers=_without_officers(on_date, communes, roles),
        points=points_to_move(on_date=on_date),
        contracts=contracts_to_move(on_date=on_date),
        blockers=_blockers(on_date, communes),
    )


def people_by_commune(*, on_date: date) -> dict[int, int]:
    """People whose home on that day is in a commune that has ended, by the commune's id."""
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "desk", "people_by_ended_commune", {"on_date": on_date})
    return {row["commune_id"]: row["people"] for row in rows}


def _commune_moves(on_date: date, people: Mapping[int, int]) -> list[CommuneMove]:
    communes = Unit.objects.communes().filter(
        Q(valid_to=on_date - timedelta(days=1)) | Q(pk__in=list(people)), valid_to__lt=on_date
    )
    steps = Succession.objects.filter(predecessor__in=communes).select_related("successor")
    successors: dict[int, list[Unit]] = {}
    for step in steps.order_by("-is_default", "successor__code"):
        successors.setdefault(step.predecessor_id, []).append(step.successor)
    return [
        CommuneMove(
            predecessor=commune,
            successors=tuple(successors.get(commune.pk, ())),
            people=people.get(commune.pk, 0),
        )
        for commune in communes.select_related("parent", "paying_unit").order_by("code", "valid_from")
        if commune.pk in people or commune.pk in successors
    ]


def _payer_moves(on_date: date, communes: list[CommuneMove], chosen: Mapping[str, int]) -> list[PayerMove]:
    """For each paying unit above the communes, who finishes its lists: by default where most of its people go."""
    going: dict[int, Counter[int]] = {}
    units: dict[int, Unit] = {}
    for move in communes:
        payer = move.predecessor.paying_unit
        if payer is None or payer.pk == move.predecessor.pk or not move.successors:
            continue
        units |= {payer.pk: payer} | {unit.pk: unit for unit in move.successors}
        tally = going.setdefault(payer.pk, Counter())
        tally[move.successors[0].pk] += move.people
    known = {
        step.predecessor_id: step.successor_id
        for step in Succession.objects.filter(predecessor__in=list(going), is_default=True)
    }
    open_batches = Counter(
        Batch.objects.filter(unit__in=list(going), round__cycle__state=CycleState.OPEN).values_list(
            "unit", flat=True
        )
    )
    moves = []
    for payer_id, tally in sorted(going.items(), key=lambda item: units[item[0]].code):
        ranked = sorted(tally, key=lambda unit: (-tally[unit], units[unit].code))
        wanted = chosen.get(str(payer_id), known.get(payer_id, ranked[0]))
        moves.append(
            PayerMove(
                payer=units[payer_id],
                finisher=units[wanted if wanted in tally else ranked[0]],
                choices=tuple(units[unit] for unit in ranked),
                people=tally.total(),
                open_batches=open_batches[payer_id],
            )
        )
    return moves


def _role_moves(on_date: date, following: Mapping[int, Unit]) -> list[RoleMove]:
    roles = (
        Role.objects.filter(unit__valid_to__lt=on_date, valid_from__lt=on_date)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on_date))
        .select_related("user", "unit")
        .order_by("unit__code", "name", "pk")
    )
    return [
        RoleMove(
            role=role, name=_name_at_level(role.name, following[role.unit_id]), unit=following[role.unit_id]
        )
        for role in roles
        if role.unit_id in following
    ]


def _name_at_level(name: str, unit: Unit) -> str:
    """Where the commune pays for itself its civil servant prepares the lists (the chair or a delegate approves)."""
    return RoleName.PREPARER if name == RoleName.COMMUNE_OFFICER and unit.level == Level.COMMUNE else name


def _without_officers(on_date: date, communes: list[CommuneMove], roles: list[RoleMove]) -> list[Unit]:
    """Communes that will pay people but have nobody to prepare, or nobody else to approve, their lists."""
    paying = {
        move.successors[0].pk: move.successors[0] for move in communes if move.people and move.successors
    }
    there = set(
        Role.objects.on(on_date).filter(unit__in=list(paying), name__in=NEEDED).values_list("unit", "name")
    )
    there |= {(move.unit.pk, move.name) for move in roles}
    return [
        unit
        for unit in sorted(paying.values(), key=lambda unit: unit.code)
        if any((unit.pk, name) not in there for name in NEEDED)
    ]


def _blockers(on_date: date, communes: list[CommuneMove]) -> list[str]:
    found = [
        _("%(commune)s has %(people)s people and no successor: load the successions of units first.")
        % {"commune": move.predecessor.name, "people": format_number(move.people)}
        for move in communes
        if move.people and not move.successors
    ]
    late = Batch.objects.filter(
        round__cycle__month__gte=on_date, unit__valid_to__lt=on_date, count__gt=0
    ).values_list("round__cycle", flat=True)
    found += [
        _("The list of %(month)s was already made in units that have ended: cancel it first.")
        % {"month": f"{month:%m/%Y}"}
        for month in sorted(set(late))
    ]
    return found


@dataclass(frozen=True, slots=True)
class Hamlet:
    """A hamlet of a split commune: its people, where they sit now, and whether that was decided."""

    predecessor: Unit
    successors: tuple[Unit, ...]
    name: str
    now: Unit
    people: int
    decided: bool


def split_hamlets(*, on_date: date, units: frozenset[int] | None = None) -> list[Hamlet]:
    """The worklist by hamlet, undecided ones first; `units` limits it to people who sit in those successors."""
    steps = Succession.objects.filter(on_date=on_date, predecessor__level=Level.COMMUNE).select_related(
        "predecessor", "successor"
    )
    successors: dict[int, list[Unit]] = {}
    predecessors: dict[int, Unit] = {}
    for step in steps.order_by("-is_default", "successor__code"):
        predecessors[step.predecessor_id] = step.predecessor
        successors.setdefault(step.predecessor_id, []).append(step.successor)
    split = [pk for pk, found in successors.items() if len(found) > 1]
    by_id = {unit.pk: unit for pk in split for unit in successors[pk]}
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "desk", "split_hamlets", {"on_date": on_date, "predecessors": split})
    found = [
        Hamlet(
            predecessor=predecessors[row["predecessor_id"]],
            successors=tuple(successors[row["predecessor_id"]]),
            name=row["hamlet"],
            now=by_id[row["successor_id"]],
            people=row["people"],
            decided=row["decided"],
        )
        for row in rows
        if row["successor_id"] in by_id and (units is None or row["successor_id"] in units)
    ]
    return sorted(found, key=lambda hamlet: hamlet.decided)
