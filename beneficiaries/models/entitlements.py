"""What each person was granted, from when until when, and the months in which it is suspended."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from beneficiaries.models.people import Aside, DateRange, Person, Precision
from common.fields import MonthField, NfcCharField, month_constraint


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

    person = models.ForeignKey(Person, models.PROTECT, related_name="entitlements", db_index=False)
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
    certificate_until = models.DateField(_("certificate valid until"), null=True, blank=True)
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
        indexes = [
            # What somebody holds is asked of tens of thousands at once: answered by the index alone.
            models.Index(
                fields=["person"],
                include=["id", "category", "from_month", "last_month"],
                name="grants_of_person",
            ),
            models.Index(
                fields=["certificate_until"],
                condition=Q(certificate_until__isnull=False),
                name="grant_by_certificate",
            ),
        ]
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
                    (Aside("person"), RangeOperators.EQUAL),
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
        indexes = [models.Index(fields=["birth_date"], name="child_by_birth")]
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
