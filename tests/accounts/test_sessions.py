"""Sessions on shared computers end by themselves; wrong passwords close a door for a while, never for good."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.locks import OF_AN_ACCOUNT, OF_AN_ADDRESS
from accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "một mật khẩu đủ dài"
LIMIT = 10


@pytest.fixture
def user(db) -> User:
    return User.objects.create_user("huyen", password=PASSWORD)


def try_in(username: str, password: str, address: str) -> int:
    """The status: 200 refused, 302 signed in, 429 locked."""
    return (
        Client(REMOTE_ADDR=address)
        .post("/sign-in/", {"username": username, "password": password})
        .status_code
    )


def fail(username: str, address: str, times: int) -> None:
    """That many wrong passwords were typed there just now."""
    from axes.models import AccessAttempt

    AccessAttempt.objects.create(
        username=username, ip_address=address, user_agent="", failures_since_start=times,
        attempt_time=timezone.now(), get_data="", post_data="", http_accept="", path_info="",
    )  # fmt: skip


def test_a_session_ends_when_nothing_was_done_for_half_an_hour(user):
    client, begun = Client(), timezone.now()
    with time_machine.travel(begun, tick=False):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/account/").status_code == 200
    for minutes, status in ((29, 200), (58, 200), (89, 302)):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert client.get("/account/").status_code == status, minutes
    with time_machine.travel(begun + timedelta(minutes=90), tick=False):
        assert "lâu không thao tác" in client.get("/sign-in/").content.decode()


def test_where_one_was_is_kept_for_after_signing_in_again_whatever_the_address_holds(user):
    client, begun = Client(), timezone.now()
    with time_machine.travel(begun, tick=False):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/account/")
    with time_machine.travel(begun + timedelta(minutes=31), tick=False):
        asked = client.get("/people/a%26b%3Fc/")
    assert parse_qs(urlsplit(asked["Location"]).query) == {"next": ["/people/a&b?c/"]}


def test_a_session_lasts_no_longer_than_a_working_day_however_busy(user):
    client, begun = Client(), timezone.now()
    with time_machine.travel(begun, tick=False):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.get("/account/")
    for minutes in range(20, 601, 20):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert client.get("/account/").status_code == 200, minutes
    with time_machine.travel(begun + timedelta(hours=10, minutes=1), tick=False):
        assert client.get("/account/").status_code == 302


def test_the_session_s_cookie_ends_with_the_browser_and_no_script_reads_it(user):
    client = Client()
    client.post("/sign-in/", {"username": "huyen", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_signing_in_gives_the_session_a_new_name_and_signing_out_ends_it(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    before = client.cookies["sessionid"].value
    client.post("/sign-out/")
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/account/").status_code == 302
    client.post("/sign-in/", {"username": "huyen", "password": PASSWORD})
    assert client.cookies["sessionid"].value != before


def test_ten_wrong_passwords_close_an_account_to_that_address_only_and_for_a_quarter_of_an_hour(user):
    for _try in range(LIMIT - 1):
        assert try_in("huyen", "sai", "10.0.0.1") == 200
    assert try_in("huyen", "sai", "10.0.0.1") == 429
    assert try_in("huyen", PASSWORD, "10.0.0.1") == 429
    assert try_in("huyen", PASSWORD, "10.0.0.2") == 302
    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        assert try_in("huyen", PASSWORD, "10.0.0.1") == 429  # which does not lengthen the wait
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert try_in("huyen", PASSWORD, "10.0.0.1") == 302


def test_an_address_that_tries_many_accounts_is_closed_for_all_of_them(user):
    for number in range(OF_AN_ADDRESS // 5):
        fail(f"user{number}", "10.0.0.9", 5)
    assert try_in("huyen", PASSWORD, "10.0.0.9") == 429
    assert try_in("huyen", PASSWORD, "10.0.0.8") == 302


def test_an_account_tried_from_everywhere_is_closed_to_strangers_and_open_at_its_officer_s_desk(user):
    assert try_in("huyen", PASSWORD, "10.0.0.1") == 302
    for number in range(OF_AN_ACCOUNT // 5):
        fail("huyen", f"203.0.113.{number}", 5)
    assert try_in("huyen", PASSWORD, "198.51.100.1") == 429
    assert try_in("huyen", PASSWORD, "10.0.0.1") == 302


@pytest.mark.parametrize(("proxies", "counted"), [([], "10.0.0.1"), (["10.0.0.1/32"], "198.51.100.7")])
def test_only_our_own_proxy_says_for_whom_it_asks(user, settings, proxies, counted):
    from axes.models import AccessAttempt

    settings.BANK_PROXIES = proxies
    client = Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 198.51.100.7")
    client.post("/sign-in/", {"username": "huyen", "password": "sai"})
    assert AccessAttempt.objects.get().ip_address == counted
