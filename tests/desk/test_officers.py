"""The demonstration's officers are enough people for every step of the main job, each signing in as themselves."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.access import Action, Reader, reader_for
from accounts.models import User
from areas.models import Unit
from common.money import format_number
from desk.demonstration import providers
from desk.synthetic.officers import create_demo_officers
from payments.models import Batch, Cycle
from payments.operations import batches
from tests import worlds
from tests.stepped_up import stepped_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
DECEMBER, REFORMED = date(2024, 12, 1), date(2025, 8, 1)
# What one person does and another has to do or to have done, in each paying unit.
TWO_PEOPLE = (
    (Action.SUBMIT, Action.APPROVE),
    (Action.SUBMIT, Action.WITHDRAW),
    (Action.CLOSE, Action.CLOSE),
)
ONE_PERSON = (Action.MAKE_LISTS, Action.FUND, Action.RELEASE, Action.SEE_PEOPLE, Action.SEE_PAYMENTS)


def readers(on: date) -> dict[str, Reader]:
    return {
        o.username: reader_for(User.objects.get(username=o.username), on=on)
        for o in create_demo_officers(on=on)
    }


def who_may(found: dict[str, Reader], action: Action, unit: Unit) -> set[str]:
    return {name for name, reader in found.items() if reader.may(action, unit.pk)}


def missing_people(on: date) -> list[tuple[str, str]]:
    found = readers(on)
    units = Unit.objects.on(on).paying()
    assert units.exists()
    lacking = [
        (unit.name, f"{first} and {second}")
        for unit in units
        for first, second in TWO_PEOPLE
        if not any(a != b for a in who_may(found, first, unit) for b in who_may(found, second, unit))
    ]
    lacking += [
        (u.name, str(action)) for u in units for action in ONE_PERSON if not who_may(found, action, u)
    ]
    everywhere = [
        name for name, reader in found.items() if {u.pk for u in units} <= reader.units(Action.CLOSE)
    ]
    return lacking + ([] if len(everywhere) >= 2 else [("province", "two who close the whole cycle")])


def test_every_step_of_every_paying_unit_has_the_people_it_takes():
    assert missing_people(DECEMBER) == []


def test_control_one_administrator_fewer_and_nobody_can_close_with_him():
    create_demo_officers(on=DECEMBER)
    User.objects.filter(username="quantri2").update(is_active=False)
    officers = {user.username: reader_for(user, on=DECEMBER) for user in User.objects.all()}
    units = Unit.objects.on(DECEMBER).paying()
    assert [n for n, r in officers.items() if {u.pk for u in units} <= r.units(Action.CLOSE)] == ["quantri"]


def test_a_whole_cycle_is_done_on_the_site_by_the_demonstration_s_officers():
    create_demo_officers(on=DECEMBER)
    for name in ("Đặng Thị Ước", "Lê Văn Đỗ"):
        worlds.grant(worlds.person(name), "BTXH_5.5c", since=DECEMBER)
    say("quantri", "round_open", [], month="2024-12")  # rings the workers, of which none runs here
    say("quantri", "cycle_act", ["2024-12"], action="next_slice")
    batch = Batch.objects.get()
    step = ("batch_act", [batch.pk])
    say("huyen593", *step, action="submit")
    say("duyet593", *step, action="approve", count=2, amount=batch.amount)
    amount = format_number(batch.amount)
    say("ketoan", *step, action="fund", number="RDT-1", date="2024-12-03", amount=amount)
    say("ketoan", *step, action="release")
    batches.acknowledge(batch_id=batch.pk, count=2, amount=batch.amount, at=worlds.NOON)
    providers.report(batch=batch, at=worlds.NOON)
    providers.state_accounts(month=DECEMBER)
    say("quantri", "cycle_act", ["2024-12"], action="prepare_close")
    say("quantri2", "cycle_act", ["2024-12"], action="close")
    assert Cycle.objects.get().state == "closed"


def say(username: str, url: str, args: list[object], **fields: object) -> None:
    """Do one thing on the site as an officer; it must succeed without a refusal."""
    client = Client()
    client.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    stepped_up(client)
    path = f"/cycles/{args[0]}/act/" if url == "cycle_act" else reverse(url, args=args)
    response = client.post(path, fields)
    assert response.status_code == 302, (username, fields)
    refused = [str(m) for m in get_messages(response.wsgi_request) if m.level_tag in ("error", "warning")]
    assert refused == [], (username, fields)


def test_communes_that_pay_themselves_after_the_reform_have_their_two_people_each(settings):
    settings.PROVINCE_CODE = "68"
    assert {unit.level for unit in Unit.objects.on(REFORMED).paying()} == {"commune"}
    assert missing_people(REFORMED) == []
