"""How a person is paid: rows that are never edited, one closed as the next begins."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from beneficiaries.collecting import lapses_on, may_collect
from beneficiaries.models import POST, Channel, Obstacle, PayAt, Payee, PayoutMethod, Person, Provider
from beneficiaries.operations.errors import DecisionRefused
from common import sql
from common.names import SAME, likeness

ACCOUNT_LENGTH = range(4, 33)


def holder_may_be_paid(*, person: Person, holder: str, on: date) -> bool:
    """Whether an account of this holder may pay this person: their own by its name, or that of somebody who may
    collect for them on that day (guardian, foster carer, authorised person; rule G04). Nobody else's ever."""
    if likeness(person.name, holder) >= SAME:
        return True
    return any(
        likeness(payee.name, holder) >= SAME and may_collect(payee, died_on=person.died_on, on=on)
        for payee in person.payees.all()
    )


def leave_accounts_of(*, payee: Payee, on: date) -> None:
    """Pay a person no longer to accounts of somebody whose right to collect has ended: marked like accounts that a bank
    refuses, the next list pays by the Post. An account in the person's own name, or another payee's, stays."""
    accounts = PayoutMethod.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        person=payee.person_id,
        channel=Channel.BANK,
        failed_on__isnull=True,
    )
    for method in accounts.select_for_update(of=("self",)).select_related("person"):
        theirs = likeness(payee.name, method.holder) >= SAME
        if theirs and not holder_may_be_paid(person=method.person, holder=method.holder, on=on):
            method.failed_on, method.right_ended = on, True
            method.save(update_fields=["failed_on", "right_ended"])


def refuse_account(*, method_id: int, on: date) -> None:
    """Mark an account that its bank refuses or closed: the next list pays by the Post, whoever may collect."""
    PayoutMethod.objects.filter(Q(failed_on__isnull=True) | Q(right_ended=True), pk=method_id).update(
        failed_on=on, right_ended=False
    )


@transaction.atomic
def follow_rights_to_collect(*, routed_on: date, today: date) -> None:
    """Leave the accounts of whoever's right to collect has ended, and return to those of whoever has it anew: what a
    list asks before it decides where money goes (Civil Code, Art. 140, 563, 569).

    `routed_on` is the day whose payout methods the list takes; a list made later than that pays nobody whose right has
    ended `today`. An account in a name that never was registered to collect is left to the list's approver.
    """
    on = max(routed_on, today)
    params = {"routed_on": routed_on, "day": on, "term": on - timedelta(days=365)}
    with connection.cursor() as cursor:
        found = sql.rows(cursor, "beneficiaries", "foreign_accounts", params)
    payees: dict[int, list[Payee]] = defaultdict(list)
    facts = ("person_id", "role", "name", "document", "limit", "valid_from", "valid_to", "revoked_on")
    for payee in Payee.objects.filter(person__in={row["person_id"] for row in found}).only(*facts):
        payees[payee.person_id].append(payee)
    left, back = [], []
    for row in found:
        theirs = [payee for payee in payees[row["person_id"]] if likeness(payee.name, row["holder"]) >= SAME]
        own = likeness(row["name"], row["holder"]) >= SAME
        may = own or any(may_collect(payee, died_on=None, on=on) for payee in theirs)
        if may and row["right_ended"]:
            back.append(row["id"])
        elif not may and not row["right_ended"] and any(_has_ended(payee, on) for payee in theirs):
            left.append(row["id"])
    PayoutMethod.objects.filter(pk__in=left, failed_on__isnull=True).update(failed_on=on, right_ended=True)
    PayoutMethod.objects.filter(pk__in=back, right_ended=True).update(failed_on=None, right_ended=False)


def _has_ended(payee: Payee, on: date) -> bool:
    end = lapses_on(payee)
    return end is not None and end <= on


@transaction.atomic
def pay_to_account(
    *,
    person: Person,
    provider: str,
    account: str,
    holder: str,
    from_day: date,
    verified_on: date | None = None,
) -> PayoutMethod:
    """Pay a person to an account from a day on; what kept them on cash no longer holds.

    Until the bank has confirmed whose it is (`verified_on`) the money still goes through the Post. Raises
    DecisionRefused for an unknown bank, a number or holder that cannot be one, or the account in use already.
    """
    bank = Provider.objects.filter(pk=provider, channel=Channel.BANK, active=True).first()
    if bank is None:
        raise DecisionRefused(_("Choose the bank."))
    number = "".join(account.split())
    if not (number.isascii() and number.isalnum() and len(number) in ACCOUNT_LENGTH):
        raise DecisionRefused(_("An account number has 4 to 32 digits or letters."))
    if not holder.strip():
        raise DecisionRefused(_("Enter the account holder as the bank writes the name."))
    same = _current(person, from_day).filter(provider=bank, account_index=number)
    if same.filter(failed_on__isnull=True).exists():
        raise DecisionRefused(_("The person is paid to this account already."))
    _close_current(person, from_day)
    made = PayoutMethod.objects.create(
        person=person,
        channel=Channel.BANK,
        provider=bank,
        account=number,
        account_index=number,
        holder=holder.strip()[:120],
        verified_on=verified_on,
        valid_from=from_day,
    )
    Obstacle.objects.filter(person=person, resolved_on__isnull=True).update(resolved_on=from_day)
    return made


@transaction.atomic
def pay_through_post(*, person: Person, pay_at: PayAt, from_day: date) -> PayoutMethod:
    """Pay a person in cash from a day on, at the commune's pay point or at home. Raises DecisionRefused where it is
    so already."""
    if _current(person, from_day).filter(channel=Channel.POST, pay_at=pay_at).exists():
        raise DecisionRefused(_("The person is paid in this way already."))
    _close_current(person, from_day)
    return PayoutMethod.objects.create(
        person=person, channel=Channel.POST, provider_id=POST, pay_at=pay_at, valid_from=from_day
    )


def _current(person: Person, day: date) -> QuerySet[PayoutMethod]:
    return PayoutMethod.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), person=person, valid_from__lte=day
    )


def _close_current(person: Person, from_day: date) -> None:
    if PayoutMethod.objects.filter(person=person, valid_from__gte=from_day).exists():
        raise DecisionRefused(
            _("The way this person is paid changes on that day or later already. Choose a later day.")
        )
    _current(person, from_day).update(valid_to=from_day - timedelta(days=1))
