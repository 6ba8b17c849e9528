"""Who on record the rows of another office's list are, and what the list means for them. Set-based; writes nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from beneficiaries.models import Entitlement, Person, Precision, Residence
from beneficiaries.roll.civil_list import NEAR_POOR, POOR, CivilLine
from benefits.models import Category, Rate, Stacking, in_force
from common import sql
from common.crypto import blind_index
from common.text import fold
from desk.models import CivilList, CivilMatch, Effect, Likeness

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


@dataclass(slots=True)
class Matched:
    """What a list comes to: its matches, and how many rows match nobody, or only people elsewhere."""

    matches: list[CivilMatch] = field(default_factory=list)
    unmatched: int = 0
    elsewhere: int = 0


def match_deaths(*, made: CivilList, lines: list[CivilLine], units: Collection[int], today: date) -> Matched:
    """Each row's person: by identity number anywhere in the province, so that the commune where they are on record is
    told; else by name and birth alike in `units` (whose people the uploading officer may change)."""
    found = Matched()
    exact = _exact(lines)
    homes = _homes(person.pk for person in exact.values())
    alike = _alike([line for number, line in enumerate(lines) if number not in exact], units, today)
    for number, line in enumerate(lines):
        person = exact.get(number)
        if person is not None and person.pk in homes:
            effect = Effect.DEATH if person.died_on is None else Effect.KNOWN_DEAD
            found.elsewhere += homes[person.pk] not in units
            found.matches.append(_match(made, line, effect, person.pk, homes[person.pk], Likeness.EXACT))
            continue
        candidates = alike.get(_place(line), [])
        found.unmatched += not candidates
        found.matches += [
            _match(made, line, Effect.DEATH, person_id, commune, Likeness.ALIKE)
            for person_id, commune in candidates
        ]
    return found


def match_households(
    *, made: CivilList, lines: list[CivilLine], units: Collection[int], today: date
) -> Matched:
    """Who gains and who loses by a list of households from its month on, in the communes that it names.

    Loses: whoever holds a benefit of HOUSEHOLDS and stands on the list in no household that it takes; where a row is
    only alike, it stands beside and a person decides. Gains: whoever is of the age of GAINED, in such a household,
    without a pension and without another allowance of that kind; also somebody not on record.
    """
    assert made.month is not None
    found = Matched()
    mine = [line for line in lines if line.commune_id in units]
    found.elsewhere = len(lines) - len(mine)
    exact = _exact(mine)
    alike = _alike([line for number, line in enumerate(mine) if number not in exact], units, today)
    rows_of: dict[int, list[tuple[CivilLine, str]]] = defaultdict(list)
    for number, line in enumerate(mine):
        person = exact.get(number)
        if person is not None:
            rows_of[person.pk].append((line, Likeness.EXACT))
            continue
        candidates = alike.get(_place(line), [])
        found.unmatched += not candidates
        for person_id, _commune in candidates:
            rows_of[person_id].append((line, Likeness.ALIKE))
    covered = {line.commune_id for line in mine if line.commune_id is not None}
    found.matches = _lost(made, rows_of, covered, today) + _gained(made, mine, exact, alike, units)
    return found


def _lost(
    made: CivilList, rows_of: dict[int, list[tuple[CivilLine, str]]], covered: set[int], today: date
) -> list[CivilMatch]:
    params = {
        "month": made.month,
        "today": today,
        "categories": list(HOUSEHOLDS),
        "communes": sorted(covered),
    }
    with connection.cursor() as cursor:
        held = sql.rows(cursor, "desk", "civil_held", params)
    lost = []
    for row in held:
        taken = HOUSEHOLDS[row["category_id"]]
        rows = rows_of.get(row["person_id"], [])
        if any(line.household in taken for line, likeness in rows if likeness == Likeness.EXACT):
            continue
        shown = next((one for one in rows if one[0].household in taken), rows[0] if rows else None)
        line, likeness = shown or (None, Likeness.NONE)
        # Alike and in no household that counts: by either reading the person is not on the list as it takes.
        if line is not None and likeness == Likeness.ALIKE and line.household not in taken:
            likeness = Likeness.NONE
        match = _match(made, line, Effect.LOSE, row["person_id"], row["commune_id"], likeness)
        match.entitlement_id = row["entitlement_id"]
        lost.append(match)
    return lost


def _gained(
    made: CivilList,
    lines: list[CivilLine],
    exact: dict[int, Person],
    alike: dict[tuple[str, int], list[tuple[int, int]]],
    units: Collection[int],
) -> list[CivilMatch]:
    month = made.month
    assert month is not None
    category = Category.objects.get(pk=GAINED)
    if not Rate.objects.filter(in_force(month, month), category=category).exists():
        return []
    homes = _homes(person.pk for person in exact.values())
    others = (Stacking.BTXH_ALLOWANCE, Stacking.SOCIAL_PENSION, Stacking.BTXH_INSTITUTION)
    holding = set(
        Entitlement.objects.filter(
            Q(last_month=None) | Q(last_month__gte=month), person__in=homes, category__stacking__in=others
        ).values_list("person_id", flat=True)
    )
    gained = []
    for number, line in enumerate(lines):
        person = exact.get(number)
        born = person.birth_date if person else line.birth[0] if line.birth else None
        if line.household not in HOUSEHOLDS[GAINED] or born is None or line.commune_id is None:
            continue
        months = (month.year - born.year) * 12 + month.month - born.month
        if not (category.min_age or 0) * 12 <= months < (category.end_age or 200) * 12:
            continue
        if person is None:
            if not alike.get(_place(line)):
                gained.append(_match(made, line, Effect.GAIN, None, line.commune_id, Likeness.NONE))
        elif (
            person.died_on is None and not person.pension_kind and person.pk not in holding
            and homes.get(person.pk) in units
        ):  # fmt: skip
            gained.append(_match(made, line, Effect.GAIN, person.pk, homes[person.pk], Likeness.EXACT))
    return gained


def _exact(lines: list[CivilLine]) -> dict[int, Person]:
    """The person of each row (by its place in the list) whose identity number is on record, the living one first."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if line.national_id:
            places[blind_index(line.national_id, domain="national_id")].append(place)
    found: dict[int, Person] = {}
    people = Person.objects.filter(national_id_index__in=list(places)).defer("national_id", "notes")
    for person in sorted(people, key=lambda one: (one.died_on is not None, one.pk)):
        for place in places[bytes(person.national_id_index or b"")]:
            found.setdefault(place, person)
    return found


def _alike(
    lines: list[CivilLine], units: Collection[int], today: date
) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """For each row (by sheet and number) who it may be: person and commune, the closest first, at most MOST_ALIKE."""
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
    found: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    if dated:
        with connection.cursor() as cursor:
            for row in sql.rows(cursor, "desk", "civil_alike", params):
                found[_place(dated[row["number"]][0])].append((row["person_id"], row["commune_id"]))
    return found


def _homes(people: Iterable[int]) -> dict[int, int]:
    """The commune where each of the people lives, or lived last."""
    rows = Residence.objects.filter(person__in=list(people)).order_by("valid_from")
    return dict(rows.values_list("person_id", "commune_id"))


def _match(
    made: CivilList, line: CivilLine | None, effect: str, person: int | None, commune: int, likeness: str
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
        person_id=person, commune_id=commune, likeness=likeness, effect=effect,
    )  # fmt: skip


def _place(line: CivilLine) -> tuple[str, int]:
    return line.sheet, line.number
