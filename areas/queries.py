"""Reads of administrative units; they are public, so no reader's scope is taken."""

from __future__ import annotations

import datetime as dt

from areas.models import Level, Succession, Unit


def unit_on(code: str, date: dt.date, level: Level = Level.COMMUNE) -> Unit:
    """The unit that had the code on that date; Unit.DoesNotExist where none had."""
    return Unit.objects.on(date).get(level=level, code=code)


def unit_now(unit: Unit, date: dt.date) -> Unit:
    """`unit` itself where it is in being on `date`, else its default successor then.

    Succession.DoesNotExist where it has none, as for a district that was abolished.
    """
    while unit.valid_to is not None and unit.valid_to < date:
        step = Succession.objects.select_related("successor").get(predecessor=unit, is_default=True)
        unit = step.successor
    return unit
