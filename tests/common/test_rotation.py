"""A key is changed while people are on record: every value stays readable, findable, and leaves the old key."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import SecondFactor
from beneficiaries.models import PayoutMethod, Person
from common.rotation import encrypted_fields, keys_in_use, rotate
from tests import worlds

pytestmark = pytest.mark.django_db
OLD, NEW = {"k1": bytes(range(32))}, {"k2": bytes(range(32, 64))}


@pytest.fixture
def people(settings) -> list[Person]:
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = OLD, "k1"
    worlds.load_reference()
    made = []
    for number in range(7):
        card = f"06014000000{number}"
        made.append(worlds.person(f"Người {number}", national_id=card, national_id_index=card))
        worlds.account(made[-1], since=date(2024, 1, 1), number=f"10203040{number}")
    SecondFactor.objects.create(user=worlds.officer("duyet"), secret="GEZDGNBV")
    settings.FIELD_KEYS, settings.FIELD_KEY_ID = {**OLD, **NEW}, "k2"
    return made


def under(key: str) -> int:
    return sum(keys[key] for keys in keys_in_use().values())


def test_afterwards_the_old_key_can_be_taken_away_and_everything_is_read_and_found(people, settings):
    assert (under("k1"), under("k2")) == (15, 0)
    assert sum(count for _place, count in rotate(part=3)) == 15
    assert (under("k1"), under("k2")) == (0, 15)
    settings.FIELD_KEYS = NEW
    for number, person in enumerate(people):
        found = Person.objects.get(national_id_index=f"06014000000{number}")
        assert (found.pk, found.national_id) == (person.pk, f"06014000000{number}")
        assert PayoutMethod.objects.get(account_index=f"10203040{number}").account == f"10203040{number}"
    assert SecondFactor.objects.get().secret == "GEZDGNBV"


def test_it_goes_on_where_it_was_stopped_and_writes_nothing_twice(people):
    parts = rotate(part=2)
    done = sum(next(parts)[1] for _part in range(3))
    parts.close()  # the process dies here; what was written stands
    assert 0 < done < 15
    assert (under("k1"), under("k2")) == (15 - done, done)
    assert sum(count for _place, count in rotate(part=2)) == 15 - done
    assert list(rotate()) == []


def test_a_value_written_meanwhile_under_the_new_key_is_left_alone(people):
    person = Person.objects.get(pk=people[0].pk)
    person.national_id = "060140000009"
    person.save()
    stored = Person.objects.filter(pk=person.pk).values_list("national_id", flat=True).get()
    list(rotate())
    assert Person.objects.filter(pk=person.pk).values_list("national_id", flat=True).get() == stored


def test_without_the_old_key_it_stops_and_names_the_place(people, settings):
    settings.FIELD_KEYS = NEW
    with pytest.raises(CommandError, match="no key 'k1'"):
        call_command("rotate_keys")
    assert under("k1") == 15


def test_the_command_counts_what_each_key_holds(people):
    out = io.StringIO()
    call_command("rotate_keys", check=True, as_json=True, stdout=out)
    assert json.loads(out.getvalue())["old"] == 15
    out = io.StringIO()
    call_command("rotate_keys", as_json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert (said["written"], said["old"]) == (15, 0)
    assert said["in_use"]["beneficiaries_person.national_id"] == {"k2": 7}


def test_the_application_s_own_role_may_do_it(people, as_application):
    assert sum(count for _place, count in rotate()) == 15


def test_every_encrypted_column_of_the_project_is_known():
    places = {f"{field.model._meta.db_table}.{field.column}" for field in encrypted_fields()}
    assert {
        "beneficiaries_person.national_id",
        "beneficiaries_payee.national_id",
        "beneficiaries_payoutmethod.account",
        "accounts_secondfactor.secret",
    } <= places
