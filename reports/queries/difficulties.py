"""Difficulties and proposals in the reader's area, those that hold back most people first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from accounts.access import Action, Reader
from reports.models import Difficulty, DifficultyKind, DifficultyState


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of difficulty comes to: people held back by those not closed, and how many were raised."""

    label: str
    people: int
    count: int


def visible_difficulties(*, reader: Reader) -> QuerySet[Difficulty]:
    """The difficulties raised by units whose coverage the reader may see."""
    return Difficulty.objects.filter(unit__in=reader.units(Action.SEE_COVERAGE)).select_related(
        "unit", "raised_by", "answered_by"
    )


def kinds(*, reader: Reader) -> list[Kind]:
    """By kind, most people first; closed ones no longer count."""
    rows = (
        visible_difficulties(reader=reader)
        .exclude(state=DifficultyState.CLOSED)
        .order_by()
        .values_list("kind")
        .annotate(people=Sum("people"), count=Count("pk"))
    )
    found = [
        Kind(label=str(DifficultyKind(kind).label), people=people, count=count)
        for kind, people, count in rows
    ]
    return sorted(found, key=lambda kind: (-kind.people, kind.label))
