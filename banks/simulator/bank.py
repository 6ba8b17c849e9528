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
    closed: float = 0.01
    renamed: float = 0.01
    message_size: int = 5_000


@dataclass
class Bank:
    """One bank at work. `book` holds its accounts: number → holder; what it was given to pay, it knows too. `done`
    counts what it did and was told, `stated` which movements its statements have told."""

    line: Connection
    habits: Habits
    today: date
    book: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    stated: set[tuple[str, str]] = field(default_factory=set)

    def work(self) -> Counter[str]:
        """One round: confirm new lists, answer, pay, report, deliver statements."""
        for month in self.pay_lists():
            self.state(month)
        return self.done

    def pay_lists(self) -> list[str]:
        """Confirm new lists, answer, pay and report; the months of what was paid."""
        self.line.sign_in()
        for found in list(self.line.pages("/batches?state=released")):
            self._take(found)
        self._answer_stops()
        self._answer_inquiries()
        months = set()
        for found in list(self.line.pages("/batches?state=acknowledged")):
            months.add(found["month"])
            self._pay(found)
        return sorted(months)

    def _take(self, found: dict[str, Any]) -> None:
        """Fetch a list and confirm it by count, sum and hash; twice, as after an answer lost on the way."""
        digest, count, amount = hashlib.sha256(), 0, 0
        for row in self.line.pages(f"/batches/{found['id']}/payments"):
            digest.update(f"{row['key']}|{row['account']}|{row['amount']}\n".encode())
            self.book.setdefault(row["account"], row["holder"])
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
        for inquiry in list(self.line.pages("/account-inquiries?state=waiting")):
            holder = self._holder(inquiry["account"])
            answer = {"exists": True, "holder": holder} if holder else {"exists": False}
            said = self.line.post(f"/account-inquiries/{inquiry['id']}", answer)
            self.done["inquiries"] += 1
            self.done[f"account {said['state']}"] += 1

    def _holder(self, account: str) -> str:
        """Whose an account is: from the book, but for a few that were closed or have changed hands; '' for none."""
        chance = self._chance("account", account)
        if chance < self.habits.closed:
            return ""
        holder = self.book.get(account, "")
        return "NGUYEN VAN KHAC" if holder and chance < self.habits.closed + self.habits.renamed else holder

    def state(self, month: str) -> None:
        """The bank's own statement of a month: what it paid and what came back since its statement before."""
        items = []
        for found in [one for one in self.line.pages("/batches") if one["month"] == month]:
            for row in self.line.pages(f"/batches/{found['id']}/payments"):
                kinds = {"paid": ["paid"], "returned": ["paid", "returned"]}.get(row["status"], [])
                items += [
                    {"key": row["key"], "kind": kind, "amount": row["amount"], "on": row["on"]}
                    for kind in kinds
                    if (row["key"], kind) not in self.stated
                ]
        name = hashlib.sha256(repr(items).encode()).hexdigest()[:12]
        if items:
            body = {"statement": f"SK-{month}-{name}", "month": month, "items": items}
            self.done["statement lines"] += self.line.post("/statements", body, key=f"sk-{month}-{name}")[
                "added"
            ]
            self.stated |= {(item["key"], item["kind"]) for item in items}

    def _fate(self, key: str) -> str:
        chance = self._chance("fate", key)
        if chance < self.habits.failed:
            return "failed"
        return "returned" if chance < self.habits.failed + self.habits.returned else "paid"

    def _chance(self, *about: Any) -> float:
        return Random(" ".join(map(str, (self.habits.seed, *about)))).random()
