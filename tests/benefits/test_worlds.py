"""The SQL and the oracle agree on random small worlds: 200 by default, as many as `--worlds` says (docs/law.md)."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.benefits.random_worlds import play, play_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

AT_ONCE = 50  # worlds that share one timeline, so that a round reckons them together


def test_the_engine_pays_what_the_oracle_pays(request, capsys):
    wanted, first = request.config.getoption("--worlds"), request.config.getoption("--seed")
    seeds = range(first, first + -(-wanted // AT_ONCE))
    lines = sum(play(seed, AT_ONCE) for seed in seeds)
    with capsys.disabled():
        print(f"\n{len(seeds) * AT_ONCE} worlds, seeds {seeds[0]} to {seeds[-1]}: {lines} lines agree")


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
def test_two_worlds_that_hypothesis_makes_as_small_as_it_can(rng: Random):
    play_with(rng, 2)


def test_a_birth_year_alone_may_count_from_its_last_month(settings):
    settings.BIRTH_CONVENTION = "last"
    play(777, AT_ONCE, year_means="last")
