"""Closing a cycle: everything settled, nothing unexplained, two people, and a hash chained to the month before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.operations.sealing import seal
from common import sql
from payments.models import Batch, Cycle, CycleState, RoundState, StatementLine
from payments.operations.errors import CycleClosed, MoveRefused, RoundInProgress, SamePerson
from payments.queries.reconciliation import unmatched
from payments.transitions import BatchState


@dataclass(frozen=True, slots=True)
class StatementItem:
    """A line of a provider's own statement: `reference` is the payment's number, `amount` in đồng."""

    reference: str
    kind: str
    amount: int
    booked_on: date


def load_statement(*, provider: str, month: date, statement: str, items: Iterable[StatementItem]) -> int:
    """Keep a provider's statement of a cycle; how many lines were new. The same statement again adds none."""
    rows = [
        StatementLine(
            provider_id=provider,
            cycle_id=month,
            statement=statement,
            number=number,
            reference=item.reference,
            kind=item.kind,
            amount=item.amount,
            booked_on=item.booked_on,
        )
        for number, item in enumerate(items, start=1)
    ]
    with transaction.atomic():
        cycle = Cycle.every.select_for_update().get(pk=month)
        if cycle.state == CycleState.CLOSED:
            raise CycleClosed(month=month)
        same = StatementLine.objects.filter(provider_id=provider, cycle=cycle, statement=statement)
        before = same.count()
        StatementLine.objects.bulk_create(rows, batch_size=5_000, ignore_conflicts=True)
        return same.count() - before


def prepare_close(*, month: date, by: User) -> Cycle:
    """State that a cycle is ready to be closed, as the first of two people. Raises what `close` would raise."""
    with transaction.atomic():
        cycle = _lock_open(month)
        _refuse_unfinished(cycle)
        cycle.close_prepared_by = by
        cycle.save(update_fields=["close_prepared_by"])
    return cycle


def close(*, month: date, by: User, at: datetime) -> Cycle:
    """Close a cycle, as the second person: its batches close and its hash seals it with the month before.

    All history so far is sealed too; where somebody writes without pause, by the next minute's beat.

    Raises MoveRefused (something is not settled, or unexplained), SamePerson or CycleClosed.
    """
    with transaction.atomic():
        cycle = _lock_open(month)
        _refuse_unfinished(cycle)
        if cycle.close_prepared_by_id is None:
            raise MoveRefused(_("Another officer has to state first that the cycle is ready to be closed."))
        if cycle.close_prepared_by_id == by.pk:
            raise SamePerson
        digest = _chained_digest(cycle)
        with connection.cursor() as cursor:
            sql.run(cursor, "payments", "close_batches", {"month": month, "at": at, "by": by.pk})
        cycle.state, cycle.closed_by, cycle.closed_at, cycle.digest = CycleState.CLOSED, by, at, digest
        cycle.save(update_fields=["state", "closed_by", "closed_at", "digest"])
    seal(at=at)
    return cycle


def _lock_open(month: date) -> Cycle:
    cycle = Cycle.objects.select_for_update().get(pk=month)
    if cycle.state == CycleState.CLOSED:
        raise CycleClosed(month=month)
    return cycle


def _refuse_unfinished(cycle: Cycle) -> None:
    making = cycle.rounds.filter(state=RoundState.GENERATING).first()
    if making:
        raise RoundInProgress(month=cycle.month, number=making.number)
    batches = Batch.objects.select_for_update().filter(round__cycle=cycle).order_by("pk")
    open_ones = [batch for batch in batches if batch.state not in (BatchState.SETTLED, BatchState.CANCELLED)]
    if open_ones or not batches:
        raise MoveRefused(
            _("%(count)s lists of this cycle are not settled yet, or there are none.")
            % {"count": len(open_ones)}
        )
    unexplained = unmatched(month=cycle.month)
    if unexplained:
        raise MoveRefused(
            _("%(count)s differences between our books and the providers' statements are not explained yet.")
            % {"count": unexplained}
        )


def _chained_digest(cycle: Cycle) -> bytes:
    """SHA-256 over the hash of the cycle closed before and everything that this cycle's lists hold."""
    before = Cycle.objects.filter(state=CycleState.CLOSED, month__lt=cycle.month).order_by("-month").first()
    with connection.cursor() as cursor:
        own = sql.rows(cursor, "payments", "cycle_digest", {"month": cycle.month})[0]["digest"]
    return hashlib.sha256((bytes(before.digest) if before and before.digest else b"") + bytes(own)).digest()
