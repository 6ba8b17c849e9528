"""The world of the Post, for the tests that ask for it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def world(db: None) -> Any:
    from tests.postal import world as post_world  # models load only once Django is set up

    return post_world.build()
