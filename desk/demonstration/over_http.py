"""One bank of the demonstration at work over real HTTP: a server of the site, a client with its secret, real tokens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.utils import timezone

from banks.models import Scope
from banks.operations.access import create_client, set_client_active
from banks.simulator.bank import Bank, Habits
from banks.simulator.http import Connection
from beneficiaries.models import Provider
from common.money import format_number
from desk.demonstration.providers import FAILED_TRANSFERS

START_SECONDS = 60.0


@dataclass
class BankOverHttp:
    """The bank and what it took: it never touches the database."""

    provider: str
    name: str
    bank: Bank
    seconds: float = 0.0

    def pay_lists(self) -> None:
        """Fetch, confirm, pay and report the lists that are released to it."""
        started = time.monotonic()
        self.bank.pay_lists()
        self.seconds += time.monotonic() - started

    def state(self, month: date) -> None:
        """Deliver its statement of the month."""
        started = time.monotonic()
        self.bank.state(f"{month:%Y-%m}")
        self.seconds += time.monotonic() - started

    def nothing_fails_now(self, *, on: date) -> None:
        """The accounts were corrected: from this day on every transfer arrives."""
        self.bank.habits, self.bank.today = replace(self.bank.habits, failed=0.0), on

    def summary(self) -> str:
        """What it did, in one line."""
        done = self.bank.done
        return (
            f"{self.name} over HTTP: {format_number(done['lists'])} lists, {format_number(done['paid'])} paid, "
            f"{done['failed']} failed, {done['repeated']} messages repeated, "
            f"{done['applied twice']} results applied twice, "
            f"{format_number(done['statement lines'])} statement lines, {self.seconds:.1f} s"
        )


@contextmanager
def bank_over_http(provider: str, *, on: date) -> Iterator[BankOverHttp]:
    """A site on a free port of this machine, and a client of the bank that lives as long."""
    client, secret = create_client(
        provider=provider, name="demonstration", scopes=Scope.values, at=timezone.now(), per_minute=100_000
    )
    try:
        with site_over_http(os.environ) as address:
            habits = Habits(failed=FAILED_TRANSFERS, returned=0.0, message_size=1_000)
            line = Connection(address, client.pk, secret)
            name = Provider.objects.get(pk=provider).short_name
            yield BankOverHttp(provider, name, Bank(line, habits, on))
    finally:
        set_client_active(client_id=client.pk, active=False)


@contextmanager
def site_over_http(environment: Mapping[str, str]) -> Iterator[str]:
    """The site by gunicorn on a free port of this machine, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gunicorn = Path(sys.executable).parent / "gunicorn"
    server = subprocess.Popen(
        [gunicorn, "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "error"],
        # Collected static files: there are none here.
        env={**environment, "PYTHONWARNINGS": "ignore::UserWarning"},
    )
    try:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise ConnectionError("the site did not start")
