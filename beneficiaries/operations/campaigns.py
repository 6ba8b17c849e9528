"""Account-opening days: inviting people, telling the bank, reading what it opened, changing them over together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import (
    Campaign,
    Candidate,
    CandidateState,
    Channel,
    Obstacle,
    ObstacleReason,
    PayoutMethod,
    Person,
    Provider,
)
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.payouts import holder_may_be_paid, pay_to_account
from common.names import SAME, likeness

MOST = 500
# What a candidate holds of an account, given up with it.
_NOT_OPENED: dict[str, Any] = {
    "account": None, "account_index": None, "holder": "", "score": None, "read_by": None, "read_at": None,
    "accepted_by": None, "accepted_why": "",
}  # fmt: skip


class CampaignRefused(DecisionRefused):
    """This cannot be done with the account-opening day now; nothing was written. `problems` name rows of a file."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Opened:
    """One row of the bank's file: `line` as its spreadsheet counts, our reference, the account and its holder."""

    line: int
    reference: str
    account: str
    holder: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file of the bank's came to: accounts new, of another name than ours, and known already."""

    opened: int
    differs: int
    unchanged: int


@dataclass(slots=True)
class ChangedOver:
    """Who is paid to the new account from now on, and who could not be changed over, with the reason."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def make_campaign(*, commune: Unit, provider: str, on: date, place: str, by: User, at: datetime) -> Campaign:
    """An account-opening day of one bank in one commune. Raises CampaignRefused."""
    bank = Provider.objects.filter(pk=provider, channel=Channel.BANK, active=True).first()
    if bank is None:
        raise CampaignRefused(_("Choose the bank."))
    if not place.strip():
        raise CampaignRefused(_("Enter the place."))
    try:
        with transaction.atomic():
            return Campaign.objects.create(
                commune=commune, provider=bank, on=on, place=place.strip(), made_by=by, made_at=at
            )
    except IntegrityError as error:
        raise CampaignRefused(_("This bank has an account-opening day there on that day already.")) from error


@transaction.atomic
def invite(*, campaign_id: int, people: Sequence[int]) -> int:
    """Put people on the list, in the order given; how many are new. Nobody twice; who chose cash is left in peace.

    The caller has made sure that they live in the commune. Raises CampaignRefused where the list grows too long.
    """
    campaign = _held(campaign_id)
    cash = Obstacle.objects.filter(
        person__in=people, resolved_on__isnull=True, reason=ObstacleReason.CHOOSES_CASH
    ).values("person")
    known = dict(campaign.candidates.values_list("person_id", "state"))
    fit = set(Person.objects.living().filter(pk__in=people).exclude(pk__in=cash).values_list("pk", flat=True))
    new = [pk for pk in dict.fromkeys(people) if pk in fit and pk not in known]
    if len(known) + len(new) > MOST:
        raise CampaignRefused(_("At most %(n)s people a day: make another day.") % {"n": MOST})
    last = campaign.candidates.aggregate(last=Max("number"))["last"] or 0
    Candidate.objects.bulk_create(
        Candidate(campaign=campaign, person_id=pk, number=number) for number, pk in enumerate(new, last + 1)
    )
    back = campaign.candidates.filter(person__in=fit, state=CandidateState.LEFT)
    return len(new) + back.update(state=CandidateState.INVITED, why="")


@transaction.atomic
def record_consent(*, campaign_id: int, candidates: Sequence[int], on: date) -> int:
    """Note that people agreed that the bank is told their name, birth date and identity number; how many (Decree
    13/2023, Art. 11: a consent is given for a stated purpose and can be shown)."""
    campaign = _held(campaign_id)
    invited = campaign.candidates.filter(pk__in=candidates, state=CandidateState.INVITED)
    return invited.filter(consented_on__isnull=True).update(consented_on=on)


@transaction.atomic
def take_off(*, campaign_id: int, candidates: Sequence[int], why: str) -> int:
    """Take people off the list who do not want to, or no longer have to; how many. Their consent ends with it. Raises
    CampaignRefused without a reason."""
    if not why.strip():
        raise CampaignRefused(_("Enter the reason."))
    campaign = _held(campaign_id)
    states = (CandidateState.INVITED, CandidateState.OPENED, CandidateState.DIFFERS)
    gone = campaign.candidates.filter(pk__in=candidates, state__in=states).update(
        state=CandidateState.LEFT, why=why.strip()[:300], consented_on=None, **_NOT_OPENED
    )  # fmt: skip
    if gone:
        Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1)
    return gone


@transaction.atomic
def send_list(*, campaign_id: int, by: User, at: datetime) -> list[Candidate]:
    """Who is told to the bank: those who agreed and have no account yet, each with the person. Raises CampaignRefused
    where nobody has agreed."""
    campaign = _held(campaign_id)
    found = campaign.candidates.filter(state=CandidateState.INVITED, consented_on__isnull=False)
    people = list(found.filter(person__died_on__isnull=True).select_related("person").order_by("number"))
    if not people:
        raise CampaignRefused(_("Nobody on the list has agreed yet that the bank is told who they are."))
    if campaign.sent_by and campaign.sent_by != by:
        campaign.sent_before_by.add(campaign.sent_by)
    Campaign.objects.filter(pk=campaign.pk).update(sent_by=by, sent_at=at)
    return people


@transaction.atomic
def take_opened(*, campaign_id: int, rows: Sequence[Opened], by: User | None, at: datetime) -> Taken:
    """Take over what the bank opened; the whole file or nothing. The same file again changes nothing.

    `by` is who read the bank's file, None where the bank reported the account itself. A holder whose name is not the
    person's (`common.names`) is kept apart: nobody is changed over to it. Raises CampaignRefused with every row that
    cannot be.
    """
    campaign = _held(campaign_id)
    listed = campaign.candidates.select_related("person", "payout_method").select_for_update(of=("self",))
    by_reference = {one.reference: one for one in listed.order_by("number")}
    accounts = {one.person_id: row.account for row in rows if (one := by_reference.get(row.reference))}
    elsewhere = _elsewhere(campaign.provider_id, accounts, timezone.localdate(at))
    problems = _problems(rows, by_reference, elsewhere)
    if problems:
        raise CampaignRefused(_("The file was refused: nothing was taken over."), problems)
    changed = [
        (by_reference[row.reference], row) for row in rows if not _same(by_reference[row.reference], row)
    ]
    try:
        with transaction.atomic():
            for one, row in changed:
                _open(one, row, by, at)
    except IntegrityError as error:
        raise CampaignRefused(
            _(
                "The file gives an account to somebody else than an earlier file did. Take both off the list first."
            )
        ) from error
    differs = sum(one.state == CandidateState.DIFFERS for one, _row in changed)
    if changed:
        Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1)
    return Taken(opened=len(changed) - differs, differs=differs, unchanged=len(rows) - len(changed))


@transaction.atomic
def take_reported(*, person: Person, provider: str, account: str, holder: str, at: datetime) -> bool:
    """Take over an account that its bank reports as opened for a person, as a file of the bank's would: on the newest
    day's list that has not ended. False, and nothing changes, where the person is on none or a file were refused."""
    listed = Candidate.objects.filter(
        person=person, campaign__provider=provider, campaign__ended_at__isnull=True
    ).exclude(state=CandidateState.LEFT)
    one = listed.order_by("-campaign").first()
    if one is None:
        return False
    row = Opened(line=0, reference=one.reference, account=account, holder=holder)
    try:
        take_opened(campaign_id=one.campaign_id, rows=[row], by=None, at=at)
    except CampaignRefused:
        return False
    return True


@transaction.atomic
def accept_name(*, campaign_id: int, candidate_id: int, reason: str, by: User, at: datetime) -> None:
    """A second officer finds that an account whose holder's name differs may be paid, and says why in writing.

    It may where the holder is registered and able to collect for the person, or where the person's name has been
    corrected meanwhile; never for anybody else, whatever the reason. Raises CampaignRefused, also for whoever made
    the list, sent it or read the file.
    """
    campaign = _held(campaign_id)
    listed = campaign.candidates.select_for_update(of=("self",)).select_related("person")
    one = listed.filter(pk=candidate_id, state=CandidateState.DIFFERS).first()
    if one is None:
        raise CampaignRefused(_("The list changed since you opened it. Reload the page and look again."))
    if by.pk in {*campaign.prepared_by(), one.read_by_id}:
        raise CampaignRefused(
            _("Who made the list, sent it or read the bank's file cannot approve it. Another officer has to.")
        )
    if not reason.strip():
        raise CampaignRefused(_("Enter the reason."))
    if not holder_may_be_paid(person=one.person, holder=one.holder, on=timezone.localdate(at)):
        raise CampaignRefused(_another_s(one.holder))
    one.state, one.score = CandidateState.OPENED, likeness(one.person.name, one.holder)
    one.accepted_by, one.accepted_why, one.why = by, reason.strip()[:300], ""
    one.save(update_fields=["state", "score", "accepted_by", "accepted_why", "why"])
    Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1)


@transaction.atomic
def change_over(*, campaign_id: int, version: int, from_day: date, by: User, at: datetime) -> ChangedOver:
    """A second officer approves what the bank opened: everybody whose name agrees is paid there from a day on.

    Who made the list, sent it or read the file cannot. Each person is changed over by themselves: one who cannot be
    (died, changed meanwhile) is named and stops nobody. Raises CampaignRefused where something changed since it was
    looked at.
    """
    campaign = _held(campaign_id)
    if campaign.version != version:
        raise CampaignRefused(_("The list changed since you opened it. Reload the page and look again."))
    opened = list(
        campaign.candidates.filter(state=CandidateState.OPENED).select_for_update().order_by("number")
    )
    if by.pk in {*campaign.prepared_by(), *(one.read_by_id for one in opened)}:
        raise CampaignRefused(
            _("Who made the list, sent it or read the bank's file cannot approve it. Another officer has to.")
        )
    people = Person.objects.select_for_update().order_by("pk").in_bulk([one.person_id for one in opened])
    accounts = {one.person_id: one.account or "" for one in opened}
    elsewhere = _elsewhere(campaign.provider_id, accounts, from_day)
    result = ChangedOver()
    for one in opened:
        person = people[one.person_id]
        try:
            if person.died_on is not None:
                raise CampaignRefused(_("The person has died."))
            if person.pk in elsewhere:
                raise CampaignRefused(_("this account pays somebody else already"))
            if not holder_may_be_paid(person=person, holder=one.holder, on=from_day):
                raise CampaignRefused(_another_s(one.holder))
            one.payout_method = pay_to_account(
                person=person, provider=campaign.provider_id, account=one.account or "", holder=one.holder,
                from_day=from_day, verified_on=timezone.localdate(at),
            )  # fmt: skip
        except DecisionRefused as error:
            one.why = str(error)[:300]
            one.save(update_fields=["why"])
            result.refused.append((person.name, str(error)))
            continue
        one.state, one.account, one.account_index, one.why = CandidateState.SWITCHED, None, None, ""
        one.approved_by, one.approved_at = by, at
        one.save(
            update_fields=["state", "account", "account_index", "why", "approved_by", "approved_at", "payout_method"]
        )  # fmt: skip
        result.done += 1
    return result


@transaction.atomic
def end_campaign(*, campaign_id: int, by: User, at: datetime) -> None:
    """Close a day's list: who has no account by then is off it, and their consent ends with it. Raises
    CampaignRefused while accounts wait."""
    campaign = _held(campaign_id)
    if campaign.candidates.filter(state=CandidateState.OPENED).exists():
        raise CampaignRefused(_("Accounts that were opened still wait for the second officer."))
    campaign.candidates.filter(state__in=(CandidateState.INVITED, CandidateState.DIFFERS)).update(
        state=CandidateState.LEFT, consented_on=None, **_NOT_OPENED
    )
    Campaign.objects.filter(pk=campaign.pk).update(ended_by=by, ended_at=at)


def row_problem(line: int, reference: str, why: str) -> str:
    """What is wrong with one row of the bank's file, in words."""
    named = {"row": line, "reference": reference or "–", "why": why}
    return _("Row %(row)s, %(reference)s: %(why)s.") % named


def _held(campaign_id: int) -> Campaign:
    campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.ended_at is not None:
        raise CampaignRefused(_("This account-opening day has ended."))
    return campaign


def _another_s(holder: str) -> str:
    return _(
        "The account is in the name of %(holder)s, who is neither this person nor registered to collect for them: "
        "nobody is paid there. Ask for the name to be corrected, or for who collects to be registered, or ask the bank."
    ) % {"holder": holder}


def _open(one: Candidate, row: Opened, by: User | None, at: datetime) -> None:
    one.score = likeness(one.person.name, row.holder)
    one.state = CandidateState.OPENED if one.score >= SAME else CandidateState.DIFFERS
    one.account = one.account_index = row.account
    one.holder, one.why, one.read_by, one.read_at = row.holder[:140], "", by, at
    one.accepted_by, one.accepted_why = None, ""
    one.save(update_fields=[*_NOT_OPENED, "state", "why"])


def _same(found: Candidate, row: Opened) -> bool:
    if found.payout_method is not None:
        return found.payout_method.account == row.account
    return found.account == row.account and found.holder == row.holder[:140]


def _elsewhere(provider: str, accounts: dict[int, str], on: date) -> set[int]:
    """People (id -> account) whose account at this bank pays somebody else on that day or later. A number says whose
    account it is within one bank only."""
    paid = PayoutMethod.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), provider=provider, account_index__in=accounts.values()
    )
    payees = [(method.account, method.person_id) for method in paid]
    return {pk for pk, number in accounts.items() if any(a == number and who != pk for a, who in payees)}


def _problems(rows: Sequence[Opened], listed: dict[str, Candidate], elsewhere: set[int]) -> list[str]:
    """What is wrong with the rows, each named by its line and reference, never by its account."""
    found = []
    references: set[str] = set()
    accounts: set[str] = set()
    for row in rows:
        one, why = listed.get(row.reference), ""
        if one is None:
            why = _("this reference is not on the list")
        elif row.reference in references:
            why = _("this reference stands twice")
        elif row.account in accounts:
            why = _("this account stands twice")
        elif one.person_id in elsewhere:
            why = _("this account pays somebody else already")
        elif one.state == CandidateState.LEFT or one.consented_on is None:
            why = _("this person was taken off the list or has not agreed")
        elif one.state == CandidateState.SWITCHED and not _same(one, row):
            why = _("this person is paid to another account already")
        if why:
            found.append(row_problem(row.line, row.reference, why))
        references.add(row.reference)
        accounts.add(row.account)
    return found
