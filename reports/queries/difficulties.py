"""Difficulties and proposals in the reader's area, those that hold back most people first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.access import Action, Reader
from reports.models import Difficulty, DifficultyKind


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of difficulty comes to: people held back, and how many were raised."""

    label: str
    people: int
    count: int


def visible_difficulties(*, reader: Reader) -> QuerySet[Difficulty]:
    """The difficulties raised by units whose coverage the reader may see."""
    return Difficulty.objects.filter(unit__in=reader.units(Action.SEE_COVERAGE)).select_related(
        "unit", "raised_by", "answered_by"
    )


def standing(*, reader: Reader, units: Iterable[int], on: date) -> list[Difficulty]:
    """Those of these units that were raised by the end of that day and not closed by then: a month's own stay in its
    report, whatever became of them later."""
    found = visible_difficulties(reader=reader).filter(unit__in=list(units), raised_at__date__lte=on)
    return list(found.exclude(closed_at__date__lte=on))


def kinds(difficulties: Iterable[Difficulty]) -> list[Kind]:
    """By kind, most people first."""
    listed = list(difficulties)
    found = []
    for kind in DifficultyKind:
        people = [one.people for one in listed if one.kind == kind]
        if people:
            found.append(Kind(label=str(kind.label), people=sum(people), count=len(people)))
    return sorted(found, key=lambda kind: (-kind.people, kind.label))
