"""A role holds in its unit, in the units under it, and only while it lasts."""

from datetime import date

import pytest

from accounts.access import Action, reader_for
from accounts.models import Role, RoleName
from areas.models import Unit
from tests import worlds

pytestmark = pytest.mark.django_db
TODAY = date(2024, 12, 2)


@pytest.fixture
def phan_thiet(db):
    worlds.load_reference()
    return Unit.objects.districts().get(code="593")


def test_a_district_officer_acts_in_the_district_and_its_communes_only(phan_thiet):
    user = worlds.officer("huyen")
    Role.objects.create(user=user, name=RoleName.PREPARER, unit=phan_thiet, valid_from=date(2024, 1, 1))
    reader = reader_for(user, on=TODAY)
    elsewhere = Unit.objects.districts().get(code="594")
    assert reader.may(Action.SUBMIT, phan_thiet.pk)
    assert reader.may(Action.SEE_PEOPLE, worlds.commune().pk)
    assert not reader.may(Action.SUBMIT, elsewhere.pk)
    assert not reader.may(Action.APPROVE)


def test_a_viewer_sees_figures_and_no_people(phan_thiet):
    user = worlds.officer("tinh")
    Role.objects.create(user=user, name=RoleName.VIEWER, unit=phan_thiet.parent, valid_from=date(2024, 1, 1))
    reader = reader_for(user, on=TODAY)
    assert reader.may(Action.SEE_COVERAGE, phan_thiet.pk)
    assert not reader.may(Action.SEE_PEOPLE)
    assert not reader.may(Action.SEE_PAYMENTS)


def test_a_role_that_has_ended_gives_nothing(phan_thiet):
    user = worlds.officer("cu")
    Role.objects.create(
        user=user,
        name=RoleName.APPROVER,
        unit=phan_thiet,
        valid_from=date(2024, 1, 1),
        valid_to=date(2024, 12, 1),
    )
    assert not reader_for(user, on=TODAY).may(Action.APPROVE)
