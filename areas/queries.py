"""Reads of administrative units; they are public, so no reader's scope is taken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from areas.models import Succession


@dataclass(frozen=True, slots=True)
class Lineage:
    """Of a unit on a day, by id: `before` the units that it follows in their affairs, as their default successor;
    `after` those that took over a part of it and have no successor yet, the default one first. Over all reforms."""

    before: Sequence[int]
    after: Sequence[int]


def lineages(units: Collection[int], date: dt.date) -> dict[int, Lineage]:
    """What stands before and after each of the units (ids) by what took effect until `date`."""
    before: Mapping[int, list[int]] = defaultdict(list)
    after: Mapping[int, list[int]] = defaultdict(list)
    steps = Succession.objects.filter(on_date__lte=date).order_by("-is_default", "pk")
    for old, new, is_default in steps.values_list("predecessor_id", "successor_id", "is_default"):
        after[old].append(new)
        if is_default:
            before[new].append(old)
    return {unit: Lineage(_all(unit, before), _last(unit, after)) for unit in units}


def _all(unit: int, steps: Mapping[int, list[int]]) -> list[int]:
    return [one for step in steps.get(unit, ()) for one in (step, *_all(step, steps))]


def _last(unit: int, steps: Mapping[int, list[int]]) -> list[int]:
    found = [one for step in steps.get(unit, ()) for one in _last(step, steps) or [step]]
    return list(dict.fromkeys(found))
