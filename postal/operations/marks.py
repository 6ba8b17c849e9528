"""Marks of the pay desk: received once each whatever the network does, merged, and sealed at the end of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.collecting import beyond_limit, lapses_on
from beneficiaries.models import POST, Payee
from common import sql
from common.money import format_number
from payments.models import Payment
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from postal.models import Listing, Mark, MarkKind, NoticeKind, NotPaidReason, PayDay
from postal.operations.errors import PostalError
from postal.operations.notices import Question, ask_communes
from postal.queries.marks import day_states
from postal.queries.tallies import FAST_MARKS, FAST_SECONDS

CLOCK_SLACK = timedelta(minutes=10)
NOTICES = {NotPaidReason.DIED: NoticeKind.DIED, NotPaidReason.MOVED: NoticeKind.MOVED}


@dataclass(frozen=True, slots=True)
class NewMark:
    """A mark as a device sends it; `payee` is the id of who collected, None for the person."""

    id: UUID
    payment: int
    kind: str
    device: UUID
    marked_at: datetime
    receipt: str = ""
    payee: int | None = None
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a sent mark: kept, repeated, late (kept as an exception) or refused, with the reason."""

    id: UUID
    state: str
    why: str = ""


def receive_marks(*, day: PayDay, marks: Sequence[NewMark], by: User, at: datetime) -> list[Received]:
    """Keep a device's marks, each once: sending again changes nothing. A mark after the seal is kept as an exception.

    Refused, with the reason, are marks of payments that are not on the day's list, incomplete ones, and an id that
    was used for something else. A reported death or move asks the commune by itself.
    """
    with transaction.atomic():
        locked = PayDay.objects.select_for_update().get(pk=day.pk)
        listed = {
            payment: (person, amount)
            for payment, person, amount in Listing.objects.filter(pay_day=day).values_list(
                "payment_id", "payment__person_id", "payment__amount"
            )
        }
        known = Mark.objects.in_bulk([mark.id for mark in marks])
        payees = Payee.objects.in_bulk({mark.payee for mark in marks if mark.payee})
        answers: list[Received] = []
        new: dict[UUID, Mark] = {}
        for mark in marks:
            made = _row(mark, day, by, at, late=locked.sealed_at is not None)
            before = known.get(mark.id) or new.get(mark.id)
            why = _fault(mark, locked, listed, payees, at)
            if before is not None:
                same = _content(before) == _content(made)
                answers.append(
                    Received(mark.id, "repeated")
                    if same
                    else Received(mark.id, "refused", _("This mark's number was used for another."))
                )
            elif why:
                answers.append(Received(mark.id, "refused", why))
            else:
                new[mark.id] = made
                answers.append(Received(mark.id, "late" if made.late else "kept"))
        Mark.objects.bulk_create(new.values())
        if new:
            _count_marks(day)
        ask_communes(questions=_reported(list(new.values())), by=by, at=at)
    return answers


def seal_day(*, day: PayDay, by: User, at: datetime) -> int:
    """Close a pay day: its paid marks become results of the Post, and later marks are exceptions. How many were paid.

    PostalError while marks contradict each other, or where the lists are not with the Post yet.
    """
    with transaction.atomic():
        locked = PayDay.objects.select_for_update().get(pk=day.pk)
        if locked.sealed_at is not None:
            raise PostalError(_("The day is sealed; nothing of it changes any more."))
        states = day_states(day=locked)
        open_ones = [payment for payment, state in states.items() if state.conflicts]
        if open_ones:
            raise PostalError(
                _("%(count)s payments have marks that contradict each other. Correct them first.")
                % {"count": len(open_ones)}
            )
        paid = [payment for payment, state in states.items() if state.kind == MarkKind.PAID]
        count = report_paid(payments=paid, message_id=f"PD-{locked.pk}", by=by, at=at)
        locked.sealed_at, locked.sealed_by = at, by
        locked.save(update_fields=["sealed_at", "sealed_by"])
    return count


def report_paid(*, payments: Sequence[int], message_id: str, by: User, at: datetime) -> int:
    """Give the engine these payments as paid, each on the day of the mark that counts; how many were new."""
    marked = {
        mark.payment_id: mark.marked_at
        for mark in Mark.objects.filter(payment__in=payments, kind=MarkKind.PAID).order_by(
            "-marked_at", "-pk"
        )
    }
    waiting = Payment.objects.filter(pk__in=payments, outcome__isnull=True).values_list("pk", flat=True)
    items = [
        Reported(payment_id=pk, outcome=Outcome.PAID, on=timezone.localdate(marked.get(pk, at)))
        for pk in waiting.order_by("pk")
    ]
    if not items:
        return 0
    receipt = record_outcomes(provider=POST, message_id=message_id, items=items, at=at, by=by)
    if receipt.quarantined:
        raise PostalError(receipt.note)
    return receipt.applied


def _count_marks(day: PayDay) -> None:
    params: dict[str, Any] = {"pay_days": [day.pk], "marks": FAST_MARKS, "seconds": FAST_SECONDS}
    with connection.cursor() as cursor:
        cursor.execute(sql.relations(("postal", "marked")) + "\n" + sql.load("postal", "count_marks"), params)


def _row(mark: NewMark, day: PayDay, by: User, at: datetime, *, late: bool) -> Mark:
    return Mark(
        id=mark.id, payment_id=mark.payment, pay_day=day, device=mark.device, clerk=by, kind=mark.kind,
        receipt=mark.receipt.strip()[:40], payee_id=mark.payee, reason=mark.reason, note=mark.note.strip()[:200],
        marked_at=mark.marked_at, received_at=at, late=late,
    )  # fmt: skip


def _content(mark: Mark) -> tuple[object, ...]:
    return (
        mark.payment_id, mark.kind, mark.device, mark.receipt, mark.payee_id, mark.reason, mark.note,
        mark.marked_at,
    )  # fmt: skip


def _fault(
    mark: NewMark, day: PayDay, listed: dict[int, tuple[int, int]], payees: dict[int, Payee], at: datetime
) -> str:
    if mark.payment not in listed:
        return _("This payment is not on the day's list.")
    if mark.marked_at > at + CLOCK_SLACK:
        return _("The device's clock is ahead. Set it right, then mark again.")
    if mark.kind == MarkKind.PAID:
        if not mark.receipt.strip() or mark.reason:
            return _("A paid mark needs its receipt number and no reason.")
        return _payee_fault(payees.get(mark.payee), *listed[mark.payment], day) if mark.payee else ""
    if mark.kind != MarkKind.NOT_PAID or mark.reason not in NotPaidReason.values:
        return _("Say why it was not collected.")
    if mark.payee is not None or mark.receipt.strip():
        return _("What was not collected has no receipt and no payee.")
    return ""


def _payee_fault(payee: Payee | None, person: int, amount: int, day: PayDay) -> str:
    """Why this one may not collect; a death that the device could not know of is an alert, not a refusal."""
    if payee is None or payee.person_id != person:
        return _("This payee does not belong to the person.")
    end = lapses_on(payee)
    if end is not None and end <= day.day:
        return _("The authorisation of %(name)s lapsed on %(date)s.") % {
            "name": payee.name, "date": f"{end:%d/%m/%Y}",
        }  # fmt: skip
    if beyond_limit(payee, amount):
        return _("%(name)s may collect at most %(limit)s ₫ at a time.") % {
            "name": payee.name, "limit": format_number(payee.limit or 0),
        }  # fmt: skip
    return ""


def _reported(marks: Sequence[Mark]) -> list[Question]:
    """What marks with a death or a move make the system ask the communes."""
    reported = {
        mark.payment_id: NOTICES[NotPaidReason(mark.reason)] for mark in marks if mark.reason in NOTICES
    }
    payments = Payment.objects.filter(pk__in=reported).select_related("batch__round").order_by("pk")
    return [
        Question(
            payment.person_id, payment.commune_id, payment.batch.scheme, reported[payment.pk],
            payment.batch.round.cycle_id, payment.pk,
        )
        for payment in payments
    ]  # fmt: skip
