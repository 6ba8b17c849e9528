"""What a request changes, field by field: what is on record, and what is asked in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from areas.models import Unit
from beneficiaries.models import (
    ChangeKind,
    ChangeRequest,
    Channel,
    EndReason,
    Entitlement,
    ObstacleReason,
    PayAt,
    PayeeRole,
    PensionKind,
    Person,
    Precision,
    Provider,
    Sex,
    Suspension,
    SuspensionGround,
)
from beneficiaries.operations.changes.content import label
from benefits.models import Category
from common.cccd import mask, mask_account
from common.money import format_vnd
from common.months import show_month

MONTHS = ("from_month", "last_month", "settled_before", "until_month")
PARTS = ("person", "payout", "payee", "pension", "heir", "organiser")


@dataclass(frozen=True, slots=True)
class Field:
    """One line: `part` is the group it belongs to ('' for the request itself); '' where there is nothing."""

    part: str
    name: str
    old: str
    new: str


class Rows:
    """The lines of one request, for one reader: numbers masked, a category that tells of HIV by its public name."""

    def __init__(self, request: ChangeRequest, reader: Reader, before: dict[str, Any]) -> None:
        self._request, self._before = request, before
        self._reveals = reader.may(Action.SEE_SENSITIVE, request.commune_id)
        self._english = (get_language() or "vi").startswith("en")

    def fields(self) -> list[Field]:
        """What is asked beside what stands on record."""
        return list(self._level("", self._request.asked, self._before))

    def _level(self, part: str, asked: dict[str, Any], before: dict[str, Any]) -> list[Field]:
        found = []
        for key, value in asked.items():
            if key in PARTS and isinstance(value, dict):
                old = before.get(key)
                found += self._level(label(key), value, old if isinstance(old, dict) else {})
            else:
                old = self._old(key, before)
                found.append(Field(part, label(key).capitalize(), old, self._show(key, value)))
        return found

    def _old(self, key: str, before: dict[str, Any]) -> str:
        kind = self._request.kind
        if kind == ChangeKind.STOP and key == "last_month":
            return ", ".join(
                self._show(key, one["last_month"])
                for one in before.get("entitlements", [])
                if one["last_month"]
            )
        if kind in (ChangeKind.STOP, ChangeKind.SUSPEND, ChangeKind.RESUME, ChangeKind.PAYEE):
            return ""
        return self._show(key, before.get(key))

    def _show(self, key: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if value is True:
            return _("yes")
        if key in _WORDS:
            return _WORDS[key](value)
        if key in ("entitlement", "entitlements"):
            return self._grants(value if isinstance(value, list) else [value])
        if key in ("category", "funeral"):
            return self._categories(value if isinstance(value, list) else [value])
        if key in MONTHS:
            return _day(value, show_month)
        if isinstance(value, list):
            return "; ".join(self._child(one) if isinstance(one, dict) else str(one) for one in value)
        return _day(str(value), lambda day: f"{day:%d/%m/%Y}")

    def _grants(self, ids: list[int]) -> str:
        found = Entitlement.objects.filter(pk__in=ids, person=self._request.person_id)
        return "; ".join(self._name(one.category) for one in found.select_related("category").order_by("pk"))

    def _categories(self, codes: list[str]) -> str:
        return "; ".join(self._name(one) for one in Category.objects.filter(pk__in=codes).order_by("pk"))

    def _name(self, category: Category) -> str:
        if category.sensitive and not self._reveals:
            return category.public_name_en if self._english else category.public_name_vi
        return category.name_en if self._english else category.name_vi

    def _child(self, child: dict[str, Any]) -> str:
        return ", ".join(
            _day(str(child[key]), lambda day: f"{day:%d/%m/%Y}")
            for key in ("name", "birth_date", "studying_until")
            if child.get(key)
        )


def _day(text: Any, show: Callable[[date], str]) -> str:
    try:
        return show(date.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def _of(choices: Any) -> Callable[[Any], str]:
    return lambda value: str(dict(choices.choices).get(value, value))


def _suspended(ids: Any) -> str:
    found = Suspension.objects.filter(pk__in=ids).order_by("pk")
    return "; ".join(
        _("from %(month)s: %(reason)s") % {"month": show_month(one.from_month), "reason": one.reason}
        for one in found
    )


def _by_key(model: Any, name: str) -> Callable[[Any], str]:
    def named(key: Any) -> str:
        found = model.objects.filter(pk=key).first()
        return str(getattr(found, name)) if found else str(key)

    return named


_WORDS: dict[str, Callable[[Any], str]] = {
    "ground": _of(SuspensionGround),
    "why": _of(EndReason),
    "channel": _of(Channel),
    "pay_at": _of(PayAt),
    "role": _of(PayeeRole),
    "sex": _of(Sex),
    "birth_precision": _of(Precision),
    "kind": _of(PensionKind),
    "obstacle": _of(ObstacleReason),
    "national_id": mask,
    "account": mask_account,
    "amount": format_vnd,
    "limit": format_vnd,
    "to": _by_key(Unit, "name"),
    "provider": _by_key(Provider, "short_name"),
    "linked_person": _by_key(Person, "name"),
    "suspensions": _suspended,
}


def name_of(request: ChangeRequest) -> str:
    """Whom a request is about: somebody on record, or the newcomer that it names."""
    if request.person is not None:
        return request.person.name
    newcomer = request.asked.get("person")
    return str(newcomer.get("name") or "") if isinstance(newcomer, dict) else ""
