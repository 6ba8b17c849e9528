"""What a bank does with its lists, with seeded mishaps: closed accounts, repeats, answers lost on the way, disorder."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from banks.simulator.http import Connection

REASONS = ("AC04", "AC01", "AC06", "MS03", "BE01")


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of 1. The same seed gives every payment the same fate, in whatever order it is met."""

    seed: int = 1
    failed: float = 0.003
    returned: float = 0.001
    repeated: float = 0.2
    message_size: int = 5_000


@dataclass
class Bank:
    """One bank at work; `done` counts what it did and was told."""

    line: Connection
    habits: Habits
    today: date
    done: Counter[str] = field(default_factory=Counter)

    def work(self) -> Counter[str]:
        """One round: confirm new lists, answer, pay, report, deliver statements."""
        self.line.sign_in()
        for found in list(self.line.pages("/batches?state=released")):
            self._take(found)
        self._answer_stops()
        self._answer_inquiries()
        months = set()
        for found in list(self.line.pages("/batches?state=acknowledged")):
            months.add(found["month"])
            self._pay(found)
        for month in sorted(months):
            self._state(month)
        return self.done

    def _take(self, found: dict[str, Any]) -> None:
        """Fetch a list and confirm it by count, sum and hash; twice, as after an answer lost on the way."""
        digest, count, amount = hashlib.sha256(), 0, 0
        for row in self.line.pages(f"/batches/{found['id']}/payments"):
            digest.update(f"{row['key']}|{row['account']}|{row['amount']}\n".encode())
            count, amount = count + 1, amount + row["amount"]
        body = {"count": count, "amount": amount, "sha256": digest.hexdigest()}
        path, key = f"/batches/{found['id']}/acknowledgement", f"ack-{found['message_id']}"
        self.line.post(path, body, key=key)
        if self._chance("ack", found["id"]) < self.habits.repeated:
            self.line.post(path, body, key=key)
            self.done["repeated"] += 1
        self.done["lists"] += 1

    def _pay(self, found: dict[str, Any]) -> None:
        waiting = [
            row for row in self.line.pages(f"/batches/{found['id']}/payments") if row["status"] == "pending"
        ]
        size = self.habits.message_size
        messages = [
            self._message(f"{found['id']}-{number}", waiting[start : start + size])
            for number, start in enumerate(range(0, len(waiting), size))
        ]
        Random(f"{self.habits.seed} {found['id']}").shuffle(messages)
        for message in messages:
            self._send(message)
        back = [row for row in waiting if self._fate(row["key"]) == "returned"]
        if back:
            items = [self._item(row, "returned") for row in back]
            self._send({"message_id": f"H{self.habits.seed}-{found['id']}-{len(back)}", "items": items})
            self.done["returned"] += len(back)

    def _message(self, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        items = []
        for row in rows:
            status = "failed" if self._fate(row["key"]) == "failed" else "paid"
            self.done[status] += 1
            items.append(self._item(row, status))
        return {"message_id": f"K{self.habits.seed}-{name}-{rows[0]['key'][-8:]}", "items": items}

    def _item(self, row: dict[str, Any], status: str) -> dict[str, Any]:
        item = {"key": row["key"], "status": status, "on": self.today.isoformat()}
        if status != "paid":
            item["reason"] = REASONS[int(self._chance("reason", row["key"]) * len(REASONS))]
        return item

    def _send(self, message: dict[str, Any]) -> None:
        receipt = self.line.post("/results", message, key=message["message_id"])
        self.done[receipt["state"]] += 1
        if self._chance("again", message["message_id"]) < self.habits.repeated:
            again = self.line.post("/results", message)
            self.done["repeated"] += 1
            self.done["applied twice"] += again["applied"]

    def _answer_stops(self) -> None:
        for order in list(self.line.pages("/stop-orders?answer=waiting")):
            self.line.post(f"/stop-orders/{order['id']}", {"answer": "stopped"})
            self.done["stopped"] += 1

    def _answer_inquiries(self) -> None:
        """A bank answers from its own books; this one has none, so that it knows an account only by its digits."""
        for inquiry in list(self.line.pages("/account-inquiries?state=waiting")):
            self.line.post(f"/account-inquiries/{inquiry['id']}", {"exists": False})
            self.done["inquiries"] += 1

    def _state(self, month: str) -> None:
        """The bank's own statement of a month: what it paid and what came back."""
        items = []
        for found in [one for one in self.line.pages("/batches") if one["month"] == month]:
            for row in self.line.pages(f"/batches/{found['id']}/payments"):
                kinds = {"paid": ["paid"], "returned": ["paid", "returned"]}.get(row["status"], [])
                items += [
                    {"key": row["key"], "kind": kind, "amount": row["amount"], "on": row["on"]}
                    for kind in kinds
                ]
        name = hashlib.sha256(repr(items).encode()).hexdigest()[:12]
        if items:
            body = {"statement": f"SK-{month}-{name}", "month": month, "items": items}
            self.done["statement lines"] += self.line.post("/statements", body, key=f"sk-{month}-{name}")[
                "added"
            ]

    def _fate(self, key: str) -> str:
        chance = self._chance("fate", key)
        if chance < self.habits.failed:
            return "failed"
        return "returned" if chance < self.habits.failed + self.habits.returned else "paid"

    def _chance(self, *about: Any) -> float:
        return Random(" ".join(map(str, (self.habits.seed, *about)))).random()
