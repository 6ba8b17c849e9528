"""The area whose figures a reader sees, and the names of its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from areas.models import Level, Succession, Unit
from reports.models import Figure, Part


@dataclass(frozen=True, slots=True)
class Area:
    """Units by id with their parents read, with those that they took over at a reorganisation.

    `tops` are those neither inside another nor followed by one; empty where nothing may be seen.
    """

    units: Mapping[int, Unit]
    tops: tuple[Unit, ...]
    sees_sensitive: bool

    @property
    def whole_province(self) -> bool:
        return any(unit.level == Level.PROVINCE for unit in self.tops)

    @property
    def name(self) -> str:
        return _("Whole province") if self.whole_province else ", ".join(unit.name for unit in self.tops)

    @property
    def chain(self) -> tuple[int, ...]:
        """Ids from the area upwards: whose targets hold for its totals."""
        if self.whole_province:
            return tuple(unit.pk for unit in self.units.values() if unit.level == Level.PROVINCE)
        return self.chain_of(self.tops[0]) if len(self.tops) == 1 else ()

    def chain_of(self, unit: Unit) -> tuple[int, ...]:
        chain = [unit.pk]
        while (parent := unit.parent) is not None:
            chain.append(parent.pk)
            unit = parent
        return tuple(chain)

    def figures(self, part: Part) -> QuerySet[Figure]:
        """The figures of the area's communes; nobody sees another's."""
        return Figure.objects.filter(part=part, commune_id__in=list(self.units))


def seen(reader: Reader) -> frozenset[int]:
    """Ids of the units whose coverage the reader sees: his own, or all where settings.OPEN_FIGURES says so."""
    ids = reader.units(Action.SEE_COVERAGE)
    return frozenset(Unit.objects.values_list("pk", flat=True)) if ids and settings.OPEN_FIGURES else ids


def area_of(reader: Reader, *, within: int | None = None, own: bool = False) -> Area:
    """The area in which the reader sees coverage; `within` narrows it to one unit of it and what that took over.

    `own`: the reader's own units in any case, as for what he reports upwards.
    """
    ids = reader.units(Action.SEE_COVERAGE) if own else seen(reader)
    wanted = Unit.objects.filter(pk__in=ids)
    narrowed = Unit.objects.filter(pk=within, pk__in=ids).first() if within else None
    if narrowed:
        wanted = wanted.filter(pk__in=Unit.objects.under_or_before(narrowed))
    units = {unit.pk: unit for unit in wanted.select_related("parent__parent").order_by("code", "valid_from")}
    followed = set(
        Succession.objects.filter(
            is_default=True, predecessor__in=list(units), successor__in=list(units)
        ).values_list("predecessor", flat=True)
    )
    # Who finishes a district's lists does not thereby stand for its communes.
    for pk in followed:
        if units[pk].level == Level.DISTRICT and units[pk].parent_id not in units:
            del units[pk]
    tops = tuple(unit for unit in units.values() if unit.parent_id not in units and unit.pk not in followed)
    return Area(units=units, tops=tops, sees_sensitive=ids <= reader.units(Action.SEE_SENSITIVE))


def names_of(units: Collection[Unit]) -> dict[int, str]:
    """The units' names by id, with the unit above where several of them have the same: two communes Tân Hà."""
    namesakes = Counter(unit.name for unit in units)
    return {
        unit.pk: f"{unit.name} ({unit.parent.name})"
        if namesakes[unit.name] > 1 and unit.parent
        else unit.name
        for unit in units
    }


def followers(*, on: date) -> dict[int, int]:
    """For each unit that has ended by that day, the id of the unit that follows it then by default."""
    steps = dict(
        Succession.objects.filter(is_default=True, on_date__lte=on).values_list("predecessor", "successor")
    )
    return {unit: _last(unit, steps) for unit in steps}


def _last(unit: int, steps: Mapping[int, int]) -> int:
    while unit in steps:
        unit = steps[unit]
    return unit
