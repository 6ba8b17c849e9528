"""What stands on record in the place of what a request asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from beneficiaries.models import (
    ChangeKind,
    ChangeRequest,
    Entitlement,
    Payee,
    PayoutMethod,
    Person,
    Residence,
    Suspension,
)


def on_record(request: ChangeRequest, on: date) -> dict[str, Any]:
    """The values, on a day, that the request would replace, under the same keys; {} for somebody new.

    Amounts in đồng, dates as text. It tells of a person what the request itself asks about, no more.
    """
    person, asked = request.person, request.asked
    if person is None:
        return {}
    match request.kind:
        case ChangeKind.CHANGE:
            return _facts(person, asked)
        case ChangeKind.SUSPEND | ChangeKind.STOP:
            return {"entitlements": _grants(person, asked.get("entitlements", []))}
        case ChangeKind.RESUME:
            return {"suspensions": _suspensions(person, asked.get("suspensions", []))}
        case ChangeKind.MOVE:
            home = Residence.objects.filter(person=person, valid_to__isnull=True).first()
            return {"to": home.commune_id, "hamlet": home.hamlet} if home else {}
        case ChangeKind.PAYOUT:
            return _payout(person, on)
        case ChangeKind.PAYEE:
            return {"payee": _payees(person, on)}
        case ChangeKind.DEATH:
            running = Entitlement.objects.filter(person=person, last_month__isnull=True).order_by("pk")
            return {
                "died_on": _text(person.died_on),
                "entitlements": list(running.values_list("pk", flat=True)),
            }
    return {}


def _facts(person: Person, asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    grant = Entitlement.objects.filter(pk=asked.get("entitlement") or 0, person=person).first()
    if grant is not None:
        for name in ("injury_rate", "seniority_years", "heads"):
            changed = (
                grant.fact_changes.exclude(**{name: None})
                .order_by("-from_month")
                .values_list(name, flat=True)
            )
            found[name] = next(iter(changed), getattr(grant, name))
        found["certificate_until"] = _text(grant.certificate_until)
        if "children" in asked:
            found["children"] = [
                {
                    "name": child.name,
                    "birth_date": _text(child.birth_date),
                    "studying_until": _text(child.studying_until),
                }
                for child in grant.child_rows.order_by("birth_date", "name")
            ]
    if "person" in asked:
        home = Residence.objects.filter(person=person, valid_to__isnull=True).first()
        values = {
            "name": person.name,
            "birth_date": _text(person.birth_date),
            "birth_precision": person.birth_precision,
            "sex": person.sex,
            "national_id": person.national_id or "",
            "phone": person.phone,
            "hamlet": home.hamlet if home else "",
        }
        found["person"] = {name: values[name] for name in asked["person"] if name in values}
    if "pension" in asked:
        found["pension"] = {
            "kind": person.pension_kind,
            "amount": person.pension_amount,
            "from_month": _text(person.pension_from),
        }
    return {name: value for name, value in found.items() if name in asked}


def _grants(person: Person, ids: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "id": grant.pk,
            "last_month": _text(grant.last_month),
            "suspended": [
                _text(one.from_month) for one in grant.suspensions.all() if one.until_month is None
            ],
        }
        for grant in Entitlement.objects.filter(person=person, pk__in=ids)
        .order_by("pk")
        .prefetch_related("suspensions")
    ]


def _suspensions(person: Person, ids: list[int]) -> list[dict[str, Any]]:
    return [
        {"id": one.pk, "from_month": _text(one.from_month), "until_month": _text(one.until_month)}
        for one in Suspension.objects.filter(entitlement__person=person, pk__in=ids).order_by("pk")
    ]


def _payout(person: Person, on: date) -> dict[str, Any]:
    method = (
        PayoutMethod.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), person=person)
        .order_by("-valid_from")
        .first()
    )
    if method is None:
        return {}
    return {
        "channel": method.channel,
        "provider": method.provider_id,
        "account": method.account or "",
        "holder": method.holder,
        "pay_at": method.pay_at,
    }


def _payees(person: Person, on: date) -> list[dict[str, Any]]:
    return [
        {"id": payee.pk, "role": payee.role, "name": payee.name, "until": _text(payee.valid_to)}
        for payee in Payee.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on), person=person, revoked_on__isnull=True
        ).order_by("pk")
    ]


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
