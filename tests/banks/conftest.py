"""Worlds of the bank channel, built once a module; each test's own changes are rolled back to that point.

Imported inside: this file is read before the settings are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def released(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The world that a module's tests begin from, inside a transaction that is never committed."""
    from django.db import transaction

    from tests.banks import bank_world

    with django_db_blocker.unblock(), transaction.atomic():
        yield bank_world.build()
        transaction.set_rollback(True)


@pytest.fixture
def world(released: Any, db: None) -> Any:
    """Both banks' lists are released."""
    return released.copy()


@pytest.fixture
def acknowledged(world: Any) -> Any:
    """Both banks have confirmed their lists."""
    for provider in world.clients:
        assert world.acknowledge(provider).status_code == 200
    return world
