"""People, what each was granted, and how each is paid."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from common.fields import BlindIndexField, EncryptedTextField, MonthField, NfcCharField, month_constraint


class DateRange(Func):
    """`daterange(from, to, '[]')`: an open end is an unbounded range."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"


class Precision(models.TextChoices):
    DAY = "day", _("day, month and year")
    MONTH = "month", _("month and year")
    YEAR = "year", _("year only")


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")


class PensionKind(models.TextChoices):
    NONE = "", _("None")
    PENSION = "pension", _("Pension")
    SOCIAL_INSURANCE = "social_insurance", _("Monthly social insurance")


class PersonQuerySet(models.QuerySet["Person"]):
    def living(self) -> PersonQuerySet:
        return self.filter(died_on__isnull=True)

    def named_like(self, folded: str) -> PersonQuerySet:
        """People whose name contains every word of `folded` (already without diacritics)."""
        people = self
        for word in folded.split():
            people = people.filter(name_folded__contains=word)
        return people


class Person(models.Model):
    """One person. A birth date known only to the month or year holds the first day of it and says so."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name = NfcCharField(_("full name"), max_length=120)
    name_folded = models.CharField(max_length=120, editable=False)
    name_sort = models.CharField(max_length=400, editable=False, db_collation="C")
    birth_date = models.DateField(_("birth date"))
    birth_precision = models.CharField(
        _("known to the"), max_length=5, choices=Precision, default=Precision.DAY
    )
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    national_id = EncryptedTextField(_("citizen identity number"), null=True, blank=True)
    national_id_index = BlindIndexField(domain="national_id", null=True)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    died_on = models.DateField(_("date of death"), null=True, blank=True)
    pension_kind = models.CharField(
        _("pension or social insurance received"), max_length=20, choices=PensionKind, blank=True
    )
    pension_amount = models.BigIntegerField(_("its amount per month, đồng"), null=True, blank=True)
    pension_from = MonthField(_("received from month"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("beneficiary")
        verbose_name_plural = _("beneficiaries")
        indexes = [
            GinIndex(fields=["name_folded"], opclasses=["gin_trgm_ops"], name="person_name_trigram"),
            models.Index(fields=["name_sort", "id"], name="person_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["national_id_index"],
                condition=Q(died_on__isnull=True),
                name="national_id_once_while_living",
            ),
            models.CheckConstraint(condition=Q(birth_date__gte="1890-01-01"), name="birth_date_plausible"),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(died_on__gte=F("birth_date")), name="death_after_birth"
            ),
            models.CheckConstraint(
                condition=Q(national_id__isnull=True, national_id_index__isnull=True)
                | Q(national_id__isnull=False, national_id_index__isnull=False),
                name="national_id_with_its_index",
            ),
            models.CheckConstraint(
                condition=Q(pension_amount__isnull=True) | Q(pension_amount__gte=0),
                name="pension_not_negative",
            ),
            month_constraint("pension_from", "pension_from_first_of_month"),
        ]

    def __str__(self) -> str:
        return self.name


class Residence(models.Model):
    """Where a person lives from one day to another; the commune's paying unit pays."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="residences")
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("commune"))
    hamlet = NfcCharField(_("hamlet"), max_length=120, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("residence")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="residence_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_residence_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class EndReason(models.TextChoices):
    DIED = "died", _("died")
    MOVED_AWAY = "moved_away", _("moved out of the province")
    INELIGIBLE = "ineligible", _("no longer eligible")
    WAIVED = "waived", _("gave it up")
    REPLACED = "replaced", _("replaced by another benefit")
    IMPRISONED = "imprisoned", _("serves a prison sentence")
    MISSING = "missing", _("declared missing")
    REFUSED = "refused", _("refused the re-assessment of disability")


# Law that grants a funeral's cost: whoever is entitled under several of these is paid the highest, once.
FUNERAL_CATEGORIES = ("BTXH_11.2", "BTXH_14.1", "BTXH_25.3", "NCC_MAITANG")


class Entitlement(models.Model):
    """A decision that grants one person one category from a month.

    Months before `settled_before` were settled elsewhere: this system neither pays nor recovers them.
    `linked_person` is whom the benefit concerns when that is not the person paid: the child cared for, the martyr.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="entitlements")
    category = models.ForeignKey(
        "benefits.Category", models.PROTECT, related_name="entitlements", verbose_name=_("category")
    )
    from_month = MonthField(_("entitled from month"))
    settled_before = MonthField(_("settled elsewhere before month"))
    last_month = MonthField(_("last month"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True)
    decision_number = NfcCharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    decision_signer = NfcCharField(_("signed by"), max_length=120, blank=True)
    injury_rate = models.PositiveSmallIntegerField(_("injury rate, %"), null=True, blank=True)
    seniority_years = models.PositiveSmallIntegerField(_("seniority, years"), null=True, blank=True)
    heads = models.PositiveSmallIntegerField(
        _("children or martyrs paid for, by number"), null=True, blank=True
    )
    disability_certificate = NfcCharField(_("disability certificate"), max_length=60, blank=True)
    linked_person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="concerned_by",
        verbose_name=_("person concerned"),
    )

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        constraints = [
            month_constraint("from_month", "entitlement_from_first_of_month"),
            month_constraint("settled_before", "entitlement_settled_first_of_month"),
            month_constraint("last_month", "entitlement_last_first_of_month"),
            models.CheckConstraint(
                condition=Q(last_month__isnull=True) | Q(last_month__gte=F("from_month")),
                name="entitlement_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(injury_rate__isnull=True) | Q(injury_rate__range=(0, 100)),
                name="injury_rate_is_percent",
            ),
            ExclusionConstraint(
                name="one_entitlement_of_a_category",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("category", RangeOperators.EQUAL),
                    (Coalesce("linked_person_id", Value(0, models.BigIntegerField())), RangeOperators.EQUAL),
                    (DateRange("from_month", "last_month"), RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                Coalesce("linked_person_id", "person_id"),
                condition=Q(category__in=FUNERAL_CATEGORIES) & ~Q(end_reason=EndReason.REPLACED),
                name="one_funeral_grant_a_death",
            ),
        ]


class Conversion(models.Model):
    """Benefits that a law replaces by another, ended and granted anew in bulk by two people (rule E12).

    `digest` is the hash of what the first officer saw: the second confirms that, or nothing.
    """

    from_month = MonthField(_("from month"))
    decision_number = NfcCharField(_("decision number"), max_length=60)
    decision_date = models.DateField(_("decision date"))
    count = models.PositiveIntegerField(_("people"))
    digest = models.BinaryField(max_length=32)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("conversion to the social pension")
        constraints = [
            month_constraint("from_month", "conversion_first_of_month"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~Q(confirmed_by=F("prepared_by")),
                name="two_people_convert",
            ),
            models.UniqueConstraint(
                fields=["from_month"],
                condition=Q(confirmed_by__isnull=True),
                name="one_conversion_waits_a_month",
            ),
        ]


class FactChange(models.Model):
    """Injury rate, seniority or heads from a month on; what is null stays as it was before.

    The entitlement's own columns say how it began. Dated rows let a re-assessment count from its month (Decree
    20/2021, Art. 8(1)(đ), rule E04) without changing what was due before.
    """

    entitlement = models.ForeignKey(Entitlement, models.CASCADE, related_name="fact_changes", db_index=False)
    from_month = MonthField(_("from month"))
    injury_rate = models.PositiveSmallIntegerField(_("injury rate, %"), null=True, blank=True)
    seniority_years = models.PositiveSmallIntegerField(_("seniority, years"), null=True, blank=True)
    heads = models.PositiveSmallIntegerField(
        _("children or martyrs paid for, by number"), null=True, blank=True
    )
    decision_number = NfcCharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)

    class Meta:
        verbose_name = _("changed facts")
        constraints = [
            month_constraint("from_month", "fact_change_first_of_month"),
            models.UniqueConstraint(fields=["entitlement", "from_month"], name="one_fact_change_a_month"),
            models.CheckConstraint(
                condition=Q(injury_rate__isnull=True) | Q(injury_rate__range=(0, 100)),
                name="changed_injury_rate_is_percent",
            ),
            models.CheckConstraint(
                condition=Q(injury_rate__isnull=False)
                | Q(seniority_years__isnull=False)
                | Q(heads__isnull=False),
                name="fact_change_changes_something",
            ),
        ]


class Child(models.Model):
    """A child for whom an entitlement pays by the head (Decree 20/2021, Art. 5(4))."""

    entitlement = models.ForeignKey(Entitlement, models.CASCADE, related_name="child_rows")
    name = NfcCharField(_("full name"), max_length=120)
    birth_date = models.DateField(_("birth date"))
    birth_precision = models.CharField(
        _("known to the"), max_length=5, choices=Precision, default=Precision.DAY
    )
    studying_until = models.DateField(_("at school or college until"), null=True, blank=True)
    last_month = MonthField(_("counted until month"), null=True, blank=True)

    class Meta:
        verbose_name = _("child")
        constraints = [
            month_constraint("last_month", "child_last_first_of_month"),
            models.UniqueConstraint(fields=["entitlement", "name", "birth_date"], name="a_child_once"),
        ]


class SuspensionGround(models.TextChoices):
    """Why a benefit may be suspended: Circular 02/2021 Art. 2(3) for social protection, Ordinance 02/2020 Art. 54
    for revolutionary contributions. Uncollected money suspends social protection only (rules S05, S07)."""

    UNCOLLECTED = "uncollected", _("not collected for three months")
    REMAND = "remand", _("detained on remand for a month or more")
    REFUSED_ASSESSMENT = "refused_assessment", _("refuses the re-assessment of disability")
    PRISON = "prison", _("serves a prison sentence")
    ILLEGAL_EXIT = "illegal_exit", _("left the country illegally")
    MISSING = "missing", _("missing")
    OTHER = "other", _("other")


GROUNDS_OF_SCHEME = {
    "BTXH": (
        SuspensionGround.UNCOLLECTED,
        SuspensionGround.REMAND,
        SuspensionGround.REFUSED_ASSESSMENT,
        SuspensionGround.OTHER,
    ),
    "NCC": (
        SuspensionGround.PRISON,
        SuspensionGround.ILLEGAL_EXIT,
        SuspensionGround.MISSING,
        SuspensionGround.OTHER,
    ),
}


class Suspension(models.Model):
    """Months in which a benefit is not due; `arrears` says whether the decision to resume pays them back."""

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="suspensions")
    from_month = MonthField(_("suspended from month"))
    until_month = MonthField(_("last suspended month"), null=True, blank=True)
    ground = models.CharField(
        _("ground"), max_length=18, choices=SuspensionGround, default=SuspensionGround.OTHER
    )
    reason = NfcCharField(_("reason"), max_length=200)
    decision_number = NfcCharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    resumed_by_decision = NfcCharField(_("decision to resume"), max_length=60, blank=True)
    arrears = models.BooleanField(_("suspended months are paid back"), default=False)

    class Meta:
        verbose_name = _("suspension")
        constraints = [
            month_constraint("from_month", "suspension_from_first_of_month"),
            month_constraint("until_month", "suspension_until_first_of_month"),
            models.CheckConstraint(
                condition=Q(until_month__isnull=True) | Q(until_month__gte=F("from_month")),
                name="suspension_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_suspension_at_a_time",
                expressions=[
                    ("entitlement", RangeOperators.EQUAL),
                    (DateRange("from_month", "until_month"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


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
    that refers to it always says where the money went. `failed_on` marks an account that a bank refused."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="payout_methods")
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name=_("provider"))
    account = EncryptedTextField(_("account number"), null=True, blank=True)
    account_index = BlindIndexField(domain="account", null=True)
    holder = NfcCharField(_("account holder"), max_length=120, blank=True)
    verified_on = models.DateField(_("account verified on"), null=True, blank=True)
    failed_on = models.DateField(_("account refused by the bank on"), null=True, blank=True)
    pay_at = models.CharField(_("paid"), max_length=5, choices=PayAt, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout method")
        indexes = [models.Index(fields=["account_index"], name="payout_by_account")]
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
            ExclusionConstraint(
                name="one_payout_method_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
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
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("payee")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="payee_ends_after_it_begins",
            ),
        ]


class ObstacleReason(models.TextChoices):
    NOT_ASKED = "not_asked", _("no one has asked yet")
    NO_SMARTPHONE = "no_smartphone", _("no smartphone")
    CHOOSES_CASH = "chooses_cash", _("chooses cash")
    NO_CITIZEN_CARD = "no_citizen_card", _("no citizen identity card")
    FEARS_ACCOUNT = "fears_account", _("fears opening an account")
    FEARS_RELATIVE = "fears_relative", _("fears losing control when a relative is authorised")
    DISTRUSTS = "distrusts", _("does not know or trust electronic payment")


class Obstacle(models.Model):
    """Why a person is still paid in cash, until the day it no longer holds."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="obstacles")
    reason = models.CharField(_("reason"), max_length=16, choices=ObstacleReason)
    noted_on = models.DateField(_("noted on"))
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)

    class Meta:
        verbose_name = _("obstacle to cashless payment")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(resolved_on__isnull=True), name="one_open_obstacle_a_person"
            ),
        ]


class ReckonReason(models.TextChoices):
    GRANTED = "granted", _("new grant")
    CHANGED = "changed", _("changed facts")
    RATE = "rate", _("change of law")
    UNDELIVERED = "undelivered", _("payment not delivered")
    ADJUSTED = "adjusted", _("adjustment")
    REDONE = "redone", _("list made again")


ALWAYS_READY = date(1900, 1, 1)


class Reckon(models.Model):
    """The look-back queue: the next round reckons this person's months from `from_month` again.

    Written in the transaction that made it necessary; read and deleted by generation, row by row. `ready_on` is
    the list date from which the cause counts: a decree signed today may be in force only next month; facts about
    a person always count (`ALWAYS_READY`).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="reckons")
    from_month = MonthField()
    ready_on = models.DateField()
    reason = models.CharField(max_length=12, choices=ReckonReason)

    class Meta:
        constraints = [month_constraint("from_month", "reckon_first_of_month")]
