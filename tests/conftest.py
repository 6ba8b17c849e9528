"""Real PostgreSQL and Valkey for the tests, started once a run and shared by its workers.

With DATABASE_URL or REDIS_URL set (an owner's address: the tests make their own database) those are used instead.
Set here, not in pyproject.toml: the environment must be complete before the settings are read.
"""

import fcntl
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from config import services

# Random examples are judged by what they show, not by how long a loaded machine takes for one of them.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["ANSINH_TEST_SERVICES"] = "1"
os.environ["ANSINH_DB_ROLE"] = "owner"

_SLOTS = 16
_WORKERS_A_SLOT = 16  # Redis databases of one run: its controller's, then one for each worker
_slot_lock: int | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--worlds", type=int, default=200, help="how many random worlds the engine is judged on")
    parser.addoption(
        "--race-rounds", type=int, default=2, help="how often sixteen threads race for each thing"
    )
    parser.addoption("--seed", type=int, default=1, help="the first seed of the random worlds")


def pytest_configure(config: pytest.Config) -> None:
    """Have the servers running, and take a database name and Redis database that no other run uses now."""
    services.ensure()
    if "ANSINH_TEST_SLOT" not in os.environ:
        os.environ["ANSINH_TEST_SLOT"] = str(_take_slot())
        os.environ["ANSINH_TEST_REDIS"] = os.environ.get("REDIS_URL", "")
    slot = int(os.environ["ANSINH_TEST_SLOT"])
    named = os.environ["ANSINH_TEST_REDIS"]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")) + 1
    if not named:
        os.environ.pop("REDIS_URL", None)
        embedded = services.urls(os.environ).redis_url.partition("?")[0]
        os.environ["REDIS_URL"] = f"{embedded}?db={slot * _WORKERS_A_SLOT + worker}"
    elif named.startswith("unix://") and "db=" not in named:
        os.environ["REDIS_URL"] = f"{named}?db={worker}"

    from django.conf import settings

    # A worker of pytest-xdist inherits its controller's environment, and reads the settings before this line.
    found = services.urls(os.environ)
    settings.REDIS_URL, settings.CELERY_BROKER_URL = found.redis_url, found.broker_url
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_ansinh_{slot}"


@pytest.fixture
def as_application(db: None) -> Iterator[None]:
    """Run the test's statements with the rights of the site and its workers, not the owner's."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ansinh_app")
        yield
        cursor.execute("RESET ROLE")


def _take_slot() -> int:
    """A number no other test run of this checkout holds; freed by the kernel when this process ends."""
    global _slot_lock
    folder = services.state_dir(os.environ) / "lock"
    for slot in range(_SLOTS):
        descriptor = os.open(folder / f"slot-{slot}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        _slot_lock = descriptor
        return slot
    raise pytest.UsageError(f"{_SLOTS} test runs are already using {folder}")


@pytest.fixture(autouse=True)
def in_vietnamese() -> Iterator[None]:
    """A page asked for in English leaves its language active; the next test begins in the site's own."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def reference(db: None) -> None:
    """The law, the units and the banks as they are."""
    from tests import worlds  # models load only once Django is set up

    worlds.load_reference()


@pytest.fixture
def world(db: None) -> Any:
    """The desk's world (`desk_world.World`), where a folder or file has none of its own."""
    from tests import desk_world

    return desk_world.build()
