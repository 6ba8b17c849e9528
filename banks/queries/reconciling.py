"""A month's books against the providers' statements, as the page, the command and the protocol show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from banks.queries.province import Funds, funds
from beneficiaries.models import Provider
from payments.models import StatementLine
from payments.queries.reconciliation import differences, reconciliation

CLASSES = ("matched", "missing", "unexpected", "amount", "duplicate")
ALL = 1_000_000


def class_words() -> dict[str, str]:
    """The five classes of the reconciliation in words."""
    words = (_("matched"), _("missing from the statement"), _("unexpected on the statement"), _("amount differs"),
             _("twice on the statement"))  # fmt: skip
    return dict(zip(CLASSES, words, strict=True))


@dataclass(slots=True)
class ClassSum:
    """Payments and statement lines of one class: how many, how many explained, our sum and the statement's (đồng)."""

    count: int = 0
    explained: int = 0
    expected: int = 0
    reported: int = 0


@dataclass(slots=True)
class Account:
    """One provider's month. `stated` is the sum of its statement's lines, added up apart from the comparison."""

    provider: str
    name: str
    classes: dict[str, ClassSum] = field(default_factory=dict)
    stated: int = 0
    statements: list[dict[str, Any]] = field(default_factory=list)

    def sum_of(self, kind: str) -> ClassSum:
        return self.classes.get(kind, ClassSum())

    @property
    def books(self) -> int:
        """What our books expect on the statement, đồng."""
        return sum(one.expected for one in self.classes.values())

    @property
    def amount_gap(self) -> int:
        """Statement less books, where a payment stands on both with another amount."""
        both = self.sum_of("amount")
        return both.reported - both.expected

    @property
    def derived(self) -> int:
        """The statement as our books and the differences say it must be."""
        more = self.sum_of("unexpected").reported + self.sum_of("duplicate").reported
        return self.books - self.sum_of("missing").expected + more + self.amount_gap

    @property
    def proved(self) -> bool:
        """Both sides arrive at the same sum: nothing is left out and nothing counted twice."""
        return self.derived == self.stated

    @property
    def unexplained(self) -> int:
        return sum(one.count - one.explained for kind, one in self.classes.items() if kind != "matched")


def sees_everything(reader: Reader) -> bool:
    """Whether this reader sees lines that belong to no payment, without which the two sides cannot be proved equal."""
    return reader.may(Action.ADMINISTER)


def accounts_of(*, month: date, reader: Reader, provider: str = "") -> list[Account]:
    """Per provider the classes in the reader's area and, for who sees everything, the statement's own sum."""
    units, everything = reader.units(Action.SEE_PAYMENTS), sees_everything(reader)
    found: dict[str, Account] = {}
    names = dict(Provider.objects.values_list("code", "short_name"))
    for row in reconciliation(month=month):
        code = row["provider"]
        if provider not in ("", code) or not (row["unit"] in units or (row["unit"] is None and everything)):
            continue
        account = found.setdefault(code, Account(code, names[code]))
        sums = account.classes.setdefault(row["class"], ClassSum())
        for name in ("count", "explained", "expected", "reported"):
            setattr(sums, name, getattr(sums, name) + row[name])
    if everything:
        _add_statements(month, found)
    return sorted(found.values(), key=lambda account: account.name)


def _add_statements(month: date, found: dict[str, Account]) -> None:
    rows = (
        StatementLine.objects.filter(cycle=month, provider__in=found)
        .values("provider", "statement")
        .annotate(lines=Count("pk"), amount=Sum("amount"))
        .order_by("provider", "statement")
    )
    for row in rows:
        account = found[row["provider"]]
        account.stated += row["amount"]
        account.statements.append({"statement": row["statement"], "lines": row["lines"]})


def funds_of(*, month: date, reader: Reader, provider: str = "") -> list[Funds]:
    """Where the money of released lists is, per provider: sent = paid + back + in hand."""
    return [one for one in funds(month=month, reader=reader) if provider in ("", one.provider)]


def exceptions(*, month: date, reader: Reader, provider: str = "", limit: int = ALL) -> list[dict[str, Any]]:
    """What does not match, unexplained first, each with its class in words, its owner and what was found."""
    words = class_words()
    rows = differences(month=month, reader=reader, provider=provider, limit=limit)
    return [row | {"label": words[row["class"]]} for row in rows]
