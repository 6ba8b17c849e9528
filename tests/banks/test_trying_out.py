"""Lists for trying out: a bank's engineer may do anything with them, and no figure of ours ever knows."""

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.access import province_reader
from banks.models import AccountReport, Notice
from banks.operations import webhooks
from banks.operations.accounts import Happened, report_account
from banks.operations.trial import PREPARER, make_trial_list
from banks.queries.province import directory, funds
from beneficiaries import queries as people
from beneficiaries.models import PayoutMethod, Person
from payments.models import Batch, Cycle, Message, Payment, payment_id
from payments.queries import overview
from payments.queries.batches import visible_batches
from payments.queries.ledger import check_ledger
from payments.queries.reconciliation import reconciliation
from reports.operations import refresh_figures
from reports.queries.overview import months_with_figures
from tests.banks.bank_world import AGRIBANK, DECEMBER, NOON, VIETCOMBANK, add_client, failed, paid

pytestmark = pytest.mark.django_db
FIFTY = date(1950, 1, 1)


@pytest.fixture
def trying(acknowledged):
    """Both banks at work on real lists, and Agribank's second client with a list for trying out."""
    add_client(acknowledged, AGRIBANK, name="try", sandbox=True)
    add_client(acknowledged, VIETCOMBANK, name="other", sandbox=True)
    make_trial_list(provider=AGRIBANK, by=acknowledged.officers["tinh"], at=timezone.now())
    return acknowledged


def trial_list(world):
    return world.get("/batches", bank="try").json()["items"][0]


def acknowledge(world, found):
    rows = world.get(f"/batches/{found['id']}/payments", bank="try").json()["items"]
    lines = "".join(f"{row['key']}|{row['account']}|{row['amount']}\n" for row in rows)
    body = {"count": len(rows), "amount": sum(row["amount"] for row in rows),
            "sha256": hashlib.sha256(lines.encode()).hexdigest()}  # fmt: skip
    assert world.post(f"/batches/{found['id']}/acknowledgement", body, bank="try").status_code == 200
    return rows


def test_an_engineer_goes_from_the_list_to_its_settlement(trying):
    found = trial_list(trying)
    assert (found["sandbox"], found["month"], found["count"]) == (True, "1950-01", 20)
    # 20 × 500,000 + 1,000 × (0 + 1 + … + 19)
    assert found["amount"] == 20 * 500_000 + 190 * 1_000
    rows = acknowledge(trying, found)
    items = [{"key": row["key"], "status": "paid", "on": "2024-12-05"} for row in rows[1:]]
    items.append({"key": rows[0]["key"], "status": "failed", "on": "2024-12-05", "reason": "AC04"})
    assert trying.report("K-0001", *items, bank="try").json()["applied"] == 20
    lines = [
        {"key": row["key"], "kind": "paid", "amount": row["amount"], "on": "2024-12-05"} for row in rows[1:]
    ]
    statement = {"statement": "SK-1", "month": found["month"], "items": lines}
    assert trying.post("/statements", statement, bank="try").json()["added"] == 19
    page = reverse("bank_act", args=[AGRIBANK])
    browser = Browser()
    browser.force_login(trying.officers["tinh"], backend="django.contrib.auth.backends.ModelBackend")
    browser.post(page, {"action": "trial", "do": "settle", "list": found["id"]})
    assert trial_list(trying)["state"] == "settled"


def test_a_client_for_trying_out_sees_nothing_real_and_a_real_one_nothing_for_trying_out(trying):
    batch, payment = trying.batch(), trying.payments()[0]
    found = trial_list(trying)
    key = trying.get(f"/batches/{found['id']}/payments", bank="try").json()["items"][0]["key"]
    assert len(trying.get("/batches", bank="try").json()["items"]) == 1
    assert [one["id"] for one in trying.get("/batches").json()["items"]] == [batch.pk]
    for path in (f"/batches/{batch.pk}", f"/payments/{payment.pk}", f"/batches/{batch.pk}/pain.001"):
        assert trying.get(path, bank="try").status_code == 404
    for path in (f"/batches/{found['id']}", f"/payments/{key}", f"/batches/{found['id']}/payments.xlsx"):
        assert trying.get(path).status_code == 404
        assert trying.get(path, bank="other").status_code == 404
    held = trying.report("try", paid(payment), bank="try")
    assert (held.status_code, held.json()["faults"]) == (202, [{"key": str(payment.pk), "fault": "unknown"}])
    held = trying.report("real", {"key": key, "status": "paid", "on": "2024-12-05"})
    assert (held.status_code, held.json()["faults"]) == (202, [{"key": key, "fault": "unknown"}])
    real_month = {"statement": "S", "month": "2024-12", "items": [
        {"key": str(payment.pk), "kind": "paid", "amount": 1, "on": "2024-12-05"}]}  # fmt: skip
    assert trying.post("/statements", real_month, bank="try").status_code == 404
    assert trying.post("/statements", real_month | {"month": "1950-01"}).status_code == 404


def test_a_number_used_for_trying_out_is_still_free_in_earnest(trying):
    rows = acknowledge(trying, trial_list(trying))
    assert (
        trying.report("K-1", paid(Payment.objects.get(pk=rows[0]["key"])), bank="try").json()["applied"] == 1
    )
    assert trying.report("K-1", paid(trying.payments()[0])).json()["applied"] == 1
    lines = [{"key": rows[0]["key"], "kind": "paid", "amount": rows[0]["amount"], "on": "2024-12-05"}]
    body = {"statement": "SK-1", "items": lines}
    assert trying.post("/statements", body | {"month": "1950-01"}, bank="try").json()["added"] == 1
    assert trying.post("/statements", body | {"month": "2024-12"}).json()["added"] == 1


def test_a_report_about_an_account_touches_no_account_of_the_roll(trying):
    method = trying.payments()[0].payout_method
    body = {"kind": "closed", "account": method.account, "on": "2024-12-05"}
    assert trying.post("/account-reports", body, bank="try").status_code == 202
    method.refresh_from_db()
    assert (method.failed_on, AccountReport.objects.count()) == (None, 0)
    report_account(
        client=trying.clients[AGRIBANK], what=Happened("closed", method.account, date(2024, 12, 5)), at=NOON
    )
    method.refresh_from_db()
    assert method.failed_on == date(2024, 12, 5)


def figures():
    """Everything that pages, commands and closings read over all rows or all cycles, of the real and the made-up."""
    reader = province_reader()
    refresh_figures(at=NOON)
    return {
        "months": overview.months(),
        "months with figures": months_with_figures(),
        "last": overview.last_paid_month(),
        "batches": sorted(visible_batches(reader).values_list("pk", flat=True)),
        "people": sorted(people.visible_people(reader=reader, on=DECEMBER).values_list("pk", flat=True)),
        "accounts": [(bank.pk, bank.accounts) for bank in directory() if bank.accounts],
        "funds": funds(month=DECEMBER, reader=reader),
        "reconciliation": reconciliation(month=DECEMBER),
        "balances": [(one.id, one.rows) for one in check_ledger() if one.id in ("I1", "I8")],
    }


def test_no_figure_of_ours_knows_of_it(acknowledged):
    before = figures()
    add_client(acknowledged, AGRIBANK, name="try", sandbox=True)
    make_trial_list(provider=AGRIBANK, by=acknowledged.officers["tinh"], at=timezone.now())
    rows = acknowledge(acknowledged, trial_list(acknowledged))
    good = [paid(Payment.objects.get(pk=row["key"])) for row in rows[1:]]
    bad = failed(Payment.objects.get(pk=rows[0]["key"]))
    assert acknowledged.report("m", *good, bad, bank="try").json()["applied"] == 20
    assert figures() == before
    assert [one.id for one in check_ledger() if one.broken] == []


def test_its_numbers_lie_below_all_real_ones_and_the_database_holds_to_it(trying):
    highest = Payment.objects.filter(batch__round__cycle__sandbox=True).order_by("-pk").first().pk
    assert highest < payment_id(month=date(2000, 1, 1), round_number=0, scheme="NCC", person_id=0)
    for wrong in (
        {"month": FIFTY.replace(month=7), "sandbox": False},
        {"month": date(2031, 1, 1), "sandbox": True},
    ):
        with pytest.raises(IntegrityError, match="a_month_tells"), transaction.atomic():
            Cycle.every.create(last_month=wrong["month"], reckoned_on=wrong["month"], **wrong)


def test_each_list_has_a_month_of_its_own_and_its_people_are_on_no_roll(trying):
    by = trying.officers["tinh"]
    second = make_trial_list(provider=VIETCOMBANK, by=by, at=timezone.now())
    assert second.round.cycle_id == date(1950, 2, 1)
    assert (second.prepared_by.username, second.prepared_by.is_active) == (PREPARER, False)
    made_up = Person.objects.filter(name__contains="Người Thử")
    assert (made_up.count(), made_up.filter(residences__isnull=False).count()) == (40, 0)
    assert not PayoutMethod.objects.filter(person__in=made_up, valid_to__isnull=True).exists()


def test_the_bank_is_told_of_it_at_the_address_for_trying_out(trying):
    webhooks.set_webhook(client_id=trying.clients["try"].pk, url="http://127.0.0.1:1/", at=NOON)
    webhooks.collect_notices(at=timezone.now())
    told = Notice.objects.get(webhook__client=trying.clients["try"])
    assert told.event.batch_id == trial_list(trying)["id"]


def test_an_administrator_makes_and_recalls_lists_and_orders_stops_on_the_bank_s_page(trying):
    browser, page = Browser(), reverse("bank_act", args=[AGRIBANK])
    browser.force_login(trying.officers["tinh"], backend="django.contrib.auth.backends.ModelBackend")
    browser.post(page, {"action": "try_out"})
    lists = trying.get("/batches", bank="try").json()["items"]
    assert len(lists) == 2
    name = lists[0]["message_id"]
    browser.post(page, {"action": "trial", "do": "recall", "list": lists[0]["id"]})
    assert trial_list(trying)["message_id"] != name
    acknowledge(trying, lists[0])
    browser.post(page, {"action": "trial", "do": "stop", "list": lists[0]["id"]}, follow=True)
    assert len(trying.get("/stop-orders?answer=waiting", bank="try").json()["items"]) == 1
    shown = browser.post(page, {"action": "trial", "do": "settle", "list": lists[0]["id"]}, follow=True)
    assert 'role="alert"' in shown.content.decode()
    for wrong in ({"do": "settle", "list": trying.batch().pk}, {"do": "burn", "list": lists[0]["id"]}):
        assert browser.post(page, {"action": "trial"} | wrong).status_code == 404
    assert Batch.objects.get(pk=trying.batch().pk).state == "acknowledged"


def test_what_is_held_for_trying_out_waits_for_no_officer(trying):
    trying.report("x", paid(trying.payments()[0]), bank="try")
    assert Message.objects.filter(state="quarantined", sandbox=True).count() == 1
    browser = Browser()
    browser.force_login(trying.officers["tinh"], backend="django.contrib.auth.backends.ModelBackend")
    assert '<th scope="row">x<' not in browser.get(reverse("bank_quarantine")).content.decode()
