"""Pages by key: a page begins after (or before) a row, never at an offset, so the last is as fast as the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")
PAGE_SIZE = 50
LARGEST_ID = 2**63 - 1  # a bigint; a payment's id has 19 digits


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """`after` and `before` are the ids at which the next and the previous page begin, None where there is none."""

    rows: list[Row]
    after: int | None
    before: int | None


def number_of(text: str) -> int:
    """The number of a row, or a version, that an address or a form names; 0, which no row has, for whatever is none."""
    plain = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if plain and int(text) <= LARGEST_ID else 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is to begin: after or before the row with this id, as the address has it; '' for the start."""

    after: str = ""
    before: str = ""


def keyset_page(rows: QuerySet[M], *, key: str, place: Place, size: int = PAGE_SIZE) -> KeysetPage[M]:
    """The page of `rows`, in order of `key` and id, at a place.

    The place is a row of `rows` itself: an id outside them, or no number, is the first page.
    """
    backwards = bool(place.before)
    anchor = _anchor(rows, key, place.before or place.after)
    ordered = rows.order_by(f"-{key}", "-pk") if backwards and anchor else rows.order_by(key, "pk")
    if anchor:
        value, pk = anchor
        beyond = "lt" if backwards else "gt"
        # The first condition is what an index on (key, id) can start from.
        ordered = ordered.filter(
            Q(**{f"{key}__{beyond}e": value})
            & (Q(**{f"{key}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk}))
        )
    found = list(ordered[: size + 1])
    more, shown = len(found) > size, found[:size]
    if anchor and backwards:
        shown.reverse()
        return KeysetPage(shown, shown[-1].pk if shown else None, shown[0].pk if more else None)
    return KeysetPage(shown, shown[-1].pk if more else None, shown[0].pk if anchor and shown else None)


def slice_page(ids: Sequence[int], *, place: Place) -> KeysetPage[int]:
    """The same of ids that are all known and in order: the page of them at a place."""
    anchor = number_of(place.before or place.after)
    at = ids.index(anchor) if anchor in ids else None
    if at is None:
        start, end = 0, PAGE_SIZE
    elif place.before:
        start, end = max(at - PAGE_SIZE, 0), at
    else:
        start, end = at + 1, at + 1 + PAGE_SIZE
    shown = ids[start:end]
    return KeysetPage(
        list(shown), shown[-1] if shown and end < len(ids) else None, shown[0] if shown and start else None
    )


def _anchor(rows: QuerySet[M], key: str, text: str) -> tuple[object, int] | None:
    number = number_of(text)
    return rows.filter(pk=number).values_list(key, "pk").first() if number else None
