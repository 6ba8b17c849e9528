"""The SQL and the oracle agree on random small worlds: 200 by default, as many as `--worlds` says."""

from __future__ import annotations

import pytest

from tests import worlds
from tests.benefits.random_worlds import play

pytestmark = pytest.mark.django_db

AT_ONCE = 50


@pytest.fixture(autouse=True)
def reference(db):
    worlds.load_reference()


def test_the_engine_pays_what_the_oracle_pays(request, capsys):
    wanted = request.config.getoption("--worlds")
    first = request.config.getoption("--seed")
    lines = 0
    for seed in range(first, first + -(-wanted // AT_ONCE)):
        lines += play(seed, AT_ONCE)
    with capsys.disabled():
        print(f"\n{wanted} worlds, seeds {first} to {seed}: {lines} lines agree")
