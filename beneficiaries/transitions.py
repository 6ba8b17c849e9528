"""The one table of the states of a change request and of the moves between them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChangeState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    OPENED = "opened", _("being checked")
    RETURNED = "returned", _("returned for correction")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", pgettext_lazy("change request", "refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


S = ChangeState
# (from, to); a request is edited in DRAFT and RETURNED only, and taken back (to DRAFT) until somebody opens it.
CHANGE_MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        (S.DRAFT, S.SUBMITTED),
        (S.DRAFT, S.WITHDRAWN),
        (S.SUBMITTED, S.DRAFT),
        (S.SUBMITTED, S.OPENED),
        (S.OPENED, S.RETURNED),
        (S.OPENED, S.APPROVED),
        (S.OPENED, S.REFUSED),
        (S.RETURNED, S.SUBMITTED),
        (S.RETURNED, S.WITHDRAWN),
    }
)

EDITABLE: tuple[str, ...] = (S.DRAFT, S.RETURNED)
TO_DECIDE: tuple[str, ...] = (S.SUBMITTED, S.OPENED)
OPEN: tuple[str, ...] = (*EDITABLE, *TO_DECIDE)
