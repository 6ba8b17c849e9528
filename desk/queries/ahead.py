"""What comes in the next three months by the law's ages and by dates on record: a worklist that acts on nothing.

The ages are those of the tables of the law in force (`Category.min_age`, `end_age`, the bands of `Rate`); what a month
would pay before and after is the engine's own reckoning. Nothing here writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.access import Action, Reader
from beneficiaries.models import ChangeKind, ChangeRequest, Entitlement
from beneficiaries.transitions import OPEN
from benefits.models import Category, Rate
from common import sql
from common.keyset import PAGE_SIZE, Place
from common.months import add_months, month_of

MONTHS_AHEAD = 3
RATE, END, MAY, CARER, CHILD, STUDY, SCHOOL = "rate", "end", "may", "carer", "child", "study", "school"
ADULT, PAYEE, PAPER, RESUME, REFUSED = "adult", "payee", "paper", "resume", "refused"
KINDS = (END, MAY, RATE, CHILD, STUDY, SCHOOL, CARER, ADULT, PAYEE, PAPER, RESUME, REFUSED)

_WINDOWS = (
    ("asked", "desk", "ahead_months"),
    ("rates", "benefits", "rates"),
    ("turns", "desk", "ahead_turns"),
    ("windows", "desk", "ahead_windows"),
    ("turning", "desk", "ahead_turning"),
)
# Up to these the homes of the communes are read; beyond, the home of each to whom something comes.
_FEW_COMMUNES = 60
_SCHOOL_YEAR_ENDS = 5  # May
_OTHER_AGES = (16, 18, 22)  # those of ahead_windows.sql
_DUES = (
    ("asked", "desk", "ahead_asked"),
    ("facts", "beneficiaries", "facts"),
    ("rates", "benefits", "rates"),
    ("own", "beneficiaries", "own"),
    ("granted", "benefits", "granted"),
    ("due", "benefits", "due"),
)


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that comes: `kind` in `month`, when the person (or whom it is about) is `age`, or on `on_day`.

    `entitlement` is the benefit, None where it is about no benefit; `about_id` and `about_name` are the child, payee
    or person cared for, `role` the payee's; `offers` are the categories that may be applied for; `before` and `after`
    what the benefit is due in the last month of the old state and the first of the new, in đồng (None: nothing
    changes, or the tables hold no rate); `all_before` and `all_after` the same of everything the person holds.
    `request` is an open request about it.
    """

    key: str
    kind: str
    month: date
    person_id: int
    name: str
    birth_date: date
    birth_precision: str
    commune: int
    commune_name: str
    hamlet: str
    age: int | None
    on_day: date | None
    about_id: int | None
    about_name: str
    role: str
    entitlement: Entitlement | None = None
    offers: list[Category] = field(default_factory=list)
    before: int | None = None
    after: int | None = None
    all_before: int | None = None
    all_after: int | None = None
    request: ChangeRequest | None = None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Coming]
    total: int
    after: str
    before: str


def coming_page(
    *,
    reader: Reader,
    on: date,
    commune: int | None = None,
    kind: str = "",
    month: date | None = None,
    place: Place,
) -> Page:
    """A page of what comes to the people of the reader's communes (or one of them), by month and name; in one month
    alone where one is asked for."""
    found = _find(
        reader, Action.SEE_PEOPLE, on, commune, month, kind=kind, after=place.after, before=place.before
    )
    total = found[0]["total"] if found else 0
    first, last = (found[0]["place"], found[-1]["place"]) if found else (1, 0)
    return Page(
        rows=_completed(found, on),
        total=total,
        after=found[-1]["key"] if last < total else "",
        before=found[0]["key"] if first > 1 else "",
    )


def coming_all(
    *, reader: Reader, on: date, commune: int | None, kind: str, month: date | None, most: int
) -> list[Coming]:
    """The rows of all the pages together, at most so many."""
    return _completed(_find(reader, Action.SEE_PEOPLE, on, commune, month, kind=kind, size=most), on)


def coming_one(*, reader: Reader, on: date, key: str) -> Coming | None:
    """The row of a key, where the reader may ask for changes; None where it no longer comes, or elsewhere."""
    months = [month for month in months_ahead(on) if f"-{month:%Y%m}-" in key]
    if not months:
        return None
    rows = _completed(_find(reader, Action.REQUEST_CHANGE, on, None, months[0], key=key), on)
    return rows[0] if rows else None


def coming_counts(*, communes: Collection[int], on: date) -> list[dict[str, Any]]:
    """How many things of each kind come in each of the communes: `commune_id`, `kind`, `count`."""
    with connection.cursor() as cursor:
        return _rows(
            cursor,
            (*_coming_in(communes), ("counts", "desk", "ahead_counts")),
            "counts",
            _params(communes, on, months_ahead(on)),
        )


def is_wide(*, reader: Reader, commune: int | None) -> bool:
    """Whether a list is of so many communes that it is told month by month."""
    return commune is None and len(reader.units(Action.SEE_PEOPLE)) > _FEW_COMMUNES


def months_ahead(on: date) -> list[date]:
    """The months looked ahead to."""
    return [add_months(month_of(on), number) for number in range(MONTHS_AHEAD + 1)]


def _find(
    reader: Reader, action: Action, on: date, commune: int | None, month: date | None, **filters: Any
) -> list[dict[str, Any]]:
    allowed = reader.units(action)
    communes = allowed if commune is None else allowed & {commune}
    months = [month] if month else months_ahead(on)
    params = {"kind": "", "key": "", "after": "", "before": "", "size": PAGE_SIZE} | filters
    with connection.cursor() as cursor:
        parts = (*_coming_in(communes), ("page", "desk", "ahead_page"))
        found = _rows(cursor, parts, "page", _params(communes, on, months) | params)
    return sorted(found, key=lambda row: row["place"])


def _coming_in(communes: Collection[int]) -> tuple[tuple[str, str, str], ...]:
    here = "ahead_here" if len(communes) <= _FEW_COMMUNES else "ahead_here_many"
    return (*_WINDOWS, ("here", "desk", here), ("coming", "desk", "ahead_rows"))


def _params(communes: Collection[int], on: date, months: list[date]) -> dict[str, Any]:
    return {
        "today": on,
        "from_day": max(on, months[0]),
        "reckoned_on": on,
        "first_month": months[0],
        "last_month": months[-1],
        "school_month": next((month for month in months if month.month == _SCHOOL_YEAR_ENDS), None),
        "communes": sorted(communes),
        "birthdays": _birthdays(months),
        "birth_convention": settings.BIRTH_CONVENTION,
    }


def _birthdays(months: list[date]) -> list[date]:
    """Every birth date that has, in one of the months, an age which any version of the tables knows; the first day of
    those years too, which stands for births known to the year alone."""
    by_law = Category.objects.order_by().values_list("min_age")
    ages = by_law.union(
        Category.objects.order_by().values_list("end_age"),
        Rate.objects.order_by().values_list("age_from"),
        Rate.objects.order_by().values_list("age_to"),
    )
    found = set()
    for age in {age for (age,) in ages if age} | set(_OTHER_AGES):
        for month in months:
            born = month.replace(year=month.year - age)
            found |= {born + timedelta(days=day) for day in range(31)} | {born.replace(month=1)}
    return sorted(found)


def _rows(
    cursor: CursorWrapper, parts: Iterable[tuple[str, str, str]], wanted: str, params: dict[str, Any]
) -> list[dict[str, Any]]:
    """The rows of the last relation, each of which reads those before it."""
    relations = ",\n".join(f"{name} AS (\n{sql.load(app, file)})" for name, app, file in parts)
    cursor.execute(f"WITH {relations}\nSELECT * FROM {wanted}", params)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _completed(found: list[dict[str, Any]], on: date) -> list[Coming]:
    """The rows with what they are about, and what would be due before and after."""
    ids = {row["entitlement_id"] for row in found} - {None}
    grants = Entitlement.objects.select_related("category").in_bulk(ids)
    names = Category.objects.in_bulk({code for row in found for code in row["codes"] or ()})
    people = {row["person_id"] for row in found}
    requests: dict[tuple[int | None, str], ChangeRequest] = {
        (one.person_id, one.kind): one
        for one in ChangeRequest.objects.filter(person__in=people, state__in=OPEN).order_by("pk")
    }
    due = _due_of(found, on)
    return [_coming(row, grants, names, requests, due) for row in found]


def _coming(
    row: dict[str, Any],
    grants: dict[int, Entitlement],
    names: dict[str, Category],
    requests: dict[tuple[int | None, str], ChangeRequest],
    due: dict[tuple[int, date], dict[int, int | None]],
) -> Coming:
    grant, holder = grants.get(row["entitlement_id"]), row["person_id"]
    old, new = _months_of(row)
    before, after = (due.get((holder, month), {}) if month else {} for month in (old, new))
    money = grant is not None and old is not None
    same = (
        "key", "kind", "month", "person_id", "name", "birth_date", "birth_precision", "hamlet", "age", "on_day",
        "about_id", "about_name", "role",
    )  # fmt: skip
    return Coming(
        **{name: row[name] for name in same},
        commune=row["commune_id"],
        commune_name=row["commune"],
        entitlement=grant,
        offers=[names[code] for code in row["codes"] or ()],
        before=before.get(grant.pk, 0) if grant and money else None,
        after=after.get(grant.pk, 0) if grant and money else None,
        all_before=_total(before) if money else None,
        all_after=_total(after) if money else None,
        request=requests.get((holder, request_kind(row["kind"]))),
    )


def request_kind(kind: str) -> str:
    """The kind of change request that a row leads to, '' where nothing is asked."""
    return {
        END: ChangeKind.STOP,
        CARER: ChangeKind.STOP,
        SCHOOL: ChangeKind.STOP,
        REFUSED: ChangeKind.STOP,
        MAY: ChangeKind.NEW,
        CHILD: ChangeKind.CHANGE,
        STUDY: ChangeKind.CHANGE,
        PAPER: ChangeKind.CHANGE,
        PAYEE: ChangeKind.PAYEE,
        RESUME: ChangeKind.SUSPEND,
    }.get(kind, "")


def _months_of(row: dict[str, Any]) -> tuple[date | None, date | None]:
    """The last month of the old state and the first of the new: a rate changes in the month itself, an end after it."""
    month: date = row["month"]
    if row["kind"] == RATE:
        return add_months(month, -1), month
    if row["kind"] in (END, CHILD, STUDY, RESUME):
        return month, add_months(month, 1)
    return None, None


def _due_of(found: list[dict[str, Any]], on: date) -> dict[tuple[int, date], dict[int, int | None]]:
    """What each benefit is due, by person and month, as the engine would reckon it by the law of that day."""
    pairs = {(row["person_id"], month) for row in found for month in _months_of(row) if month}
    if not pairs:
        return {}
    people = [person for person, _month in pairs]
    params = {
        "people": people,
        "months": [month for _person, month in pairs],
        "person_from": min(people),
        "person_to": max(people) + 1,
        "reckoned_on": on,
        "birth_convention": settings.BIRTH_CONVENTION,
    }
    due: dict[tuple[int, date], dict[int, int | None]] = defaultdict(dict)
    with connection.cursor() as cursor:
        for row in _rows(cursor, _DUES, "due", params):
            amount = None if row["granted"] is None else row["due"]
            due[row["person_id"], row["month"]][row["entitlement_id"]] = amount
    return due


def _total(amounts: dict[int, int | None]) -> int | None:
    """Everything together, None where the tables hold no rate for some of it."""
    values = list(amounts.values())
    return None if None in values else sum(value or 0 for value in values)
