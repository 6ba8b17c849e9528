"""A small province for tests of pages: officers of Phan Thiết, an outsider of another district, a dozen people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.test import Client

from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import Payee, Person
from common.cccd import make_cccd
from payments.models import Batch
from payments.operations import batches
from payments.operations.batches import Voucher
from tests import worlds
from tests.stepped_up import stepped_up

OCTOBER, NOVEMBER, DECEMBER = date(2024, 10, 1), date(2024, 11, 1), date(2024, 12, 1)
PASSWORD = "một mật khẩu đủ dài"
NAMES = ("Đặng Thị Ước", "Nguyễn Văn Ẩm", "Trần Thị Bưởi", "Lê Văn Đỗ", "Phạm Thị Ỷ", "Huỳnh Văn Ơn")


@dataclass
class World:
    """Officers by role name, plus `outsider`; people in the order of NAMES."""

    district: Unit
    officers: dict[str, User] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    def client(self, who: str, *, proved: bool = True) -> Client:
        """Signed in as an officer who, unless `proved` is False, has just entered her authenticator's code."""
        client = Client()
        client.force_login(self.officers[who], backend="django.contrib.auth.backends.ModelBackend")
        return stepped_up(client) if proved else client

    def batch(self, provider: str = "POST", month: date = DECEMBER) -> Batch:
        return Batch.objects.get(
            round__cycle=month, provider=provider, scheme="BTXH", unit=self.district, round__number=0
        )


def build(*, password: bool = False) -> World:
    """The officers and people; nothing is made or paid yet. `password` gives every officer PASSWORD."""
    worlds.load_reference()
    district = Unit.objects.districts().get(code="593")
    elsewhere = Unit.objects.districts().get(code="594")
    world = World(district)
    assert district.parent is not None
    posts = dict.fromkeys(RoleName, district) | {
        RoleName.VIEWER: district.parent,
        RoleName.ADMINISTRATOR: district.parent,
        RoleName.COMMUNE_OFFICER: worlds.commune(),
    }
    for role, unit in posts.items():
        world.officers[role] = _officer(role, role, unit, password)
    world.officers["second"] = _officer("second", RoleName.ADMINISTRATOR, district.parent, password)
    world.officers["outsider"] = _officer("outsider", RoleName.PREPARER, elsewhere, password)
    for number, name in enumerate(NAMES):
        card = make_cccd("060", "female", 1940, number + 1)
        person = worlds.person(name, national_id=card, national_id_index=card, sex="female")
        worlds.grant(person, "BTXH_5.5c", since=OCTOBER)
        world.people.append(person)
    worlds.account(world.people[0], number="1020304050")
    worlds.account(world.people[1], number="5040302010")
    return world


def two_cycles(world: World) -> None:
    """November, then December, in which things have changed: see `test_it_says_what_changed`."""
    worlds.run_round(NOVEMBER)
    dead, new, other = world.people[5], worlds.person("Võ Thị Mới"), worlds.person("Hồ Văn Khác")
    Person.objects.filter(pk=dead.pk).update(died_on=date(2024, 11, 20))
    worlds.grant(new, "BTXH_5.5c", since=DECEMBER)
    worlds.grant(other, "BTXH_5.6_DBN", since=OCTOBER)
    method = worlds.account(other, number="7777777777")
    method.holder = "HO VAN LA"
    method.save()
    Payee.objects.create(
        person=other, role="authorised", name="Hồ Thị Con", document="Giấy ủy quyền 12", valid_from=OCTOBER
    )
    worlds.account(world.people[2], number="9999999999", since=date(2024, 11, 15))
    worlds.run_round(DECEMBER)


def bring(batch: Batch, state: str, world: World) -> None:
    """Take a draft batch to a state by the operations, each by the officer whose step it is."""
    who, at = world.officers, worlds.NOON
    steps = {
        "submitted": lambda: batches.submit(batch_id=batch.pk, by=who["preparer"], at=at),
        "approved": lambda: batches.approve(batch_id=batch.pk, by=who["approver"], at=at),
        "funded": lambda: batches.fund(
            batch_id=batch.pk, voucher=Voucher("GRT-1", DECEMBER, batch.amount), by=who["accountant"], at=at
        ),
        "released": lambda: batches.release(batch_id=batch.pk, by=who["accountant"], at=at),
        "acknowledged": lambda: batches.acknowledge(
            batch_id=batch.pk, count=batch.count, amount=batch.amount, at=at
        ),
    }
    for name, step in steps.items():
        step()
        if name == state:
            return


def _officer(username: str, role: str, unit: Unit, password: bool) -> User:
    user = User.objects.create_user(username, password=PASSWORD if password else None)
    Role.objects.create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    return user
