"""Cycles, their rounds, the slices in which a round is generated, and what stopped one."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import DateRange, Person
from benefits.models import Scheme
from common.fields import MonthField, month_constraint

SCHEME_DIGIT = {Scheme.NCC: 1, Scheme.BTXH: 2}


_PERSONS = 10**10


def payment_id(*, month: date, round_number: int, scheme: str, person_id: int) -> int:
    """A payment's natural key written in digits: YYYYMM, round (2), scheme (1), person (10).

    The one primary key thus refuses a second payment of one person, scheme, month and round.
    """
    head = (month.year * 100 + month.month) * 1000 + round_number * 10 + SCHEME_DIGIT[Scheme(scheme)]
    return head * _PERSONS + person_id


def month_id_range(month: date) -> tuple[int, int]:
    """The ids [from, to) of all payments of one cycle."""
    head = month.year * 100 + month.month
    return head * 1000 * _PERSONS, (head + 1) * 1000 * _PERSONS


class CycleState(models.TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


# Cycles for trying out lie before it (ADR 008), so the number of every one of their payments is below all real ones.
FIRST_REAL_MONTH = date(2000, 1, 1)


class RealCycles(models.Manager["Cycle"]):
    def get_queryset(self) -> models.QuerySet[Cycle]:
        return super().get_queryset().filter(sandbox=False)


class Cycle(models.Model):
    """One month's payment round (at Tết two months), reckoned with the law in force on its list date.

    `objects` are the real ones; those on which banks try their programs out are reached by `every` alone.
    """

    month = MonthField(_("month"), primary_key=True)
    last_month = MonthField(_("last month"))
    reckoned_on = models.DateField(_("list date"))
    sandbox = models.BooleanField(_("for trying out"), default=False)
    state = models.CharField(max_length=6, choices=CycleState, default=CycleState.OPEN)
    close_prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    digest = models.BinaryField(max_length=32, null=True)

    objects = RealCycles()
    every = models.Manager()

    class Meta:
        verbose_name = _("payment cycle")
        verbose_name_plural = _("payment cycles")
        ordering = ["-month"]
        constraints = [
            month_constraint("month", "cycle_first_of_month"),
            month_constraint("last_month", "cycle_last_first_of_month"),
            models.CheckConstraint(
                condition=Q(sandbox=True, last_month__lt=FIRST_REAL_MONTH)
                | Q(sandbox=False, month__gte=FIRST_REAL_MONTH),
                name="a_month_tells_what_is_for_trying_out",
            ),
            models.CheckConstraint(
                condition=Q(last_month__gte=F("month")), name="cycle_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="a_month_in_one_cycle",
                expressions=[(DateRange("month", "last_month"), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(state=CycleState.OPEN)
                | Q(
                    closed_by__isnull=False,
                    close_prepared_by__isnull=False,
                    closed_at__isnull=False,
                    digest__isnull=False,
                )
                & ~Q(closed_by=F("close_prepared_by")),
                name="two_people_close_a_cycle",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y}"


class RoundState(models.TextChoices):
    GENERATING = "generating", _("being made")
    DONE = "done", _("made")


class Round(models.Model):
    """0 is a cycle's regular round, 1 and on are supplementary. Over the whole province one is made at a time."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.GENERATING)
    routed_on = models.DateField(_("payout methods as of"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["cycle", "number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="a_round_once"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=RoundState.GENERATING), name="one_round_made_at_a_time"
            ),
            models.CheckConstraint(condition=Q(number__lt=100), name="round_has_two_digits"),
        ]


def round_id_range(made: Round) -> tuple[int, int]:
    """The ids [from, to) of all payments of one round."""
    head = (made.cycle_id.year * 100 + made.cycle_id.month) * 100 + made.number
    return head * 10 * _PERSONS, (head + 1) * 10 * _PERSONS


class SliceState(models.TextChoices):
    PENDING = "pending", _("waiting")
    DONE = "done", _("made")


class Slice(models.Model):
    """People with ids in [person_from, person_to) of one round: one transaction, and the unit of progress."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="slices")
    number = models.PositiveIntegerField()
    person_from = models.BigIntegerField()
    person_to = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=SliceState, default=SliceState.PENDING)
    payments = models.PositiveIntegerField(default=0)
    lines = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="a_slice_once"),
            ExclusionConstraint(
                name="a_person_in_one_slice_of_a_round",
                expressions=[
                    ("round", RangeOperators.EQUAL),
                    (models.Func("person_from", "person_to", function="int8range"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class StopReason(models.TextChoices):
    NO_RATE = "no_rate", _("the facts fit no rate")
    NO_HOME = "no_home", _("no residence in a commune that pays")


class Stop(models.Model):
    """A person because of whom a waiting slice could not be made; gone once it is made."""

    slice = models.ForeignKey(Slice, models.CASCADE, related_name="stops")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(
        "benefits.Category", models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=7, choices=StopReason)


class Reckoned(models.Model):
    """A look-back that a round has done: the queue's row, kept, so that the ledger can be proved later."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reckoned")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    from_month = MonthField()
    reason = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["person", "round"], name="reckoned_by_person")]
