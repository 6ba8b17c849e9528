"""A month from both sides: the page's sums, the command's, and the paper that both sign."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from accounts.access import province_reader, reader_for
from banks.papers import Protocol, protocol_data
from banks.queries.reconciling import accounts_of, exceptions, funds_of
from payments.operations.explaining import Difference, explain_difference, take_difference
from tests.banks.bank_world import AGRIBANK, DECEMBER, NOON, VIETCOMBANK, failed, paid, returned

pytestmark = pytest.mark.django_db


@pytest.fixture
def differing(acknowledged):
    """Agribank paid three of 500,000, one failed, one was paid and came back. Its statement forgets the first, has the
    second twice, gives the third 499,000, knows of 7,000 for nobody, and has the returned one both ways."""
    world = acknowledged
    one, two, three, four, five = world.payments()
    world.report("m1", paid(one), paid(two), paid(three), failed(four), paid(five))
    world.report("m2", returned(five))
    lines = [(two, "paid", 500_000), (two, "paid", 500_000), (three, "paid", 499_000), (five, "paid", 500_000),
             (five, "returned", 500_000)]  # fmt: skip
    items = [
        {"key": str(p.pk), "kind": kind, "amount": amount, "on": "2024-12-06"} for p, kind, amount in lines
    ]
    items.append({"key": "NOBODY-1", "kind": "paid", "amount": 7_000, "on": "2024-12-06"})
    body = {"statement": "SK-12", "month": "2024-12", "items": items}
    assert world.post("/statements", body).status_code == 200
    return world


def run(*args):
    out, code = StringIO(), 0
    try:
        call_command("reconcile", *args, stdout=out)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue()


def test_the_command_puts_each_line_in_one_class_and_proves_both_sides(differing):
    code, text = run("2024-12", "--bank", AGRIBANK, "--json")
    found = json.loads(text)
    (account,) = found["accounts"]
    assert {kind: sums["count"] for kind, sums in account["classes"].items()} == {
        "matched": 3, "missing": 1, "unexpected": 1, "amount": 1, "duplicate": 1
    }  # fmt: skip
    # Books: four paid and one of them returned, 5 × 500,000. Statement: 500 + 500 + 499 + 500 + 500 + 7 thousand.
    assert (account["books"], account["stated"], account["derived"]) == (2_500_000, 2_506_000, 2_506_000)
    assert (account["proved"], found["unexplained"], found["ok"], code) == (True, 4, False, 1)
    # Sent 5 × 500,000; three are with people; one failed and one came back.
    assert found["funds"] == [
        {"provider": AGRIBANK, "name": "Agribank", "sent": 2_500_000, "paid": 1_500_000, "back": 1_000_000,
         "in_hand": 0}
    ]  # fmt: skip
    assert {row["class"] for row in found["differences"]} == {"missing", "unexpected", "amount", "duplicate"}


def test_once_each_difference_has_its_owner_and_finding_the_command_is_content(differing):
    officer = differing.officers["ketoan"]
    for row in exceptions(month=DECEMBER, reader=province_reader(), provider=AGRIBANK):
        which = Difference(DECEMBER, AGRIBANK, row["reference"], row["kind"], row["class"])
        take_difference(which=which, by=officer)
        explain_difference(which=which, text="Ngân hàng đính chính", by=officer, at=NOON)
    code, text = run("2024-12", "--bank", AGRIBANK, "--json")
    found = json.loads(text)
    assert (code, found["ok"], found["unexplained"]) == (0, True, 0)
    assert {row["text"] for row in found["differences"]} == {"Ngân hàng đính chính"}
    assert all(row["owner"] is not None for row in found["differences"])


def test_every_provider_is_there_unless_one_is_asked_for(differing):
    _code, text = run("2024-12")
    assert "Agribank" in text
    assert "Vietcombank" in text
    assert "both sides agree" in text
    found = json.loads(run("2024-12", "--json")[1])
    assert {account["provider"] for account in found["accounts"]} == {
        AGRIBANK
    }  # Vietcombank has reported nothing
    assert {one["provider"]: one["in_hand"] for one in found["funds"]} == {AGRIBANK: 0, VIETCOMBANK: 500_000}


def test_a_month_without_a_cycle_is_a_refusal(world):
    with pytest.raises(CommandError):
        call_command("reconcile", "2031-01")


def test_sent_is_paid_and_back_and_in_hand_for_each_provider(differing):
    for one in funds_of(month=DECEMBER, reader=province_reader()):
        assert one.sent == one.paid + one.back + one.in_hand


def protocol(world, reader):
    scope = {"month": DECEMBER, "reader": reader, "provider": AGRIBANK}
    unit = world.batch().unit.parent
    return Protocol(unit, DECEMBER, funds_of(**scope)[0], accounts_of(**scope)[0], exceptions(**scope))


def test_the_protocol_says_the_same_as_the_command(differing):
    data = protocol_data(protocol(differing, province_reader()))
    assert data["funds"][0] == ["Kinh phí đã chuyển theo danh sách", "2.500.000"]
    assert data["words"] == "Một triệu năm trăm nghìn đồng"
    assert data["proof"][-2][1] == data["proof"][-1][1] == "2.506.000"
    assert data["proved"] == "Hai bên khớp."
    assert data["statements"] == "SK-12 (6 dòng)"
    assert sorted(row[0] for row in data["rows"])[-1] == "NOBODY-1"
    assert {row[4] for row in data["rows"]} == {"Chưa giải trình"}


def test_an_accountant_s_protocol_shows_the_own_unit_s_lines_and_claims_no_proof(differing):
    reader = reader_for(differing.officers["ketoan"], on=date(2024, 12, 10))
    data = protocol_data(protocol(differing, reader))
    assert "NOBODY-1" not in {row[0] for row in data["rows"]}
    assert data["proof"] == []


def test_the_page_shows_both_sides_and_leads_to_the_paper(differing):
    browser = Browser()
    browser.force_login(differing.officers["tinh"], backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("reconciliation"), {"month": "2024-12"}).content.decode()
    assert "2.506.000" in page
    assert reverse("reconciliation_protocol", args=[AGRIBANK]) in page
    paper = browser.get(reverse("reconciliation_protocol", args=[AGRIBANK]), {"month": "2024-12"})
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert browser.get(reverse("reconciliation_protocol", args=["970000"])).status_code == 404
