"""One month of the demonstration, from its list to its close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from time import monotonic

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Role, RoleName, User
from common.months import add_months
from desk.demonstration import providers
from desk.demonstration.over_http import BankOverHttp
from desk.demonstration.post import deal_out
from payments.models import Batch, Cycle, CycleState
from payments.operations import batches, closing
from payments.operations.cycles import run_cycle
from payments.queries.reconciliation import reconciliation

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the demonstration: a preparer and an approver by unit, an accountant, two who close."""

    preparers: dict[int, User]
    approvers: dict[int, User]
    accountant: User
    first_closer: User
    second_closer: User


@dataclass(frozen=True, slots=True)
class MonthShown:
    """What one month came to: payments, đồng, transfers that failed and were corrected, seconds of generation."""

    payments: int
    amount: int
    corrected: int
    seconds: float


def cast() -> Cast:
    """The demonstration's officers by their roles."""
    roles = Role.objects.select_related("user").order_by("pk")
    preparers = {role.unit_id: role.user for role in roles if role.name == RoleName.PREPARER}
    approvers = {role.unit_id: role.user for role in roles if role.name == RoleName.APPROVER}
    accountant = next(role.user for role in roles if role.name == RoleName.ACCOUNTANT)
    first, second, *_others = (role.user for role in roles if role.name == RoleName.ADMINISTRATOR)
    return Cast(preparers, approvers, accountant, first, second)


def show_month(
    *, month: date, people: Cast, progress: Callable[[int, int], None], bank: BankOverHttp | None = None
) -> MonthShown | None:
    """Make, send, settle, supplement, reconcile and close a month; None if it was closed before.

    `bank` does its part by the interface, all others are played in this process.
    """
    if Cycle.objects.filter(pk=month, state=CycleState.CLOSED).exists():
        return None
    started = monotonic()
    run_cycle(month=month, at=lambda: _noon(add_months(month, -1), settings.LIST_DAY))
    seconds = monotonic() - started
    before = add_months(month, -1)
    _pay(month, people, progress, bank, sent=_noon(before, 24), reported=_noon(month, 5))
    corrected = providers.correct_accounts(month=month, on=month.replace(day=15))
    run_cycle(month=month, routed_on=month.replace(day=16), at=lambda: _noon(month, 16))
    if bank:
        bank.nothing_fails_now(on=month.replace(day=18))
    _pay(month, people, progress, bank, sent=_noon(month, 16), reported=_noon(month, 18))
    providers.state_accounts(month=month, but=bank.provider if bank else "")
    if bank:
        bank.state(month)
    closing.prepare_close(month=month, by=people.first_closer)
    closing.close(month=month, by=people.second_closer, at=_noon(month, 25))
    rows = reconciliation(month=month)
    return MonthShown(
        payments=sum(row["count"] for row in rows),
        amount=sum(row["reported"] for row in rows),
        corrected=corrected,
        seconds=seconds,
    )


def _pay(
    month: date,
    people: Cast,
    progress: Callable[[int, int], None],
    bank: BankOverHttp | None,
    *,
    sent: datetime,
    reported: datetime,
) -> None:
    """All draft lists of the month, the units and providers working side by side as they do in life; the Post's are
    dealt out to its pay days once, when every one of them is with it."""
    lists = providers.drafts(month=month)
    done = count(1)

    def send(batch: Batch) -> None:
        its_own = bank is not None and batch.provider_id == bank.provider
        hand_over = providers.release if its_own else providers.send
        hand_over(
            batch=batch,
            preparer=people.preparers[batch.unit_id],
            approver=people.approvers[batch.unit_id],
            accountant=people.accountant,
            at=sent,
        )

    def report(batch: Batch) -> None:
        if bank and batch.provider_id == bank.provider:
            batches.settle(batch_id=batch.pk, by=people.accountant, at=reported)
        else:
            providers.report(batch=batch, at=reported)
        progress(next(done), len(lists))

    _side_by_side(send, lists)
    deal_out(month=month, at=sent)
    if bank:
        bank.pay_lists()
    _side_by_side(report, lists)


def _side_by_side(work: Callable[[Batch], None], lists: Sequence[Batch]) -> None:
    def share(first: int) -> None:
        try:
            for batch in lists[first::AT_ONCE]:
                work(batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(share, range(AT_ONCE)))


def _noon(month: date, day: int) -> datetime:
    return datetime.combine(month.replace(day=day), time(12), tzinfo=timezone.get_default_timezone())
