"""The key of the blind indexes is changed: everybody is found under the new one, nobody twice, also after a stop."""

from __future__ import annotations

import io
import json
from datetime import date

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import RecoveryCode
from beneficiaries.models import ChangeRequest, Payee, PayoutMethod, Person
from beneficiaries.operations.changes import Draft, save_draft
from common.reindexing import ReindexRefused, indexed_columns, left_under, refuse_company, reindex
from tests import worlds

pytestmark = pytest.mark.django_db
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
DRAFT = "6f1bb7f2-3a0e-4a5b-9a57-0a4e1c0e8f11"


@pytest.fixture
def people(settings) -> list[Person]:
    """Seven people with a number and an account, a payee, and somebody asked for who is not on record yet."""
    settings.BLIND_INDEX_KEY = OLD
    worlds.load_reference()
    officer = worlds.officer("duyet")
    made = []
    for number in range(7):
        card = f"06014000000{number}"
        made.append(worlds.person(f"Người {number}", national_id=card, national_id_index=card))
        worlds.account(made[-1], since=date(2024, 1, 1), number=f"10203040{number}")
    Payee.objects.create(
        person=made[0], role="authorised", name="Con", national_id="060140000099",
        national_id_index="060140000099", document="Giấy 1", valid_from=date(2024, 1, 1),
    )  # fmt: skip
    content = {"person": {"name": "Người Mới", "national_id": "060140000098"}}
    draft = Draft(kind="new", path="signed", commune=worlds.commune(), content=content)
    save_draft(draft=draft, client_key=DRAFT, by=officer, at=worlds.NOON)
    RecoveryCode.objects.create(user=officer, code_index="abcdefghjk")
    settings.BLIND_INDEX_KEY, settings.BLIND_INDEX_OLD_KEY = NEW, OLD
    return made


def test_afterwards_everybody_is_found_under_the_new_key(people):
    assert left_under(old=OLD).total() == 16
    assert not Person.objects.filter(national_id_index="060140000003").exists()
    assert sum(count for _place, count in reindex(old=OLD, part=3)) == 16
    for number, person in enumerate(people):
        assert Person.objects.get(national_id_index=f"06014000000{number}").pk == person.pk
        assert PayoutMethod.objects.get(account_index=f"10203040{number}").account == f"10203040{number}"
    assert Payee.objects.get(national_id_index="060140000099").name == "Con"
    assert ChangeRequest.objects.get(national_id_index="060140000098").asked["person"]["name"] == "Người Mới"
    assert left_under(old=OLD).total() == 0


def test_it_goes_on_where_it_was_stopped_and_writes_nothing_twice(people):
    parts = reindex(old=OLD, part=2)
    done = sum(next(parts)[1] for _part in range(3))
    parts.close()  # the process dies here; what was written stands
    assert 0 < done < 16
    assert left_under(old=OLD).total() == 16 - done
    assert sum(count for _place, count in reindex(old=OLD, part=2)) == 16 - done
    assert list(reindex(old=OLD)) == []


def test_a_number_stays_one_person_s_under_the_new_key(people):
    list(reindex(old=OLD))
    with pytest.raises(IntegrityError, match="national_id_once_while_living"), transaction.atomic():
        worlds.person("Người Khác", national_id="060140000003", national_id_index="060140000003")


def test_nothing_is_written_while_anybody_else_is_connected(people):
    facts = connection.get_connection_params()
    with psycopg.connect(
        host=facts["host"], port=facts.get("port"), dbname=facts["dbname"], user=facts["user"]
    ):
        with pytest.raises(ReindexRefused, match="stop the site"):
            list(reindex(old=OLD))
        with pytest.raises(CommandError, match="stop the site"):
            call_command("rotate_index")
    assert left_under(old=OLD).total() == 16
    assert RecoveryCode.objects.count() == 1


def test_an_index_of_neither_key_is_named_and_left_alone(people):
    Person.objects.filter(pk=people[2].pk).update(national_id_index=b"x" * 32)
    with pytest.raises(ReindexRefused, match=f"beneficiaries_person.national_id_index: row {people[2].pk} "):
        list(reindex(old=OLD))


def test_the_command_ends_recovery_codes_and_a_second_run_changes_nothing(people, settings):
    def said(**options: bool) -> dict[str, int]:
        out = io.StringIO()
        call_command("rotate_index", as_json=True, stdout=out, **options)
        return json.loads(out.getvalue())

    assert said(check=True) == {"written": 0, "left": 16, "recovery_codes_ended": 0}
    assert said() == {"written": 16, "left": 0, "recovery_codes_ended": 1}
    RecoveryCode.objects.create(user=worlds.officer("khac"), code_index="abcdefghjk")
    assert said() == {"written": 0, "left": 0, "recovery_codes_ended": 0}
    assert RecoveryCode.objects.count() == 1
    settings.BLIND_INDEX_OLD_KEY = NEW
    with pytest.raises(CommandError, match="are the same"):
        call_command("rotate_index")


def test_the_application_s_own_role_may_do_it(people, as_application):
    refuse_company()
    assert sum(count for _place, count in reindex(old=OLD)) == 16


def test_only_what_keeps_no_value_is_not_reckoned_anew():
    assert {one.place for one in indexed_columns() if one.value is None} == {
        "accounts_recoverycode.code_index",
        "beneficiaries_likenessdecision.described_index",
    }
