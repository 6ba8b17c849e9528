"""A bank that delivers, repeats, disorders, contradicts and crashes: after each step the books are what they should be.

20 runs of 15 steps take part in every run; `ANSINH_MACHINE=500x30 pytest tests/banks/test_machine.py` is the long one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from payments.models import Event, Message, Payment
from payments.operations import outcomes
from payments.queries.ledger import check_ledger
from tests.banks.bank_world import BankWorld

pytestmark = pytest.mark.django_db
RUNS, STEPS = (int(part) for part in os.environ.get("ANSINH_MACHINE", "20x15").split("x"))
PEOPLE = 5
STATUS = st.sampled_from(["paid", "failed", "returned"])
# The rule in one line each, apart from the program's own table: what may follow what.
FOLLOWS = {None: {"paid", "failed"}, "paid": {"returned"}, "failed": set(), "returned": set()}


class _Crash(Exception):
    pass


class Machine(RuleBasedStateMachine):
    """`books` is what each payment should be, by rules of a few lines; `taken` the messages that took effect."""

    world: BankWorld

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.keys = [payment.pk for payment in self.world.payments()]
        self.books: dict[int, str | None] = dict.fromkeys(self.keys)
        self.moves = 0
        self.taken: dict[str, list[tuple[int, str]]] = {}
        self.late: list[tuple[str, list[tuple[int, str]]]] = []
        self.number = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(items=st.lists(st.tuples(st.integers(0, PEOPLE - 1), STATUS), min_size=1, max_size=4))
    def deliver(self, items: list[tuple[int, str]]) -> None:
        self._arrives(self._name(), [(self.keys[who], status) for who, status in items])

    @rule(items=st.lists(st.tuples(st.integers(0, PEOPLE - 1), STATUS), min_size=1, max_size=4))
    def send_late(self, items: list[tuple[int, str]]) -> None:
        """On its way; other messages overtake it."""
        self.late.append((self._name(), [(self.keys[who], status) for who, status in items]))

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def arrives_late(self, data: Any) -> None:
        self._arrives(*self.late.pop(data.draw(st.integers(0, len(self.late) - 1))))

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def repeat(self, data: Any) -> None:
        name = data.draw(st.sampled_from(sorted(self.taken)))
        answer = self._post(name, self.taken[name])
        assert (answer["state"], answer["applied"]) == ("accepted", 0)

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), status=STATUS)
    def same_id_other_content(self, data: Any, status: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.taken)))
        other = [*self.taken[name], (data.draw(st.sampled_from(self.keys)), status)]
        if sorted(set(other)) != sorted(set(self.taken[name])):
            assert self._post(name, other)["state"] == "quarantined"

    @rule(who=st.integers(0, PEOPLE - 1), status=STATUS)
    def crash_before_commit(self, who: int, status: str) -> None:
        """Everything done, nothing committed; the bank sends the same again."""
        name, items = self._name(), [(self.keys[who], status)]
        with suppress(_Crash), transaction.atomic():
            self._post(name, items)
            raise _Crash
        self._arrives(name, items)

    @invariant()
    def the_books_are_right(self) -> None:
        found = {payment.pk: payment.outcome for payment in Payment.objects.filter(pk__in=self.keys)}
        assert found == self.books
        assert Event.objects.filter(payment__in=self.keys).count() == self.moves
        assert Message.objects.filter(state="accepted").count() == len(self.taken)
        assert [one.id for one in check_ledger() if one.broken] == []

    def _name(self) -> str:
        self.number += 1
        return f"m{self.number}"

    def _post(self, name: str, items: list[tuple[int, str]]) -> dict[str, Any]:
        body = [{"key": str(key), "status": status, "on": "2024-12-05"} for key, status in items]
        answer = self.world.report(name, *body)
        assert answer.status_code in (200, 202), answer.content
        result: dict[str, Any] = answer.json()
        return result

    def _arrives(self, name: str, items: list[tuple[int, str]]) -> None:
        answer, wanted = self._post(name, items), dict(items)
        twice = len(set(items)) > len(wanted)
        sound = not twice and all(
            status in FOLLOWS[self.books[key]] or status == self.books[key] for key, status in items
        )
        assert answer["state"] == ("accepted" if sound else "quarantined")
        if sound:
            news = {key: status for key, status in wanted.items() if self.books[key] != status}
            self.books |= news
            self.moves += len(news)
            self.taken[name] = items
            assert answer["applied"] == len(news)


def run(world: BankWorld) -> None:
    """Without shrinking: what failed is named as it was found, and the positive control is done at once."""
    machine = type("Bank", (Machine,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None,
            derandomize=RUNS < 100, suppress_health_check=list(HealthCheck), print_blob=False,
            phases=[Phase.generate],
        ),
    )  # fmt: skip


def test_whatever_a_bank_sends_the_books_are_right_after_every_step(acknowledged: BankWorld) -> None:
    run(acknowledged)


@pytest.mark.parametrize("guard", ["_faults", "_digest"])
def test_without_its_guards_the_machine_finds_the_books_wrong(
    acknowledged: BankWorld, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """The positive control: with the judge of outcomes, or the comparison of repeated messages, taken out."""
    off = {"_faults": lambda *_args: [], "_digest": lambda _items: bytes(32)}
    monkeypatch.setattr(outcomes, guard, off[guard])
    with pytest.raises(AssertionError):
        run(acknowledged)
