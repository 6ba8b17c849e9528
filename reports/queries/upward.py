"""What goes upwards, from the kept figures of cycles: increase and decrease, statistics, figures for the settlement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Reader
from areas.models import Level, Unit
from benefits.models import Category, Scheme
from common.text import sort_key
from payments.models import LineKind
from reports.models import Part, Snapshot
from reports.queries.area import Area, area_of
from reports.queries.coverage import OTHER

DIED, HELD = "-died", "-held"


@dataclass(frozen=True, slots=True)
class Upward:
    """Rows of named sums, by category or unit; the area and the cycles that they were taken from, oldest first.

    `rows`: (name, sums by column); `people`: different people of the last cycle, where rows may count one twice.
    """

    area: Area
    months: Sequence[date]
    rows: Sequence[tuple[str, Mapping[str, int]]]
    people: int = 0

    @property
    def total(self) -> Mapping[str, int]:
        """The sums of all rows."""
        return _added(sums for _name, sums in self.rows)


def changes(*, month: date, reader: Reader) -> tuple[Upward, Upward]:
    """Benefits on the month's lists by category and by commune: `before`, `new`, `died`, `held`, `other`,
    `now` and `amount`.

    before + new - died - held - other = now; `amount` is the đồng a month of those now listed.
    """
    area = area_of(reader, own=True)
    months = list(Snapshot.objects.filter(pk=month).values_list("pk", flat=True))
    figures = area.figures(Part.LISTED).filter(snapshot__in=months)
    by_category: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_unit: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, commune, people, amount in figures.values_list("key", "commune_id").annotate(
        Sum("people"), Sum("amount")
    ):
        category, _slash, what = key.partition("/")
        for sums in (by_category[category], by_unit[commune]):
            sums[_COLUMN.get(what, "other")] += people
            if what == "=":
                sums["amount"] += amount
    for sums in (*by_category.values(), *by_unit.values()):
        sums["before"] = sums["now"] - sums["new"] + sums["died"] + sums["held"] + sums["other"]
    units = sorted(
        ((_place(area.units[unit]), sums) for unit, sums in by_unit.items()), key=lambda row: sort_key(row[0])
    )
    return (
        Upward(area, months, _named(by_category, area, weight="now")),
        Upward(area, months, units),
    )


def _place(unit: Unit) -> str:
    """A commune's name with its district's: communes of two districts may share one."""
    above = unit.parent
    return f"{unit.name}, {above.name}" if above and above.level == Level.DISTRICT else unit.name


_COLUMN = {"=": "now", "+": "new", DIED: "died", HELD: "held"}


def statistics(*, months: Sequence[date], reader: Reader) -> Upward:
    """Social protection over some months (a half-year) by category.

    People as they stood in the last of them that has figures: `people`, `female`, and by age `00`, `16`, `60`, `80`;
    đồng over all of them: `amount`, `amount_cashless`; `months`: benefit-months paid.
    """
    area = area_of(reader, own=True)
    there = _with_figures(months)
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    figures = area.figures(Part.STATISTIC).filter(snapshot__in=there)
    for key, of, people, amount, cashless, paid in figures.values_list("key", "snapshot_id").annotate(
        Sum("people"), Sum("amount"), Sum("amount_cashless"), Sum("months")
    ):
        category, _slash, group = key.partition("/")
        sums = rows[category]
        sums["amount"] += amount
        sums["amount_cashless"] += cashless
        sums["months"] += paid
        if of == there[-1]:
            sums["people"] += people
            sums[group[-2:]] += people
            sums["female"] += people if group.startswith("female") else 0
    different = area.figures(Part.WHOLE).filter(snapshot__in=there[-1:], scheme=Scheme.BTXH)
    return Upward(
        area,
        there,
        _named(rows, area, weight="people"),
        different.aggregate(people=Sum("people"))["people"] or 0,
    )


def settlements(*, periods: Sequence[Sequence[date]], reader: Reader) -> list[Upward]:
    """People with merit over each period's months (a quarter, a year) by category, as they were paid.

    `people` of the last month that has figures; `months`: benefit-months of their own; đồng by kind: `regular`,
    `arrears`, `carried`, `one_off`, `recovery` (negative), and `amount`, the sum of all.
    """
    area = area_of(reader, own=True)
    there = _with_figures(sorted({month for months in periods for month in months}))
    of_scheme = {"snapshot__in": there, "scheme": Scheme.NCC}
    own: dict[date, list[tuple[str, int, int, int]]] = defaultdict(list)
    for key, of, people, amount, paid in (
        area.figures(Part.CATEGORY)
        .filter(**of_scheme)
        .values_list("key", "snapshot_id")
        .annotate(Sum("people"), Sum("amount"), Sum("months"))
    ):
        own[of].append((key, people, amount, paid))
    kinds: dict[date, list[tuple[str, int]]] = defaultdict(list)
    by_kind = area.figures(Part.LEDGER).filter(**of_scheme).values_list("key", "snapshot_id")
    for key, of, amount in by_kind.annotate(Sum("amount")):
        kinds[of].append((key, amount))
    found = []
    for months in periods:
        within = [month for month in there if month in months]
        rows = _settled(within, own, kinds)
        found.append(Upward(area, within, _named(rows, area, weight="people")))
    return found


def _settled(
    months: Sequence[date],
    own: Mapping[date, list[tuple[str, int, int, int]]],
    kinds: Mapping[date, list[tuple[str, int]]],
) -> dict[str, dict[str, int]]:
    """The sums of some months by category, from each month's benefits and the money that was not its own."""
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month in months:
        for key, people, amount, paid in own.get(month, ()):
            sums = rows[key]
            sums["regular"] += amount
            sums["amount"] += amount
            sums["months"] += paid
            sums["people"] += people if month == months[-1] else 0
        for key, amount in kinds.get(month, ()):
            category, _slash, kind = key.partition("/")
            rows[category][str(LineKind(kind))] += amount
            rows[category]["regular"] -= amount
    return rows


def _with_figures(months: Sequence[date]) -> list[date]:
    """Those cycles that have figures, oldest first; a cycle that pays two months stands in its first."""
    return list(Snapshot.objects.filter(pk__in=months).order_by("pk").values_list("pk", flat=True))


def _named(
    rows: Mapping[str, Mapping[str, int]], area: Area, *, weight: str
) -> list[tuple[str, Mapping[str, int]]]:
    """By scheme, the largest category first; those that reveal an infection put together with the smallest other one.

    So they are for whoever may not know of them, as everywhere (`fold_sensitive`).
    """
    categories = Category.objects.in_bulk(list(rows))
    codes = sorted(
        rows, key=lambda code: (categories[code].scheme != Scheme.NCC, -rows[code].get(weight, 0), code)
    )
    vietnamese = (get_language() or "vi").startswith("vi")
    names = {
        code: category.name_vi if vietnamese else category.name_en for code, category in categories.items()
    }
    hidden = [] if area.sees_sensitive else [code for code in codes if categories[code].sensitive]
    if hidden:
        others = [code for code in codes if code not in hidden and categories[code].scheme == Scheme.BTXH]
        folded = {*hidden, *others[-1:]}
        codes = [code for code in codes if code not in folded] + [OTHER]
        rows = {**rows, OTHER: _added(rows[code] for code in folded)}
        names[OTHER] = _("Other social protection")
    return [(names[code], rows[code]) for code in codes]


def _added(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added: dict[str, int] = defaultdict(int)
    for row in rows:
        for name, value in row.items():
            added[name] += value
    return added
