"""A handful of change requests in one commune, in several states, for the site to show; none is carried out."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import ChangeKind, ChangePath, ChangeRequest, Entitlement, Person
from beneficiaries.operations import changes
from beneficiaries.operations.changes import Draft
from beneficiaries.transitions import OPEN
from common.months import month_of
from common.text import fold

COMMUNE = "22918"
_KEYS = UUID("1b7f3c52-2f0e-4e0b-9a55-0d2a3d8f6c11")
_BANK = "970405"


def show_requests(*, on: date) -> dict[str, int]:
    """Enter requests for people of Phường Hàm Tiến as of a day; how many stand in each state. Done once."""
    home = Unit.objects.on(on).communes().get(code=COMMUNE)
    roles = Role.objects.on(on).select_related("user")
    by = roles.get(name=RoleName.COMMUNE_OFFICER, unit=home).user
    approver = roles.filter(name=RoleName.APPROVER, unit=home.paying_unit).order_by("pk")[0].user
    at = datetime.combine(on, time(9), tzinfo=timezone.get_default_timezone())
    people = list(
        Person.objects.living()
        .filter(
            residences__commune=home,
            residences__valid_to=None,
            entitlements__category="BTXH_5.5c",
            entitlements__last_month=None,
        )
        .exclude(change_requests__state__in=OPEN)
        .distinct()
        .order_by("pk")[:5]
    )
    for number, (person, (kind, content)) in enumerate(zip(people, _asked(people, on), strict=False)):
        key = uuid5(_KEYS, str(number))
        if not ChangeRequest.objects.filter(client_key=key).exists():
            made = _enter(home, person, kind, content, key, by, at)
            if number == 1:
                changes.return_with_reason(
                    request_id=made.pk,
                    version=made.version,
                    by=approver,
                    at=at,
                    reason="Thiếu biên bản của thôn.",
                )
    found = ChangeRequest.objects.filter(commune=home).order_by("state").values_list("state", flat=True)
    return {state: list(found).count(state) for state in dict.fromkeys(found)}


def _asked(people: list[Person], on: date) -> list[tuple[ChangeKind, dict[str, Any]]]:
    """One change for each person; the last is only a draft."""
    month = month_of(on).isoformat()
    benefits = [
        list(Entitlement.objects.filter(person=person, last_month=None).values_list("pk", flat=True))
        for person in people
    ]
    holder = fold(people[0].name).upper() if people else ""
    account = {"channel": "bank", "provider": _BANK, "account": "4802205001122", "holder": holder}
    stop = {"last_month": month, "why": "ineligible", "note": "Đã có lương hưu"}
    return [
        (ChangeKind.PAYOUT, account),
        (ChangeKind.STOP, stop | {"entitlements": benefits[1] if len(people) > 1 else []}),
        (ChangeKind.DEATH, {"died_on": on.replace(day=20).isoformat(), "certificate": "Trích lục khai tử 45",
                            "heir": {"name": "Nguyễn Văn Con", "document": "Giấy khai sinh"},
                            "funeral": ["BTXH_11.2"]}),
        (ChangeKind.PAYEE, {"role": "authorised", "name": "Trần Thị Cháu", "document": "Giấy ủy quyền 18",
                            "limit": 3_000_000}),
        (ChangeKind.SUSPEND, {}),
    ]  # fmt: skip


def _enter(
    home: Unit, person: Person, kind: ChangeKind, content: dict[str, Any], key: UUID, by: User, at: datetime
) -> ChangeRequest:
    draft = Draft(
        kind=kind,
        path=ChangePath.APPLICATION,
        commune=home,
        person=person,
        content=content,
        scans_later=kind == ChangeKind.DEATH,
    )
    made = changes.save_draft(draft=draft, client_key=key, by=by, at=at)
    return changes.submit(request_id=made.pk, version=made.version, by=by, at=at) if content else made
