"""Targets of cashless payment, and the figures of each cycle, kept apart from the payments that they count."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models import Scheme
from common.fields import NfcCharField


class Target(models.Model):
    """The rate through accounts to be reached by a day. A changed target is another row, set later: history stays.

    Without a scheme it holds for both; without a unit for the whole province.
    """

    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme, blank=True)
    unit = models.ForeignKey("areas.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    on_date = models.DateField(_("to be reached by"))
    rate = models.DecimalField(_("rate, fraction of 1"), max_digits=5, decimal_places=4)
    set_on = models.DateField(_("set on"))
    source = NfcCharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("target of cashless payment")
        verbose_name_plural = _("targets of cashless payment")
        ordering = ["on_date", "set_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "unit", "on_date", "set_on"], nulls_distinct=False, name="a_target_once"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lte=1), name="target_rate_is_a_fraction"),
        ]


class Snapshot(models.Model):
    """That a cycle's figures stand, and what they were taken from (`fingerprint`; '' once the cycle was closed).

    `settled`: every list of the cycle is settled, so that the figures say who was paid, not where money was sent.
    """

    cycle = models.OneToOneField("payments.Cycle", models.PROTECT, primary_key=True, related_name="+")
    fingerprint = models.CharField(max_length=32, blank=True)
    settled = models.BooleanField()
    taken_at = models.DateTimeField()


class Restatement(models.Model):
    """The province's totals of a closed cycle as they stood before its figures were taken again, and why."""

    cycle = models.ForeignKey("payments.Cycle", models.PROTECT, related_name="+")
    reason = NfcCharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    people = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    amount_cashless = models.BigIntegerField()

    class Meta:
        verbose_name = _("restatement of figures")
        verbose_name_plural = _("restatements of figures")
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="restated_for_a_reason")]


class Part(models.TextChoices):
    """What a figure is broken down by, beside commune, paying unit and scheme. `key` names the row of it."""

    WHOLE = "whole", _("whole")
    CATEGORY = "category", _("category")
    PROVIDER = "provider", _("provider")
    OBSTACLE = "obstacle", _("obstacle")
    AGE = "age", _("age")
    WORK = "work", _("work done")
    MONEY = "money", _("kind of money")
    STATISTIC = "stat", _("category, sex and age")
    LEDGER = "ledger", _("category and kind of money")
    LISTED = "listed", _("benefits listed, new and gone")
    POST = "post", _("outcome at the Post")


# Keys of Part.MONEY: what stood open as paid too much, and what those were paid too much whom a change of law makes the
# next list reckon.
OVERPAID, OVERPAID_BY_LAW = "overpaid", "overpaid_law"


class Figure(models.Model):
    """Counts of (person, scheme) pairs and sums in đồng of one cycle; defined in reports/sql/coverage.sql.

    Rows of `WHOLE` add up to the province. Rows of `CATEGORY` and `PROVIDER` may count a pair several times;
    rows of `OBSTACLE` are the pairs not covered, by reason ('' where none was noted); of `AGE` all pairs by age band;
    of `WORK` those asked or given an account in the cycle; of `MONEY` those with money of a kind (arrears …) or not
    delivered (failed, unclaimed, returned), with its sum, overpaid, or reckoned again for a change of law (`law`); of
    `STATISTIC` (social protection) category, sex and age; of `LEDGER` live money beside the month's own by category; of
    `LISTED` benefits, not pairs, on the lists (`=`), new (`+`) and gone (`-` and why); of `POST` payments by outcome.
    `months` are benefit-months of the month's own money (`CATEGORY`, `STATISTIC`) or of the kind (`LEDGER`).
    """

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="figures", db_index=False)
    part = models.CharField(max_length=8, choices=Part)
    key = models.CharField(max_length=40, blank=True)
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", db_index=False)
    scheme = models.CharField(max_length=4, choices=Scheme)
    people = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()
    amount = models.BigIntegerField()
    amount_cashless = models.BigIntegerField()
    months = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "part", "key", "commune", "unit", "scheme"], name="a_figure_once"
            ),
            models.CheckConstraint(
                condition=Q(covered__lte=models.F("people")), name="covered_within_people"
            ),
        ]


class DifficultyKind(models.TextChoices):
    NO_BRANCH = "no_branch", _("no bank branch or cash machine within reach")
    NO_CARDS = "no_cards", _("people without a citizen identity card")
    FEES = "fees", _("account fees")
    DISTRUST = "distrust", _("distrust of accounts or fear of fraud")
    TELEPHONES = "telephones", _("no telephones or no network")
    HEALTH = "health", _("people who cannot leave their home")
    OTHER = "other", _("something else")


class DifficultyState(models.TextChoices):
    OPEN = "open", _("open")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("dealt with")


class Difficulty(models.Model):
    """What holds people back in one unit, and what it proposes; answered and closed by those above it.

    `people` is the unit's own estimate of how many it holds back. No text of it names a beneficiary.
    """

    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("difficulty"), max_length=10, choices=DifficultyKind)
    people = models.PositiveIntegerField(_("people held back, about"))
    text = NfcCharField(_("what it is"), max_length=500)
    proposal = NfcCharField(_("what is proposed"), max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=DifficultyState, default=DifficultyState.OPEN)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    assigned_to = NfcCharField(_("who sees to it"), max_length=120, blank=True)
    answer = NfcCharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("difficulty")
        verbose_name_plural = _("difficulties")
        ordering = ["-people", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DifficultyKind.values), name="difficulty_kind_known"),
            models.CheckConstraint(condition=Q(people__gt=0), name="difficulty_holds_somebody_back"),
            models.CheckConstraint(
                condition=Q(state=DifficultyState.OPEN, closed_at__isnull=True)
                | Q(state=DifficultyState.ANSWERED, answered_at__isnull=False, closed_at__isnull=True)
                | Q(state=DifficultyState.CLOSED, closed_at__isnull=False, closed_by__isnull=False),
                name="difficulty_state_says_by_whom",
            ),
        ]


class Occasion(models.TextChoices):
    TET = "tet", _("Lunar New Year (Tết)")
    INVALIDS_DAY = "27-7", _("War invalids and martyrs day, 27 July")
    OTHER = "other", _("another occasion")


class GiftList(models.Model):
    """A decision to give presents of money on an occasion to those entitled on a day; never edited, only withdrawn.

    One administrator enters it and another approves it against the paper; until then nobody prints it.
    """

    occasion = models.CharField(_("occasion"), max_length=5, choices=Occasion)
    on_date = models.DateField(_("entitled on"))
    decision_number = NfcCharField(_("decision number"), max_length=60)
    decision_date = models.DateField(_("decision date"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("gift list")
        verbose_name_plural = _("gift lists")
        ordering = ["-on_date", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(occasion__in=Occasion.values), name="gift_occasion_known"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | (
                    Q(approved_at__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=models.F("made_by"))
                ),
                name="gift_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="gift_withdrawn_by_somebody",
            ),
        ]


class GiftAmount(models.Model):
    """What holders of a category are given, in đồng. Whoever holds several is given the highest, once."""

    gift = models.ForeignKey(GiftList, models.CASCADE, related_name="amounts", db_index=False)
    category = models.ForeignKey("benefits.Category", models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gift", "category"], name="a_gift_amount_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="gift_is_something"),
        ]
