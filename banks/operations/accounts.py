"""Whose an account is: the province asks, the bank answers; the bank reports what happened to its accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from banks.models import AccountReport, Client, Inquiry, InquiryState, ReportKind, ReportState
from banks.operations.errors import AnswerStands, BanksError
from beneficiaries.models import Channel, PayoutMethod, Person
from beneficiaries.operations.campaigns import take_reported
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.payouts import holder_may_be_paid, pay_to_account, refuse_account
from common.names import SAME, likeness


def ask_about_accounts(*, provider: str, at: datetime) -> int:
    """Ask a bank about every account on the roll that is in use, not verified and not asked about yet; how many."""
    today = timezone.localdate(at)
    unverified = PayoutMethod.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        channel=Channel.BANK,
        provider=provider,
        verified_on__isnull=True,
        failed_on__isnull=True,
        inquiries__isnull=True,
    )
    asked = [
        Inquiry(payout_method_id=pk, provider_id=provider, asked_at=at)
        for pk in unverified.order_by("pk").values_list("pk", flat=True)
    ]
    return len(Inquiry.objects.bulk_create(asked, ignore_conflicts=True, batch_size=5_000))


def answer_inquiry(*, client: Client, inquiry_id: int, exists: bool, holder: str, at: datetime) -> Inquiry:
    """A bank's answer; an agreeing name makes the account verified. The same answer again changes nothing.

    Raises Inquiry.DoesNotExist for another bank's, AnswerStands for another answer.
    """
    with transaction.atomic():
        found = (
            Inquiry.objects.select_for_update(of=("self",))
            .select_related("payout_method")
            .get(pk=inquiry_id, provider=client.provider_id)
        )
        score = likeness(found.payout_method.holder, holder) if exists else None
        state = (
            InquiryState.UNKNOWN
            if score is None
            else InquiryState.MATCHED
            if score >= SAME
            else InquiryState.DIFFERS
        )
        if found.state != InquiryState.WAITING:
            if (found.state, found.holder) != (state, holder):
                raise AnswerStands
            return found
        found.state, found.score, found.holder, found.answered_at = state, score, holder, at
        found.save(update_fields=["state", "score", "holder", "answered_at"])
        if state == InquiryState.MATCHED:
            PayoutMethod.objects.filter(pk=found.payout_method_id, verified_on__isnull=True).update(
                verified_on=timezone.localdate(at)
            )
    return found


@dataclass(frozen=True, slots=True)
class Happened:
    """What a bank says of one account. `national_id` is given for one opened at a campaign."""

    kind: str
    account: str
    on: date
    holder: str = ""
    national_id: str = ""


def report_account(*, client: Client, what: Happened, at: datetime) -> AccountReport | None:
    """Keep what a bank reports; the same report again changes nothing. None from a client for trying out: its reports
    concern nobody.

    A closed account is marked at once, so the next round pays by the Post. A new name or a new account waits for an
    officer: nobody is moved to an account without having been asked. An account opened for somebody on the list of an
    account-opening day of that bank goes there, for the second officer of that day.
    """
    if client.sandbox:
        return None
    known = AccountReport.objects.filter(
        provider=client.provider_id, kind=what.kind, account_index=what.account, on=what.on
    ).first()
    if known:
        return known
    with transaction.atomic():
        if what.kind == ReportKind.OPENED:
            person = Person.objects.living().filter(national_id_index=what.national_id).first()
            score = likeness(person.name, what.holder) if person else None
            state = ReportState.WAITING if person else ReportState.UNRELATED
            if person and take_reported(
                person=person, provider=client.provider_id, account=what.account, holder=what.holder, at=at
            ):
                state = ReportState.TAKEN
        else:
            method = _in_use(client.provider_id, what.account, what.on)
            person = method.person if method else None
            score = likeness(method.holder, what.holder) if method and what.holder else None
            state = ReportState.WAITING if method else ReportState.UNRELATED
            if method and what.kind == ReportKind.CLOSED:
                refuse_account(method_id=method.pk, on=what.on)
                state = ReportState.TAKEN
            elif method and score is not None and score >= SAME:
                state = ReportState.TAKEN
        return AccountReport.objects.create(
            provider_id=client.provider_id,
            kind=what.kind,
            account=what.account,
            account_index=what.account,
            holder=what.holder,
            on=what.on,
            person=person,
            score=score,
            state=state,
            received_at=at,
        )


def decide_report(*, report_id: int, take: bool, by: User, at: datetime) -> AccountReport:
    """An officer's decision on a report that waits. Taking an account opened over pays the person there from today on.

    A renamed account taken over is the person's still; refused, it is marked and the next round pays by the Post.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        found = AccountReport.objects.select_for_update(of=("self",)).get(pk=report_id)
        if found.state != ReportState.WAITING or found.person is None:
            raise BanksError(_("Somebody has decided about this report already."))
        if found.kind == ReportKind.OPENED and take:
            _move_to(found, found.person, today)
        elif found.kind == ReportKind.RENAMED and not take:
            method = _in_use(found.provider_id, found.account, today)
            if method:
                refuse_account(method_id=method.pk, on=today)
        found.state = ReportState.TAKEN if take else ReportState.REFUSED
        found.decided_by, found.decided_at = by, at
        found.save(update_fields=["state", "decided_by", "decided_at"])
    return found


def _in_use(provider: str, account: str, on: date) -> PayoutMethod | None:
    current = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    methods = PayoutMethod.objects.filter(current, provider=provider, account_index=account)
    return methods.select_related("person").order_by("-pk").first()


def _move_to(report: AccountReport, person: Person, today: date) -> None:
    """Pay the person to the account that the bank itself opened and so confirms. Raises BanksError, also for an
    account of somebody who is neither the person nor registered to collect for them."""
    if not holder_may_be_paid(person=person, holder=report.holder, on=today):
        raise BanksError(
            _(
                "This account is not the person's, nor of somebody registered to collect for them: nobody is paid "
                "there."
            )
        )
    try:
        pay_to_account(
            person=person,
            provider=report.provider_id,
            account=report.account,
            holder=report.holder,
            from_day=today,
            verified_on=today,
        )
    except DecisionRefused as error:
        raise BanksError(str(error)) from error
