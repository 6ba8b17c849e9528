"""The province's pages of the banks: what each says, who may open it, what each button does."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from areas.models import Unit
from banks import urls
from banks.api.problems import kinds
from banks.models import AccountReport, Client, Profile, Secret
from banks.operations.access import Caller, find_token
from payments.models import Explanation, Message
from payments.operations.stop_orders import order_stop
from tests import worlds
from tests.banks.bank_world import AGRIBANK, DECEMBER, NOON, failed, paid
from tests.page_policy import faults
from tests.stepped_up import stepped_up

pytestmark = pytest.mark.django_db
PUBLIC = {"bank_quick_start", "bank_reference"}
# The administrator's, the accountant's own district's, and those of an accountant of another district.
ADMINISTRATOR_ONLY = {"banks", "bank", "bank_act", "bank_quarantine", "bank_quarantine_act"}


def browser(world, who):
    made = Browser()
    made.force_login(world.officers[who], backend="django.contrib.auth.backends.ModelBackend")
    return stepped_up(made)


def pages(world):
    """Every page of the banks by its name; the interface for machines has tests of its own."""
    found = {}
    for pattern in urls.urlpatterns:
        if not str(pattern.pattern).startswith("banks/"):
            continue
        given = {"code": AGRIBANK, "batch_id": world.batch().pk}
        names = pattern.pattern.converters
        found[pattern.name] = reverse(pattern.name, kwargs={name: given[name] for name in names})
    return found


def test_every_page_answers_those_whose_task_it_is_and_nobody_else(world):
    outsider = worlds.officer("khac")
    elsewhere = Unit.objects.districts().get(code="594")
    Role.objects.create(
        user=outsider, name="accountant", unit=elsewhere, valid_from=DECEMBER.replace(month=1)
    )
    world.officers["khac"] = outsider
    clients = {who: browser(world, who) for who in ("tinh", "ketoan", "khac")}
    for name, address in pages(world).items():
        acts = name.endswith("_act")
        answers = {
            who: client.post(address) if acts else client.get(address) for who, client in clients.items()
        }
        got = {who: answer.status_code for who, answer in answers.items()}
        for answer in answers.values():
            assert faults(answer, reference=name == "bank_reference") == [], name
        if name in ADMINISTRATOR_ONLY:
            expected = {"tinh": 404 if acts else 200, "ketoan": 403, "khac": 403}
        elif name in ("bank_timeline", "reconciliation_protocol"):
            expected = {"tinh": 200, "ketoan": 200, "khac": 404}
        else:
            expected = dict.fromkeys(clients, 404 if acts else 200)
        assert got == expected, name
        anonymous = Browser().post(address) if acts else Browser().get(address)
        assert anonymous.status_code == (200 if name in PUBLIC else 302), name


def act(world, address, **fields):
    return browser(world, "tinh").post(address, fields, follow=True)


def test_a_client_is_made_and_its_secret_shown_this_once(world):
    page = reverse("bank_act", args=[AGRIBANK])
    shown = act(
        world,
        page,
        action="create",
        name="Lõi chi trả",
        scopes=["read", "results"],
        networks="203.0.113.0/24",
    )
    client = Client.objects.get(name="Lõi chi trả")
    text = shown.content.decode()
    secret = re.search(r"<code>(.+?)</code>", text)[1]
    assert (client.networks, client.scopes) == (["203.0.113.0/24"], ["read", "results"])
    assert secret.endswith(Secret.objects.get(client=client).ending)
    again = browser(world, "tinh").get(reverse("bank", args=[AGRIBANK])).content.decode()
    assert secret not in again
    assert client.pk in again


def test_a_secret_is_rotated_and_a_client_taken_out_of_use_on_the_page(world):
    page, client = reverse("bank_act", args=[AGRIBANK]), world.clients[AGRIBANK]
    act(world, page, action="rotate", client=client.pk)
    assert client.secrets.count() == 2
    act(world, page, action="switch", client=client.pk)
    assert find_token(token=world.tokens[AGRIBANK], caller=Caller("127.0.0.1"), at=timezone.now()) is None
    foreign = act(world, page, action="rotate", client="970436-x")
    assert foreign.status_code == 404


def test_what_was_agreed_is_written_down_and_a_bad_column_refused_in_words(world):
    page = reverse("bank_act", args=[AGRIBANK])
    act(world, page, action="profile", contact="Chị Lan, 0252", columns="account = SO TK\namount = TIEN")
    assert Profile.objects.get(pk=AGRIBANK).columns == [["account", "SO TK"], ["amount", "TIEN"]]
    refused = act(world, page, action="profile", columns="so tai khoan")
    assert "so tai khoan" in next(str(message) for message in refused.context["messages"])
    bad = act(world, page, action="create", name="x", scopes=["read"], networks="Hà Nội")
    assert "203.0.113.0/24" in next(str(message) for message in bad.context["messages"])


def test_a_held_message_is_decided_on_its_page(acknowledged):
    one, two, *_rest = acknowledged.payments()
    acknowledged.report("m1", paid(one))
    acknowledged.report("m2", failed(one), paid(two))
    held = Message.objects.get(message_id="m2")
    page = browser(acknowledged, "tinh").get(reverse("bank_quarantine")).content.decode()
    assert "m2" in page
    url = reverse("bank_quarantine_act")
    silent = act(acknowledged, url, action="sound", number=held.pk)
    assert "Hãy ghi rõ" in next(str(message) for message in silent.context["messages"])
    act(acknowledged, url, action="sound", number=held.pk, text="Ngân hàng báo nhầm")
    assert [payment.outcome for payment in acknowledged.payments()[:2]] == ["paid", "paid"]
    assert act(acknowledged, url, action="sound", number=999_999, text="x").status_code == 404


def test_a_report_is_decided_on_its_page(world):
    body = {"kind": "renamed", "account": "1020304000", "on": "2024-12-02", "holder": "NGUYEN THI KHAC"}
    world.post("/account-reports", body)
    page = browser(world, "tinh").get(reverse("bank_quarantine")).content.decode()
    assert "NGUYEN THI KHAC" in page
    assert "1020304000" not in page
    act(world, reverse("bank_quarantine_act"), action="refuse", number=AccountReport.objects.get().pk)
    assert AccountReport.objects.get().state == "refused"


def test_the_reconciliation_says_where_the_money_is_and_takes_an_explanation(acknowledged):
    one, two, three, *_rest = acknowledged.payments()
    acknowledged.report("m1", paid(one), failed(two))
    order_stop(payment_id=three.pk, by=acknowledged.officers["duyet"], at=NOON, reason="Đã mất")
    stop = acknowledged.get("/stop-orders").json()["items"][0]["id"]
    acknowledged.post(f"/stop-orders/{stop}", {"answer": "stopped"})
    client = browser(acknowledged, "ketoan")
    page = client.get(reverse("reconciliation"), {"month": "2024-12"})
    funds = {row.name: (row.sent, row.paid, row.back, row.in_hand) for row in page.context["funds"]}
    # Five of 500,000: one paid, one failed and one stopped came back, two with the bank still.
    assert funds["Agribank"] == (2_500_000, 500_000, 1_000_000, 1_000_000)
    assert [(row["reference"], row["class"]) for row in page.context["rows"]] == [(str(one.pk), "missing")]
    fields = {
        "month": "2024-12",
        "provider": AGRIBANK,
        "reference": str(one.pk),
        "kind": "paid",
        "class": "missing",
    }
    client.post(reverse("reconciliation_act"), fields | {"action": "own"})
    client.post(reverse("reconciliation_act"), fields | {"action": "explain", "text": "Ghi sổ ngày 02/01"})
    found = Explanation.objects.get()
    assert (found.owner, found.text) == (acknowledged.officers["ketoan"], "Ghi sổ ngày 02/01")
    stranger = client.post(reverse("reconciliation_act"), fields | {"reference": "X"})
    assert stranger.status_code == 404


def test_a_list_s_way_tells_the_commune_why_money_did_not_arrive(acknowledged):
    acknowledged.report("m1", failed(acknowledged.payments()[0], "AC04"))
    page = browser(acknowledged, "ketoan").get(reverse("bank_timeline", args=[acknowledged.batch().pk]))
    text = page.content.decode()
    assert "Đặng Thị Ước" in text
    assert "Tài khoản đã đóng" in text
    assert page.context["failures"][0]["marked"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_quick_start_explains_every_kind_of_problem_that_the_interface_names(db, language):
    answer = Browser(headers={"Accept-Language": language}).get(reverse("bank_quick_start"))
    text = answer.content.decode()
    assert f'<article class="guide" lang="{language}">' in text
    assert [kind for kind in kinds() if f'id="{kind}"' not in text] == []
    assert "sha256sum" in text


def test_the_reference_comes_without_another_origin(db):
    answer = Browser().get(reverse("bank_reference"))
    text = answer.content.decode()
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", text)
    assert faults(answer, reference=True) == []
    assert (
        Browser()
        .get(reverse("bank_reference"), {"script": ""})["Content-Type"]
        .startswith("application/javascript")
    )
