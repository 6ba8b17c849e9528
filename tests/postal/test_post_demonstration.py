"""The demonstration's Post: points everywhere once, and its lists on their days."""

import pytest

from desk.demonstration import post
from postal.models import Contract, Listing, PayDay, PayPoint
from tests import desk_world, worlds
from tests.desk_world import DECEMBER

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_a_contract_points_and_decembers_lists():
    world = desk_world.build()
    # A commune of Bình Thuận each, one day at the point and one home round.
    planned = post.prepare_post(month=DECEMBER)
    assert planned == 2 * PayPoint.objects.count() == PayDay.objects.count() > 200
    assert post.prepare_post(month=DECEMBER) == 0
    worlds.run_round(DECEMBER)
    batch = world.batch("POST")
    assert post.deal_out(month=DECEMBER, at=worlds.NOON) == 0
    desk_world.bring(batch, "acknowledged", world)
    assert post.deal_out(month=DECEMBER, at=worlds.NOON) == Listing.objects.count() == 4
    assert Contract.objects.get().fees.count() == 2
