"""The demonstration's lists of other offices are taken once and change nothing on record."""

from datetime import date

import pytest

from beneficiaries.models import ChangeRequest, Person
from common.cccd import make_cccd
from desk.demonstration.civil import show_civil_lists
from desk.models import CivilList
from desk.synthetic.officers import create_demo_officers
from tests import worlds
from tests.desk_world import NAMES

pytestmark = pytest.mark.django_db
ON = date(2024, 12, 26)


def test_a_list_of_deaths_is_kept_and_one_of_households_is_a_preview(settings):
    settings.DEMO = True
    worlds.load_reference()
    create_demo_officers(on=ON)
    for number, name in enumerate(NAMES[:4]):
        card = make_cccd("060", "female", 1940, number + 1)
        person = worlds.person(name, national_id=card, national_id_index=card)
        worlds.grant(person, "BTXH_5.6_N" if number < 2 else "BTXH_5.5a", since=date(2024, 1, 1))
    show_civil_lists(on=ON)
    assert show_civil_lists(on=ON) == "shown before"
    deaths, households = CivilList.objects.order_by("pk")
    assert (deaths.kept_at is None, households.kept_at is None) == (False, True)
    found = [(match.person.name, match.likeness, match.effect) for match in deaths.matches.order_by("pk")]
    assert found == [(NAMES[0], "exact", "death"), (NAMES[1], "alike", "death")]
    # Every second one stands on the list of households; the social pension is not yet law.
    assert [(one.person.name, one.effect) for one in households.matches.all()] == [(NAMES[3], "lose")]
    assert not ChangeRequest.objects.exists()
    assert not Person.objects.exclude(died_on=None).exists()
