"""What the dashboard shows beside the coverage table: pace, reasons, channels and the months before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.access import Reader
from beneficiaries.models import Channel, ObstacleReason, Provider
from beneficiaries.next_steps import EASE, NEXT_STEPS
from benefits.models import Scheme
from common.months import add_months, month_of
from payments.models import Cycle, LineKind, RoundState
from payments.transitions import Outcome
from postal.models import Contract
from postal.queries.service import AGREED
from reports.forecast import Forecast, forecast
from reports.models import OVERPAID, OVERPAID_BY_LAW, Part, Restatement, Snapshot
from reports.queries.coverage import By, Row, Table, table_of


@dataclass(frozen=True, slots=True)
class Line:
    """One scheme's rate in one month; None where it paid nobody."""

    key: str
    name: str
    rate: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """One month of the trend."""

    month: date
    covered: int
    all: int
    rates: list[Line]

    @property
    def rate(self) -> float:
        return self.covered / self.all if self.all else 0.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why people are not paid through an account yet, how many, and what helps."""

    key: str
    label: str
    count: int
    next: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What one bank or the Post carries in the month: people, đồng, and its part of all money."""

    channel: str
    channel_label: str
    name: str
    people: int
    amount: int
    share: float
    of_covered: float | None


@dataclass(frozen=True, slots=True)
class PostMonth:
    """What the Post delivered of its payments of one month, and the rate agreed with it (fractions of 1)."""

    month: date
    paid: int
    listed: int
    agreed: Decimal

    @property
    def rate(self) -> float:
        return self.paid / self.listed if self.listed else 0.0

    @property
    def below(self) -> bool:
        return self.paid < self.agreed * self.listed


@dataclass(frozen=True, slots=True)
class Money:
    """Money of one kind in the month: arrears paid, or money that did not arrive; pairs and đồng."""

    key: str
    label: str
    people: int
    amount: int


@dataclass(frozen=True, slots=True)
class Work:
    """What was done in the month: people asked for their reason, people given their first account."""

    asked: int
    opened: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything of the dashboard for one month and area.

    `province`: covered and all of the whole province, where the area is less. `easiest` is the group to go to next;
    `waiting` are those whom a change of law makes the next list reckon again: what they were overpaid stands apart;
    `ahead` the forecast for the target's month; `restated` why and when the month's closed figures were taken again,
    the latest first.
    """

    table: Table
    total: Row
    schemes: list[Row]
    rows: list[Row]
    by: By
    choices: list[By]
    change: int | None
    target_on: date | None
    ahead: Forecast | None
    work: Work
    money: list[Money]
    waiting: int
    reasons: list[Reason]
    easiest: Reason | None
    restated: list[Restatement]
    carriers: list[Carrier]
    post: list[PostMonth]
    province: Row | None
    trend: list[Point]


# The key of the figure of who waits for the next list after a change of law (coverage_waiting.sql).
WAITING = "law"


def months_with_figures() -> list[date]:
    """Cycles with a finished list, newest first."""
    made = Cycle.objects.filter(rounds__state=RoundState.DONE).distinct()
    return list(made.order_by("-month").values_list("month", flat=True))


def months_counted() -> list[date]:
    """Of these, the cycles whose figures have been taken: a list just made is counted within a minute."""
    made = months_with_figures()
    return list(Snapshot.objects.filter(pk__in=made).order_by("-pk").values_list("pk", flat=True))


def overview(
    *,
    month: date,
    by: By,
    reader: Reader,
    units_on: date | None = None,
    within: int | None = None,
    own: bool = False,
) -> Overview:
    """The dashboard of the cycle that pays `month`, in the reader's area or one unit of it; `own` as in `area_of`.
    Raises NoFigures."""
    table = table_of(month=month, reader=reader, units_on=units_on, within=within, own=own)
    schemes, total, trend = table.rows(By.SCHEME), table.total(), _trend(table)
    districts = table.has_districts()
    if by == By.DISTRICT and not districts:
        by = By.COMMUNE
    before = trend[-2] if len(trend) > 1 else None
    target = table.held.holding(month=table.month, units=table.area.chain)
    reasons, (money, waiting) = _reasons(table), _money(table)
    return Overview(
        table=table,
        total=total,
        schemes=schemes,
        rows=_ranked(table.rows(by), by),
        by=by,
        choices=[choice for choice in By if choice != By.DISTRICT or districts],
        change=total.covered - before.covered if before else None,
        target_on=target.on_date if target else None,
        ahead=forecast(
            rates=[(point.month, point.rate) for point in trend if point.month <= table.month],
            month=month_of(target.on_date),
            target=float(total.target),
        )
        if target
        else None,
        work=_work(table),
        money=money,
        waiting=waiting,
        reasons=reasons,
        easiest=min(
            (one for one in reasons if one.key in EASE and one.count),
            key=lambda one: EASE.index(one.key),
            default=None,
        ),
        restated=list(Restatement.objects.filter(cycle=table.month)),
        carriers=_carriers(table, covered=total.covered),
        post=_post(table),
        province=None if table.area.whole_province else table.province(),
        trend=trend,
    )


def _ranked(rows: list[Row], by: By) -> list[Row]:
    """Places by their rate, the furthest ahead first; ages, schemes and categories (the largest first) as they are."""
    return sorted(rows, key=lambda row: -row.rate) if by in (By.DISTRICT, By.COMMUNE) else rows


def _trend(table: Table) -> list[Point]:
    figures = table.area.figures(Part.WHOLE).filter(snapshot__in=table.months)
    sums = {
        (month, scheme): (covered, people)
        for month, scheme, covered, people in figures.values_list("snapshot_id", "scheme").annotate(
            Sum("covered"), Sum("people")
        )
    }
    schemes = [scheme for scheme in Scheme.values if any(found == scheme for _month, found in sums)]
    points = []
    for month in sorted({month for month, _scheme in sums}):
        parts = [sums.get((month, scheme)) for scheme in schemes]
        rates = [
            Line(key=scheme, name=str(Scheme(scheme).label), rate=part[0] / part[1] if part else None)
            for scheme, part in zip(schemes, parts, strict=True)
        ]
        there = [part for part in parts if part]
        points.append(
            Point(
                month=month,
                covered=sum(part[0] for part in there),
                all=sum(part[1] for part in there),
                rates=rates,
            )
        )
    return points


def _reasons(table: Table) -> list[Reason]:
    figures = table.area.figures(Part.OBSTACLE).filter(snapshot=table.month)
    counts = dict(figures.values_list("key").annotate(Sum("people")))
    labels = dict(ObstacleReason.choices) | {"": _("no reason noted yet")}
    reasons = [
        Reason(key=str(key), label=str(labels.get(key, key)), count=count, next=str(NEXT_STEPS.get(key, "")))
        for key, count in counts.items()
    ]
    return sorted(reasons, key=lambda reason: (-reason.count, reason.label))


def _work(table: Table) -> Work:
    figures = table.area.figures(Part.WORK).filter(snapshot=table.month)
    counts = dict(figures.values_list("key").annotate(Sum("people")))
    return Work(asked=counts.get("asked", 0), opened=counts.get("opened", 0))


def _money(table: Table) -> tuple[list[Money], int]:
    """Arrears and other money beside the month's own, then what did not arrive, each largest first; who waits."""
    figures = table.area.figures(Part.MONEY).filter(snapshot=table.month)
    sums = list(figures.exclude(key=WAITING).values_list("key").annotate(Sum("people"), Sum("amount")))
    waiting = figures.filter(key=WAITING).aggregate(people=Sum("people"))["people"] or 0
    labels = dict(LineKind.choices) | {
        OVERPAID: _("paid too much, still open"),
        OVERPAID_BY_LAW: _("paid too much by a change of law, for the next list"),
        Outcome.FAILED: _("failed at the bank"),
        Outcome.UNCLAIMED: _("not collected at the Post"),
        Outcome.RETURNED: _("returned"),
    }
    found = [
        Money(key=key, label=str(labels.get(key, key)), people=people, amount=amount)
        for key, people, amount in sums
    ]
    found.sort(key=lambda one: (one.key in (OVERPAID, OVERPAID_BY_LAW, *Outcome.values), -abs(one.amount)))
    return found, waiting


def _post(table: Table) -> list[PostMonth]:
    """The Post's payments by month that have an outcome, newest first; agreed is the lowest of its contracts then."""
    figures = table.area.figures(Part.POST).filter(snapshot__in=table.months).exclude(key="waiting")
    sums: dict[date, dict[str, int]] = {}
    for month, outcome, count in figures.values_list("snapshot_id", "key").annotate(Sum("people")):
        sums.setdefault(month, {})[outcome] = count
    contracts = list(Contract.objects.values_list("valid_from", "valid_to", "success_rate"))
    found = []
    for month in sorted(sums, reverse=True):
        last = add_months(month, 1)
        rates = [
            rate for since, until, rate in contracts if since < last and (until is None or until >= month)
        ]
        counts = sums[month]
        found.append(
            PostMonth(month, counts.get(Outcome.PAID, 0), sum(counts.values()), min(rates, default=AGREED))
        )
    return found


def _carriers(table: Table, *, covered: int) -> list[Carrier]:
    figures = table.area.figures(Part.PROVIDER).filter(snapshot=table.month)
    sums = list(figures.values_list("key").annotate(Sum("people"), Sum("amount"), Sum("covered")))
    providers = Provider.objects.in_bulk([key for key, *_sums in sums])
    whole = sum(amount for _key, _people, amount, _covered in sums)
    carriers = [
        Carrier(
            channel=providers[key].channel,
            channel_label=str(Channel(providers[key].channel).label),
            name=providers[key].short_name,
            people=people,
            amount=amount,
            share=amount / whole if whole else 0.0,
            of_covered=through / covered if covered and providers[key].channel == Channel.BANK else None,
        )
        for key, people, amount, through in sums
    ]
    return sorted(carriers, key=lambda carrier: (carrier.channel, -carrier.amount))
