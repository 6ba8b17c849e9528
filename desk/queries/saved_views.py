"""An officer's own views of a list. Nobody sees another's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlencode

from common.keyset import number_of
from desk.models import SavedKind, SavedView


@dataclass(frozen=True, slots=True)
class SavedViews:
    """Of one list: filters as (id, name, query), and columns as (id, name)."""

    filters: list[tuple[int, str, str]]
    columns: list[tuple[int, str]]


def views_of(*, user_id: int, listing: str) -> SavedViews:
    """By name."""
    views = sorted(
        SavedView.objects.filter(user=user_id, listing=listing), key=lambda view: (view.name, view.pk)
    )
    return SavedViews(
        filters=[
            (view.pk, view.name, urlencode(json.loads(view.content)))
            for view in views
            if view.kind == SavedKind.FILTER
        ],
        columns=[(view.pk, view.name) for view in views if view.kind == SavedKind.COLUMNS],
    )


def columns_named(*, user_id: int, listing: str, view_id: str) -> tuple[str, list[tuple[str, str]]]:
    """The name and the columns, as (key, title), of a view of this officer's own; '' and none where there is none."""
    own = SavedView.objects.filter(user=user_id, listing=listing, kind=SavedKind.COLUMNS)
    view = own.filter(pk=number_of(view_id)).first()
    return (view.name, [(key, title) for key, title in json.loads(view.content)]) if view else ("", [])
