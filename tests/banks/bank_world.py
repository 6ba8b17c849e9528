"""A released list of Agribank's and one of Vietcombank's, with a client of each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Role, RoleName, User
from areas.models import Unit
from banks.models import Client, Scope
from banks.operations import access
from beneficiaries.models import Person
from payments.models import Batch, Payment
from payments.operations import batches
from payments.operations.batches import Voucher
from tests import worlds

AGRIBANK, VIETCOMBANK = "970405", "970436"
DECEMBER = date(2024, 12, 1)
NOON = worlds.NOON
NOW = datetime(2024, 12, 1, 13, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
V1 = "/api/banks/v1"
NAMES = ("Đặng Thị Ước", "Nguyễn Văn Ẩm", "Trần Thị Bưởi", "Lê Văn Đỗ", "Phạm Thị Ỷ")


@dataclass
class BankWorld:
    """Officers by name; people; per bank its client, secret and token."""

    officers: dict[str, User] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def copy(self) -> BankWorld:
        return BankWorld(
            dict(self.officers), list(self.people), dict(self.clients), dict(self.secrets), dict(self.tokens)
        )

    def batch(self, provider: str = AGRIBANK) -> Batch:
        return Batch.objects.get(provider=provider, round__number=0, round__cycle__sandbox=False)

    def payments(self, provider: str = AGRIBANK) -> list[Payment]:
        return list(Payment.objects.filter(batch=self.batch(provider)).order_by("pk"))

    def call(self, method: str, path: str, body: Any = None, *, bank: str = AGRIBANK, **headers: str) -> Any:
        """One request by a bank's client, in this process."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Browser(headers={"Authorization": f"Bearer {self.tokens[bank]}"}).generic(
            method,
            V1 + path,
            content,
            content_type=headers.pop("content_type", "application/json"),
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, body: Any, **kwargs: Any) -> Any:
        return self.call("POST", path, body, **kwargs)

    def release(self, provider: str = AGRIBANK) -> Batch:
        batch = self.batch(provider)
        who = self.officers
        batches.submit(batch_id=batch.pk, by=who["huyen"], at=NOON)
        batches.approve(batch_id=batch.pk, by=who["duyet"], at=NOON)
        voucher = Voucher("RDT-12", date(2024, 12, 2), batch.amount)
        batches.fund(batch_id=batch.pk, voucher=voucher, by=who["ketoan"], at=NOON)
        return batches.release(batch_id=batch.pk, by=who["ketoan"], at=NOON)

    def acknowledgement(self, provider: str = AGRIBANK) -> dict[str, Any]:
        """Count, sum and hash as a bank reckons them from the list that it fetched."""
        rows = self.get(f"/batches/{self.batch(provider).pk}/payments", bank=provider).json()["items"]
        lines = "".join(f"{row['key']}|{row['account']}|{row['amount']}\n" for row in rows)
        return {
            "count": len(rows),
            "amount": sum(row["amount"] for row in rows),
            "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        }

    def acknowledge(self, provider: str = AGRIBANK) -> Any:
        path = f"/batches/{self.batch(provider).pk}/acknowledgement"
        return self.post(path, self.acknowledgement(provider), bank=provider)

    def report(self, message: str, *items: dict[str, Any], bank: str = AGRIBANK, **headers: str) -> Any:
        return self.post("/results", {"message_id": message, "items": list(items)}, bank=bank, **headers)


def build() -> BankWorld:
    """Five people with accounts at Agribank and one at Vietcombank, 500,000 each for December 2024, released."""
    worlds.load_reference()
    world = BankWorld()
    district = Unit.objects.districts().get(code="593")
    for name, role in (("huyen", RoleName.PREPARER), ("duyet", RoleName.APPROVER), ("ketoan", RoleName.ACCOUNTANT),
                       ("tinh", RoleName.ADMINISTRATOR), ("kiemtoan", RoleName.AUDITOR)):  # fmt: skip
        world.officers[name] = worlds.officer(name)
        unit = district.parent if role in (RoleName.ADMINISTRATOR, RoleName.AUDITOR) else district
        Role.objects.create(user=world.officers[name], name=role, unit=unit, valid_from=date(2024, 1, 1))
    for number, name in enumerate((*NAMES, "Võ Thị Khác")):
        who = worlds.person(name)
        worlds.grant(who, "BTXH_5.5c", since=DECEMBER, queue=False)
        bank = AGRIBANK if number < len(NAMES) else VIETCOMBANK
        worlds.account(who, number=f"10203040{number}0", provider=bank)
        world.people.append(who)
    worlds.run_round(DECEMBER)
    for provider in (AGRIBANK, VIETCOMBANK):
        add_client(world, provider)
        world.release(provider)
    return world


def add_client(world: BankWorld, provider: str, *, name: str = "", **facts: Any) -> Client:
    """A client of a bank with every scope, and its token under `name` (the bank's BIN unless told)."""
    name = name or provider
    client, secret = access.create_client(
        provider=provider, name="Hệ thống chi trả", scopes=facts.pop("scopes", Scope.values), at=NOW,
        per_minute=facts.pop("per_minute", 100_000), **facts,
    )  # fmt: skip
    world.clients[name], world.secrets[name] = client, secret
    world.tokens[name] = access.issue_token(
        client_id=client.pk, secret=secret, scope="", caller=access.Caller("127.0.0.1"), at=timezone.now()
    ).token
    return client


def paid(payment: Payment, on: str = "2024-12-05") -> dict[str, Any]:
    return {"key": str(payment.pk), "status": "paid", "on": on}


def failed(payment: Payment, reason: str = "AC04", on: str = "2024-12-05") -> dict[str, Any]:
    return {"key": str(payment.pk), "status": "failed", "on": on, "reason": reason}


def returned(payment: Payment, reason: str = "AC04", on: str = "2024-12-20") -> dict[str, Any]:
    return {"key": str(payment.pk), "status": "returned", "on": on, "reason": reason}
