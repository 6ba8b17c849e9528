"""Differences between our books and a provider's statement: who looks into each, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Cycle, CycleState, Explanation
from payments.operations.errors import CycleClosed, MoveRefused


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of the reconciliation that does not match; `difference` is its class."""

    month: date
    provider: str
    reference: str
    kind: str
    difference: str


def take_difference(*, which: Difference, by: User) -> Explanation:
    """Make an officer the owner of a difference: from now on it is known who looks into it."""
    with transaction.atomic():
        found = _find(which)
        found.owner = by
        found.save(update_fields=["owner"])
    return found


def explain_difference(*, which: Difference, text: str, by: User, at: datetime) -> Explanation:
    """Record what was found about a difference; it then no longer stops the close. Raises MoveRefused without words."""
    if not text.strip():
        raise MoveRefused(_("Say what was found."))
    with transaction.atomic():
        found = _find(which)
        found.owner, found.text, found.resolved_at = by, text[:300], at
        found.save(update_fields=["owner", "text", "resolved_at"])
    return found


def _find(which: Difference) -> Explanation:
    cycle = Cycle.objects.select_for_update().get(pk=which.month)
    if cycle.state == CycleState.CLOSED:
        raise CycleClosed(month=which.month)
    found, _created = Explanation.objects.get_or_create(
        cycle=cycle,
        provider_id=which.provider,
        reference=which.reference,
        kind=which.kind,
        difference=which.difference,
    )
    return found
