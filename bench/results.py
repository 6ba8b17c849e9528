"""Results of a bank against the floor: one bulk UPDATE of the payments and one INSERT of their events.

Every payment of the month stands in one acknowledged list of one bank. Each run is rolled back, so all of them see the
same rows; constraints that wait for the commit are checked within the time taken.
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from banks.iso20022.pain001 import write_pain001
from banks.models import Client
from banks.operations.access import Caller, create_client, issue_token
from banks.queries.files import header_of
from banks.queries.lists import instructions
from bench.world import World, peak_rss_mb
from payments.models import Batch, Payment
from payments.operations.cycles import run_cycle
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome

MONTH = date(2024, 8, 1)
DAY = date(2024, 8, 5)
BANK = "970405"
TABLES = (
    "payments_batch, payments_payment, payments_line, payments_event, payments_message, beneficiaries_reckon, "
    "beneficiaries_payoutmethod"
)
# One transfer in three hundred fails, as in the demonstration, and marks its account.
FAILS = 300


def measure(_world: World, *, pairs: int) -> dict[str, Any]:
    """`pairs` alternating runs; then the whole request once, and the list as pain.001 with the memory that it takes."""
    batch = _one_list()
    client, secret = create_client(provider=BANK, name="bench", scopes=["read", "results"], at=timezone.now())
    pain = _pain001(client, batch)
    items = _items()
    return {
        "payments": len(items),
        **_compare(items, pairs),
        **pain,
        "request_seconds": round(_request(client.pk, secret, items), 3),
        "peak_rss_mb": peak_rss_mb(),
    }


def compare(*, pairs: int) -> dict[str, Any]:
    """The alternating runs alone."""
    _one_list()
    return _compare(_items(), pairs)


def _items() -> list[Reported]:
    return [
        Reported(key, Outcome.FAILED, DAY, "AC04", True)
        if number % FAILS == 0
        else Reported(key, Outcome.PAID, DAY)
        for number, key in enumerate(Payment.objects.order_by("pk").values_list("pk", flat=True))
    ]


def _compare(items: list[Reported], pairs: int) -> dict[str, Any]:
    ours, floors = [], []
    for _pair in range(pairs):
        ours.append(_ours(items))
        floors.append(_floor(items))
    ratios = [one / floor for one, floor in zip(ours, floors, strict=True)]
    return {
        "seconds": round(statistics.median(ours), 3),
        "floor_seconds": round(statistics.median(floors), 3),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
    }


def _one_list() -> Batch:
    """Everybody's payment of one month in one acknowledged list of one bank, apart from how it came there."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_payoutmethod SET verified_on = NULL")
    run_cycle(month=MONTH, at=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE beneficiaries_payoutmethod SET provider_id = %s WHERE channel = 'bank'", [BANK]
        )
        cursor.execute("UPDATE payments_payment SET batch_id = (SELECT min(id) FROM payments_batch)")
        cursor.execute("DELETE FROM payments_batch WHERE id > (SELECT min(id) FROM payments_batch)")
        cursor.execute(
            "INSERT INTO payments_event (batch_id, from_state, to_state, at, reason) "
            "SELECT id, 'funded', 'released', %s, '' FROM payments_batch",
            [timezone.now()],
        )
        cursor.execute(
            "UPDATE payments_payment p SET payout_method_id = m.id FROM beneficiaries_payoutmethod m "
            "WHERE m.person_id = p.person_id"
        )
    batch = Batch.objects.get()
    Batch.objects.filter(pk=batch.pk).update(
        provider=BANK,
        channel="bank",
        state="acknowledged",
        prepared_by=_officer("bench1"),
        approved_by=_officer("bench2"),
        approved_count=0,
        approved_amount=0,
        approved_digest=b"",
        voucher_amount=0,
        released_count=Payment.objects.count(),
        released_amount=0,
        released_digest=b"",
    )
    _tidy()
    return Batch.objects.select_related("round__cycle", "unit", "provider").get()


def _officer(name: str) -> User:
    return User.objects.create_user(name, password=None)


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {TABLES}")


def _ours(items: list[Reported]) -> float:
    """Seconds of the production operation: digest, staging, judgement, outcomes, events, consequences."""
    _tidy()
    with transaction.atomic():
        started = time.perf_counter()
        receipt = record_outcomes(provider=BANK, message_id="bench", items=items, at=timezone.now())
        _check_constraints()
        seconds = time.perf_counter() - started
        assert receipt.applied == len(items), receipt.note
        transaction.set_rollback(True)
    return seconds


def _floor(items: list[Reported]) -> float:
    """Seconds of the same outcomes and events from a prepared table by two statements."""
    _tidy()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE same (id bigint, outcome text, day date, reason text) ON COMMIT DROP"
        )
        with cursor.copy("COPY same FROM STDIN") as copy:
            for item in items:
                copy.write_row((item.payment_id, str(item.outcome), item.on, item.reason))
        cursor.execute("ANALYZE same")
        started = time.perf_counter()
        cursor.execute(
            "UPDATE payments_payment p SET outcome = same.outcome, outcome_on = same.day FROM same WHERE p.id = same.id"
        )
        cursor.execute(
            "INSERT INTO payments_event (payment_id, from_state, to_state, at, reason) "
            "SELECT id, '', outcome, %s, reason FROM same",
            [timezone.now()],
        )
        _check_constraints()
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _request(client_id: str, secret: str, items: list[Reported]) -> float:
    """Seconds of the whole request, from its bytes to the answer, in this process."""
    token = issue_token(
        client_id=client_id, secret=secret, scope="", caller=Caller(""), at=timezone.now()
    ).token
    rows = [
        {
            "key": str(item.payment_id),
            "status": str(item.outcome),
            "on": item.on.isoformat(),
            "reason": item.reason,
        }
        for item in items
    ]
    body = json.dumps({"message_id": "request", "items": rows}).replace(', "reason": ""', "")
    browser = Browser(headers={"Authorization": f"Bearer {token}", "Host": "localhost"})
    started = time.perf_counter()
    answer = browser.post("/api/banks/v1/results", body, content_type="application/json")
    seconds = time.perf_counter() - started
    assert answer.status_code == 200, answer.content[:500]
    return seconds


def _pain001(client: Client, batch: Batch) -> dict[str, Any]:
    """The list streamed as pain.001: seconds, MB written, and MB of memory beyond what the process had before."""
    before, size, started = peak_rss_mb(), 0, time.perf_counter()
    for piece in write_pain001(header_of(batch), instructions(client=client, batch=batch)):
        size += len(piece)
    return {
        "pain001_seconds": round(time.perf_counter() - started, 2),
        "pain001_mb": round(size / 2**20, 1),
        "pain001_memory_mb": round(peak_rss_mb() - before, 1),
    }
