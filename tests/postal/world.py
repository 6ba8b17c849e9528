"""A pay point in Hàm Tiến with December's four postal payments, and officers around it.

Each is 1,500,000 đồng: 500,000 for the month and two months' arrears.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.test import Client

from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import Provider
from payments.models import Batch, Payment
from postal.models import PayDay, PayPoint
from postal.operations import calendar, contract
from tests import desk_world, worlds
from tests.desk_world import DECEMBER, World

FIFTH = date(2024, 12, 5)
SINCE = date(2024, 1, 1)


@dataclass
class PostWorld:
    desk: World
    point: PayPoint
    other_point: PayPoint
    day: PayDay
    batch: Batch

    @property
    def clerk(self) -> User:
        return self.desk.officers["post_clerk"]

    def client(self, who: str) -> Client:
        return self.desk.client(who)

    def payments(self) -> list[Payment]:
        """In the order of the list."""
        return list(self.batch.payments.select_related("person").order_by("listing__number"))


def elsewhere() -> Unit:
    """Phường Phú Thủy, the same district."""
    return Unit.objects.on(DECEMBER).communes().exclude(pk=worlds.commune().pk).filter(parent__code="593")[0]


def sign(desk: World) -> contract.Contract:
    assert desk.district.parent is not None
    return contract.sign_contract(
        provider=Provider.objects.get(pk="POST"), party=desk.district.parent, areas=[desk.district.parent],
        number="15/2024/HĐ-BĐ", signed_on=SINCE, valid_from=SINCE,
    )  # fmt: skip


def build(*, password: bool = False, state: str = "acknowledged") -> PostWorld:
    """Everything up to the pay day's list, dealt out; nobody has come yet."""
    desk = desk_world.build(password=password)
    sign(desk)
    point = contract.open_point(
        commune=worlds.commune(), name="Bưu điện Hàm Tiến", address="12 Nguyễn Đình Chiểu",
        hours="07:30–11:00", main=True, valid_from=SINCE,
    )  # fmt: skip
    other = contract.open_point(
        commune=elsewhere(), name="Bưu điện khác", address="1 Trần Hưng Đạo", main=True, valid_from=SINCE
    )
    contract.assign_clerk(point=point, user=desk.officers["post_clerk"], valid_from=SINCE)
    stranger = desk_world._officer("other_clerk", RoleName.POST_CLERK, desk.district, password)
    desk.officers["other_clerk"] = stranger
    contract.assign_clerk(point=other, user=stranger, valid_from=SINCE)
    second = User.objects.create_user("second_clerk", password=desk_world.PASSWORD if password else None)
    Role.objects.create(user=second, name=RoleName.POST_CLERK, unit=desk.district, valid_from=SINCE)
    desk.officers["second_clerk"] = second
    contract.assign_clerk(point=point, user=second, valid_from=SINCE)
    worlds.run_round(DECEMBER)
    batch = desk.batch("POST")
    desk_world.bring(batch, state, desk)
    day = calendar.plan_day(
        point=point, month=DECEMBER, day=FIFTH, supervisor="Nguyễn Thị Giám", supervisor_title="Cán bộ LĐTBXH",
        opens=time(7, 30), closes=time(11),
    )  # fmt: skip
    calendar.list_payments(month=DECEMBER, communes=[point.commune_id], at=worlds.NOON)
    batch.refresh_from_db()
    return PostWorld(desk, point, other, day, batch)
