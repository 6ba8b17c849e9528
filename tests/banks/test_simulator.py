"""A bank over real HTTP: server, tokens, repeats and failures are real; the ledger is clean at the end."""

import json
import threading
import urllib.request
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from banks.models import Inquiry
from banks.operations.accounts import ask_about_accounts
from banks.simulator.bank import Bank, Habits
from banks.simulator.http import Connection, Refused
from beneficiaries.models import PayoutMethod
from payments.models import Payment, StatementLine
from payments.operations import batches, closing
from payments.operations.stop_orders import order_stop
from payments.queries.ledger import check_ledger
from payments.queries.reconciliation import unmatched
from tests import worlds
from tests.banks import bank_world
from tests.banks.bank_world import AGRIBANK, DECEMBER, NOON, NOW, VIETCOMBANK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server):
    return live_server.url, bank_world.build()


def bank(site, provider=AGRIBANK, **habits):
    url, world = site
    line = Connection(url, world.clients[provider].pk, world.secrets[provider])
    return Bank(line, Habits(**habits), date(2024, 12, 5))


def test_a_month_goes_from_release_to_close_over_http(site, capsys):
    _url, world = site
    done = bank(site, failed=0.3, returned=0.2, repeated=1.0).work()
    assert (done["lists"], done["quarantined"], done["applied twice"]) == (1, 0, 0)
    assert done["paid"] + done["failed"] == 5
    again = bank(site, failed=0.3, returned=0.2, repeated=1.0).work()
    assert again["paid"] + again["failed"] == 0
    call_command(
        "bank_simulator", "--json", url=_url, bank=VIETCOMBANK, on=date(2024, 12, 5), failed=0.0, returned=0.0
    )
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["paid"] == 1
    for provider in (AGRIBANK, VIETCOMBANK):
        batches.settle(batch_id=world.batch(provider).pk, by=world.officers["ketoan"], at=NOON)
    assert unmatched(month=DECEMBER) == 0
    closing.prepare_close(month=DECEMBER, by=world.officers["huyen"])
    closing.close(month=DECEMBER, by=world.officers["duyet"], at=NOON)
    assert not [invariant.id for invariant in check_ledger() if invariant.broken]


def test_a_stop_order_is_answered_before_the_money_goes(site):
    _url, world = site
    assert world.acknowledge().status_code == 200
    payment = world.payments()[0]
    order_stop(payment_id=payment.pk, by=world.officers["duyet"], at=NOW, reason="Đã mất")
    done = bank(site, failed=0.0, returned=0.0).work()
    assert (done["stopped"], done["paid"]) == (1, 4)
    assert Payment.objects.get(pk=payment.pk).outcome == "withdrawn"
    assert StatementLine.objects.count() == 4


def test_asked_whose_an_account_is_the_bank_answers_from_its_book(site):
    _url, world = site
    methods = [payment.payout_method for payment in world.payments()]
    PayoutMethod.objects.filter(pk__in=[method.pk for method in methods]).update(verified_on=None)
    assert ask_about_accounts(provider=AGRIBANK, at=NOW) == 5
    clerk = bank(site, closed=0.0, renamed=0.0)
    clerk.book = {methods[0].account: methods[0].holder.title(), methods[1].account: "LE VAN KHAC"}
    done = clerk.work()
    # It has taken its list first, and so knows the other three, too.
    assert (done["inquiries"], done["account matched"], done["account differs"]) == (5, 4, 1)
    assert PayoutMethod.objects.filter(verified_on__isnull=False, provider=AGRIBANK).count() == 4
    assert Inquiry.objects.get(state="differs").payout_method_id == methods[1].pk


def test_an_account_in_no_book_is_unknown_and_some_were_closed_or_changed_hands(site):
    account = worlds.account(worlds.person("Võ Thị Chưa"), number="555000111", verified_on=None)
    PayoutMethod.objects.filter(pk=account.pk).update(verified_on=None)
    ask_about_accounts(provider=AGRIBANK, at=NOW)
    assert bank(site).work()["account unknown"] == 1
    clerk = bank(site, closed=1.0)
    clerk.book = {"1": "A"}
    assert clerk._holder("1") == ""
    clerk = bank(site, closed=0.0, renamed=1.0)
    clerk.book = {"1": "A"}
    assert (clerk._holder("1"), clerk._holder("2")) == ("NGUYEN VAN KHAC", "")


def test_a_second_statement_of_a_month_tells_only_what_is_new(site):
    clerk = bank(site, failed=0.0, returned=0.0)
    clerk.work()
    clerk.state("2024-12")
    assert StatementLine.objects.count() == 5
    assert clerk.done["statement lines"] == 5


def test_a_wrong_secret_and_another_bank_s_list_are_refused_over_http(site):
    url, world = site
    with pytest.raises(Refused, match="401"):
        Connection(url, world.clients[AGRIBANK].pk, "wrong").sign_in()
    line = Connection(url, world.clients[VIETCOMBANK].pk, world.secrets[VIETCOMBANK])
    with pytest.raises(Refused, match="404"):
        line.get(f"/batches/{world.batch(AGRIBANK).pk}")


def test_a_server_that_loses_its_database_mid_message_records_it_once_at_the_next_try(site):
    """A crash between accept and commit: the connection is cut while the message waits for its lock."""
    _url, world = site
    assert world.acknowledge().status_code == 200
    message = {"message_id": "m1", "items": [bank_world.paid(payment) for payment in world.payments()]}
    line = bank(site).line
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('outcomes ' || %s, 0))", [AGRIBANK])
        sent = threading.Thread(target=_send, args=(line, message))
        sent.start()
        _cut(cursor)
        cursor.execute("SELECT pg_advisory_unlock_all()")
    sent.join(timeout=60)
    assert line.post("/results", message, key="k")["applied"] in (0, 5)
    assert [payment.outcome for payment in world.payments()] == ["paid"] * 5
    assert line.post("/results", message)["applied"] == 0
    assert not [invariant.id for invariant in check_ledger() if invariant.broken]


def _send(line, message):
    try:
        line.post("/results", message, key="k")
    except Refused:
        return  # a 500: what a bank sees when our database is gone, and then sends again


def _cut(cursor):
    """Cut the connection that waits for the lock; fail if none comes to wait."""
    for _attempt in range(200):
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND wait_event = 'advisory' AND datname = current_database()"
        )
        if cursor.fetchall():
            return
        cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nothing waited for the lock")


def test_the_schema_is_served_with_its_examples(live_server):
    with urllib.request.urlopen(f"{live_server.url}/api/schema/?format=json") as response:
        schema = json.load(response)
    assert schema["openapi"].startswith("3.")
    assert "/api/banks/v1/results" in schema["paths"]
    body = schema["paths"]["/api/banks/v1/results"]["post"]["requestBody"]["content"]
    assert set(body) >= {"application/json", "application/xml"}
    assert body["application/json"]["examples"]
