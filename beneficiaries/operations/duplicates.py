"""Deciding whether two descriptions that are alike are one person."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.duplicates import Described, description
from beneficiaries.models import LikenessDecision, Person, Verdict
from beneficiaries.operations.errors import DecisionRefused


def decide_likeness(
    *, person: Person, described: Described, verdict: Verdict, reason: str, by: User, at: datetime
) -> LikenessDecision:
    """Keep whether `described` is this person, with the reason; a later decision takes the place of an earlier one.

    Raises DecisionRefused without a reason, and where both have the same identity number: then it is one person.
    """
    if not reason.strip():
        raise DecisionRefused(_("Say how the two were told apart."))
    same = person.national_id and person.national_id in (described.number, described.old_number)
    if verdict == Verdict.DIFFERENT and same:
        raise DecisionRefused(_("One identity number is one person: nobody can decide otherwise."))
    kept, _created = LikenessDecision.objects.update_or_create(
        person=person,
        described_index=description(described),
        defaults={"verdict": verdict, "reason": reason.strip()[:300], "decided_by": by, "decided_at": at},
    )
    return kept
