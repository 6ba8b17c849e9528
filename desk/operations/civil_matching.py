"""Who on record the rows of another office's list are, and what the list means for them. Set-based; writes nothing."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from areas.models import Unit
from areas.queries import Lineage, lineages
from beneficiaries.models import Entitlement, Person, Precision, Residence
from beneficiaries.roll.civil_list import NEAR_POOR, POOR, CivilLine
from benefits.models import Category, Rate, Stacking, in_force
from common import sql
from common.crypto import blind_index
from common.names import SAME, likeness
from common.text import fold
from desk.models import CivilList, CivilMatch, Effect, Likeness

# A row of a list by its sheet and number; the rows about each person with their Likeness.
Place = tuple[str, int]
Rows = dict[int, list[tuple[CivilLine, str]]]
MOST_ALIKE = 3
# Benefits that ask for a poor household, and those for which a near-poor one does (Decree 20/2021 Art. 5 clauses 3 to
# 5, 7 and 8; Decree 176/2025 Art. 2(2)), as the tables of categories name them.
_POOR, _EITHER = frozenset({POOR}), frozenset({POOR, NEAR_POOR})
HOUSEHOLDS = {
    "BTXH_5.3": _POOR, "BTXH_5.4": _EITHER, "BTXH_5.5a": _POOR, "BTXH_5.5b": _EITHER, "BTXH_5.5d": _POOR,
    "BTXH_5.7": _EITHER, "BTXH_5.8": _POOR, "HTXH_70_75": _EITHER,
}  # fmt: skip
# What a list alone shows that somebody may have: besides age and household it takes only that there is no pension.
GAINED = "HTXH_70_75"


@dataclass(frozen=True, slots=True)
class Named:
    """A commune that a list names: its lineage, and the officer's units (ids) where its people may be on record, that
    of somebody new first."""

    lineage: Lineage
    places: Sequence[int]


@dataclass(frozen=True, slots=True)
class Known:
    """Who on record the rows are: `exact` by number; else `alike`, each with the commune, the closest first; and where
    the exact ones live, or lived last."""

    exact: dict[Place, Person]
    alike: dict[Place, list[tuple[int, int]]]
    homes: dict[int, int]


@dataclass(slots=True)
class Matched:
    """What a list comes to: its matches, how many rows match nobody, or only people elsewhere, and the communes that a
    list of households names (see CivilList)."""

    matches: list[CivilMatch] = field(default_factory=list)
    unmatched: int = 0
    elsewhere: int = 0
    communes: list[dict[str, Any]] = field(default_factory=list)


def match_deaths(*, made: CivilList, lines: list[CivilLine], units: Collection[int], today: date) -> Matched:
    """Each row's person: by identity number anywhere in the province, so that the commune where they are on record is
    told; else by name and birth alike in `units` (whose people the uploading officer may change)."""
    found, known = Matched(), _known(lines, units, today)
    for line in lines:
        person = known.exact.get(_place(line))
        if person is not None and person.pk in known.homes:
            effect = Effect.DEATH if person.died_on is None else Effect.KNOWN_DEAD
            home = known.homes[person.pk]
            found.elsewhere += home not in units
            found.matches.append(_match(made, line, effect, person.pk, home, Likeness.EXACT))
            continue
        candidates = known.alike.get(_place(line), [])
        found.unmatched += not candidates
        found.elsewhere += any(commune not in units for _person, commune in candidates)
        found.matches += [
            _match(made, line, Effect.DEATH, person_id, commune, Likeness.ALIKE)
            for person_id, commune in candidates
        ]
    return found


def match_households(
    *, made: CivilList, lines: list[CivilLine], units: Collection[int], today: date
) -> Matched:
    """Who gains and who loses by a list of households from its month on, in the communes that it names. Of a commune
    that has ended those are whoever moved from it into what followed, or is on record in it still.

    Loses: whoever holds a benefit of HOUSEHOLDS and stands on the list in no household that it takes; where a row is
    only alike, or matches nobody and bears the same name, it stands beside and a person decides. Whoever stands on the
    list in another commune stands on it. Gains: whoever is of the age of GAINED, in such a household, without a
    pension and without another allowance of that kind; also somebody not on record.
    """
    found, known, named = Matched(), _known(lines, units, today), _named(lines, units, today)
    # A row whose commune is unclear may be about anybody here.
    mine = [line for line in lines if line.commune_id is None or line.commune_id in named]
    found.elsewhere = len(lines) - len(mine)
    rows_of: Rows = defaultdict(list)
    for line in lines:
        person = known.exact.get(_place(line))
        if person is not None:
            rows_of[person.pk].append((line, Likeness.EXACT))
        for person_id, _commune in known.alike.get(_place(line), []):
            rows_of[person_id].append((line, Likeness.ALIKE))
    unmatched = [line for line in mine if not (_place(line) in known.exact or known.alike.get(_place(line)))]
    found.unmatched = len(unmatched)
    held = _held(made, named, today)
    lost = _lost(made, held, rows_of, unmatched)
    found.matches = lost + _gained(made, mine, known, named, units)
    found.communes = _communes(named, mine, held, lost)
    return found


def _named(lines: list[CivilLine], units: Collection[int], today: date) -> dict[int, Named]:
    """The communes that the list names, by id, of which somebody may be on record in `units`."""
    ids = {line.commune_id for line in lines if line.commune_id is not None}
    found = {}
    for unit, of in lineages(ids, today).items():
        places = [place for place in (*of.after, unit, *of.before) if place in units]
        if places:
            found[unit] = Named(of, places)
    return found


def _held(made: CivilList, named: dict[int, Named], today: date) -> list[dict[str, Any]]:
    """Who holds a benefit of HOUSEHOLDS in the communes named, once: see the query."""
    pairs = [(unit, place, place in one.lineage.after) for unit, one in named.items() for place in one.places]
    params = {
        "month": made.month,
        "today": today,
        "categories": list(HOUSEHOLDS),
        "named": [unit for unit, _place, _moved in pairs],
        "places": [place for _unit, place, _moved in pairs],
        "moved": [moved for _unit, _place, moved in pairs],
    }
    with connection.cursor() as cursor:
        return sql.rows(cursor, "desk", "civil_held", params)


def _lost(
    made: CivilList, held: list[dict[str, Any]], rows_of: Rows, unmatched: list[CivilLine]
) -> list[CivilMatch]:
    namesakes = defaultdict(list)
    for line in unmatched:
        namesakes[fold(line.name)].append((line, Likeness.ALIKE))
    lost = []
    for row in held:
        taken = HOUSEHOLDS[row["category_id"]]
        same_name = [one for one in namesakes.get(row["name_folded"], []) if one[0].household in taken]
        rows = rows_of.get(row["person_id"]) or same_name
        if any(line.household in taken for line, how in rows if how == Likeness.EXACT):
            continue
        shown = next((one for one in rows if one[0].household in taken), rows[0] if rows else None)
        stands, how = shown or (None, Likeness.NONE)
        # Alike and in no household that counts: by either reading the person is not on the list as it takes.
        if stands is not None and how == Likeness.ALIKE and stands.household not in taken:
            how = Likeness.NONE
        match = _match(made, stands, Effect.LOSE, row["person_id"], row["commune_id"], how)
        match.entitlement_id = row["entitlement_id"]
        match.absent_from_id = None if how == Likeness.EXACT else row["named_id"]
        lost.append(match)
    return lost


def _communes(
    named: dict[int, Named], lines: list[CivilLine], held: list[dict[str, Any]], lost: list[CivilMatch]
) -> list[dict[str, Any]]:
    """See CivilList.communes; what an ended commune named by itself was is not told again of the one that followed."""
    rows = Counter(line.commune_id for line in lines)
    holders = Counter(unit for unit, _person in {(row["named_id"], row["person_id"]) for row in held})
    unsure = Counter(unit for unit, _person in {(one.absent_from_id, one.person_id) for one in lost})
    kin = {unit for one in named.values() for unit in (*one.lineage.before, *one.lineage.after)}
    units = Unit.objects.communes().in_bulk(kin | named.keys())
    return [
        {
            "unit": unit.pk, "name": unit.name, "rows": rows[unit.pk], "held": holders[unit.pk],
            "unsure": unsure[unit.pk],
            "before": [units[one].name for one in named[unit.pk].lineage.before if one in units and one not in named],
            "now": [units[one].name for one in named[unit.pk].lineage.after],
        }
        for unit in sorted((units[one] for one in named), key=lambda one: (one.code, one.pk))
    ]  # fmt: skip


def _gained(
    made: CivilList,
    lines: list[CivilLine],
    known: Known,
    named: dict[int, Named],
    units: Collection[int],
) -> list[CivilMatch]:
    month = made.month
    assert month is not None
    category = Category.objects.get(pk=GAINED)
    if not Rate.objects.filter(in_force(month, month), category=category).exists():
        return []
    others = (Stacking.BTXH_ALLOWANCE, Stacking.SOCIAL_PENSION, Stacking.BTXH_INSTITUTION)
    holding = set(
        Entitlement.objects.filter(
            Q(last_month=None) | Q(last_month__gte=month),
            person__in=known.homes,
            category__stacking__in=others,
        ).values_list("person_id", flat=True)
    )
    gained = []
    for line in lines:
        person = known.exact.get(_place(line))
        born = person.birth_date if person else line.birth[0] if line.birth else None
        if line.household not in HOUSEHOLDS[GAINED] or born is None or line.commune_id is None:
            continue
        months = (month.year - born.year) * 12 + month.month - born.month
        if not (category.min_age or 0) * 12 <= months < (category.end_age or 200) * 12:
            continue
        if person is None:
            if not known.alike.get(_place(line)):
                home = named[line.commune_id].places[0]
                gained.append(_match(made, line, Effect.GAIN, None, home, Likeness.NONE))
        elif (
            person.died_on is None and not person.pension_kind and person.pk not in holding
            and known.homes.get(person.pk) in units
        ):  # fmt: skip
            home = known.homes[person.pk]
            gained.append(_match(made, line, Effect.GAIN, person.pk, home, Likeness.EXACT))
    return gained


def _known(lines: list[CivilLine], units: Collection[int], today: date) -> Known:
    exact, doubtful = _by_number(lines)
    alike = _alike([line for line in lines if _place(line) not in exact], doubtful, units, today)
    return Known(exact, alike, _homes(person.pk for person in exact.values()))


def _by_number(lines: list[CivilLine]) -> tuple[dict[Place, Person], dict[Place, Person]]:
    """The person of each row whose identity number is on record, the living one first: those whom name or birth
    confirm, and the living whom neither does, since one digit mistyped is somebody else's number."""
    rows: dict[bytes, list[CivilLine]] = defaultdict(list)
    for line in lines:
        if line.national_id:
            rows[blind_index(line.national_id, domain="national_id")].append(line)
    exact: dict[Place, Person] = {}
    doubtful: dict[Place, Person] = {}
    people = Person.objects.filter(national_id_index__in=list(rows)).defer("national_id", "notes")
    for person in sorted(people, key=lambda one: (one.died_on is not None, one.pk)):
        for line in rows[bytes(person.national_id_index or b"")]:
            if _confirmed(person, line):
                exact.setdefault(_place(line), person)
            elif person.died_on is None:
                doubtful.setdefault(_place(line), person)
    return exact, doubtful


def _confirmed(person: Person, line: CivilLine) -> bool:
    """Whether the name, or the full day of birth, is the person's: the year alone stands in the number already."""
    born = person.birth_precision == Precision.DAY and line.birth == (person.birth_date, Precision.DAY)
    return born or likeness(person.name, line.name) >= SAME


def _alike(
    lines: list[CivilLine], doubtful: dict[Place, Person], units: Collection[int], today: date
) -> dict[Place, list[tuple[int, int]]]:
    """For each row who it may be: person and commune, the one whose number it bears first, then at most MOST_ALIKE by
    name and birth, the closest first."""
    dated = [(line, line.birth) for line in lines if line.birth]
    params: dict[str, Any] = {
        "numbers": list(range(len(dated))),
        "folded": [fold(line.name) for line, _birth in dated],
        "births": [birth[0] for _line, birth in dated],
        "precisions": [birth[1] for _line, birth in dated],
        "communes": sorted(units),
        "today": today,
        "most": MOST_ALIKE,
    }
    homes = _homes(person.pk for person in doubtful.values())
    found: dict[Place, list[tuple[int, int]]] = defaultdict(list)
    for line in lines:
        bearer = doubtful.get(_place(line))
        if bearer is not None and bearer.pk in homes:
            found[_place(line)].append((bearer.pk, homes[bearer.pk]))
    if dated:
        with connection.cursor() as cursor:
            for row in sql.rows(cursor, "desk", "civil_alike", params):
                candidate = (row["person_id"], row["commune_id"])
                candidates = found[_place(dated[row["number"]][0])]
                if candidate not in candidates:
                    candidates.append(candidate)
    return found


def _homes(people: Iterable[int]) -> dict[int, int]:
    """The commune where each of the people lives, or lived last."""
    rows = Residence.objects.filter(person__in=list(people)).order_by("valid_from")
    return dict(rows.values_list("person_id", "commune_id"))


def _match(
    made: CivilList, line: CivilLine | None, effect: str, person: int | None, commune: int, how: str
) -> CivilMatch:
    birth = line.birth if line else None
    said = {} if line is None else {
        "name": line.name, "birth": birth[0].isoformat() if birth else "",
        "precision": birth[1] if birth else Precision.DAY, "national_id": line.national_id, "commune": line.commune,
        "hamlet": line.hamlet, "died_on": line.died_on.isoformat() if line.died_on else "",
        "certificate": line.certificate, "household": line.household,
    }  # fmt: skip
    return CivilMatch(
        list=made, number=line.number if line else None, said=json.dumps(said, ensure_ascii=False),
        person_id=person, commune_id=commune, likeness=how, effect=effect,
    )  # fmt: skip


def _place(line: CivilLine) -> Place:
    return line.sheet, line.number
