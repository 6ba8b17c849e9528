"""The payment engine's tables: cycles, rounds, batches, payments and what became of them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import Channel, DateRange, Entitlement, PayoutMethod, Person, Provider
from benefits.models import Scheme
from common.fields import MonthField, NfcCharField, month_constraint
from payments.cash_returns import CashReturn as CashReturn
from payments.overpaid import OverpaidDecision as OverpaidDecision
from payments.overpaid import OverpaidItem as OverpaidItem
from payments.transitions import BatchState, Outcome

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


class Cycle(models.Model):
    """One month's payment round (at Tết two months), reckoned with the law in force on its list date."""

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

    class Meta:
        verbose_name = _("payment cycle")
        verbose_name_plural = _("payment cycles")
        ordering = ["-month"]
        constraints = [
            month_constraint("month", "cycle_first_of_month"),
            month_constraint("last_month", "cycle_last_first_of_month"),
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


class Batch(models.Model):
    """Round × paying unit × scheme × channel × provider: what one approver signs and one provider pays."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="batches")
    unit = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("paying unit"))
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name=_("provider"))
    state = models.CharField(_("state"), max_length=12, choices=BatchState, default=BatchState.DRAFT)
    count = models.PositiveIntegerField(_("payments"), default=0)
    amount = models.BigIntegerField(_("amount"), default=0)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_count = models.PositiveIntegerField(null=True)
    approved_amount = models.BigIntegerField(null=True)
    approved_digest = models.BinaryField(max_length=32, null=True)
    voucher_number = NfcCharField(_("Treasury voucher"), max_length=40, blank=True)
    voucher_date = models.DateField(_("voucher date"), null=True)
    voucher_amount = models.BigIntegerField(_("voucher amount"), null=True)
    released_count = models.PositiveIntegerField(null=True)
    released_amount = models.BigIntegerField(null=True)
    released_digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "unit", "scheme", "channel", "provider"], name="a_batch_once"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="approver_not_preparer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BatchState.unapproved())
                | Q(
                    prepared_by__isnull=False,
                    approved_by__isnull=False,
                    approved_count__isnull=False,
                    approved_amount__isnull=False,
                    approved_digest__isnull=False,
                ),
                name="approved_batch_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BatchState.unfunded()) | Q(voucher_amount__isnull=False),
                name="funded_has_voucher",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BatchState.unreleased()) | Q(released_digest__isnull=False),
                name="released_has_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_scheme_display()} · {self.provider}"


class Payment(models.Model):
    """One person's money in a batch. Until an outcome arrives its state is its batch's (see `payment_id`)."""

    id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="payments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="payments")
    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", db_index=False)
    payout_method = models.ForeignKey(
        PayoutMethod, models.PROTECT, null=True, related_name="+", db_index=False
    )
    amount = models.BigIntegerField(_("amount"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, null=True)
    outcome_on = models.DateField(_("outcome on"), null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True, outcome_on__isnull=True)
                | Q(outcome__isnull=False, outcome_on__isnull=False),
                name="outcome_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(person_id=models.F("id") % _PERSONS), name="payment_id_names_its_person"
            ),
        ]


class LineKind(models.TextChoices):
    REGULAR = "regular", _("this month")
    ARREARS = "arrears", _("arrears")
    CARRIED = "carried", _("carried from an earlier payment")
    ONE_OFF = "one_off", _("one-off")
    RECOVERY = "recovery", _("recovery")


class Line(models.Model):
    """Part of a payment: entitlement × month × kind × amount. `rate` and `units` say by which row of the law."""

    pk = models.CompositePrimaryKey("payment", "entitlement", "for_month", "kind")
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="lines", db_index=False)
    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="lines", db_index=False)
    for_month = MonthField(_("for month"))
    kind = models.CharField(_("kind"), max_length=8, choices=LineKind)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("payment line")
        indexes = [models.Index(fields=["entitlement", "for_month"], name="line_by_entitlement")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LineKind.RECOVERY, amount__lt=0)
                | ~Q(kind=LineKind.RECOVERY) & Q(amount__gt=0),
                name="only_a_recovery_is_negative",
            )
        ]


class Event(models.Model):
    """One change of state of a batch or of a payment. Never changed, never removed (a trigger refuses)."""

    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="events")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="events")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    message = models.ForeignKey("Message", models.PROTECT, null=True, related_name="events", db_index=False)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(batch__isnull=True, payment__isnull=False)
                | Q(batch__isnull=False, payment__isnull=True),
                name="event_of_a_batch_or_a_payment",
            )
        ]


class MessageState(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    QUARANTINED = "quarantined", _("in quarantine")


class Message(models.Model):
    """One report of outcomes from a provider; the same id again has no effect, with other content it is held.

    `content` keeps what a held message said, item by item, until somebody has decided about it and after.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=11, choices=MessageState)
    received_at = models.DateTimeField()
    items = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    content = models.JSONField(null=True)
    sandbox = models.BooleanField(default=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(_("resolution"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "message_id"],
                condition=Q(state="accepted"),
                name="a_message_takes_effect_once",
            )
        ]


class StopAnswer(models.TextChoices):
    WAITING = "", _("waits for the provider")
    STOPPED = "stopped", _("stopped")
    TOO_LATE = "too_late", _("too late")


class StopOrder(models.Model):
    """After its release a payment is stopped only by its provider: the order, and what the provider answered."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="stop_orders")
    reason = models.CharField(_("reason"), max_length=300)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ordered_at = models.DateTimeField()
    answer = models.CharField(_("answer"), max_length=8, choices=StopAnswer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(answer=""), name="one_stop_order_waits_for_a_payment"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="stop_answer_has_its_moment",
            ),
        ]


class AdjustmentKind(models.TextChoices):
    WAIVED = "waived", _("overpayment waived")
    REPAID = "repaid", _("overpayment repaid")
    RETURNED_AFTER_CLOSE = "returned", _("returned after close")
    CONVERTED = "converted", _("booked to the benefit that replaces it")
    PAID_LATE = "paid_late", _("paid after it counted as unclaimed")


class Adjustment(models.Model):
    """A decision that changes what is owed for one entitlement and month. Append-only; +đồng is owed to the person."""

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="adjustments", db_index=False)
    for_month = MonthField()
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=9, choices=AdjustmentKind)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    decision_number = NfcCharField(max_length=60, blank=True)
    decision_date = models.DateField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entitlement", "for_month"], name="adjustment_by_entitlement")]
        constraints = [
            month_constraint("for_month", "adjustment_first_of_month"),
            models.CheckConstraint(condition=~Q(amount=0), name="adjustment_is_not_zero"),
        ]


class StatementKind(models.TextChoices):
    PAID = "paid", _("paid")
    RETURNED = "returned", _("returned")


class StatementLine(models.Model):
    """What a provider's own statement says of one payment; set against ours by `reconcile`."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="statement_lines")
    statement = models.CharField(_("statement"), max_length=80)
    number = models.PositiveIntegerField()
    reference = models.CharField(_("payment"), max_length=35)
    kind = models.CharField(max_length=8, choices=StatementKind)
    amount = models.BigIntegerField()
    booked_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "statement", "number"], name="a_statement_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_amount_is_positive"),
        ]


class Explanation(models.Model):
    """Why a payment and a provider's statement differ: who looks into it, and what was found.

    `resolved_at` is set once it is explained; only then does the difference no longer stop the close (I8).
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="explanations")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=35)
    kind = models.CharField(max_length=8, choices=StatementKind)
    difference = models.CharField(max_length=10)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    text = models.CharField(_("what was found"), max_length=300, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "provider", "reference", "kind", "difference"],
                name="a_difference_explained_once",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | ~Q(text="") & Q(owner__isnull=False),
                name="resolved_says_what_by_whom",
            ),
        ]
