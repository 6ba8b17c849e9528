"""One line of a sheet, cell by cell, into a `RollRow`; every cell that cannot be told is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from beneficiaries.models import Channel, PayAt
from beneficiaries.roll import cells
from beneficiaries.roll.cells import Unclear, text_of
from beneficiaries.roll.law import Law
from beneficiaries.roll.lookups import (
    Asked,
    Categories,
    Communes,
    Providers,
    end_reason_of,
    form_of,
    obstacle_of,
)  # fmt: skip
from beneficiaries.roll.row import RollChild, RollRow
from beneficiaries.roll.table import Cell
from benefits.models import AgeOf, Category, Per
from common.money import format_number
from common.months import add_months, format_month
from common.text import fold

T = TypeVar("T")
_OLDEST, _FIRST_MONTH = date(1890, 1, 1), date(1945, 9, 1)
# As long as the columns of the tables that take them.
_LIMITS = {"name": 120, "hamlet": 120, "decision_number": 60, "disability_certificate": 60, "holder": 120,
           "payee_name": 120, "notes": 4000}  # fmt: skip
# A certificate that is given once and for all.
_WITHOUT_END = ("khong thoi han", "vo thoi han", "khong xac dinh thoi han", "vinh vien", "lau dai")


@dataclass(slots=True)
class References:
    """What names and codes refer to, and the law; one for a whole file."""

    communes: Communes = field(default_factory=Communes)
    categories: Categories = field(default_factory=Categories)
    providers: Providers = field(default_factory=Providers)
    law: Law = field(default_factory=Law)


@dataclass(slots=True)
class Finding:
    """A code of `messages`, the column it is about, and what its sentence needs."""

    key: str
    code: str
    params: dict[str, str] = field(default_factory=dict)


class OneRow:
    """Reads the cells of one row; `errors` refuse it, `warnings` do not. `amount` is the stated Mức hưởng, in đồng."""

    def __init__(
        self,
        values: Mapping[str, Cell],
        notes: str,
        references: References,
        settled_before: date,
        today: date,
    ) -> None:
        self._values, self._refs, self._today = values, references, today
        self._notes, self._default = notes, settled_before
        self.errors: list[Finding] = []
        self.warnings: list[Finding] = []
        self.amount: int | None = None

    def read(self, sheet: str, number: int) -> RollRow | None:
        """The row where nothing in it is wrong."""
        name = self._text("name")
        if not name:
            self._missing("name")
        sex = self._ask("sex", cells.sex_of) or ""
        birth = self._birth()
        asked = self._category()
        from_month = self._month("from_month")
        if from_month is None:
            self._missing("from_month")
        last_month = self._month("last_month")
        settled_before = self._settled_before()
        residence_from = self._day("residence_from") or settled_before
        commune = self._commune(residence_from)
        national_id = self._national_id(birth, sex)
        payout = self._payout(name)
        died_on = self._day("died_on")
        if from_month and last_month and last_month < from_month:
            self._error("last_month", "ends_before_it_begins")
        if birth and died_on and not birth[0] <= died_on <= self._today:
            self._error("died_on", "died_implausible")
        counts = self._counts(asked)
        payee = self._text("payee_name")
        payee_id = self._ask("payee_national_id", lambda cell: cells.national_id(cell, None, ""))
        if payee_id and payee_id[0] and not payee:
            self._error("payee_name", "payee_missing")
        tail: dict[str, Any] = {
            "hamlet": self._text("hamlet"),
            "phone": self._phone(),
            "end_reason": self._ask("end_reason", lambda cell: end_reason_of(text_of(cell))) or "",
            "disability_certificate": self._text("disability_certificate"),
            "certificate_until": self._certificate_until(),
            "decision_number": self._text("decision_number"),
            "decision_date": self._day("decision_date"),
            "obstacle": self._ask("obstacle", lambda cell: obstacle_of(text_of(cell))) or "",
            "notes": self._joined_notes(),
        }
        if self.errors or not (name and birth and asked and from_month and commune):
            return None
        row = RollRow(
            sheet=sheet, number=number, name=name, birth_date=birth[0], birth_precision=birth[1], sex=sex,
            commune_id=commune, category=asked.category.pk, from_month=from_month, settled_before=settled_before,
            residence_from=residence_from, national_id=national_id, died_on=died_on, last_month=last_month,
            payee_name=payee, payee_national_id=payee_id[0] if payee_id else "", **counts, **payout, **tail,
        )  # fmt: skip
        self._check_against_law(row, asked)
        return row

    # Findings

    def _error(self, key: str, code: str, **params: str) -> None:
        self.errors.append(Finding(key, code, params))

    def _warn(self, key: str, code: str, **params: str) -> None:
        self.warnings.append(Finding(key, code, params))

    def _missing(self, key: str) -> None:
        if not any(finding.key == key for finding in self.errors):
            self._error(key, "missing")

    def _ask(self, key: str, read: Callable[[Cell], T]) -> T | None:
        cell = self._values.get(key)
        try:
            return read(cell)
        except Unclear as unclear:
            self._error(key, unclear.code, value=text_of(cell)[:80])
            return None

    # Cells

    def _text(self, key: str) -> str:
        text = text_of(self._values.get(key))
        if len(text) > _LIMITS[key]:
            self._error(key, "too_long", limit=str(_LIMITS[key]))
        return text

    def _joined_notes(self) -> str:
        joined = "; ".join(filter(None, (text_of(self._values.get("notes")), self._notes)))
        if len(joined) > _LIMITS["notes"]:
            self._error("notes", "too_long", limit=str(_LIMITS["notes"]))
        return joined

    def _birth(self) -> tuple[date, str] | None:
        found = self._ask("birth_date", cells.date_of)
        if found is None:
            self._missing("birth_date")
        elif not _OLDEST <= found[0] <= self._today:
            self._error("birth_date", "birth_implausible", value=text_of(self._values.get("birth_date")))
            return None
        return found

    def _day(self, key: str) -> date | None:
        found = self._ask(key, cells.date_of)
        if found is None:
            return None
        if found[1] != "day" or not _FIRST_MONTH <= found[0] <= self._today + timedelta(days=3660):
            self._error(key, "date", value=text_of(self._values.get(key))[:80])
            return None
        return found[0]

    def _certificate_until(self) -> date | None:
        """The last day of the certificate; None also for one that is written to have no end."""
        cell = self._values.get("certificate_until")
        return None if fold(text_of(cell)) in _WITHOUT_END else self._day("certificate_until")

    def _month(self, key: str) -> date | None:
        found = self._ask(key, cells.month_of_cell)
        if found is not None and not _FIRST_MONTH <= found <= add_months(self._today.replace(day=1), 120):
            self._error(key, "month_implausible", value=text_of(self._values.get(key)))
            return None
        return found

    def _settled_before(self) -> date:
        through = self._month("paid_through")
        return add_months(through, 1) if through else self._default

    def _commune(self, on: date) -> int | None:
        name = text_of(self._values.get("commune"))
        if not name:
            self._missing("commune")
            return None
        try:
            return self._refs.communes.find(name, text_of(self._values.get("district")), on).pk
        except Unclear as unclear:
            self._error("commune", unclear.code, value=name[:80], day=f"{on:%d/%m/%Y}")
            return None

    def _national_id(self, birth: tuple[date, str] | None, sex: str) -> str:
        year = birth[0].year if birth else None
        found = self._ask("national_id", lambda cell: cells.national_id(cell, year, sex))
        if found and found[1]:
            self._warn("national_id", found[1])
        return found[0] if found else ""

    def _phone(self) -> str:
        cell = self._values.get("phone")
        try:
            return cells.phone(cell)
        except Unclear:
            self._warn("phone", "phone", value=text_of(cell)[:40])
            return ""

    def _category(self) -> Asked | None:
        code, name = text_of(self._values.get("category")), text_of(self._values.get("category_name"))
        if not code and not name:
            self._missing("category")
            return None
        try:
            asked = self._refs.categories.find(code, name)
        except Unclear as unclear:
            self._error("category" if code else "category_name", unclear.code, value=(code or name)[:80])
            return None
        if code and name and self._another_category(name, asked):
            self._error("category", "category_differs")
        return asked

    def _another_category(self, name: str, asked: Asked) -> bool:
        try:
            return self._refs.categories.find("", name).category.pk != asked.category.pk
        except Unclear:
            return False  # the code decides; names are often shortened

    def _counts(self, asked: Asked | None) -> dict[str, Any]:
        """Injury rate, years of seniority and heads, where the category is paid by them."""
        injury = self._ask("injury_rate", cells.percent)
        rate = injury[0] if injury else None
        if injury and injury[1]:
            self._warn(
                "injury_rate",
                "percent_of_share",
                value=text_of(self._values["injury_rate"]),
                percent=str(rate),
            )
        seniority = self._ask("seniority_years", cells.whole_number)
        heads = self._ask("heads", cells.whole_number)
        for key, number in (("seniority_years", seniority), ("heads", heads)):
            if number is not None and not 0 < number <= 80:
                self._error(key, "number", value=str(number))
        children = self._ask("children", children_of) or []
        if heads is not None and children and heads != len(children) and not self._cares(asked):
            self._error("heads", "heads_differ")
        if asked is not None and not self.errors:
            rate = self._rate_of_band(asked, rate)
            self._need_units(asked.category, rate, seniority, heads, bool(children))
        return {"injury_rate": rate, "seniority_years": seniority, "heads": heads, "children": children}

    def _rate_of_band(self, asked: Asked, rate: int | None) -> int | None:
        if asked.injury_from is None or asked.injury_to is None:
            return rate
        if rate is None:
            if asked.injury_from != asked.injury_to:
                self._warn("injury_rate", "injury_of_band", percent=str(asked.injury_from))
            return asked.injury_from
        if not asked.injury_from <= rate <= asked.injury_to:
            self._error("injury_rate", "injury_differs")
        return rate

    @staticmethod
    def _cares(asked: Asked | None) -> bool:
        return asked is not None and asked.category.age_of == AgeOf.LINKED and asked.category.per != Per.CHILD

    def _need_units(
        self, category: Category, rate: int | None, seniority: int | None, heads: int | None, children: bool
    ) -> None:
        if category.needs_injury and rate is None:
            self._error("injury_rate", "injury_missing")
        if category.per == Per.SENIORITY_YEAR and seniority is None:
            self._error("seniority_years", "seniority_missing")
        if category.per in (Per.CHILD, Per.MARTYR) and heads is None and not children:
            self._error("heads", "heads_missing")
        bands_follow_a_child = category.age_of == AgeOf.LINKED and category.end_age is None
        if bands_follow_a_child and category.per != Per.CHILD and not children:
            self._error("children", "cared_for_missing")

    def _payout(self, name: str) -> dict[str, Any]:
        """Channel, provider, account: an account and a bank without a form of payment mean the account."""
        form = self._ask("form", lambda cell: form_of(text_of(cell)))
        bank = text_of(self._values.get("bank"))
        number = self._ask("account", cells.account)
        account = number[0] if number else ""
        if form is None:
            return {}
        channel = form[0] or (Channel.BANK if account or bank else Channel.POST)
        if channel == Channel.POST:
            if account:
                self._warn("account", "account_unused")
            return {"channel": Channel.POST, "provider": "POST", "pay_at": form[1]}
        if number and not account:
            self._error("account", "account_missing")
        elif number and number[1]:
            self._warn("account", number[1])
        provider = ""
        if not bank:
            self._error("bank", "bank_missing")
        else:
            provider = self._ask("bank", lambda cell: self._refs.providers.find(text_of(cell))) or ""
        holder = self._text("holder")
        if holder and fold(holder) not in (fold(name), fold(text_of(self._values.get("payee_name")))):
            self._warn("holder", "holder_differs")
        return {
            "channel": Channel.BANK, "provider": provider, "account": account, "holder": holder,
            "verified_on": self._day("verified_on"), "payout_from": self._day("payout_from"),
            "pay_at": form[1] or PayAt.POINT,
        }  # fmt: skip

    def _check_against_law(self, row: RollRow, asked: Asked) -> None:
        try:
            self.amount = cells.whole_number(self._values.get("amount"))
        except Unclear:
            self._warn("amount", "amount_unclear", value=text_of(self._values.get("amount"))[:40])
        month = max(row.settled_before, row.from_month)
        if (row.last_month or month) < month or (row.died_on or month) < month:
            return
        granted = self._refs.law.granted(row, asked.category, month)
        said = {"month": format_month(month)}
        if granted is None:
            self._warn("category", "no_rate", **said)
        elif granted == 0:
            self._warn("birth_date", "no_age", **said)
        elif self.amount is not None and self.amount != granted:
            self._warn(
                "amount",
                "amount_differs",
                stated=format_number(self.amount),
                granted=format_number(granted),
                **said,
            )


def children_of(cell: Cell) -> list[RollChild]:
    """`name, birth date; name, birth date`. Raises Unclear `child`."""
    children: dict[tuple[str, date], RollChild] = {}
    for part in str(cell or "").replace("\n", ";").split(";"):
        if not part.strip():
            continue
        name, comma, born = part.rpartition(",")
        try:
            found = cells.date_of(born)
        except Unclear:
            found = None
        if not comma or not name.strip() or found is None or len(name) > _LIMITS["name"]:
            raise Unclear("child")
        child = RollChild(text_of(name), *found)
        children[child.name, child.birth_date] = child
    return list(children.values())
