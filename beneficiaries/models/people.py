"""People and where they live."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from common.fields import BlindIndexField, EncryptedTextField, MonthField, NfcCharField, month_constraint


class DateRange(Func):
    """`daterange(from, to, '[]')`: an open end is an unbounded range."""

    function = "daterange"
    template = "%(function)s(%(expressions)s, '[]')"


class Aside(Func):
    """A number inside an exclusion constraint, whose index nothing else is to be answered by: looked up by it, a person
    costs several times what the plain index takes, and the planner does not know it."""

    template = "(%(expressions)s + 0)"
    output_field = models.BigIntegerField()


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
            models.Index(fields=["birth_date", "name_folded"], name="person_by_birth_and_name"),
            # The dead too are looked for by their number, which is unique only among the living.
            models.Index(fields=["national_id_index"], name="person_by_number"),
            # Whether anybody was paid after death is asked of a month's list, not of the roll.
            models.Index(
                fields=["died_on"], include=["id"], condition=Q(died_on__isnull=False), name="person_dead"
            ),
            # Whose birthday comes, told without reading their rows (desk/sql/ahead_turning.sql).
            models.Index(
                fields=["birth_date"],
                include=["id", "birth_precision", "pension_kind", "pension_amount"],
                condition=Q(died_on__isnull=True),
                name="living_by_birth",
            ),
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

    person = models.ForeignKey(Person, models.PROTECT, related_name="residences", db_index=False)
    commune = models.ForeignKey(
        "areas.Unit", models.PROTECT, related_name="+", verbose_name=_("commune"), db_index=False
    )
    hamlet = NfcCharField(_("hamlet"), max_length=120, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("residence")
        # Where somebody lives, and who lives somewhere, is asked of tens of thousands at once: answered by the index
        # alone.
        indexes = [
            models.Index(
                fields=["person"],
                include=["commune", "valid_from", "valid_to", "hamlet"],
                name="residence_of_person",
            ),
            models.Index(
                fields=["commune"],
                include=["person", "valid_from", "valid_to", "hamlet"],
                name="residence_in_commune",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="residence_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_residence_at_a_time",
                expressions=[
                    (Aside("person"), RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
