"""The look-back queue, written where facts change: whose months are reckoned again, and from which."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from beneficiaries.models import ALWAYS_READY, Entitlement, Person, Reckon, ReckonReason


def queue_person(*, person_id: int, from_month: date, reason: ReckonReason = ReckonReason.CHANGED) -> None:
    """Reckon a person's months from `from_month` again in the next round."""
    Reckon.objects.create(person_id=person_id, from_month=from_month, ready_on=ALWAYS_READY, reason=reason)


def queue_entitlement(
    *, entitlement: Entitlement, from_month: date, reason: ReckonReason = ReckonReason.CHANGED
) -> None:
    """Reckon the holder of a changed entitlement again: stacking may move money between all that they hold."""
    queue_person(person_id=entitlement.person_id, from_month=from_month, reason=reason)


def queue_all_concerned(*, person: Person, from_month: date | None = None) -> None:
    """Reckon a person whose own facts changed, and everybody with a benefit that concerns that person.

    Without a month: from the first of whatever each of them was granted.
    """
    touched = Entitlement.objects.filter(Q(person=person) | Q(linked_person=person))
    first: dict[int, date] = {}
    for holder, month in touched.values_list("person_id", "from_month"):
        first[holder] = min(first.get(holder, month), month)
    for holder, month in first.items():
        queue_person(person_id=holder, from_month=from_month or month)
