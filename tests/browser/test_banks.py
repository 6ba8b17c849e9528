"""The banks' pages in a real browser, at the desk and on a phone; the reference comes without another origin."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from banks.operations import trial
from payments.operations.budget import allot
from payments.operations.stop_orders import order_stop
from tests.banks import bank_world
from tests.banks.bank_world import AGRIBANK, NOW, BankWorld
from tests.browser.conftest import Watched
from tests.browser.looking import faults_of_pages, sign_in
from tests.desk_world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(live_server: LiveServer) -> BankWorld:
    """Something to see on every page: a held message, a report, a difference, a stop order, a failed transfer, a list
    for trying out, a budget line."""
    made = bank_world.build()
    for name in ("tinh", "ketoan"):
        user = User.objects.get(username=name)
        user.set_password(PASSWORD)
        user.save()
    assert made.acknowledge().status_code == 200
    one, two, three, four, _five = made.payments()
    made.report("K-0001", bank_world.paid(one), bank_world.failed(two))
    made.report("K-0002", bank_world.failed(one), bank_world.paid(three))
    made.post(
        "/account-reports",
        {"kind": "renamed", "account": "1020304030", "on": "2024-12-02", "holder": "LE VAN KHAC"},
    )
    order_stop(payment_id=four.pk, by=made.officers["duyet"], at=NOW, reason="Đã mất")
    made.post(
        "/statements",
        {"statement": "S", "month": "2024-12", "items": [
            {"key": "KHONG-CO", "kind": "paid", "amount": 7_000, "on": "2024-12-06"}]},
    )  # fmt: skip
    trial.make_trial_list(provider=AGRIBANK, by=made.officers["tinh"], at=NOW)
    allot(unit=made.batch().unit, scheme="BTXH", year=2024, amount=9_000_000_000, decision_number="1/QĐ-UBND",
          decision_date=date(2024, 1, 2), by=made.officers["ketoan"], at=NOW)  # fmt: skip
    return made


def test_the_banks_pages_are_sound_at_the_desk_and_on_a_phone(
    live_server: LiveServer, world: BankWorld, watched: Watched
) -> None:
    addresses = [
        reverse("banks"),
        reverse("bank", args=[AGRIBANK]),
        reverse("bank_quarantine"),
        f"{reverse('reconciliation')}?month=2024-12",
        reverse("bank_timeline", args=[world.batch().pk]),
        reverse("bank_quick_start"),
        f"{reverse('budget')}?year=2024",
    ]
    sign_in(watched.page, live_server.url, "tinh")
    assert faults_of_pages(watched, live_server.url, addresses) == {}


def test_the_reference_shows_every_operation_from_this_site_alone(
    live_server: LiveServer, watched: Watched
) -> None:
    page = watched.page
    elsewhere: list[str] = []
    ours = (live_server.url, "data:")
    page.on("request", lambda sent: None if sent.url.startswith(ours) else elsewhere.append(sent.url))
    page.goto(live_server.url + reverse("bank_reference"))
    expect(page.get_by_text("What became of instructions, up to 100,000 at once")).to_be_visible(
        timeout=30_000
    )
    assert page.locator(".opblock").count() >= 20
    assert (elsewhere, watched.faults) == ([], [])
