"""The area whose figures a reader sees, and the names of its units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from areas.models import Level, Unit
from reports.models import Figure, Part


@dataclass(frozen=True, slots=True)
class Area:
    """Units by id with their parents read; `tops` are those not inside another; empty where nothing may be seen."""

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


def area_of(reader: Reader) -> Area:
    """The area in which the reader sees coverage."""
    ids = reader.units(Action.SEE_COVERAGE)
    units = {
        unit.pk: unit
        for unit in Unit.objects.filter(pk__in=ids)
        .select_related("parent__parent")
        .order_by("code", "valid_from")
    }
    tops = tuple(unit for unit in units.values() if unit.parent_id not in units)
    return Area(units=units, tops=tops, sees_sensitive=ids <= reader.units(Action.SEE_SENSITIVE))
