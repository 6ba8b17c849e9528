"""Months of payments behind a month: what they cost generation, look-back, pages, vacuum and disk, in either shape.

One month is really generated. It is then taken out, copied into the months before it (its payments' keys begin with
another month), and generated again: the same operation, rows and floor, without and with the history. The copies are
written with every index; their foreign keys are checked at once, after the last month.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import RoleName, User
from banks.models import Client as BankClient
from banks.operations.access import create_client
from banks.queries.lists import instruction_query
from bench.generation import FIRST, compare
from bench.pages import officer_of_the_province
from bench.partitions import head_of, partition_by_month, unchecked_references
from bench.world import World, peak_rss_mb
from common.months import add_months
from payments.models import Batch, Payment, month_id_range
from payments.operations.cycles import run_cycle
from reports.operations import keep_figures

BANK = "970405"
PAGE = 1_000
# The floor's rows stand five thousand years later.
FLOOR = 500_000
# One person in a hundred is reckoned again for two months.
LOOKED_BACK = 100


def measure(_world: World, *, pairs: int, months: int, shape: str) -> dict[str, Any]:
    """`months` of history in `shape` (plain or partitioned); pages are asked for `pairs` times each."""
    history = [add_months(FIRST, -back) for back in range(months, 0, -1)]
    if shape == "partitioned":
        heads = [head_of(month) for month in (*history, FIRST)]
        partition_by_month([*heads, head_of(FIRST) + FLOOR])
    alone = compare([FIRST])
    _take_out()
    with unchecked_references():
        filling = [_timed(partial(_fill, month)) for month in history]
    _vacuum()
    full = compare([FIRST])
    _settle_before_figures(history)
    return {
        "shape": shape,
        "months": months,
        "payments": full["payments"] * (months + 1),
        "seconds": full["seconds"],
        "floor_seconds": full["floor_seconds"],
        "ratio": full["ratio"],
        "alone_seconds": alone["seconds"],
        "alone_floor_seconds": alone["floor_seconds"],
        "first_months_filled_seconds": round(statistics.median(filling[:3]), 2),
        "last_months_filled_seconds": round(statistics.median(filling[-3:]), 2),
        **_disk(),
        "pages": _pages(pairs),
        "figures_seconds": round(_timed(lambda: keep_figures(months=[FIRST], at=timezone.now())), 2),
        "look_back_people": _queue_look_back(),
        "look_back_seconds": round(_timed(lambda: run_cycle(month=FIRST, at=timezone.now)), 2),
        "outcomes_seconds": round(_timed(_all_paid), 2),
        "vacuum_seconds": round(_timed(_vacuum), 2),
        "peak_rss_mb": peak_rss_mb(),
    }


def _timed(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE payments_payment, payments_line, payments_batch")


def _take_out() -> None:
    """The month's rows aside, and a database without any month."""
    people = [User.objects.create_user(name, password=None).pk for name in ("bench1", "bench2")]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNLOGGED TABLE month_batches AS SELECT id, unit_id, scheme, channel, provider_id, count, amount, "
            f"{people[0]} AS prepared_by_id, {people[1]} AS approved_by_id FROM payments_batch"
        )
        cursor.execute(
            "CREATE UNLOGGED TABLE month_payments AS "
            "SELECT id, batch_id, person_id, commune_id, payout_method_id, amount FROM payments_payment ORDER BY id"
        )
        cursor.execute(
            "CREATE UNLOGGED TABLE month_lines AS "
            "SELECT payment_id, entitlement_id, amount FROM payments_line WHERE kind = 'regular' ORDER BY payment_id"
        )
        cursor.execute("ANALYZE month_batches, month_payments, month_lines")
        cursor.execute("TRUNCATE payments_cycle CASCADE")


def _fill(month: date) -> None:
    """Another month of the same payments, all settled and paid."""
    ids: dict[str, int | date] = {"month": month, "shift": (head_of(month) - head_of(FIRST)) * 10**13}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_cycle (month, last_month, reckoned_on, sandbox, state) "
            "VALUES (%(month)s, %(month)s, %(month)s, false, 'open')",
            ids,
        )
        cursor.execute(
            "INSERT INTO payments_round (cycle_id, number, state, routed_on, started_at, finished_at) "
            "VALUES (%(month)s, 0, 'done', %(month)s, %(month)s, %(month)s) RETURNING id",
            ids,
        )
        ids["round"] = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO payments_batch (round_id, unit_id, scheme, channel, provider_id, state, count, amount, "
            "prepared_by_id, approved_by_id, approved_count, approved_amount, approved_digest, voucher_number, "
            "voucher_amount, released_count, released_amount, released_digest) SELECT %(round)s, unit_id, scheme, "
            "channel, provider_id, 'settled', count, amount, prepared_by_id, approved_by_id, count, amount, '', '', "
            "amount, count, amount, '' FROM month_batches",
            ids,
        )
        cursor.execute(
            "INSERT INTO payments_payment (id, batch_id, person_id, commune_id, payout_method_id, amount, outcome, "
            "outcome_on) SELECT p.id + %(shift)s, b.id, p.person_id, p.commune_id, p.payout_method_id, p.amount, "
            "'paid', %(month)s::date + 9 FROM month_payments p JOIN month_batches m ON m.id = p.batch_id "
            "JOIN payments_batch b ON b.round_id = %(round)s AND (b.unit_id, b.scheme, b.channel, b.provider_id) "
            "= (m.unit_id, m.scheme, m.channel, m.provider_id) ORDER BY p.id",
            ids,
        )
        cursor.execute(
            "INSERT INTO payments_line (payment_id, entitlement_id, for_month, kind, amount) "
            "SELECT payment_id + %(shift)s, entitlement_id, %(month)s, 'regular', amount FROM month_lines "
            "ORDER BY payment_id",
            ids,
        )


def _settle_before_figures(history: list[date]) -> None:
    """The history's figures stand, as those of closed months do; the month's lists are with their providers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_snapshot (cycle_id, fingerprint, settled, taken_at) "
            "SELECT unnest(%s::date[]), '', TRUE, now()",
            [history],
        )
        cursor.execute(
            "UPDATE payments_batch b SET state = 'released', prepared_by_id = m.prepared_by_id, approved_by_id = "
            "m.approved_by_id, approved_count = b.count, approved_amount = b.amount, approved_digest = '', "
            "voucher_amount = b.amount, released_count = b.count, released_amount = b.amount, released_digest = '' "
            "FROM (SELECT DISTINCT prepared_by_id, approved_by_id FROM month_batches) m WHERE b.state = 'draft'"
        )
        cursor.execute(
            "INSERT INTO payments_event (batch_id, from_state, to_state, at, reason) "
            "SELECT id, 'funded', 'released', now(), '' FROM payments_batch WHERE state = 'released'"
        )
        cursor.execute("DROP TABLE month_batches, month_payments, month_lines")


def _disk() -> dict[str, float]:
    """MB of the two tables and of their indexes, partitions included, and of the whole database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_table_size(oid)) FILTER (WHERE relname ~ 'payment'), "
            "sum(pg_indexes_size(oid)) FILTER (WHERE relname ~ 'payment'), "
            "sum(pg_table_size(oid)) FILTER (WHERE relname !~ 'payments_payment'), "
            "sum(pg_indexes_size(oid)) FILTER (WHERE relname !~ 'payments_payment'), "
            "pg_database_size(current_database()) "
            "FROM pg_class WHERE relkind = 'r' AND relname ~ '^payments_(payment|line)(_[0-9]+)?$'"
        )
        sizes = [round(int(size) / 2**20, 1) for size in cursor.fetchone()]
    names = ("payments_mb", "payments_indexes_mb", "lines_mb", "lines_indexes_mb", "database_mb")
    return dict(zip(names, sizes, strict=True))


def _pages(times: int) -> dict[str, dict[str, float]]:
    """Median seconds and queries of pages of the newest month, and of a person whom every month paid.

    The page of one list is not among them: it shows account numbers, which copies of a roll do not have.
    """
    browser = officer_of_the_province(RoleName.AUDITOR, since=FIRST)
    client, _secret = create_client(provider=BANK, name="bench", scopes=["read"], at=timezone.now())
    low, high = month_id_range(FIRST)
    newest = Batch.objects.filter(round__cycle_id=FIRST, provider=BANK).order_by("-count")[0]
    keys = (
        Payment.objects.filter(pk__gte=low, pk__lt=high, batch=newest)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    person, last = keys[0] % 10**10, keys[max(0, newest.count - PAGE)]
    asked: dict[str, Callable[[], Any]] = {
        "person": lambda: _get(browser, f"/people/{person}/"),
        "story": lambda: _get(browser, f"/people/{person}/story/"),
        "cycle": lambda: _get(browser, f"/cycles/{FIRST:%Y-%m}/"),
        "lists": lambda: _get(browser, f"/batches/?month={FIRST:%Y-%m}"),
        "bank_first": lambda: _instructions(client, newest, 0),
        "bank_last": lambda: _instructions(client, newest, last),
    }
    return {name: _page(ask, times) for name, ask in asked.items()}


def _get(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def _instructions(client: BankClient, batch: Batch, after: int) -> None:
    """The statement of a bank's page; copied account numbers cannot be decrypted."""
    page = instruction_query(client=client, batch=batch, after=after)[:PAGE]
    len(page.values_list("pk", "amount", "outcome", "payout_method__holder"))


def _page(ask: Callable[[], None], times: int) -> dict[str, float]:
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)
    return {
        "seconds": round(statistics.median(_timed(ask) for _time in range(times)), 4),
        "queries": queries,
    }


def _queue_look_back() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO beneficiaries_reckon (person_id, from_month, ready_on, reason) "
            "SELECT id, %s, DATE '1900-01-01', 'facts' FROM beneficiaries_person WHERE id %% %s = 0",
            [add_months(FIRST, -1), LOOKED_BACK],
        )
        return int(cursor.rowcount)


def _all_paid() -> None:
    """The outcome of every payment of the newest month in one statement, as in the floor of `bench results`."""
    low, high = month_id_range(FIRST)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_payment SET outcome = 'paid', outcome_on = %s WHERE id >= %s AND id < %s "
            "AND outcome IS NULL",
            [FIRST, low, high],
        )
