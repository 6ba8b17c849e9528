"""A webhook's address leads to the public Internet or to a network that the installation names, and nowhere else."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest
from django.utils import timezone

from banks import outward
from banks.models import Attempt
from tests.banks.test_webhooks import hooked, listener, tell  # noqa: F401 - fixtures


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_an_address_behind_the_site_is_not_outside(address, settings):
    settings.WEBHOOK_NETWORKS = []
    assert not outward.is_outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_an_address_of_the_public_internet_is_outside(address, settings):
    settings.WEBHOOK_NETWORKS = []
    assert outward.is_outside(address)


def test_a_leased_line_is_reached_where_the_installation_names_its_network_and_its_neighbours_are_not(
    settings,
):
    settings.WEBHOOK_NETWORKS = [ip_network("10.20.0.0/16")]
    assert outward.is_outside("10.20.3.4")
    assert not outward.is_outside("10.21.3.4")
    assert not outward.is_outside("127.0.0.1")


@pytest.mark.django_db
def test_a_notice_to_this_machine_is_not_sent_and_the_attempt_says_why(hooked, listener, settings):  # noqa: F811
    settings.WEBHOOK_NETWORKS = []
    assert tell(timezone.now()) == 0
    assert listener.came == []
    attempt = Attempt.objects.get()
    assert attempt.status == 0
    assert "127.0.0.1, which is not a public address" in attempt.fault


def test_a_name_one_of_whose_addresses_is_inside_is_refused_whole(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.5")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kinds: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_args: pytest.fail("it connected"))
    with pytest.raises(outward.AddressRefused, match=r"10\.0\.0\.5"):
        outward.connect("ngan-hang.example", 443, 1)


def test_the_connection_goes_to_the_address_that_was_judged_and_asks_for_the_name_no_second_time(
    settings, monkeypatch
):
    settings.WEBHOOK_NETWORKS = []
    asked: list[str] = []
    gone: list[tuple[str, int]] = []

    def resolve(host: str, port: int, **_kinds: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port))
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(
        socket, "create_connection", lambda place, _timeout: gone.append(place) or socket.socket()
    )
    outward.connect("ngan-hang.example", 443, 1).close()
    assert (asked, gone) == (["ngan-hang.example"], [("8.8.8.8", 443)])
