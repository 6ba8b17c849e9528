"""Decisions on overpaid months: prepared by one officer, confirmed by another (rules A02, A04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import Reader, province_reader
from accounts.models import User
from beneficiaries.models import Reckon
from common import sql
from payments.models import Adjustment, AdjustmentKind, DecisionKind, Excess, OverpaidDecision, OverpaidItem
from payments.operations.errors import PaymentsError, SamePerson
from payments.queries.overpaid import overpaid

_ADJUSTMENT = {DecisionKind.WAIVE: AdjustmentKind.WAIVED, DecisionKind.REPAID: AdjustmentKind.REPAID}


class OverpaidRefused(PaymentsError):
    """The decision does not fit what is overpaid, or was confirmed or cancelled before; nothing was written."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a recovery takes: from the cycle of `from_month` on, at most `limit` đồng or `share` % of each payment."""

    from_month: date
    limit: int | None = None
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One overpaid month of one entitlement, and how many đồng of it the decision covers."""

    entitlement_id: int
    month: date
    amount: int


@transaction.atomic
def prepare(
    *,
    person_id: int,
    scheme: str,
    kind: DecisionKind,
    items: Sequence[Item],
    number: str,
    decided_on: date,
    reason: str,
    by: User,
    at: datetime,
    reader: Reader,
    schedule: Schedule | None = None,
) -> OverpaidDecision:
    """Prepare a decision on overpaid months; it changes nothing until another officer confirms it.

    Raises OverpaidRefused where an item is more than what is overpaid and not yet covered by another decision.
    """
    _refuse_beyond(person_id, scheme, items, reader)
    decision = OverpaidDecision.objects.create(
        person_id=person_id,
        scheme=scheme,
        kind=kind,
        number=number,
        decided_on=decided_on,
        reason=reason,
        from_month=schedule.from_month if schedule else None,
        limit=schedule.limit if schedule else None,
        share=schedule.share if schedule else None,
        prepared_by=by,
        prepared_at=at,
    )
    OverpaidItem.objects.bulk_create(
        OverpaidItem(
            decision=decision, entitlement_id=item.entitlement_id, for_month=item.month, amount=item.amount
        )
        for item in items
    )
    return decision


@transaction.atomic
def confirm(*, decision_id: int, by: User, at: datetime) -> OverpaidDecision:
    """Confirm a decision as the second person: a waiver or repayment becomes an adjustment at once, a recovery takes
    from the rounds of its first month on. Raises SamePerson or OverpaidRefused.
    """
    decision = _lock(decision_id)
    if decision.confirmed_by_id or decision.cancelled_at:
        raise OverpaidRefused(_("This decision has been confirmed or cancelled already."))
    if decision.prepared_by_id == by.pk:
        raise SamePerson
    decision.confirmed_by, decision.confirmed_at = by, at
    decision.save(update_fields=["confirmed_by", "confirmed_at"])
    items = list(decision.items.all())
    if decision.kind != DecisionKind.RECOVER:
        Adjustment.objects.bulk_create(
            Adjustment(
                entitlement_id=item.entitlement_id,
                for_month=item.for_month,
                amount=item.amount,
                kind=_ADJUSTMENT[DecisionKind(decision.kind)],
                decision_number=decision.number,
                decision_date=decision.decided_on,
                by=by,
                at=at,
            )
            for item in items
        )
        _settle(decision.person_id)
    return decision


@transaction.atomic
def cancel(*, decision_id: int, by: User, at: datetime) -> None:
    """Withdraw a decision that waits, or stop a recovery: what it has taken stays taken, the rest is open again.

    Raises OverpaidRefused for a waiver or repayment that took effect.
    """
    decision = _lock(decision_id)
    if decision.cancelled_at or (decision.confirmed_by_id and decision.kind != DecisionKind.RECOVER):
        raise OverpaidRefused(_("A waiver or a repayment that took effect stays in the books."))
    decision.cancelled_by, decision.cancelled_at = by, at
    decision.save(update_fields=["cancelled_by", "cancelled_at"])
    with connection.cursor() as cursor:
        sql.run(cursor, "payments", "cancel_recovery", {"decision": decision_id})


def _lock(decision_id: int) -> OverpaidDecision:
    return OverpaidDecision.objects.select_for_update().get(pk=decision_id)


def _settle(person_id: int) -> None:
    """Take the months that are no longer overpaid off the list."""
    left = {
        (one.entitlement_id, one.month) for one in overpaid(reader=province_reader(), person_id=person_id)
    }
    for stood in Excess.objects.filter(person=person_id):
        if (stood.entitlement_id, stood.for_month) not in left:
            stood.delete()


def _refuse_beyond(person_id: int, scheme: str, items: Sequence[Item], reader: Reader) -> None:
    if Reckon.objects.filter(person_id=person_id).exists():
        raise OverpaidRefused(
            _("News about this person has not been reckoned yet. Make the next list first, then decide.")
        )
    found = {
        (one.entitlement_id, one.month): one.open
        for one in overpaid(reader=reader, person_id=person_id)
        if one.scheme == scheme
    }
    beyond = [
        item for item in items if not 0 < item.amount <= found.get((item.entitlement_id, item.month), 0)
    ]
    if beyond or not items:
        raise OverpaidRefused(_("The decision names more than what is overpaid and not yet decided on."))
