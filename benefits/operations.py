"""Writes of the law's tables."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from benefits.entering import LawRow, RowsRefused, key_of
from benefits.models import Base, Category, Confidence, Rate
from common.months import add_months, month_of
from common.reference import Changes, bring_to

DECREES = Path(__file__).parent / "decrees"
RATE_FILES = ("btxh_rates.csv", "ncc_monthly_rates.csv", "ncc_one_off_rates.csv")
RATE_KEY = ["category", "band_code", "age_from", "applies_from", "in_force_from"]
BASE_KEY = ["base_code", "area", "applies_from", "in_force_from"]
# Law 64/2006 on HIV, rule H01: what everyone but the deciding officers sees.
PUBLIC_NAMES = ("Đối tượng bảo trợ xã hội", "Social-protection beneficiary")
# A change of any other field (a note, an article) changes no one's money.
_MONEY = (
    "age_to", "injury_from", "injury_to", "base_code", "coefficient", "round_to", "amount", "applies_to",
    "ends_in_force_from",
)  # fmt: skip


@dataclass(frozen=True)
class Affected:
    """The dues of `category` may differ from `from_month` on, once `in_force_from` has come."""

    category: str
    from_month: dt.date
    in_force_from: dt.date


@dataclass(frozen=True)
class BenefitsLoad:
    """What a load changed by table, and whose months may have to be reckoned again."""

    categories: Changes
    rates: Changes
    bases: Changes
    affected: list[Affected]

    @property
    def tables(self) -> dict[str, Changes]:
        return {"categories": self.categories, "rates": self.rates, "bases": self.bases}


@transaction.atomic
def load_benefits(*, exclude: Collection[str] = ()) -> BenefitsLoad:
    """Bring categories, rates and bases to the files in benefits/decrees; a second run changes nothing.

    Rows whose confidence is in `exclude` (secondary, assumed) are left out, and removed where an earlier load
    brought them: a month that needs them then has no rate, which stops a round. Rows that an officer
    entered or edited (`from_file` false) win over the files. Categories are never removed.
    Raises ValueError for an unknown confidence.
    """
    if unknown := set(exclude) - set(Confidence.values):
        raise ValueError(f"unknown confidence: {', '.join(sorted(unknown))}")
    categories = bring_to(Category.objects.all(), map(_category, _read("categories.csv")), key=["code"])
    rates = _load(Rate, [_rate(row) for name in RATE_FILES for row in _read(name)], RATE_KEY, exclude)
    bases = _load(Base, [_base(row) for row in _read("bases.csv")], BASE_KEY, exclude)
    return BenefitsLoad(categories, rates, bases, affected_by(_touched(rates), _touched(bases)))


def put_rows(rows: Sequence[LawRow]) -> list[LawRow]:
    """Write an officer's rows; one with the key of a row that is there takes its place. No look-back is queued.

    Returns every row as it was and as it is, for `affected_by`. Raises RowsRefused where two rows would hold
    equally for somebody, or a row breaks another constraint of the tables. The caller holds the transaction.
    """
    present = {key_of(row): row for model in (Rate, Base) for row in model.objects.all()}
    touched: list[LawRow] = []
    added: dict[type[LawRow], list[Any]] = {Rate: [], Base: []}
    try:
        with transaction.atomic():
            for row in rows:
                old = present.get(key_of(row))
                touched += [row] if old is None else [old, row]
                if old is None:
                    added[type(row)].append(row)
                else:
                    row.pk = old.pk
                    row.save(force_update=True)
            for model, new in added.items():
                model.objects.bulk_create(new)
    except IntegrityError as error:
        raise RowsRefused([(0, _("The rows contradict each other or the tables: %(error)s") % {
            "error": str(error).splitlines()[0]})]) from error  # fmt: skip
    return touched


def affected_by(rates: Iterable[Rate], bases: Iterable[Base]) -> list[Affected]:
    """The categories these rates and bases touch, each with its earliest month for every date in force."""
    earliest: dict[tuple[str, dt.date], dt.date] = {}
    for row, categories in [(rate, {rate.category_id}) for rate in rates] + _users_of(bases):
        dates = [(row.applies_from, row.in_force_from)]
        if row.applies_to and row.ends_in_force_from:
            dates.append((add_months(month_of(row.applies_to), 1), row.ends_in_force_from))
        for category in categories:
            for month, in_force in dates:
                earliest[category, in_force] = min(month, earliest.get((category, in_force), month))
    return [Affected(category, month, in_force) for (category, in_force), month in sorted(earliest.items())]


def _users_of(bases: Iterable[Base]) -> list[tuple[Any, set[str]]]:
    users: dict[str, set[str]] = {}
    for code, category in Rate.objects.exclude(base_code="").values_list("base_code", "category_id"):
        users.setdefault(code, set()).add(category)
    return [(base, users.get(base.base_code, set())) for base in bases]


def _load(model: type[Any], rows: list[Any], key: list[str], exclude: Collection[str]) -> Changes:
    columns = [model._meta.get_field(name).attname for name in key]
    entered = set(model.objects.filter(from_file=False).values_list(*columns))
    wanted = [
        row
        for row in rows
        if row.confidence not in exclude and tuple(getattr(row, column) for column in columns) not in entered
    ]
    return bring_to(model.objects.filter(from_file=True), wanted, key=key, delete_missing=True)


def _touched(changes: Changes) -> list[Any]:
    changed = [
        row
        for old, new in changes.changed
        if any(getattr(old, name, None) != getattr(new, name, None) for name in _MONEY)
        for row in (old, new)
    ]
    return changes.added + changed + changes.retired


def _category(row: dict[str, str]) -> Category:
    sensitive = _flag(row["sensitive"])
    public_vi, public_en = PUBLIC_NAMES if sensitive else (row["name_vi"], row["name_en"])
    return Category(
        **{name: row[name] for name in ("code", "scheme", "kind", "component", "stacking", "article")},
        **{name: row[name] for name in ("age_of", "per", "name_vi", "name_en")},
        **{
            name: _flag(row[name]) for name in ("needs_injury", "beside_single_parent", "excluded_by_pension")
        },
        **{name: _flag(row[name]) for name in ("allows_lower_pension", "excluded_by_ncc")},
        min_age=_integer(row["min_age"]),
        end_age=_integer(row["end_age"]),
        replaces_id=row["replaces"] or None,
        sensitive=sensitive,
        public_name_vi=public_vi,
        public_name_en=public_en,
    )


def _rate(row: dict[str, str]) -> Rate:
    return Rate(
        category_id=row["category"],
        **{name: row[name] for name in ("band_code", "band_name_vi", "band_name_en", "base_code", "article")},
        **{name: _integer(row[name]) for name in ("age_to", "injury_from", "injury_to", "amount")},
        age_from=int(row["age_from"]),
        round_to=int(row["round_to"]),
        coefficient=Decimal(row["coefficient"]) if row["coefficient"] else None,
        **_dated(row),
    )


def _base(row: dict[str, str]) -> Base:
    return Base(base_code=row["base_code"], amount=int(row["amount"]), **_dated(row))


def _dated(row: dict[str, str]) -> dict[str, Any]:
    ends = _date(row["applies_to"])
    return {
        "applies_from": dt.date.fromisoformat(row["applies_from"]),
        "applies_to": ends,
        "in_force_from": dt.date.fromisoformat(row["in_force_from"]),
        "ends_in_force_from": _date(row["ends_in_force_from"]) or (ends and ends + dt.timedelta(days=1)),
        "legal_source": row["legal_source"],
        "confidence": row["confidence"],
        "confidence_note": row["confidence_note"],
        "from_file": True,
    }


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _integer(text: str) -> int | None:
    return int(text) if text else None


def _flag(text: str) -> bool:
    return text == "1"


def _read(name: str) -> list[dict[str, str]]:
    with open(DECREES / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
