"""Categories of benefit, their dated rates and the bases that the rates multiply.

Which row counts for month m (its first day), reckoned on day d, is one rule for rates and bases:

    applies_from <= m and in_force_from <= d
    and (applies_to is null or applies_to >= m or ends_in_force_from > d)

and among several the latest applies_from, then the latest in_force_from. So a decree of October that raises
a base from last July leaves the old row in use until it is in force, and counts from July afterwards.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from areas.models import Unit


class Scheme(models.TextChoices):
    NCC = "NCC", _("People with revolutionary contributions")
    BTXH = "BTXH", _("Social protection")


class Kind(models.TextChoices):
    MONTHLY = "monthly", _("Monthly")
    ONE_OFF = "one_off", _("One-off")
    YEARLY = "yearly", _("Yearly")


class Component(models.TextChoices):
    ALLOWANCE = "allowance", _("Social allowance")
    CARE = "care", _("Care support")
    INSTITUTION = "institution", _("Care in an institution")
    SOCIAL_PENSION = "social_pension", _("Social pension")
    TC = "TC", _("Allowance")
    PC = "PC", _("Supplement")
    PV = "PV", _("Carer's allowance")
    TUAT = "TUAT", _("Survivor's allowance")
    TUAT_ND = "TUAT_ND", _("Care allowance for survivors")
    GD = "GD", _("Education allowance")
    ONE_OFF = "one_off", _("One-off payment")


class AgeOf(models.TextChoices):
    SELF = "self", _("The person's own age")
    LINKED = "linked", _("The age of the person or child cared for")


class Per(models.TextChoices):
    MONTH = "month", _("One amount")
    CHILD = "child", _("For each child")
    SENIORITY_YEAR = "seniority_year", _("For each year of seniority")
    MARTYR = "martyr", _("For each martyr")


class Stacking(models.TextChoices):
    """What a category does beside others of the same person in the same month."""

    BTXH_ALLOWANCE = "btxh_allowance", _("Only the highest is paid")
    BTXH_SINGLE_PARENT = (
        "btxh_single_parent",
        _("Adds to clauses 5, 6 and 8; otherwise only the highest is paid"),
    )
    BTXH_CARE = "btxh_care", _("Paid to the carer beside the allowance")
    BTXH_INSTITUTION = "btxh_institution", _("Excludes the social allowance")
    SOCIAL_PENSION = "social_pension", _("The higher of it and the social allowance")
    NCC_ADD = "ncc_add", _("Adds up")
    NCC_SUPPLEMENT = "ncc_supplement", _("Adds up; a special supplement replaces the ordinary one")
    NCC_SURVIVOR = "ncc_survivor", _("At most two survivor's allowances")
    NCC_SURVIVOR_CARE = "ncc_survivor_care", _("At most one care allowance for survivors")
    NCC_CARER = "ncc_carer", _("Only the highest carer's allowance")
    NCC_EDUCATION = "ncc_education", _("Only the highest education allowance")
    ONE_OFF = "one_off", _("Paid once, beside everything")


class Confidence(models.TextChoices):
    VERIFIED = "verified", _("Verified against the legal text")
    SECONDARY = "secondary", _("From secondary sources")
    ASSUMED = "assumed", _("Assumed")


class Category(models.Model):
    """One thing the law grants, e.g. BTXH_5.1 or TB; its rates follow age or injury by bands.

    Eligible from `min_age`; `end_age` is exclusive, payable through the month of that birthday (rule E10).
    """

    code = models.CharField(_("code"), max_length=24, primary_key=True)
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme.choices)
    name_vi = models.CharField(_("name in Vietnamese"), max_length=160)
    name_en = models.CharField(_("name in English"), max_length=160)
    kind = models.CharField(_("kind of benefit"), max_length=8, choices=Kind.choices)
    component = models.CharField(_("component"), max_length=16, choices=Component.choices)
    article = models.CharField(_("legal article"), max_length=120)
    min_age = models.SmallIntegerField(_("from age"), null=True)
    end_age = models.SmallIntegerField(_("until age"), null=True)
    age_of = models.CharField(_("whose age"), max_length=6, choices=AgeOf.choices, default=AgeOf.SELF)
    needs_injury = models.BooleanField(_("needs an injury rate"), default=False)
    per = models.CharField(_("counted per"), max_length=14, choices=Per.choices, default=Per.MONTH)
    stacking = models.CharField(_("beside others"), max_length=20, choices=Stacking.choices)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    beside_single_parent = models.BooleanField(_("adds to the single parent's support"), default=False)
    excluded_by_pension = models.BooleanField(_("not paid beside a pension"), default=False)
    allows_lower_pension = models.BooleanField(_("paid beside a lower pension"), default=False)
    excluded_by_ncc = models.BooleanField(_("not paid beside an NCC allowance"), default=False)
    sensitive = models.BooleanField(_("sensitive"), default=False)
    public_name_vi = models.CharField(_("public name in Vietnamese"), max_length=160)
    public_name_en = models.CharField(_("public name in English"), max_length=160)

    class Meta:
        verbose_name = _("category of benefit")
        verbose_name_plural = _("categories of benefit")
        ordering = ["scheme", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(scheme__in=Scheme.values), name="category_scheme_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="category_kind_known"),
            models.CheckConstraint(
                condition=Q(component__in=Component.values), name="category_component_known"
            ),
            models.CheckConstraint(condition=Q(age_of__in=AgeOf.values), name="category_age_of_known"),
            models.CheckConstraint(condition=Q(per__in=Per.values), name="category_per_known"),
            models.CheckConstraint(condition=Q(stacking__in=Stacking.values), name="category_stacking_known"),
            models.CheckConstraint(
                condition=Q(min_age__isnull=True) | Q(min_age__range=(0, 120)), name="category_min_age_sane"
            ),
            models.CheckConstraint(
                condition=Q(end_age__isnull=True)
                | (Q(end_age__range=(1, 120)) & (Q(min_age__isnull=True) | Q(end_age__gt=F("min_age")))),
                name="category_end_age_sane",
            ),
            models.CheckConstraint(condition=~Q(replaces=F("code")), name="category_replaces_another"),
            models.CheckConstraint(
                condition=Q(allows_lower_pension=False) | Q(excluded_by_pension=True),
                name="category_lower_pension_of_excluded",
            ),
        ]

    def __str__(self) -> str:
        return self.code


LATEST_FIRST = ("-applies_from", "-in_force_from")


def in_force(month: dt.date, on: dt.date) -> Q:
    """Rates or bases that may count for `month` (its first day) reckoned on `on`; LATEST_FIRST picks the one."""
    return Q(applies_from__lte=month, in_force_from__lte=on) & (
        Q(applies_to__isnull=True) | Q(applies_to__gte=month) | Q(ends_in_force_from__gt=on)
    )


# A CHECK that comes out null passes, so every nullable field below says that it is there.
class Dated(models.Model):
    """When a row applies, when its start and its end became law, and how sure its source is."""

    applies_from = models.DateField(_("applies from"))
    applies_to = models.DateField(_("applies to"), null=True)
    in_force_from = models.DateField(_("in force from"))
    ends_in_force_from = models.DateField(_("its end is in force from"), null=True)
    legal_source = models.CharField(_("legal source"), max_length=200)
    confidence = models.CharField(_("confidence"), max_length=9, choices=Confidence.choices)
    confidence_note = models.CharField(_("note on confidence"), max_length=200, blank=True)
    from_file = models.BooleanField(_("loaded from the decree tables"), default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(applies_from__day=1), name="%(class)s_from_first_of_month"),
            models.CheckConstraint(
                condition=Q(applies_to__isnull=True, ends_in_force_from__isnull=True)
                | Q(
                    applies_to__isnull=False,
                    applies_to__gte=F("applies_from"),
                    ends_in_force_from__isnull=False,
                ),
                name="%(class)s_end_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ends_in_force_from__isnull=True) | Q(ends_in_force_from__gte=F("in_force_from")),
                name="%(class)s_end_in_force_after_start",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=Confidence.values), name="%(class)s_confidence_known"
            ),
        ]


def _int_range(lower: str, upper: str, *, inclusive_upper: bool) -> Func:
    boundary = RangeBoundary(inclusive_lower=True, inclusive_upper=inclusive_upper)
    return Func(F(lower), F(upper), boundary, function="int4range", output_field=IntegerRangeField())


class Rate(Dated):
    """What a category grants in one band of age or injury: a base times a coefficient, or an amount in đồng.

    Ages are years, `age_to` exclusive; injury rates are percent, both ends inclusive; an open end is null.
    The product is rounded half up to a multiple of `round_to` đồng (rule N07: 1,000 for NCC).
    `base_code` OWN_MONTHLY means the person's own monthly benefits instead of a dated base.
    """

    category = models.ForeignKey(Category, models.PROTECT, related_name="rates", verbose_name=_("category"))
    band_code = models.CharField(_("code of the band"), max_length=24)
    band_name_vi = models.CharField(_("name of the band in Vietnamese"), max_length=160)
    band_name_en = models.CharField(_("name of the band in English"), max_length=160)
    age_from = models.SmallIntegerField(_("age from"), default=0)
    age_to = models.SmallIntegerField(_("age below"), null=True)
    injury_from = models.SmallIntegerField(_("injury from (%)"), null=True)
    injury_to = models.SmallIntegerField(_("injury to (%)"), null=True)
    base_code = models.CharField(_("base"), max_length=24, blank=True)
    coefficient = models.DecimalField(_("coefficient"), max_digits=6, decimal_places=2, null=True)
    round_to = models.IntegerField(_("rounded to (đồng)"), default=1)
    amount = models.BigIntegerField(_("amount (đồng)"), null=True)
    article = models.CharField(_("legal article"), max_length=120)

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["category", "applies_from", "in_force_from", "age_from", "injury_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(base_code="", coefficient__isnull=True, amount__isnull=False, amount__gt=0)
                | (~Q(base_code="") & Q(coefficient__isnull=False, coefficient__gt=0, amount__isnull=True)),
                name="rate_amount_or_coefficient",
            ),
            models.CheckConstraint(condition=Q(round_to__gt=0), name="rate_round_to_positive"),
            models.CheckConstraint(
                condition=Q(age_from__gte=0) & (Q(age_to__isnull=True) | Q(age_to__gt=F("age_from"))),
                name="rate_ages_ordered",
            ),
            models.CheckConstraint(
                condition=Q(injury_from__isnull=True, injury_to__isnull=True)
                | Q(
                    injury_from__isnull=False,
                    injury_from__gte=1,
                    injury_to__isnull=False,
                    injury_to__gte=F("injury_from"),
                    injury_to__lte=100,
                ),
                name="rate_injuries_ordered",
            ),
            ExclusionConstraint(
                name="rate_one_wins",
                expressions=[
                    ("category", RangeOperators.EQUAL),
                    ("applies_from", RangeOperators.EQUAL),
                    ("in_force_from", RangeOperators.EQUAL),
                    (_int_range("age_from", "age_to", inclusive_upper=False), RangeOperators.OVERLAPS),
                    (_int_range("injury_from", "injury_to", inclusive_upper=True), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.band_code} {self.applies_from}"


class Base(Dated):
    """A base in đồng a month that rates multiply; with `area`, a province's own base in its place."""

    base_code = models.CharField(_("base"), max_length=24)
    area = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("province"))
    amount = models.BigIntegerField(_("amount (đồng)"))

    class Meta:
        verbose_name = _("base amount")
        verbose_name_plural = _("base amounts")
        ordering = ["base_code", "applies_from", "in_force_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gt=0), name="base_amount_positive"),
            models.UniqueConstraint(
                fields=["base_code", "area", "applies_from", "in_force_from"],
                nulls_distinct=False,
                name="base_one_wins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_code} {self.applies_from}"


class ProposalState(models.TextChoices):
    OPEN = "open", _("proposed")
    CONFIRMED = "confirmed", _("in the tables")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Proposal(models.Model):
    """Rates and bases that one officer proposes and another puts into the tables, with what they would change.

    `rows` are those of benefits/entering.py. The preview compares the law with and without them, reckoned on
    `reckoned_on`, for `month` (the first that the proposal pays regularly) and the months from `first_month` to it,
    which it pays as arrears.
    """

    source = models.CharField(_("decree or resolution"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)
    rows = models.JSONField()
    month = models.DateField()
    first_month = models.DateField()
    reckoned_on = models.DateField()
    state = models.CharField(max_length=9, choices=ProposalState, default=ProposalState.OPEN)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    previewed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proposed change of law")
        verbose_name_plural = _("proposed changes of law")
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CONFIRMED)
                | Q(decided_by__isnull=False, decided_at__isnull=False, previewed_at__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                name="two_people_change_the_law",
            ),
        ]

    def __str__(self) -> str:
        return self.source


class ProposalPart(models.Model):
    """People with ids in [person_from, person_to) of a preview; `figures` once they are reckoned."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    person_from = models.BigIntegerField()
    person_to = models.BigIntegerField()
    figures = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="a_preview_part_once")]
