"""Reading what a request asks: JSON whose dates are `YYYY-MM-DD`, each part checked as it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beneficiaries.operations.changes.errors import Incomplete
from common.months import month_of

LABELS = {
    "person": gettext_lazy("person"),
    "payout": gettext_lazy("way of being paid"),
    "pension": gettext_lazy("pension"),
    "heir": gettext_lazy("heir"),
    "organiser": gettext_lazy("who organises the funeral"),
    "survivor": gettext_lazy("survivor"),
    "name": gettext_lazy("full name"),
    "birth_date": gettext_lazy("birth date"),
    "birth_precision": gettext_lazy("birth date known to the"),
    "sex": gettext_lazy("sex"),
    "national_id": gettext_lazy("citizen identity number"),
    "phone": gettext_lazy("telephone"),
    "hamlet": gettext_lazy("hamlet"),
    "since": gettext_lazy("lives here since"),
    "category": gettext_lazy("category"),
    "entitlement": gettext_lazy("benefit"),
    "entitlements": gettext_lazy("benefits"),
    "suspensions": gettext_lazy("suspended benefits"),
    "from_month": gettext_lazy("from month"),
    "last_month": gettext_lazy("last month"),
    "settled_before": gettext_lazy("settled elsewhere before month"),
    "certificate_on": gettext_lazy("date of the disability certificate"),
    "disability_certificate": gettext_lazy("disability certificate"),
    "certificate_until": gettext_lazy("certificate valid until"),
    "injury_rate": gettext_lazy("injury rate, %"),
    "seniority_years": gettext_lazy("seniority, years"),
    "heads": gettext_lazy("children or martyrs paid for, by number"),
    "linked_person": gettext_lazy("person concerned"),
    "children": gettext_lazy("children"),
    "studying_until": gettext_lazy("at school or college until"),
    "ground": gettext_lazy("ground"),
    "why": gettext_lazy("why it ends"),
    "note": gettext_lazy("note"),
    "arrears": gettext_lazy("suspended months are paid back"),
    "to": gettext_lazy("new commune"),
    "stopped_on": gettext_lazy("stopped in the old place on"),
    "channel": gettext_lazy("paid through"),
    "provider": gettext_lazy("bank"),
    "account": gettext_lazy("account number"),
    "holder": gettext_lazy("account holder"),
    "pay_at": gettext_lazy("cash is paid"),
    "from_day": gettext_lazy("from"),
    "role": gettext_lazy("role"),
    "document": gettext_lazy("document"),
    "until": gettext_lazy("until"),
    "limit": gettext_lazy("collects at most, đồng a time"),
    "payee": gettext_lazy("who collects"),
    "died_on": gettext_lazy("date of death"),
    "certificate": gettext_lazy("death certificate"),
    "funeral": gettext_lazy("funeral benefit"),
    "lump_sum": gettext_lazy("three months' allowance to the heirs"),
    "kind": gettext_lazy("pension or social insurance received"),
    "amount": gettext_lazy("its amount per month, đồng"),
}


class Asked:
    """One level of a request's content; every reader raises Incomplete with the field's name."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def __contains__(self, key: str) -> bool:
        return self._content.get(key) not in (None, "", [], {})

    def text(self, key: str, *, needed: bool = False) -> str:
        found = self._take(key, str, needed)
        return found.strip() if found else ""

    def one_of(self, key: str, choices: Sequence[str], *, needed: bool = False) -> str:
        found = self.text(key, needed=needed)
        if found and found not in choices:
            raise _unreadable(key)
        return found

    def number(self, key: str) -> int | None:
        return self.needed_number(key) if key in self else None

    def needed_number(self, key: str) -> int:
        found = self._take(key, int, True)
        if isinstance(found, bool) or found < 0:
            raise _unreadable(key)
        return int(found)

    def flag(self, key: str) -> bool:
        return bool(self._take(key, bool, False))

    def day(self, key: str) -> date | None:
        found = self.text(key)
        try:
            return date.fromisoformat(found) if found else None
        except ValueError as error:
            raise _unreadable(key) from error

    def needed_day(self, key: str) -> date:
        found = self.day(key)
        if found is None:
            raise missing_field(key)
        return found

    def month(self, key: str) -> date | None:
        found = self.day(key)
        return month_of(found) if found else None

    def needed_month(self, key: str) -> date:
        return month_of(self.needed_day(key))

    def ids(self, key: str) -> list[int]:
        found = self._take(key, list, True) or []
        if not all(isinstance(one, int) for one in found):
            raise _unreadable(key)
        return found

    def texts(self, key: str) -> list[str]:
        found = self._take(key, list, False) or []
        if not all(isinstance(one, str) for one in found):
            raise _unreadable(key)
        return found

    def part(self, key: str) -> Asked | None:
        found = self._take(key, dict, False)
        return Asked(found) if found else None

    def needed_part(self, key: str) -> Asked:
        return Asked(self._take(key, dict, True))

    def parts(self, key: str) -> list[Asked]:
        return [Asked(one) for one in self._take(key, list, False) or [] if isinstance(one, dict)]

    def _take(self, key: str, kind: type, needed: bool) -> Any:
        if key not in self:
            if needed:
                raise missing_field(key)
            return None
        found = self._content[key]
        if not isinstance(found, kind):
            raise _unreadable(key)
        return found


def label(key: str) -> str:
    """A field's name as people read it."""
    return str(LABELS.get(key, key))


def missing_field(key: str) -> Incomplete:
    """The refusal of content that lacks a field."""
    return Incomplete(_("Enter: %(field)s.") % {"field": label(key)}, field=key)


def _unreadable(key: str) -> Incomplete:
    return Incomplete(_("This cannot be read: %(field)s.") % {"field": label(key)}, field=key)
