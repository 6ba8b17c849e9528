"""Coverage of a month: who is paid through an account, against the target (docs/coverage.md).

Figures are read from the snapshots as they stand; `reports.operations.refresh_figures` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Reader
from areas.models import Level
from benefits.models import Category, Scheme
from common.months import add_months, format_month
from common.text import sort_key
from payments.models import Cycle
from reports.models import Figure, Part, Restatement, Snapshot
from reports.queries.area import Area, area_of, followers, names_of
from reports.queries.sums import Sum5, Sums
from reports.targets import EVERYBODY, Targets, missing, targets

TOTAL = "total"
OTHER = "BTXH_OTHER"


class By(StrEnum):
    DISTRICT = "district"
    COMMUNE = "commune"
    SCHEME = "scheme"
    CATEGORY = "category"
    AGE = "age"


class NoFigures(LookupError):
    """The month has no cycle, or its list is still being made; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a coverage table: `all` counts pairs of person and scheme; amounts in đồng.

    `amount` is everything paid or on its way in the cycle, `amount_cashless` the part through accounts, and
    `amount_year` that part since January. `months_left` are those after this one until the target's day.
    """

    key: str
    name: str
    covered: int
    all: int
    target: Decimal
    amount: int
    amount_cashless: int
    amount_year: int
    months_left: int = 0
    unit_id: int | None = None
    url: str = ""

    @property
    def rate(self) -> float:
        return round(self.covered / self.all, 6) if self.all else 0.0

    @property
    def amount_rate(self) -> float:
        """The part of the money that went through accounts, a fraction of 1."""
        return round(self.amount_cashless / self.amount, 6) if self.amount else 0.0

    @property
    def amount_cash(self) -> int:
        return self.amount - self.amount_cashless

    @property
    def gap(self) -> int:
        return missing(covered=self.covered, everybody=self.all, rate=self.target)

    @property
    def needed(self) -> int | None:
        """People still needed each month until the target's day, rounded up; None once it has passed."""
        return -(-self.gap // self.months_left) if self.months_left > 0 else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """A month's coverage in the reader's area. `overlaps`: rows may count a person several times."""

    month: date
    cycle: Cycle
    settled: bool
    by: By
    total: Row
    rows: list[Row]
    restated: list[Restatement]

    @property
    def overlaps(self) -> bool:
        return self.by == By.CATEGORY


def coverage(
    *,
    month: date,
    by: By,
    reader: Reader,
    units_on: date | None = None,
    within: int | None = None,
) -> Coverage:
    """Coverage of the cycle that pays `month`, in the reader's area, one row a district, commune and so on.

    Where districts are gone their rows are the paying units. `units_on` shows a month before a reorganisation in the
    units of that day, each commune's figures in the one that follows it by default. `within` narrows the area to
    one unit. Raises NoFigures.
    """
    table = table_of(month=month, reader=reader, units_on=units_on, within=within)
    return Coverage(
        month=month,
        cycle=table.cycle,
        settled=table.settled,
        by=by,
        total=table.total(),
        rows=table.rows(by),
        restated=list(Restatement.objects.filter(cycle=table.month)),
    )


def table_of(
    *,
    month: date,
    reader: Reader,
    units_on: date | None = None,
    within: int | None = None,
    own: bool = False,
) -> Table:
    """The standing figures of the cycle that pays `month`, ready to be read by rows; `own` as in `area_of`. Raises
    NoFigures."""
    cycle = Cycle.objects.filter(month__lte=month, last_month__gte=month).first()
    if cycle is None:
        text = _("No cycle pays %(month)s yet. Make its list first: manage.py run_cycle %(month)s")
        raise NoFigures(text % {"month": format_month(month)})
    months = list(
        Cycle.objects.filter(month__lte=cycle.month, month__gt=add_months(cycle.month, -12))
        .order_by("month")
        .values_list("month", flat=True)
    )
    snapshot = Snapshot.objects.filter(cycle=cycle).first()
    if snapshot is None:
        text = _("The list of %(month)s is still being made; its figures follow within a minute of its end.")
        raise NoFigures(text % {"month": format_month(month)})
    return Table(
        cycle=cycle,
        snapshot=snapshot,
        months=months,
        area=area_of(reader, within=within, own=own),
        held=targets(),
        units_on=units_on if units_on and units_on > cycle.last_month else None,
    )


@dataclass(frozen=True, slots=True)
class Table:
    """How the figures of one cycle become rows for one area; `months` are the twelve months up to it.

    `units_on`: a day after a reorganisation whose units take the place of the month's own, else None.
    """

    cycle: Cycle
    snapshot: Snapshot
    months: list[date]
    area: Area
    held: Targets
    units_on: date | None = None

    @property
    def settled(self) -> bool:
        return self.snapshot.settled

    @property
    def month(self) -> date:
        return self.cycle.month

    @property
    def last_day(self) -> date:
        return add_months(self.cycle.last_month, 1) - timedelta(days=1)

    def total(self) -> Row:
        rate, left = self.goal(units=self.area.chain)
        return replace(
            add_up(self.rows(By.SCHEME), key=TOTAL, name=self.area.name, target=rate), months_left=left
        )

    def province(self) -> Row:
        """The whole province's people, whatever the reader's area: covered and all alone, no money."""
        whole = Figure.objects.filter(part=Part.WHOLE, snapshot=self.month)
        sums = whole.aggregate(covered=Sum("covered"), people=Sum("people"))
        return Row(
            key=TOTAL,
            name=_("Whole province"),
            covered=sums["covered"] or 0,
            all=sums["people"] or 0,
            target=self.goal(units=())[0],
            amount=0,
            amount_cashless=0,
            amount_year=0,
        )

    def goal(self, *, units: tuple[int, ...], scheme: str = "") -> tuple[Decimal, int]:
        """The target's rate, and the months after this cycle until its day (0 or less once it has passed)."""
        target = self.held.holding(month=self.month, scheme=scheme, units=units)
        if target is None:
            return EVERYBODY, 0
        last = self.cycle.last_month
        return target.rate, (target.on_date.year - last.year) * 12 + target.on_date.month - last.month

    def has_districts(self) -> bool:
        """Whether any district pays in this month; after the reform none does, nor in units of a day after it."""
        if self.units_on:
            return False
        figures = self.area.figures(Part.WHOLE).filter(snapshot=self.month)
        return figures.filter(unit__level=Level.DISTRICT, unit_id__in=list(self.area.units)).exists()

    def rows(self, by: By) -> list[Row]:
        makers: dict[By, Callable[[], list[Row]]] = {
            By.DISTRICT: self._districts,
            By.COMMUNE: self._communes,
            By.SCHEME: self._schemes,
            By.CATEGORY: self._categories,
            By.AGE: self._ages,
        }
        return makers[by]()

    def _schemes(self) -> list[Row]:
        sums = self._sums(Part.WHOLE, "scheme")
        return [
            self._row(sums, (scheme,), key=scheme, name=str(Scheme(scheme).label), scheme=scheme)
            for scheme in Scheme.values
            if (scheme,) in sums
        ]

    def _communes(self) -> list[Row]:
        """By commune, where asked for by the one that follows it."""
        following = followers(on=self.units_on) if self.units_on else {}
        sums: Sums = {}
        for (commune,), found in self._sums(Part.WHOLE, "commune_id").items():
            follower = following.get(int(str(commune)))
            place = (follower if follower in self.area.units else commune,)
            sums[place] = sums.get(place, Sum5()) + found
        return self._units(sums)

    def communes_of(self, scheme: str) -> list[Row]:
        """By commune, one scheme alone."""
        sums = self._sums(Part.WHOLE, "commune_id", "scheme")
        return self._units({(unit,): found for (unit, of), found in sums.items() if of == scheme})

    def _districts(self) -> list[Row]:
        """By paying unit; where the reader sees less than a paying unit, or asks for later units, by commune."""
        if self.units_on:
            return self._communes()
        inside: Sums = {}
        for (unit, commune), found in self._sums(Part.WHOLE, "unit_id", "commune_id").items():
            place = (unit if unit in self.area.units else commune,)
            inside[place] = inside.get(place, Sum5()) + found
        return self._units(inside)

    def _units(self, sums: Sums) -> list[Row]:
        found = [self.area.units[int(str(unit))] for (unit,) in sums]
        names = names_of(found)
        rows = [
            replace(
                self._row(
                    sums, (unit.pk,), key=unit.code, name=names[unit.pk], units=self.area.chain_of(unit)
                ),
                unit_id=unit.pk,
            )
            for unit in found
        ]
        return sorted(rows, key=lambda row: (sort_key(row.name), row.key))

    def _ages(self) -> list[Row]:
        names = {
            "00": _("under 16 years"),
            "16": _("16 to 59 years"),
            "60": _("60 to 79 years"),
            "80": _("80 years and older"),
        }
        sums = self._sums(Part.AGE, "key")
        return [self._row(sums, (key,), key=key, name=names[key]) for key in names if (key,) in sums]

    def _categories(self) -> list[Row]:
        sums = self._sums(Part.CATEGORY, "key", "scheme")
        categories = Category.objects.in_bulk([str(key) for key, _scheme in sums])
        vietnamese = (get_language() or "vi").startswith("vi")
        rows = [
            self._row(
                sums,
                (code, category.scheme),
                key=code,
                name=category.name_vi if vietnamese else category.name_en,
                scheme=category.scheme,
            )
            for code, category in categories.items()
        ]
        rows.sort(key=lambda row: (-row.all, row.key))
        if self.area.sees_sensitive:
            return rows
        return fold_sensitive(rows, {code for code, category in categories.items() if category.sensitive})

    def _sums(self, part: Part, *keys: str) -> Sums:
        """By those columns: the month's counts and sums, and what went through accounts since January."""
        now = Q(snapshot=self.month)
        since_january = [month for month in self.months if month.year == self.month.year]
        rows = (
            self.area.figures(part)
            .filter(snapshot__in=since_january)
            .values_list(*keys)
            .annotate(
                now_people=Sum("people", filter=now),
                now_covered=Sum("covered", filter=now),
                now_amount=Sum("amount", filter=now),
                now_cashless=Sum("amount_cashless", filter=now),
                year_cashless=Sum("amount_cashless"),
            )
        )
        width = len(keys)
        return {row[:width]: Sum5(*map(int, row[width:])) for row in rows if row[width] is not None}

    def _row(
        self,
        sums: Sums,
        place: tuple[object, ...],
        *,
        key: str,
        name: str,
        scheme: str = "",
        units: tuple[int, ...] | None = None,
    ) -> Row:
        found = sums[place]
        rate, left = self.goal(units=self.area.chain if units is None else units, scheme=scheme)
        return Row(
            key=key,
            name=name,
            covered=found.covered,
            all=found.people,
            target=rate,
            amount=found.amount,
            amount_cashless=found.cashless,
            amount_year=found.year,
            months_left=left,
        )


def add_up(rows: Iterable[Row], *, key: str, name: str, target: Decimal) -> Row:
    """Rows that do not overlap as one."""
    rows = list(rows)
    return Row(
        key=key,
        name=name,
        covered=sum(row.covered for row in rows),
        all=sum(row.all for row in rows),
        target=target,
        amount=sum(row.amount for row in rows),
        amount_cashless=sum(row.amount_cashless for row in rows),
        amount_year=sum(row.amount_year for row in rows),
    )


def fold_sensitive(rows: list[Row], sensitive: set[str]) -> list[Row]:
    """The rows with the sensitive categories hidden, for readers who may not know of them.

    They are put together with the smallest other category of social protection, so that the common row never
    tells how many people they hold.
    """
    hidden = [row for row in rows if row.key in sensitive]
    if not hidden:
        return rows
    others = [row for row in rows if row.key not in sensitive]
    cover = [row for row in others if row.key.startswith(Scheme.BTXH)][-1:]
    name = _("Other social protection")
    folded = add_up([*cover, *hidden], key=OTHER, name=name, target=hidden[0].target)
    return [row for row in others if row not in cover] + [replace(folded, months_left=hidden[0].months_left)]
