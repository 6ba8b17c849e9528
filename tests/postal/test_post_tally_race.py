"""Dealing out while an outcome is being written: the sums wait. The guard has its control: off, they are wrong."""

import threading
import time

import pytest
from django.db import connection, transaction

from payments.operations import batches
from postal.models import Listing
from postal.operations import calendar
from postal.queries.tallies import check_tallies
from tests import worlds
from tests.desk_world import DECEMBER
from tests.postal import world as post_world

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid IN "
            "(SELECT pid FROM pg_stat_activity WHERE datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def broken_after_a_withdrawal_while_lists_are_dealt_out() -> int:
    world = post_world.build(state="funded")
    first = world.payments()[0]
    Listing.objects.all().delete()

    def deal():
        try:
            calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=worlds.NOON)
        finally:
            connection.close()

    dealing = threading.Thread(target=deal)
    with transaction.atomic():
        batches.withdraw(
            payment_id=first.pk, by=world.desk.officers["approver"], at=worlds.NOON, reason="Mất"
        )
        dealing.start()
        deadline = time.monotonic() + 60
        while dealing.is_alive() and not somebody_waits() and time.monotonic() < deadline:
            time.sleep(0.05)
    dealing.join(60)
    assert not dealing.is_alive()
    return check_tallies().broken


def test_dealing_out_waits_for_an_outcome_that_is_being_written():
    assert broken_after_a_withdrawal_while_lists_are_dealt_out() == 0
    # Whoever was withdrawn meanwhile is put on no list.
    assert Listing.objects.count() == 3


def test_control_without_the_lock_the_sums_go_wrong(monkeypatch):
    monkeypatch.setattr(calendar, "_lock_lists", lambda month: None)
    assert broken_after_a_withdrawal_while_lists_are_dealt_out() > 0
