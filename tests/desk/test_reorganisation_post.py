"""The Post through the reorganisation of 2025-07-01: points, clerks, people's points and contracts go on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.access import Action, reader_for
from accounts.models import Role, RoleName, User
from areas.models import Succession, Unit
from beneficiaries.models import POST, Person, Provider
from desk.operations.reorganisation import confirm, prepare
from desk.queries.reorganisation import preview
from postal.models import Contract, PayDay, PayPoint, PersonPoint
from postal.operations import calendar, contract
from postal.operations.succession import follow_units
from postal.queries.contracts import contract_for
from postal.queries.scope import visible_points
from tests import worlds
from tests.worlds import NOON, REFORM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
JUNE, LAST, JULY = date(2025, 6, 1), date(2025, 6, 30), date(2025, 7, 1)
SINCE = date(2025, 1, 1)


def merged() -> tuple[Unit, Unit, Unit]:
    """Phường Hàm Tiến, another commune that went the same way, and Phường Mũi Né, which took both."""
    first = worlds.commune()
    after = Succession.objects.get(predecessor=first, is_default=True).successor
    steps = Succession.objects.filter(successor=after, is_default=True).exclude(predecessor=first)
    second = steps.select_related("predecessor").order_by("predecessor__code")[0].predecessor
    return first, second, after


def point_in(commune: Unit, name: str = "", *, main: bool = True) -> PayPoint:
    return contract.open_point(
        commune=commune, name=name or f"Bưu điện {commune.name}", address="1", main=main, valid_from=SINCE
    )


def post_clerk(point: PayPoint) -> User:
    user = worlds.officer(f"giaodich{point.pk}")
    Role.objects.create(user=user, name=RoleName.POST_CLERK, unit=point.commune.parent, valid_from=SINCE)
    contract.assign_clerk(point=point, user=user, valid_from=SINCE)
    return user


def people_in(commune: Unit, count: int) -> list[Person]:
    return [worlds.person(f"Lê Thị {commune.code} {number}", lives=commune) for number in range(count)]


def signed(area: Unit) -> Contract:
    made = contract.sign_contract(
        provider=Provider.objects.get(pk=POST), party=area, areas=[area], number="15/2024/HĐ-BĐ",
        signed_on=SINCE, valid_from=SINCE, money_day=22,
    )  # fmt: skip
    contract.set_fee(contract=made, scheme="BTXH", percent=Decimal("0.8"), from_month=SINCE)
    return made


def reorganise():
    prepare(on_date=REFORM, by=worlds.officer("truoc"), at=NOON)
    return confirm(on_date=REFORM, by=worlds.officer("sau"), at=NOON)


def test_points_go_on_in_the_commune_that_follows_and_the_one_with_most_people_is_its_main_one():
    first, second, after = merged()
    people_in(first, 1)
    people_in(second, 2)
    old = [point_in(first), point_in(second)]
    assert [point.pk for point in preview(on_date=REFORM).points] == [point.pk for point in old]
    assert reorganise().points == 2
    for point in old:
        point.refresh_from_db()
        assert point.valid_to == LAST
    now = PayPoint.objects.on(JULY).filter(commune=after)
    assert {(point.name, point.main) for point in now} == {(old[0].name, False), (old[1].name, True)}
    assert follow_units(on_date=REFORM).points == 0


def test_people_stay_at_their_point_when_it_is_not_the_main_one_any_more():
    first, second, after = merged()
    (one,), others = people_in(first, 1), people_in(second, 2)
    point_in(first), point_in(second)
    chosen = point_in(first, "Điểm phụ", main=False)
    other = people_in(first, 1)[0]
    contract.assign_person(person=other, point=chosen, since=SINCE)
    # Two each by now, so the lower code's point is the main one; the other's people keep theirs.
    main = PayPoint.objects.filter(commune=min(first, second, key=lambda unit: unit.code))
    reorganise()
    kept = {row.person_id: row.point for row in PersonPoint.objects.filter(valid_from=JULY)}
    assert PayPoint.objects.on(JULY).get(commune=after, main=True).name == main.get(main=True).name
    assert kept.pop(other.pk).name == "Điểm phụ"
    staying = [one] if main.get(main=True).commune_id != first.pk else others
    assert set(kept) == {person.pk for person in staying}
    assert PersonPoint.objects.get(person=other, valid_to=LAST).point == chosen


def test_a_clerk_goes_on_at_the_point_that_follows_and_can_finish_the_old_one():
    first, _second, after = merged()
    people_in(first, 1)
    old = point_in(first)
    clerk = post_clerk(old)
    reorganise()
    reader = reader_for(clerk, on=JULY)
    assert reader.may(Action.PAY_CASH, after.pk)
    assert {point.name for point in visible_points(reader=reader, on=JULY)} == {old.name}
    assert set(visible_points(reader=reader, on=JULY).values_list("commune", flat=True)) == {
        first.pk,
        after.pk,
    }


def test_pay_days_planned_for_july_move_and_those_of_june_stay():
    first, _second, after = merged()
    people_in(first, 1)
    old = point_in(first)
    old.refresh_from_db()
    for month, day in ((JUNE, date(2025, 6, 28)), (JULY, date(2025, 7, 5))):
        calendar.plan_day(point=old, month=month, day=day, supervisor="Lê A")
    reorganise()
    assert PayDay.objects.get(month=JUNE).point == old
    assert PayDay.objects.get(month=JULY).point.commune == after


@pytest.mark.parametrize("level", ["district", "province"])
def test_a_contract_goes_on_in_the_communes_that_follow_its_area_and_nowhere_else(level):
    first, _second, after = merged()
    people_in(first, 1)
    area = first.parent if level == "district" else first.parent.parent
    made = signed(area)
    assert reorganise().contracts == 1
    made.refresh_from_db()
    assert made.valid_to == LAST
    assert contract_for(commune=first, on=JUNE) == made
    now = contract_for(commune=after, on=JULY)
    assert (now.number, now.money_day, now.valid_from, now.valid_to) == ("15/2024/HĐ-BĐ", 22, JULY, None)
    fee = now.fees.get()
    assert (fee.scheme, fee.percent, fee.from_month, fee.to_month) == ("BTXH", Decimal("0.8"), JULY, None)
    # The province of today is three provinces of then: the other two never signed.
    elsewhere = Unit.objects.on(JULY).communes().exclude(origins__predecessor__in=Unit.objects.under(area))
    assert all(contract_for(commune=unit, on=JULY) is None for unit in elsewhere[:3])
    assert follow_units(on_date=REFORM).contracts == 0
