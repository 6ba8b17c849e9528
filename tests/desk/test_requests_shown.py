"""The demonstration's change requests are entered once and change nothing on record."""

from datetime import date

import pytest

from areas.models import Unit
from beneficiaries.models import ChangeRequest, Person
from desk.demonstration.requests import show_requests
from desk.synthetic.officers import create_demo_officers
from tests import worlds

pytestmark = pytest.mark.django_db
ON = date(2024, 12, 26)


def test_a_handful_of_requests_stands_in_several_states_and_nothing_is_carried_out(settings):
    settings.DEMO = True
    worlds.load_reference()
    create_demo_officers(on=ON)
    for number in range(6):
        worlds.grant(worlds.person(f"Người Số {number}"), "BTXH_5.5c", since=date(2024, 1, 1))
    assert show_requests(on=ON) == {"draft": 1, "returned": 1, "submitted": 3}
    assert show_requests(on=ON) == {"draft": 1, "returned": 1, "submitted": 3}
    assert ChangeRequest.objects.count() == 5
    assert not Person.objects.exclude(died_on=None).exists()
    assert set(ChangeRequest.objects.values_list("commune", flat=True)) == {
        Unit.objects.on(ON).communes().get(code="22918").pk
    }
