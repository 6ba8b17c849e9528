"""The bank's file read twice at once, and the list approved twice at once: one effect each."""

from __future__ import annotations

import pytest

from beneficiaries.models import PayoutMethod
from beneficiaries.operations.campaigns import ChangedOver, Taken
from tests import worlds
from tests.beneficiaries.campaign_world import Day, held
from tests.faults.test_change_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def day(transactional_db) -> Day:
    worlds.load_reference()
    return held()


def test_the_same_file_read_twice_at_once_counts_once(day):
    rows = [day.row(number) for number in range(3)]
    found = at_once(lambda: day.read(*rows), lambda: day.read(*rows))
    assert sorted(found, key=str) == [Taken(0, 0, 3), Taken(3, 0, 0)]
    day.campaign.refresh_from_db()
    assert day.campaign.version == 2


def test_the_list_approved_twice_at_once_changes_everybody_over_once(day):
    day.read(*(day.row(number) for number in range(3)))
    found = at_once(day.approve, day.approve)
    assert sorted(one.done for one in found if isinstance(one, ChangedOver)) == [0, 3]
    assert PayoutMethod.objects.filter(channel="bank").count() == 3
