"""Looking for registered people who are alike, and deciding whether two that are alike are one person."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.duplicates import Described, description
from beneficiaries.models import LikenessDecision, LikePair, Person, Verdict
from beneficiaries.operations.errors import DecisionRefused
from common import sql


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


def find_pairs(*, on: date) -> int:
    """Look through everybody registered for pairs who may be one person or share an account; how many are new.

    A pair that nobody has decided goes once it is no longer one; what was decided stays and is not asked again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        new: int = sql.rows(cursor, "beneficiaries", "like_pairs", {"today": on})[0]["new"]
    return new


def decide_pair(*, pair_id: int, verdict: Verdict, reason: str, by: User, at: datetime) -> LikePair:
    """Keep, once, whether the two of a pair are one person, with the reason.

    That they are one stops nothing by itself: what the second record receives is stopped by a change request. Raises
    DecisionRefused without a reason, and where it is decided already.
    """
    if not reason.strip():
        raise DecisionRefused(_("Say how the two were told apart."))
    with transaction.atomic():
        pair = LikePair.objects.select_for_update().get(pk=pair_id)
        if pair.verdict:
            raise DecisionRefused(_("Somebody has decided about these two already."))
        pair.verdict, pair.reason, pair.decided_by, pair.decided_at = verdict, reason.strip()[:300], by, at
        pair.save(update_fields=["verdict", "reason", "decided_by", "decided_at"])
    return pair
