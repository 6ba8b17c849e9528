"""Fixtures of the tests about people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from areas.models import Unit


@pytest.fixture
def world(db: None) -> dict[str, Unit]:
    """Two communes of one district and one of the same name in another, four categories, two banks and the Post."""
    from tests.beneficiaries.roll_world import build_world  # models load only once Django is set up

    return build_world()
