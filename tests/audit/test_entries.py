"""Every change is written down by the database itself, whoever makes it and however; nothing encrypted in clear."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.models import Role, RoleName
from areas.models import Unit
from audit.actor import acting
from audit.models import Entry
from audit.operations.looking import LookWithoutReason, record_look
from audit.triggers import TRIGGERS
from audit.watched import UNWATCHED, watched_tables
from bench.world import processor_seconds
from beneficiaries.models import Entitlement, FactChange, PayoutMethod, Person
from payments.models import Batch
from payments.operations import batches
from tests import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
DECEMBER = date(2024, 12, 1)
NATIONAL_ID, ACCOUNT = "060040001234", "1234567890123"


def entries(**which: object) -> list[Entry]:
    return list(Entry.objects.filter(**which).order_by("id"))


def test_a_changed_person_leaves_the_old_and_the_new_value_of_what_changed_alone():
    who = worlds.person("Đặng Thị Ước")
    Person.objects.filter(pk=who.pk).update(phone="0912345678", notes=who.notes)
    entry = entries(table_name="beneficiaries_person", kind="update")[-1]
    assert (entry.old, entry.new) == ({"phone": ""}, {"phone": "0912345678"})
    assert (entry.person_id, entry.row_key) == (who.pk, str(who.pk))


def test_it_names_the_officer_and_the_request_while_they_are_at_work_and_not_after():
    who = worlds.person()
    with acting(officer=77, source="request 1f"):
        Person.objects.filter(pk=who.pk).update(phone="1")
    Person.objects.filter(pk=who.pk).update(phone="2")
    first, second = entries(table_name="beneficiaries_person", kind="update")
    assert (first.officer_id, first.source) == (77, "request 1f")
    assert (second.officer_id, second.source) == (None, "")


def test_a_source_of_any_length_never_stops_the_work():
    with acting(officer=1, source="request " + "x" * 500):
        who = worlds.person()
    assert entries(person_id=who.pk)[0].source == "request " + "x" * 112


def test_a_statement_over_many_rows_leaves_one_entry_for_each_that_changed():
    people = [worlds.person(f"Nguyễn Thị Số {number}") for number in range(5)]
    Person.objects.filter(pk=people[0].pk).update(sex="female")
    before = Entry.objects.count()
    Person.objects.filter(pk__in=[one.pk for one in people]).update(sex="female")
    assert Entry.objects.count() == before + 4


def test_raw_sql_is_written_down_too_and_so_is_what_it_removes():
    grant = worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    FactChange.objects.create(entitlement=grant, from_month=DECEMBER, heads=2)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM beneficiaries_factchange")
    entry = entries(table_name="beneficiaries_factchange", kind="delete")[0]
    assert entry.old["heads"] == 2
    assert entry.person_id == grant.person_id


def test_an_encrypted_number_says_that_it_changed_and_nothing_of_what_it_was_or_is():
    who = worlds.person(national_id=NATIONAL_ID, national_id_index=NATIONAL_ID)
    PayoutMethod.objects.create(
        person=who,
        channel="bank",
        provider_id=worlds.AGRIBANK,
        account=ACCOUNT,
        account_index=ACCOUNT,
        holder="DANG THI UOC",
        valid_from=date(2030, 1, 1),
    )
    who.national_id = who.national_id_index = "060040009999"
    who.save()
    entry = entries(table_name="beneficiaries_person", kind="update")[-1]
    assert (entry.old, entry.new) == ({"national_id_index": "…"}, {"national_id_index": "…"})
    everything = json.dumps([[one.old, one.new] for one in entries()])
    stored = Person.objects.filter(pk=who.pk).values_list("national_id", "national_id_index").get()
    for secret in (NATIONAL_ID, ACCOUNT, "060040009999", *(bytes(value).hex() for value in stored)):
        assert secret not in everything


def test_a_number_encrypted_anew_under_another_key_is_no_change():
    who = worlds.person(national_id=NATIONAL_ID, national_id_index=NATIONAL_ID)
    before = Entry.objects.count()
    field = Person._meta.get_field("national_id")
    Person.objects.filter(pk=who.pk).update(national_id=field.encrypt(NATIONAL_ID, who.uuid))
    assert Entry.objects.count() == before


def test_a_password_is_masked_and_a_sign_in_is_no_change():
    officer = worlds.officer("huyen")
    officer.set_password("một mật khẩu rất dài")
    officer.save(update_fields=["password"])
    officer.last_login = worlds.NOON
    officer.save(update_fields=["last_login"])
    changes = entries(table_name="accounts_user", kind="update")
    assert [entry.new for entry in changes] == [{"password": "…"}]


def test_a_batch_has_its_moves_and_its_officer_in_the_audit():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    batch = Batch.objects.get()
    with acting(officer=5, source="request 2a"):
        batches.submit(batch_id=batch.pk, by=worlds.officer("huyen"), at=worlds.NOON)
    entry = entries(batch_id=batch.pk, kind="update")[-1]
    assert (entry.old["state"], entry.new["state"], entry.officer_id) == ("draft", "submitted", 5)


def test_payments_and_their_lines_are_left_to_their_events():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=DECEMBER)
    worlds.run_round(DECEMBER)
    assert not Entry.objects.filter(table_name__in=UNWATCHED).exists()


def test_every_other_table_of_ours_is_watched_by_all_three_triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname = ANY(%s) GROUP BY 1",
            [list(TRIGGERS)],
        )
        found = dict(cursor.fetchall())
    assert found == {watched.table: 3 for watched in watched_tables()}
    named = {
        "beneficiaries_person",
        "beneficiaries_residence",
        "beneficiaries_entitlement",
        "beneficiaries_payee",
    }
    named |= {
        "beneficiaries_factchange",
        "beneficiaries_child",
        "beneficiaries_suspension",
        "beneficiaries_payoutmethod",
    }
    named |= {
        "benefits_rate",
        "benefits_base",
        "accounts_role",
        "accounts_user",
        "payments_batch",
        "payments_cycle",
    }
    named |= {"payments_overpaiddecision", "reports_target", "banks_client"}
    assert named <= found.keys()


def test_a_change_made_on_a_page_carries_the_officer_signed_in_and_the_request(client):
    officer = worlds.officer("quan-tri")
    province = Unit.objects.provinces().get(code="60")
    Role.objects.create(user=officer, name=RoleName.ADMINISTRATOR, unit=province, valid_from=date(2024, 1, 1))
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    client.post(
        reverse("targets"), {"percent": "60", "on_date": "2025-06-30", "scheme": "BTXH", "source": "12"}
    )
    entry = entries(table_name="reports_target", kind="insert")[-1]
    assert entry.officer_id == officer.pk
    assert re.fullmatch(r"request [0-9a-f-]{36}", entry.source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('ansinh.officer', true)")
        assert cursor.fetchone() == ("",)  # taken back at the request's end


def test_a_look_is_recorded_with_who_whom_what_and_why():
    who = worlds.person()
    looked = {"officer_id": 9, "person_id": who.pk, "table": "beneficiaries_person", "row_key": who.pk}
    with acting(officer=9, source="request 3c"):
        record_look(**looked, column="national_id", reason="  đối chiếu   thẻ ", at=worlds.NOON)
    entry = entries(kind="look")[0]
    assert entry.new == {"column": "national_id", "reason": "đối chiếu thẻ"}
    assert (entry.officer_id, entry.person_id, entry.source) == (9, who.pk, "request 3c")
    with pytest.raises(LookWithoutReason):
        record_look(**looked, column="national_id", reason=" ", at=worlds.NOON)


@pytest.mark.parametrize(
    "attempt",
    [
        "INSERT INTO audit_entry (at, kind, table_name, row_key, source) VALUES (now(), 'update', 'x', '1', '')",
        "COPY audit_entry (at, kind, table_name, row_key, source) FROM STDIN",
        "CREATE TEMPORARY TABLE own (id bigint); CREATE TRIGGER made_up AFTER INSERT ON own"
        " REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION audit_of_beneficiaries_person()",
        "GRANT INSERT ON audit_entry TO ansinh_app; INSERT INTO audit_entry DEFAULT VALUES",
        "CREATE OR REPLACE FUNCTION audit_look(timestamptz, text, text, bigint, jsonb, bigint, text) RETURNS bigint"
        " LANGUAGE sql AS 'SELECT 1::bigint'",
    ],
)
def test_the_site_s_own_role_can_make_no_entry_up(as_application, attempt):
    before = Entry.objects.count()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attempt)
    assert Entry.objects.count() == before


def test_the_owner_could_which_is_why_the_site_never_holds_its_password():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (at, kind, table_name, row_key, source) VALUES (now(), 'update', 'x', '1', '')"
        )
    assert entries(table_name="x")


def test_a_look_is_recorded_by_the_site_s_own_role(as_application):
    who = worlds.person()
    record_look(officer_id=9, person_id=who.pk, table="beneficiaries_person", row_key=who.pk, column="national_id",
                reason="Đối chiếu", at=worlds.NOON)  # fmt: skip
    assert entries(kind="look")[0].new == {"column": "national_id", "reason": "Đối chiếu"}


def test_the_site_s_own_role_writes_the_audit_through_its_work(as_application):
    who = worlds.person("Lê Văn Đức")
    assert Entitlement.objects.filter(person=who).count() == 0
    assert entries(table_name="beneficiaries_person", person_id=who.pk)[0].new["name"] == "Lê Văn Đức"


def seconds_of_many_after(singles: int) -> float:
    """Processor time of one statement over 2,000 people in a session of its own that changed single ones before."""
    connection.close()
    first = Person.objects.order_by("pk")[0].pk
    changed = "UPDATE beneficiaries_person SET notes = notes || '.' WHERE id < %s"
    with connection.cursor() as cursor:
        for _single in range(singles):
            cursor.execute(changed, [first + 1])
        before = processor_seconds()
        cursor.execute(changed, [first + 2000])
        assert cursor.rowcount == 2000
    return processor_seconds() - before


@pytest.mark.django_db(transaction=True)
def test_a_roll_costs_no_more_in_a_session_that_changed_single_people_before():
    Person.objects.bulk_create(
        Person(
            name="Nguyễn Thị Số", name_folded="nguyen thi so", name_sort="so", birth_date=date(1940, 5, 20)
        )
        for _number in range(2000)
    )
    after, fresh = seconds_of_many_after(10), seconds_of_many_after(0)
    assert after < 3 * fresh
