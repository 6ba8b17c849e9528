"""Which contract holds where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q

from areas.models import Unit
from postal.models import Contract


def contracts_by_area(*, on: date) -> dict[int, Contract]:
    """The contract that names each area (unit id) on a day; the latest where two do."""
    holding = Contract.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return {
        area.pk: contract
        for contract in holding.order_by("valid_from", "pk").prefetch_related("areas")
        for area in contract.areas.all()
    }


def nearest(unit: Unit, by_area: Mapping[int, Contract]) -> Contract | None:
    """The contract of a unit: its own, else the one of the unit above it, else of the one above that."""
    above = [unit.pk, unit.parent_id, unit.parent.parent_id if unit.parent else None]
    return next((by_area[area] for area in above if area is not None and area in by_area), None)


def contract_for(*, commune: Unit, on: date) -> Contract | None:
    """The contract that holds in a commune on a day: the nearest area first (commune, district, province)."""
    return nearest(commune, contracts_by_area(on=on))
