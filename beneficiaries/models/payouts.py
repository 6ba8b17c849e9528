"""How each person is paid, who may collect, and why not yet through an account."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.people import Aside, DateRange, Person
from common.fields import BlindIndexField, EncryptedTextField, NfcCharField


class Channel(models.TextChoices):
    BANK = "bank", _("Bank account")
    POST = "post", _("Post")


POST = "POST"


class Provider(models.Model):
    """A payment service provider: a bank by its BIN, or the Post (`POST`)."""

    code = models.CharField(_("BIN"), max_length=12, primary_key=True)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    name = NfcCharField(_("name"), max_length=200)
    short_name = NfcCharField(_("short name"), max_length=60)
    swift = models.CharField(max_length=11, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("payment service provider")
        verbose_name_plural = _("payment service providers")

    def __str__(self) -> str:
        return self.short_name


class PayAt(models.TextChoices):
    POINT = "point", _("at the pay point")
    HOME = "home", _("at home")


class PayoutMethod(models.Model):
    """How a person is paid, for a time. A row is never edited: a change closes it and adds another, so a payment
    that refers to it always says where the money went. `failed_on` marks an account that is no longer paid to, because
    a bank refused it or because (`right_ended`) it is that of somebody who may no longer collect for the person."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="payout_methods", db_index=False)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name=_("provider"))
    account = EncryptedTextField(_("account number"), null=True, blank=True)
    account_index = BlindIndexField(domain="account", null=True)
    holder = NfcCharField(_("account holder"), max_length=120, blank=True)
    verified_on = models.DateField(_("account verified on"), null=True, blank=True)
    failed_on = models.DateField(_("account not paid to since"), null=True, blank=True)
    right_ended = models.BooleanField(_("holder may no longer collect"), default=False, db_default=False)
    pay_at = models.CharField(_("cash is paid"), max_length=5, choices=PayAt, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout method")
        indexes = [
            models.Index(fields=["account_index"], name="payout_by_account"),
            # How somebody is paid is asked of tens of thousands at once: answered by the index alone.
            models.Index(
                fields=["person"],
                include=["id", "channel", "valid_from", "valid_to", "verified_on", "failed_on"],
                name="payouts_of_person",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel=Channel.BANK, account__isnull=False, account_index__isnull=False)
                & ~Q(holder="")
                & Q(pay_at="")
                | Q(channel=Channel.POST, account__isnull=True, account_index__isnull=True, holder="")
                & Q(pay_at__in=PayAt.values),
                name="payout_method_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="payout_method_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(right_ended=False) | Q(channel=Channel.BANK, failed_on__isnull=False),
                name="an_account_left_has_its_day",
            ),
            ExclusionConstraint(
                name="one_payout_method_at_a_time",
                expressions=[
                    (Aside("person"), RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class PayeeRole(models.TextChoices):
    GUARDIAN = "guardian", _("guardian")
    FOSTER_CARER = "foster_carer", _("foster carer")
    AUTHORISED = "authorised", _("authorised person")
    FUNERAL_ORGANISER = "funeral_organiser", _("funeral organiser")
    HEIR = "heir", _("heir")


class Payee(models.Model):
    """Who may collect for a person, on which document (Civil Code, Art. 140 and 563; rule G04)."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="payees")
    role = models.CharField(_("role"), max_length=18, choices=PayeeRole)
    name = NfcCharField(_("full name"), max_length=120)
    national_id = EncryptedTextField(_("citizen identity number"), null=True, blank=True)
    national_id_index = BlindIndexField(domain="national_id", null=True)
    document = NfcCharField(_("document"), max_length=200, blank=True)
    limit = models.BigIntegerField(_("collects at most, đồng a time"), null=True, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("payee")
        indexes = [
            models.Index(fields=["valid_to"], condition=Q(revoked_on__isnull=True), name="payee_by_end"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(limit__gt=0), name="payee_limit_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="payee_ends_after_it_begins",
            ),
        ]


class ObstacleReason(models.TextChoices):
    NOT_ASKED = "not_asked", _("no one has asked yet")
    AGREES = "agrees", _("agrees, account not opened yet")
    THINKS = "thinks", _("thinks it over")
    NO_SMARTPHONE = "no_smartphone", _("no smartphone")
    CHOOSES_CASH = "chooses_cash", _("chooses cash")
    NO_CITIZEN_CARD = "no_citizen_card", _("no citizen identity card")
    FEARS_ACCOUNT = "fears_account", _("fears opening an account")
    FEARS_RELATIVE = "fears_relative", _("fears losing control when a relative is authorised")
    DISTRUSTS = "distrusts", _("does not know or trust electronic payment")


class Obstacle(models.Model):
    """Why a person is still paid in cash, until the day it no longer holds. Choosing cash is final: nobody asks again,
    unless the person speaks of it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="obstacles")
    reason = models.CharField(_("reason"), max_length=16, choices=ObstacleReason)
    noted_on = models.DateField(_("noted on"))
    ask_again_on = models.DateField(_("ask again on"), null=True, blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)

    class Meta:
        verbose_name = _("obstacle to cashless payment")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(resolved_on__isnull=True), name="one_open_obstacle_a_person"
            ),
        ]
