"""Notices: one for each event, signed, tried again, logged; delivered to a real listener over HTTP."""

import hmac
import json
import re
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banks.models import Notice
from banks.operations import webhooks
from banks.operations.errors import BanksError
from payments.operations import batches
from payments.operations.stop_orders import order_stop
from tests.banks.bank_world import AGRIBANK, NOON, NOW, VIETCOMBANK

pytestmark = pytest.mark.django_db


class Listener(BaseHTTPRequestHandler):
    """A bank's endpoint: answers what `status` says and keeps what came."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.headers[webhooks.SIGNATURE], body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def listener():
    server = HTTPServer(("127.0.0.1", 0), Listener)
    server.status, server.came = 204, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hooked(world, listener):
    url = f"http://127.0.0.1:{listener.server_port}/hook"
    # Since before the world's release at noon of that day.
    world.key = webhooks.set_webhook(
        client_id=world.clients[AGRIBANK].pk, url=url, at=NOON - timedelta(hours=1)
    )
    return world


def signed_in(world):
    made = Client()
    made.force_login(world.officers["tinh"], backend="django.contrib.auth.backends.ModelBackend")
    return made


def tell(at=None):
    at = at or timezone.now()
    webhooks.collect_notices(at=at)
    return webhooks.deliver_notices(at=at)


def kinds(listener):
    return [json.loads(body)["kind"] for _signature, body in listener.came]


def test_a_release_is_told_once_with_a_signature_that_the_bank_can_check(hooked, listener):
    assert (tell(), tell()) == (1, 0)
    signature, body = listener.came[0]
    assert json.loads(body)["batch"] == hooked.batch().pk
    # As docs/banks-api.md tells a bank: t=<seconds>,n=<nonce>,v1=<HMAC-SHA256 of "t.n.body">, at most five minutes old.
    parts = re.fullmatch(r"t=(\d+),n=([0-9a-f-]{36}),v1=([0-9a-f]{64})", signature)
    assert parts
    seconds, nonce, given = parts.groups()
    assert hmac.new(hooked.key.encode(), f"{seconds}.{nonce}.".encode() + body, "sha256").hexdigest() == given
    assert abs(time.time() - int(seconds)) < 300
    assert nonce == str(Notice.objects.get().pk)


def test_the_signature_is_hmac_sha256_over_timestamp_nonce_and_body():
    # Reckoned with openssl: printf '1733000000.n1.{}' | openssl dgst -sha256 -hmac k
    assert webhooks.sign(key="k", timestamp=1733000000, nonce="n1", body=b"{}") == (
        "t=1733000000,n=n1,v1=b58752918f9191f296a7c47d38cda42fa83892fe77ad7e173da99e4a7cb983a8"
    )


def test_a_recall_and_a_stop_order_are_told_too(hooked, listener):
    batches.recall(batch_id=hooked.batch().pk, by=hooked.officers["ketoan"], at=NOON, reason="sai")
    batches.release(batch_id=hooked.batch().pk, by=hooked.officers["ketoan"], at=NOON)
    assert hooked.acknowledge().status_code == 200
    order = order_stop(
        payment_id=hooked.payments()[0].pk, by=hooked.officers["duyet"], at=NOW, reason="Đã mất"
    )
    tell()
    assert sorted(kinds(listener)) == ["batch.recalled", "batch.released", "batch.released", "stop.ordered"]
    assert order.pk in [json.loads(body).get("stop_order") for _signature, body in listener.came]
    assert "Đã mất" not in str(listener.came)


def test_another_bank_s_lists_are_not_told(hooked, listener):
    tell()
    assert [json.loads(body)["batch"] for _signature, body in listener.came] == [hooked.batch(AGRIBANK).pk]


def test_what_was_not_taken_is_tried_again_later_with_the_same_nonce_and_logged(hooked, listener):
    listener.status = 503
    start = timezone.now()
    assert tell(start) == 0
    assert tell(start + timedelta(seconds=30)) == 0
    assert len(listener.came) == 1
    listener.status = 204
    assert tell(start + timedelta(seconds=61)) == 1
    nonces = {json.loads(body)["id"] for _signature, body in listener.came}
    assert len(nonces) == 1
    log = hooked.get("/notices").json()["items"]
    assert [(row["state"], row["attempts"], row["last_status"]) for row in log] == [("delivered", 2, 204)]
    assert hooked.get("/notices", bank=VIETCOMBANK).json()["items"] == []


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_anew(hooked, listener):
    listener.status = 500
    at = timezone.now()
    for _attempt in range(len(webhooks.WAITS) + 1):
        tell(at)
        at += timedelta(days=2)
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("given_up", 9)
    assert tell(at) == 0
    listener.status = 200
    page = reverse("bank", args=[AGRIBANK])
    assert signed_in(hooked).get(page).content.decode().count("Gửi lại") == 1
    answer = signed_in(hooked).post(
        reverse("bank_act", args=[AGRIBANK]), {"action": "resend", "notice": notice.pk}
    )
    assert answer.status_code == 302
    assert tell(timezone.now()) == 1
    assert Notice.objects.get().state == "delivered"
    assert json.loads(listener.came[-1][1])["id"] == str(notice.pk)


def test_a_notice_is_sent_again_only_by_its_own_bank_s_page_once_it_is_given_up(hooked, listener):
    listener.status = 500
    tell()
    notice = Notice.objects.get()
    client = signed_in(hooked)
    for bank, sent in ((AGRIBANK, notice.pk), (VIETCOMBANK, notice.pk), (AGRIBANK, "x")):
        answer = client.post(reverse("bank_act", args=[bank]), {"action": "resend", "notice": sent})
        assert answer.status_code == 404
    Notice.objects.update(state="given_up")
    answer = client.post(reverse("bank_act", args=[VIETCOMBANK]), {"action": "resend", "notice": notice.pk})
    assert answer.status_code == 404
    assert Notice.objects.get().state == "given_up"


def test_a_redirect_and_a_dead_address_are_failures_not_followed(hooked, listener):
    listener.status = 302
    assert tell() == 0
    listener.server_close()
    assert tell(timezone.now() + timedelta(hours=1)) == 0
    log = hooked.get("/notices").json()["items"][0]
    assert log["last_status"] in (0, 302)
    assert log["state"] == "waiting"


@pytest.mark.parametrize("url", ["ftp://bank.example/", "https://", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(world, url):
    with pytest.raises(BanksError):
        webhooks.set_webhook(client_id=world.clients[AGRIBANK].pk, url=url, at=NOW)


def test_in_production_only_https_is_taken(world, settings):
    settings.DEMO = False
    with pytest.raises(BanksError):
        webhooks.set_webhook(client_id=world.clients[AGRIBANK].pk, url="http://bank.example/", at=NOW)
