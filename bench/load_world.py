"""What the load run needs before it starts: three months of payments, officers with sessions, banks with clients."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from random import Random

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client as Browser
from django.utils import timezone

from accounts.access import Action, reader_for
from accounts.models import Role, RoleName, User
from areas.models import Unit
from banks.models import Scope
from banks.operations.access import create_client
from beneficiaries.models import Residence
from desk.demonstration import providers
from desk.demonstration.post import deal_out, prepare_post
from desk.demonstration.year import cast, show_month
from desk.synthetic.officers import create_demo_officers
from payments.models import Batch
from payments.operations.cycles import run_cycle
from payments.queries.batches import visible_batches
from postal.models import PayPoint, PointClerk
from postal.queries.scope import visible_days
from reports.operations import refresh_figures

SETTLED = (date(2024, 10, 1), date(2024, 11, 1))
RUNNING = date(2024, 12, 1)
LAST = date(2025, 6, 1)  # then the roll's communes end (the reorganisation of 2025-07-01): six more cycles
# Of two hundred: a civil servant for nearly every commune, the district offices, the Post, the province.
SHARES = {
    RoleName.COMMUNE_OFFICER: 110,
    RoleName.PREPARER: 20,
    RoleName.APPROVER: 20,
    RoleName.POST_CLERK: 20,
    RoleName.ACCOUNTANT: 10,
    RoleName.VIEWER: 10,
    RoleName.ADMINISTRATOR: 5,
    RoleName.AUDITOR: 5,
}


@dataclass(frozen=True, slots=True)
class Officer:
    """A signed-in officer: the cookie of her session, and ids of what lies in her area to be opened."""

    role: str
    session: str
    people: list[int]
    batches: list[int]
    days: list[int]


@dataclass(frozen=True, slots=True)
class BankClient:
    """A bank's credentials."""

    provider: str
    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part."""

    officers: list[Officer]
    banks: list[BankClient]


def prepare_months() -> None:
    """Two months from list to close; the running month's lists with their providers, nothing reported yet."""
    create_demo_officers(on=RUNNING, password="not used: sessions are made, not signed in to")
    prepare_post(month=RUNNING)
    people = cast()
    for month in SETTLED:
        show_month(month=month, people=people, progress=lambda _done, _all: None)
    at = timezone.now()
    run_cycle(month=RUNNING, at=timezone.now)
    for batch in providers.drafts(month=RUNNING):
        hand_over = providers.release if batch.channel == "bank" else providers.send
        hand_over(
            batch=batch,
            preparer=people.preparers[batch.unit_id],
            approver=people.approvers[batch.unit_id],
            accountant=people.accountant,
            at=at,
        )
    deal_out(month=RUNNING, at=at)
    refresh_figures(at=at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def take_part(*, officers: int, banks: int, draw: Random) -> Cast:
    """Officers by their shares of SHARES, and the banks with the most accounts."""
    scale = sum(SHARES.values())
    people = [
        _officer(RoleName(role), number, draw)
        for role, share in SHARES.items()
        for number in range(max(1, round(officers * share / scale)))
    ]
    most = (
        Batch.objects.filter(round__cycle=RUNNING, channel="bank")
        .values_list("provider")
        .annotate(lists=Count("pk"))
        .order_by("-lists", "provider")[:banks]
    )
    clients = []
    for provider, _lists in most:
        client, secret = create_client(
            provider=provider, name="load", scopes=Scope.values, at=timezone.now(), per_minute=100_000
        )
        clients.append(BankClient(provider, client.pk, secret))
    return Cast(people[:officers], clients)


def _officer(role: RoleName, number: int, draw: Random) -> Officer:
    unit = _unit(role, number)
    user = User.objects.create_user(
        f"load-{os.getpid()}-{role}-{number}", password=None, full_name=f"{role.label} {number}"
    )
    Role.objects.create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    browser = Browser()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if role == RoleName.POST_CLERK:
        points = PayPoint.objects.filter(commune__in=Unit.objects.under(unit)).order_by("pk")
        PointClerk.objects.create(point=points[number % points.count()], user=user, valid_from=SETTLED[0])
    today = timezone.localdate()
    reader = reader_for(user, on=today)
    communes = reader.units(Action.SEE_PEOPLE)
    living = Residence.objects.filter(commune__in=communes, valid_to=None).order_by("person")
    people = list(living.values_list("person", flat=True)[:400])
    return Officer(
        role=role,
        session=browser.cookies[settings.SESSION_COOKIE_NAME].value,
        people=draw.sample(people, min(60, len(people))),
        batches=list(visible_batches(reader).order_by("-pk").values_list("pk", flat=True)[:40]),
        days=list(
            visible_days(reader=reader, on=today).order_by("-day", "pk").values_list("pk", flat=True)[:20]
        ),
    )


def _unit(role: RoleName, number: int) -> Unit:
    units = Unit.objects.on(RUNNING)
    province = units.get(level="province", code=settings.PROVINCE_CODE)
    if role == RoleName.COMMUNE_OFFICER:
        found = units.communes().under(province).order_by("code")
    elif role in (RoleName.PREPARER, RoleName.APPROVER, RoleName.POST_CLERK):
        found = units.paying().under(province).order_by("code")
    else:
        return province
    return found[number % found.count()]
