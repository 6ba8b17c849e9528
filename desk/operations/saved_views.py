"""An officer's own views of a list: filters and columns, each under a name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from desk.models import SavedKind, SavedView

MOST = 20  # of one list and kind; nobody finds their way among more


class ViewRefused(Exception):
    """The view cannot be kept; the text says why."""


def keep_filter(*, user: User, listing: str, name: str, fields: Mapping[str, str]) -> SavedView:
    """Keep what the fields of a list's form hold; the same name again takes the place of the former.

    Raises ViewRefused without a name or a field, and beyond MOST.
    """
    filled = {key: value[:120] for key, value in fields.items() if value}
    if not filled:
        raise ViewRefused(_("Choose a filter first."))
    return _keep(user, listing, SavedKind.FILTER, name, filled)


def keep_columns(*, user: User, listing: str, name: str, columns: Sequence[tuple[str, str]]) -> SavedView:
    """Keep which columns a file has, as (key, title or ''), in their order. Raises ViewRefused as above."""
    if not columns:
        raise ViewRefused(_("Number at least one column."))
    return _keep(user, listing, SavedKind.COLUMNS, name, [[key, title[:60]] for key, title in columns])


def forget(*, user: User, view_id: int) -> str | None:
    """Remove a view of this officer's own, and say of which list it was; None where there is none."""
    view = SavedView.objects.filter(user=user, pk=view_id).first()
    if view is None:
        return None
    view.delete()
    return view.listing


def _keep(user: User, listing: str, kind: SavedKind, name: str, content: object) -> SavedView:
    called = " ".join(name.split())[:60]
    if not called:
        raise ViewRefused(_("Give it a name."))
    own = SavedView.objects.filter(user=user, listing=listing, kind=kind)
    if own.count() >= MOST and not own.filter(name=called).exists():
        raise ViewRefused(_("You have %(n)s already: remove one first.") % {"n": MOST})
    # Sent twice at once, it is still kept once.
    view, _new = SavedView.objects.update_or_create(
        user=user,
        listing=listing,
        kind=kind,
        name=called,
        defaults={"content": json.dumps(content, ensure_ascii=False)},
    )
    return view
