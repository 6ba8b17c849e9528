"""The contract with the Post, what it costs, its pay points, and who stands at them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from beneficiaries.models import DateRange, Person, Provider
from benefits.models import Scheme
from common.fields import MonthField, NfcCharField, month_constraint

NCC_FEE_CAP = Decimal("0.75")


class Contract(models.Model):
    """A contract for cash payment: scope, days of the month by which each side acts, the success rate agreed.

    Decree 20/2021, Art. 34(3); Circular 44/2022/TT-BTC, Art. 8(2). `success_rate` is a fraction of 1.
    """

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+", verbose_name=_("provider"))
    party = models.ForeignKey(
        "areas.Unit", models.PROTECT, related_name="+", verbose_name=_("contracting unit")
    )
    areas = models.ManyToManyField("areas.Unit", related_name="+", verbose_name=_("areas"))
    number = NfcCharField(_("contract number"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    money_day = models.PositiveSmallIntegerField(
        _("money and lists before the day (month before)"), default=25
    )
    settle_day = models.PositiveSmallIntegerField(_("settlement before the day of the month"), default=20)
    success_rate = models.DecimalField(
        _("agreed success rate"), max_digits=4, decimal_places=3, default=Decimal("0.950")
    )

    class Meta:
        ordering = ["-valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="a_contract_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(money_day__range=(1, 28), settle_day__range=(1, 28)),
                name="contract_days_of_a_month",
            ),
            models.CheckConstraint(
                condition=Q(success_rate__range=(0, 1)), name="success_rate_is_a_fraction"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Fee(models.Model):
    """What paying costs: percent of the amount paid, by scheme and period.

    BTXH: set by the provincial People's Committee (Circular 76/2021/TT-BTC, Art. 3(7)); NCC: at most 0.75 %
    (Circular 44/2022/TT-BTC, Art. 7).
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="fees")
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme)
    percent = models.DecimalField(_("percent of the amount paid"), max_digits=5, decimal_places=3)
    from_month = MonthField(_("from month"))
    to_month = MonthField(_("to month"), null=True, blank=True)

    class Meta:
        ordering = ["scheme", "from_month"]
        constraints = [
            month_constraint("from_month", "fee_from_first_of_month"),
            month_constraint("to_month", "fee_to_first_of_month"),
            models.CheckConstraint(
                condition=Q(to_month__isnull=True) | Q(to_month__gte=F("from_month")),
                name="fee_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(percent__range=(0, 5)), name="fee_is_a_plausible_percentage"),
            models.CheckConstraint(
                condition=~Q(scheme=Scheme.NCC) | Q(percent__lte=NCC_FEE_CAP), name="ncc_fee_within_its_cap"
            ),
            ExclusionConstraint(
                name="one_fee_a_month",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("scheme", RangeOperators.EQUAL),
                    (DateRange("from_month", "to_month"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class PayPointQuerySet(models.QuerySet["PayPoint"]):
    def on(self, day: date) -> PayPointQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class PayPoint(models.Model):
    """Where cash is paid in a commune; each commune has one main point (Decree 20/2021, Art. 34(2))."""

    commune = models.ForeignKey("areas.Unit", models.PROTECT, related_name="+", verbose_name=_("commune"))
    name = NfcCharField(_("name of the point"), max_length=120)
    address = NfcCharField(_("address"), max_length=200)
    hours = NfcCharField(_("opening hours"), max_length=120, blank=True)
    main = models.BooleanField(_("the commune's main point"), default=False)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects = PayPointQuerySet.as_manager()

    class Meta:
        ordering = ["commune__code", "-main", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["commune", "name", "valid_from"], name="a_pay_point_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="pay_point_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_main_point_a_commune",
                expressions=[
                    ("commune", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
                condition=Q(main=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PointClerk(models.Model):
    """A post clerk at a point for a time; nothing of any other point exists for her."""

    point = models.ForeignKey(PayPoint, models.PROTECT, related_name="clerks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("clerk")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "user", "valid_from"], name="a_clerk_once_at_a_point"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="clerk_ends_after_beginning",
            ),
        ]


class PersonPoint(models.Model):
    """A person who is paid at another point than the commune's main one, for a time."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    point = models.ForeignKey(PayPoint, models.PROTECT, related_name="people")
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="person_point_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_point_of_a_person",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
