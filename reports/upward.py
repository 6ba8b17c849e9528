"""The reports that go upwards, as sheets. Their layout is the program's own (docs/coverage.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Reader
from common.money import format_number
from common.months import format_month
from reports.models import Restatement
from reports.papers import restated
from reports.queries import upward
from reports.queries.upward import Upward
from reports.sheets import Cell, Sheet, Table


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is of: its key in an address (`2024-12`, `2024-h2`, `2024`), its name, its months."""

    key: str
    name: str
    months: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """One report: its name, what it says, the periods for which months with figures (newest first) allow it."""

    name: str | Promise
    about: str | Promise
    periods: Callable[[Sequence[date]], list[Period]]
    sheet: Callable[[Period, Reader], Sheet]


def _months(of: Sequence[date]) -> list[Period]:
    return [Period(format_month(month), f"{month:%m/%Y}", (month,)) for month in of]


def _halves(of: Sequence[date]) -> list[Period]:
    halves = dict.fromkeys((month.year, 1 if month.month <= 6 else 2) for month in of)
    return [
        Period(
            f"{year}-h{half}",
            _("first half of %(year)s") % {"year": year}
            if half == 1
            else _("second half of %(year)s") % {"year": year},
            tuple(date(year, number, 1) for number in range(6 * half - 5, 6 * half + 1)),
        )
        for year, half in halves
    ]


def _years(of: Sequence[date]) -> list[Period]:
    years = dict.fromkeys(month.year for month in of)
    return [Period(str(year), str(year), tuple(date(year, n, 1) for n in range(1, 13))) for year in years]


def _changes(period: Period, reader: Reader) -> Sheet:
    by_category, by_unit = upward.changes(month=period.months[0], reader=reader)
    columns = ("before", "new", "died", "held", "other", "now", "amount")
    return Sheet(
        title=_("Increase and decrease of beneficiaries, %(period)s") % {"period": period.name},
        subtitle=by_category.area.name,
        heads=[
            _("Name"),
            _("Month before"),
            _("New"),
            _("Died"),
            _("On hold"),
            _("Ended otherwise"),
            _("This month"),
            _("Đồng a month"),
        ],
        tables=[
            _table(_("By category"), by_category, columns),
            _table(_("By commune"), by_unit, columns),
        ],
        notes=[
            _(
                "Counted are benefits on the month's lists: month before + new − died − on hold − ended = this month."
            ),
            _("On hold: not on this month's list and not ended, as while suspended."),
        ],
        signers=_signers(),
    )


def _statistics(period: Period, reader: Reader) -> Sheet:
    found = upward.statistics(months=period.months, reader=reader)
    columns = ("people", "female", "00", "16", "60", "80", "months", "amount", "amount_cashless")
    last = f"{found.months[-1]:%m/%Y}" if found.months else "–"
    return Sheet(
        title=_("Statistics of social protection, %(period)s") % {"period": period.name},
        subtitle=found.area.name,
        heads=[
            _("Category"),
            _("People, %(month)s") % {"month": last},
            _("Of them women"),
            _("Under 16"),
            _("16–59"),
            _("60–79"),
            _("80 and older"),
            _("Benefit-months"),
            _("Paid, đồng"),
            _("Through accounts, đồng"),
        ],
        tables=[_table("", found, columns)],
        notes=[
            _("Somebody with two benefits stands in both rows; different people: %(n)s.")
            % {"n": format_number(found.people)},
            _("Without people in institutions. Amounts are of %(n)s cycles with figures in the period.")
            % {"n": len(found.months)},
        ],
        signers=_signers(),
    )


def _settlement(period: Period, reader: Reader) -> Sheet:
    columns = ("people", "months", "regular", "arrears", "carried", "one_off", "recovery", "amount")
    quarters = [period.months[first : first + 3] for first in (0, 3, 6, 9)]
    year, *found_quarters = upward.settlements(periods=[period.months, *quarters], reader=reader)
    tables = [_table(_("Year %(year)s") % {"year": period.name}, year, columns)]
    for number, found in enumerate(found_quarters, start=1):
        if found.months:
            tables.append(replace(_table(_("Quarter %(n)s") % {"n": number}, found, columns), folded=True))
    return Sheet(
        title=_("Figures for the settlement of people with revolutionary contributions, %(period)s")
        % {"period": period.name},
        subtitle=year.area.name,
        heads=[
            _("Category"),
            _("People at the end"),
            _("Benefit-months"),
            _("Month's own, đồng"),
            _("Arrears, đồng"),
            _("Delivered later, đồng"),
            _("One-off, đồng"),
            _("Recovered, đồng"),
            _("Together, đồng"),
        ],
        tables=tables,
        notes=[
            _(
                "Money paid or on its way; what was not delivered stands with the month that delivered it later."
            ),
            _("Recovered money is what recovery decisions took from later payments."),
        ],
        signers=_signers(),
    )


KINDS: dict[str, Kind] = {
    "changes": Kind(
        gettext_lazy("Increase and decrease"),
        gettext_lazy("Each month: who is new on the lists, who is gone and why, by category and commune."),
        _months,
        _changes,
    ),
    "social-protection": Kind(
        gettext_lazy("Statistics of social protection"),
        gettext_lazy("Each half-year: people by category, sex and age, and what was paid."),
        _halves,
        _statistics,
    ),
    "merit": Kind(
        gettext_lazy("Settlement of people with revolutionary contributions"),
        gettext_lazy("Each year, by quarter: months paid, arrears, one-off and recovered money by category."),
        _years,
        _settlement,
    ),
}


def _table(title: str, found: Upward, columns: Sequence[str]) -> Table:
    def cells(name: str, sums: Mapping[str, int]) -> list[Cell]:
        return [name, *(sums.get(column, 0) for column in columns)]

    return Table(title, [cells(*row) for row in found.rows], cells(_("Total"), found.total))


def with_marks(sheet: Sheet, months: Sequence[date]) -> Sheet:
    """The sheet with a note for each of its months whose closed figures were taken again."""
    marks = Restatement.objects.filter(cycle__in=months).order_by("cycle", "at")
    notes = [f"{one.cycle_id:%m/%Y}: {note}" for one in marks for note in restated([one])]
    return replace(sheet, notes=[*sheet.notes, *notes])


def _signers() -> list[str]:
    return [_("Prepared by"), _("Head of unit")]
