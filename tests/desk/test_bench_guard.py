"""The regression guard: generation, import and results of a small roll against their floors, by ratio alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command

from bench import generation, importing, results
from bench.bounds import BOUNDS, PEOPLE, exceeded
from bench.world import World
from common.months import add_months

PAIRS = 3
MONTHS = [add_months(date(2024, 9, 1), offset) for offset in range(PAIRS + 1)]


@pytest.fixture
def world(transactional_db: None) -> World:
    call_command("load_reference", "--province", "60", "--json")
    call_command("seed_roll", "--people", str(PEOPLE), "--json")
    return World(PEOPLE, seed=1)


@pytest.mark.django_db(transaction=True)
def test_no_ratio_is_worse_than_its_bound(world, tmp_path, settings):
    found = {
        "results": results.compare(pairs=PAIRS)["ratios"],
        "generation": generation.compare(MONTHS[:PAIRS])["ratios"],
    }
    settings.SLICE_PEOPLE = 60
    slower = generation.compare(MONTHS[PAIRS:])["ratios"]
    importing.write_apart(tmp_path / "roll.xlsx", world)
    found["import"] = importing.compare(tmp_path / "roll.xlsx", pairs=PAIRS)["ratios"]
    assert exceeded(found) == []
    assert exceeded({"generation": slower}), "a round in a hundred slices was not seen to be slow"


def test_one_slow_pair_is_no_regression_and_two_of_three_are():
    bound = BOUNDS["results"]
    assert exceeded({"results": [bound * 9, bound, bound / 2]}) == []
    assert exceeded({"results": [bound * 9, bound * 1.1, bound / 2], "import": [1.0]}) == [
        f"results: {bound * 1.1:.2f} times its floor, more than {bound}"
    ]
