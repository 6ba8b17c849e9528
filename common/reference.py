"""Bring a table to the rows of a reference file: add, change, leave or retire, and say which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet


@dataclass
class Changes:
    """What a load did to one table; `changed` holds the row as it was and as it is."""

    added: list[Any] = field(default_factory=list)
    changed: list[tuple[Any, Any]] = field(default_factory=list)
    unchanged: int = 0
    retired: list[Any] = field(default_factory=list)

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.retired + other.retired,
        )

    def counts(self) -> dict[str, int]:
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "retired": len(self.retired),
        }


def bring_to(
    present: QuerySet[Any],
    wanted: Iterable[Model],
    *,
    key: Sequence[str],
    delete_missing: bool = False,
) -> Changes:
    """Make the rows of `present` equal to the unsaved `wanted`, matched by the field names of `key`.

    Rows of `present` without a match are deleted where `delete_missing`, else left alone. Wanted rows get
    the primary key of the row they match or became.
    Call it in a transaction.
    """
    model = present.model
    fields = [f for f in model._meta.concrete_fields if not f.primary_key and f.name not in key]
    key_columns = [model._meta.get_field(name).attname for name in key]
    by_key = {tuple(getattr(row, column) for column in key_columns): row for row in present}
    changes = Changes()
    for row in wanted:
        old = by_key.pop(tuple(getattr(row, column) for column in key_columns), None)
        if old is None:
            changes.added.append(row)
            continue
        row.pk = old.pk
        if all(getattr(row, f.attname) == getattr(old, f.attname) for f in fields):
            changes.unchanged += 1
        else:
            changes.changed.append((old, row))
    if delete_missing:
        changes.retired = list(by_key.values())
        model._default_manager.filter(pk__in=[row.pk for row in changes.retired]).delete()
    if changes.changed:
        model._default_manager.bulk_update([row for _, row in changes.changed], [f.name for f in fields])
    model._default_manager.bulk_create(changes.added)
    return changes
