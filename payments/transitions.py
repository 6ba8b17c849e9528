"""The one table of states and of the moves between them. Nothing else decides what may follow what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    FUNDED = "funded", _("funded")
    RELEASED = "released", _("released")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    SETTLED = "settled", _("settled")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")

    @classmethod
    def unapproved(cls) -> list[str]:
        return [cls.DRAFT, cls.SUBMITTED, cls.CANCELLED]

    @classmethod
    def unfunded(cls) -> list[str]:
        return [*cls.unapproved(), cls.APPROVED]

    @classmethod
    def funded(cls) -> list[str]:
        return [cls.FUNDED, cls.RELEASED, cls.ACKNOWLEDGED, cls.SETTLED, cls.CLOSED]

    @classmethod
    def unreleased(cls) -> list[str]:
        return [*cls.unfunded(), cls.FUNDED]


class Outcome(models.TextChoices):
    WITHDRAWN = "withdrawn", _("withdrawn")
    PAID = "paid", _("paid")
    FAILED = "failed", _("failed")
    UNCLAIMED = "unclaimed", _("unclaimed")
    RETURNED = "returned", _("returned")


B = BatchState
BATCH_MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        (B.DRAFT, B.SUBMITTED),
        (B.SUBMITTED, B.APPROVED),
        (B.SUBMITTED, B.DRAFT),
        (B.APPROVED, B.DRAFT),
        (B.APPROVED, B.FUNDED),
        (B.FUNDED, B.RELEASED),
        (B.RELEASED, B.FUNDED),
        (B.RELEASED, B.ACKNOWLEDGED),
        (B.ACKNOWLEDGED, B.SETTLED),
        (B.SETTLED, B.CLOSED),
        (B.DRAFT, B.CANCELLED),
        (B.SUBMITTED, B.CANCELLED),
    }
)

# From '' (no outcome yet); the set names the states in which the batch must stand for the move.
OUTCOME_MOVES: dict[tuple[str, str], frozenset[str]] = {
    ("", Outcome.WITHDRAWN): frozenset({B.SUBMITTED, B.APPROVED, B.FUNDED, B.ACKNOWLEDGED}),
    ("", Outcome.PAID): frozenset({B.ACKNOWLEDGED}),
    ("", Outcome.FAILED): frozenset({B.ACKNOWLEDGED}),
    ("", Outcome.UNCLAIMED): frozenset({B.ACKNOWLEDGED}),
    (Outcome.PAID, Outcome.RETURNED): frozenset({B.ACKNOWLEDGED, B.SETTLED}),
}

DEAD: tuple[str, ...] = (Outcome.WITHDRAWN, Outcome.FAILED, Outcome.UNCLAIMED, Outcome.RETURNED)
