"""Who may call the interface: clients, secrets, tokens, networks, certificates, scopes, rates."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from banks.models import Token
from banks.operations import access
from tests.banks import bank_world
from tests.banks.bank_world import AGRIBANK, NOW, V1

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(db):
    bank_world.worlds.load_reference()
    return access.create_client(
        provider=AGRIBANK, name="Hệ thống chi trả", scopes=["read", "results"], at=NOW, per_minute=3
    )


def ask(form, **headers):
    body = "&".join(f"{name}={value}" for name, value in form.items())
    return Browser(headers={"Accept-Language": "en"}).generic(
        "POST", f"{V1}/token", body, content_type=FORM, headers=headers
    )


def credentials(client, **more):
    return {"grant_type": "client_credentials", "client_id": client[0].pk, "client_secret": client[1], **more}


def me(token, **extra):
    return Browser(headers={"Authorization": f"Bearer {token}"}).get(f"{V1}/me", **extra)


def test_a_client_gets_a_token_for_an_hour_by_form_or_by_basic(client):
    answer = ask(credentials(client))
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (
        200,
        "Bearer",
        3600,
    )
    assert answer["Cache-Control"] == "no-store"
    basic = b64encode(f"{client[0].pk}:{client[1]}".encode()).decode()
    assert ask({"grant_type": "client_credentials"}, Authorization=f"Basic {basic}").status_code == 200
    assert me(answer.json()["access_token"]).json()["bank"] == "Agribank"


def test_neither_secret_nor_token_is_kept_in_clear(client):
    token = ask(credentials(client)).json()["access_token"]
    assert token.encode() not in bytes(Token.objects.get().digest)
    assert client[1].encode() not in bytes(client[0].secrets.get().digest)


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "970405-nobody"}, 401, "invalid_client"),
        ({"scope": "read accounts"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_for_a_token_is_refused_as_rfc_6749_says(client, change, status, error):
    answer = ask(credentials(client) | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_token_reaches_only_the_scopes_asked_for(client):
    token = ask(credentials(client, scope="results")).json()["access_token"]
    answer = Browser(headers={"Authorization": f"Bearer {token}"}).get(f"{V1}/batches")
    assert answer.status_code == 403
    assert 'scope="read"' in answer["WWW-Authenticate"]
    assert answer.json()["type"].endswith("/banks/api/#forbidden")


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic eDp5", "Bearer a b", "Bearer é"])
def test_without_a_live_token_nothing_is_answered(client, header):
    answer = Browser(headers={"Authorization": header} if header else {}).get(f"{V1}/batches")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_is_worth_nothing_and_is_forgotten(client):
    token = ask(credentials(client)).json()["access_token"]
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert me(token).status_code == 401
    assert access.forget(at=timezone.now()) == 1


def test_after_a_rotation_both_secrets_work_for_a_week_then_only_the_new_one(client):
    new = access.rotate_secret(client_id=client[0].pk, at=NOW)
    for secret in (client[1], new):
        access.issue_token(client_id=client[0].pk, secret=secret, scope="", caller=access.Caller("x"), at=NOW)
    later = NOW + timedelta(days=7, seconds=1)
    with pytest.raises(access.AccessRefused):
        access.issue_token(
            client_id=client[0].pk, secret=client[1], scope="", caller=access.Caller("x"), at=later
        )
    access.issue_token(client_id=client[0].pk, secret=new, scope="", caller=access.Caller("x"), at=later)


def test_a_client_out_of_use_loses_its_tokens_at_once(client):
    token = ask(credentials(client)).json()["access_token"]
    access.set_client_active(client_id=client[0].pk, active=False)
    assert me(token).status_code == 401
    assert ask(credentials(client)).status_code == 401


def test_it_answers_only_the_networks_agreed(client, settings):
    client[0].networks = ["203.0.113.0/24"]
    client[0].save()
    assert ask(credentials(client)).status_code == 401
    assert ask(credentials(client), **{"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    settings.BANK_PROXIES = ["127.0.0.1/32"]
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    token = ask(credentials(client), **forwarded).json()["access_token"]
    assert me(token).status_code == 401
    assert me(token, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200


def test_a_certificate_is_believed_only_from_our_own_proxy(client, settings):
    client[0].certificate_sha256 = "ab" * 32
    client[0].save()
    shown = {"X-Client-Cert-Sha256": "AB:" * 31 + "AB"}
    assert ask(credentials(client), **shown).status_code == 401
    settings.BANK_PROXIES = ["127.0.0.1/32"]
    assert ask(credentials(client), **shown).status_code == 200
    assert ask(credentials(client), **{"X-Client-Cert-Sha256": "cd" * 32}).status_code == 401


def test_above_its_rate_a_client_is_told_when_to_come_again(client):
    token = ask(credentials(client)).json()["access_token"]
    answers = [me(token) for _call in range(4)]
    # A window that ends between the calls begins to count anew; five more calls cannot meet two ends.
    answers += [me(token) for _call in range(5)] if answers[-1].status_code == 200 else []
    last = answers[-1]
    assert answers[0]["RateLimit-Limit"] == "3"
    assert int(answers[0]["RateLimit-Remaining"]) in (1, 2)
    assert (last.status_code, last["RateLimit-Remaining"]) == (429, "0")
    assert 1 <= int(last["Retry-After"]) <= 60


def test_a_bad_network_or_thumbprint_is_refused_in_words(client):
    for bad in ({"networks": ["Hà Nội"]}, {"certificate_sha256": "xyz"}):
        with pytest.raises(access.BanksError):
            access.create_client(provider=AGRIBANK, name="x", scopes=["read"], at=NOW, **bad)
