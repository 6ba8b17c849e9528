"""Small worlds for tests: the law as it is, a commune or two, and a handful of people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import User
from areas.models import Unit
from areas.operations import load_units
from beneficiaries.models import (
    ALWAYS_READY,
    Entitlement,
    PayoutMethod,
    Person,
    Reckon,
    ReckonReason,
    Residence,
)
from beneficiaries.providers import load_providers
from benefits.models import Category
from benefits.operations import load_benefits
from common.text import fold, person_sort_key
from desk.operations.reorganisation import move_homes
from payments.models import Cycle
from payments.operations import generation
from payments.operations.generation import SliceResult
from reports.models import Target

AGRIBANK = "970405"
REFORM = date(2025, 7, 1)
NOON = datetime(2024, 12, 1, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def clock() -> datetime:
    return NOON


def load_reference() -> None:
    """Bình Thuận's units, the decrees, the banks and the target of 2025, unless the database has them."""
    if not Category.objects.exists():
        load_units(province="60")
        load_benefits()
        load_providers()
        # Loaded in the test's own transaction, where no autovacuum sees them: without it each reader costs a second.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE areas_unit, areas_succession")
    # A migration wrote it; a test that empties every table at its end takes it from those that follow.
    Target.objects.get_or_create(
        scheme="", unit=None, on_date=date(2025, 12, 31), set_on=date(2024, 1, 1), defaults={"rate": 1}
    )


def commune(code: str = "22918", on: date = date(2024, 12, 1)) -> Unit:
    """Phường Hàm Tiến, Phan Thiết, before the reform."""
    return Unit.objects.on(on).communes().get(code=code)


def person(
    name: str = "Đặng Thị Ước", *, born: date = date(1940, 5, 20), lives: Unit | None = None, **facts: Any
) -> Person:
    made = Person.objects.create(
        name=name, name_folded=fold(name), name_sort=person_sort_key(name), birth_date=born, **facts
    )
    Residence.objects.create(person=made, commune=lives or commune(), valid_from=date(2000, 1, 1))
    return made


def grant(
    to: Person,
    category: str,
    *,
    since: date,
    settled_before: date | None = None,
    queue: bool = True,
    **facts: Any,
) -> Entitlement:
    made = Entitlement.objects.create(
        person=to, category_id=category, from_month=since, settled_before=settled_before or since, **facts
    )
    if queue:
        reckon(to, made.settled_before, ReckonReason.GRANTED)
    return made


def reckon(who: Person, since: date, reason: str = ReckonReason.CHANGED) -> None:
    Reckon.objects.create(person=who, from_month=since, ready_on=ALWAYS_READY, reason=reason)


def account(
    of: Person, *, since: date = date(2020, 1, 1), number: str = "1234567890", **facts: Any
) -> PayoutMethod:
    return PayoutMethod.objects.create(
        person=of,
        channel="bank",
        provider_id=facts.pop("provider", AGRIBANK),
        account=number,
        account_index=number,
        holder=fold(of.name).upper(),
        verified_on=facts.pop("verified_on", since),
        valid_from=since,
        **facts,
    )


def officer(username: str) -> User:
    return User.objects.create_user(username, password=None)


def run_round(month: date, *, last_month: date | None = None, routed_on: date | None = None) -> SliceResult:
    """Open the cycle if need be and make its next round in this process; after the reform in the new communes."""
    if month >= REFORM:
        move_homes(on_date=REFORM)
    cycle: Cycle = generation.open_cycle(month=month, last_month=last_month)
    made = generation.open_round(cycle=cycle, routed_on=routed_on or month, at=NOON)
    return generation.drain_round(round_id=made.pk, at=clock)
