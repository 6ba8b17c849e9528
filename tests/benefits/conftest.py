"""The law as it is, for the tests that ask for it."""

from __future__ import annotations

import pytest


@pytest.fixture
def reference(db: None) -> None:
    from tests import worlds  # models load only once Django is set up

    worlds.load_reference()
