"""A database of its own for a benchmark, with a synthetic roll of N people."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from bench.copies import multiply

# 5,000,000 people are 80 copies of it.
LARGEST_WRITTEN = 62_500
MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


@dataclass(frozen=True, slots=True)
class World:
    """What the synthetic roll was made from."""

    people: int
    seed: int


@contextmanager
def scratch_database(*, name: str, people: int, seed: int) -> Iterator[World]:
    """Switch the default connection to a new database with the reference data and a roll; dropped at the end.

    Runs as the database's owner. Other processes do the loading, so that this one's memory stays its own. More than
    LARGEST_WRITTEN people are copies of a roll of fewer (`bench.copies`), rounded down to whole copies.
    """
    copies = -(-people // LARGEST_WRITTEN)
    original = connection.settings_dict["NAME"]
    _admin(f'DROP DATABASE IF EXISTS "{name}"')
    _admin(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        for arguments in (
            ["migrate", "--verbosity", "0"],
            ["load_reference", "--province", "60"],
            ["seed_roll", "--people", str(people // copies), "--seed", str(seed), "--json"],
        ):
            run_there(arguments)
        if copies > 1:
            multiply(copies)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        yield World(people, seed)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        _admin(f'DROP DATABASE IF EXISTS "{name}"')


def run_there(arguments: list[str]) -> None:
    """Run a manage.py command on the database that the default connection now names; it must end well."""
    ended = start_there(arguments).wait()
    if ended:
        raise subprocess.CalledProcessError(ended, arguments)


def start_there(arguments: list[str]) -> subprocess.Popen[bytes]:
    """The same, without waiting for its end."""
    command = [sys.executable, str(MANAGE), *arguments]
    return subprocess.Popen(command, env=environment_there(), stdout=subprocess.DEVNULL)


def environment_there() -> dict[str, str]:
    """The environment of a process that is to use the database that the default connection now names."""
    url = urlsplit(settings.SERVICES.owner_url)
    here = urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))
    return os.environ | {"DATABASE_URL": here, "DATABASE_OWNER_URL": here}


def peak_rss_mb() -> float:
    """The most memory, in MB, that this process has held so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def processor_seconds() -> float:
    """Processor time of this process and of its connection's server process, where that runs on this machine.

    On a shared machine it says more than the clock; what parallel workers of a query need is not in it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    ticks = stat.read_text().rpartition(")")[2].split()[11:13] if stat.exists() else []
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _admin(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
