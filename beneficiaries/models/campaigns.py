"""Account-opening days: who comes, what the bank was told, what it opened, and who was changed over."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.payouts import PayoutMethod, Provider
from beneficiaries.models.people import Person
from common.fields import BlindIndexField, EncryptedTextField, NfcCharField


class Campaign(models.Model):
    """One day on which one bank opens accounts in one commune. `version` counts what the bank's files changed, so that
    nobody approves what they have not seen."""

    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("commune"))
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name=_("bank"))
    on = models.DateField(_("day"))
    place = NfcCharField(_("place"), max_length=120)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    # Whoever else had the list sent before `sent_by` did.
    sent_before_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("account-opening day")
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "provider", "on", "place"],
                condition=Q(ended_at__isnull=True),
                name="an_account_opening_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.on:%d/%m/%Y}"

    def prepared_by(self) -> set[int | None]:
        """Ids of who made the list or had it sent to the bank: none of them approves what comes of it."""
        earlier = self.sent_before_by.values_list("pk", flat=True)
        return {self.made_by_id, self.sent_by_id, *earlier}


class CandidateState(models.TextChoices):
    INVITED = "invited", _("invited")
    OPENED = "opened", _("account opened")
    DIFFERS = "differs", _("name differs")
    SWITCHED = "switched", _("paid to the account")
    LEFT = "left", _("taken off")


class Candidate(models.Model):
    """One person of an account-opening day. `consented_on`: the person agreed that the bank is told who they are.

    The account is kept here only until the person is paid to it: then the payout method has it. `read_by` is who read
    the bank's file, nobody where the bank itself reported the account. `accepted_by` found that a holder whose name
    differs may be paid, and says why.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="candidates")
    person = models.ForeignKey(Person, models.PROTECT, related_name="candidacies")
    number = models.PositiveIntegerField(_("number"))
    consented_on = models.DateField(_("consent given on"), null=True)
    state = models.CharField(_("state"), max_length=8, choices=CandidateState, default=CandidateState.INVITED)
    account = EncryptedTextField(_("account number"), null=True)
    account_index = BlindIndexField(domain="account", null=True)
    holder = NfcCharField(_("account holder"), max_length=140, blank=True)
    score = models.PositiveSmallIntegerField(_("likeness of the names, %"), null=True)
    why = NfcCharField(_("reason"), max_length=300, blank=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    accepted_why = NfcCharField(_("why another name is paid"), max_length=300, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    payout_method = models.ForeignKey(PayoutMethod, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("person of an account-opening day")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "person"], name="invited_once_to_a_day"),
            models.UniqueConstraint(fields=["campaign", "number"], name="one_number_a_candidate"),
            models.UniqueConstraint(
                fields=["campaign", "account_index"],
                condition=Q(account_index__isnull=False),
                name="one_account_a_candidate",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("read_by")),
                name="two_people_change_over",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("invited", "left"), account__isnull=True, payout_method__isnull=True)
                | Q(state__in=("opened", "differs"), account__isnull=False, consented_on__isnull=False,
                    read_at__isnull=False, payout_method__isnull=True)
                | Q(state="switched", account__isnull=True, payout_method__isnull=False, approved_by__isnull=False),
                name="candidate_has_what_its_state_says",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_why="")
                | Q(accepted_by__isnull=False) & ~Q(accepted_why=""),
                name="a_name_is_accepted_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | ~Q(accepted_by=F("read_by")),
                name="a_name_is_accepted_by_another",
            ),
        ]  # fmt: skip

    @property
    def reference(self) -> str:
        """What stands for the person between the bank and the province: `TK12-034`."""
        return f"TK{self.campaign_id}-{self.number:03d}"
