"""What a change of law would do to everybody's dues: reckoned by the engine's own relations, with nothing written.

The proposed rows are put into the tables inside a transaction that is always rolled back, so a preview cannot differ
from what the same rows do once they are confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Min

from accounts.access import Action, Reader
from beneficiaries.models import Entitlement
from benefits.entering import LawRow, from_json
from benefits.models import Proposal
from benefits.operations import Affected, affected_by, put_rows
from common import sql
from common.months import add_months, months_between
from payments.models import Cycle
from payments.operations.generation import BALANCE, list_date

PART_PEOPLE = 10_000
_NAMES = [name for _app, name in BALANCE]
_DUE = BALANCE[_NAMES.index("facts") + 1 : _NAMES.index("due") + 1]


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a preview: people (each counted once), how many of them change and lose, and their dues in đồng.

    `unrated_before` and `unrated_after` count people whose month has no rate without and with the change.
    """

    people: int = 0
    changed: int = 0
    losing: int = 0
    before: int = 0
    after: int = 0
    unrated_before: int = 0
    unrated_after: int = 0

    @property
    def difference(self) -> int:
        return self.after - self.before

    def __add__(self, other: Change) -> Change:
        return Change(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


Key = tuple[bool, str, str]


@dataclass(slots=True)
class Figures:
    """Changes by (past, by, key): `past` are the months before the one asked, `by` is all, scheme, category, unit or
    month."""

    rows: dict[Key, Change] = field(default_factory=dict)

    def add(self, stored: Iterable[Mapping[str, Any]]) -> None:
        """Add the figures of one more part of the people."""
        for row in stored:
            key = (row["past"], row["by"], row["key"])
            change = Change(**{one.name: row[one.name] for one in fields(Change)})
            self.rows[key] = self.rows.get(key, Change()) + change

    def total(self, *, past: bool = False) -> Change:
        return self.rows.get((past, "all", ""), Change())

    def by(self, what: str, *, past: bool = False) -> dict[str, Change]:
        return {key: row for (was, by, key), row in sorted(self.rows.items()) if by == what and was == past}

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the total and one list for each breakdown, amounts in đồng a month."""
        return {
            "total": _as_dict(self.total()),
            "by_scheme": [{"scheme": key} | _as_dict(row) for key, row in self.by("scheme").items()],
            "by_category": [{"category": key} | _as_dict(row) for key, row in self.by("category").items()],
            "by_district": [{"unit": int(key)} | _as_dict(row) for key, row in self.by("unit").items()],
        }


def _as_dict(row: Change) -> dict[str, int]:
    return asdict(row) | {"difference": row.difference}


@dataclass(frozen=True, slots=True)
class Plan:
    """Which months a change of law touches: `month` is the first that pays it regularly, as of its list date
    `reckoned_on`; from `first_month` to then it is paid as arrears (or overpaid)."""

    categories: tuple[str, ...]
    first_month: date
    month: date
    reckoned_on: date
    affected: tuple[Affected, ...]

    @property
    def months(self) -> list[date]:
        return list(months_between(self.first_month, self.month))


def plan_change(rows: Sequence[LawRow]) -> Plan:
    """The months that these rows change. Raises RowsRefused where they cannot be put into the tables."""
    with _as_if_in_force(rows) as affected:
        pass
    first_month = min(row.from_month for row in affected)
    in_force = max(row.in_force_from for row in affected)
    last = Cycle.objects.order_by("-month").first()
    month = max(add_months(last.last_month, 1), first_month) if last else first_month
    while list_date(month) < in_force:
        month = add_months(month, 1)
    # Months settled elsewhere never change: a correction of an old row does not reckon decades.
    settled = Entitlement.objects.aggregate(first=Min("settled_before"))["first"] or month
    return Plan(
        categories=tuple(sorted({row.category for row in affected})),
        first_month=min(max(first_month, settled), month),
        month=month,
        reckoned_on=list_date(month),
        affected=tuple(affected),
    )


def parts_of_people() -> list[tuple[int, int]]:
    """The people with a benefit in parts [from, to) of PART_PEOPLE."""
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "payments", "preview_people", {"size": PART_PEOPLE})
    firsts = [row["person_id"] for row in rows]
    return list(pairwise(firsts))


def compare_part(rows: Sequence[LawRow], plan: Plan, people: tuple[int, int]) -> list[dict[str, Any]]:
    """The figures of one part of the people, as `Figures.add` takes them."""
    with _compared(rows, plan, people) as params, connection.cursor() as cursor:
        return sql.rows(cursor, "payments", "preview_figures", params)


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One person whose dues change: đồng a month without and with the change, and what earlier months add."""

    person_id: int
    name: str
    before: int
    after: int
    arrears: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def people_who_change(*, proposal: Proposal, commune: int, reader: Reader) -> list[PersonChange]:
    """The people of a commune whom an open proposal changes, in Vietnamese order; empty outside the reader's area.

    A benefit that tells of HIV is left out unless the reader decides in this commune (rule H01).
    """
    if commune not in reader.units(Action.SEE_PEOPLE):
        return []
    rows = proposed_rows(proposal)
    plan = plan_change(rows)
    with _compared(rows, plan, (0, 2**62), commune) as params, connection.cursor() as cursor:
        params["sees_sensitive"] = reader.may(Action.SEE_SENSITIVE, commune)
        return [PersonChange(**row) for row in sql.rows(cursor, "payments", "preview_of_commune", params)]


def simulate(
    rows: Sequence[LawRow], *, month: date, progress: Callable[[int, int], None] = lambda done, all: None
) -> Figures:
    """The cost of one month with these rows against the law without them; nothing is written. `progress` in parts.

    Both are reckoned on the month's list date, or on the day when the last of the rows is in force where that is
    later. Raises RowsRefused.
    """
    on = max([list_date(month), *(row.in_force_from for row in rows)])
    plan = Plan((), month, month, on, ())
    figures = Figures()
    parts = parts_of_people()
    for done, people in enumerate(parts, start=1):
        figures.add(compare_part(rows, plan, people))
        progress(done, len(parts))
    return figures


def proposed_rows(proposal: Proposal) -> list[LawRow]:
    """The unsaved rates and bases of a proposal."""
    return [from_json(row) for row in proposal.rows]


@contextmanager
def _as_if_in_force(rows: Sequence[LawRow]) -> Iterator[list[Affected]]:
    """Everything inside sees the tables with the rows in them; afterwards they are as they were."""
    with transaction.atomic():
        touched = put_rows(rows)
        rates = [row for row in touched if row._meta.model_name == "rate"]
        bases = [row for row in touched if row._meta.model_name == "base"]
        yield affected_by(rates, bases)  # type: ignore[arg-type]
        transaction.set_rollback(True)


@contextmanager
def _compared(
    rows: Sequence[LawRow], plan: Plan, people: tuple[int, int], commune: int | None = None
) -> Iterator[dict[str, Any]]:
    """Inside, the temporary tables due_before and due_after hold the people's dues without and with the rows."""
    params: dict[str, Any] = {
        "months": plan.months,
        "month": plan.month,
        "categories": list(plan.categories),
        "reckoned_on": plan.reckoned_on,
        "person_from": people[0],
        "person_to": people[1],
        "commune": commune,
        "birth_convention": settings.BIRTH_CONVENTION,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE asked AS {sql.load('payments', 'asked_in_preview')}", params)
        cursor.execute("ANALYZE asked (id, person_id, category_id, month)")
        _keep_facts(cursor, params)
        _keep_dues(cursor, "due_before", params)
        with _as_if_in_force(rows):
            # Whose province counts is one of the facts.
            if any(getattr(row, "area_id", None) for row in rows):
                cursor.execute("DROP TABLE facts")
                _keep_facts(cursor, params)
            _keep_dues(cursor, "due_after", params)
            yield params
        transaction.set_rollback(True)


def _keep_facts(cursor: CursorWrapper, params: Mapping[str, Any]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE facts AS {sql.load('beneficiaries', 'facts')}", params)
    cursor.execute("ANALYZE facts (entitlement_id, person_id, category_id, month)")


def _keep_dues(cursor: CursorWrapper, table: str, params: Mapping[str, Any]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE {table} AS {sql.relations(*_DUE)}\nSELECT * FROM due", params)
    cursor.execute(f"ANALYZE {table} (entitlement_id, month)")
