"""Change requests: who may do what to one, in which order, and that one officer never does both."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import ChangeEvent, ChangeRequest, Entitlement, Person
from beneficiaries.operations import changes
from beneficiaries.operations.changes import errors
from common.cccd import make_cccd
from tests import worlds
from tests.beneficiaries.change_world import AT, SIGNED, decided, draft, saved, submitted

pytestmark = pytest.mark.django_db
OCTOBER = date(2024, 10, 1)
CARD = make_cccd("060", "female", 1940, 77)


@pytest.fixture
def clerk(db):
    worlds.load_reference()
    return worlds.officer("xa")


@pytest.fixture
def approver(db):
    return worlds.officer("duyet")


@pytest.fixture
def granted(clerk) -> Entitlement:
    return worlds.grant(worlds.person(), "BTXH_5.5c", since=OCTOBER)


def stop(granted: Entitlement) -> dict[str, object]:
    return {"entitlements": [granted.pk], "last_month": "2024-12-01", "why": "ineligible"}


def states(request: ChangeRequest) -> list[tuple[str, str]]:
    return list(request.events.values_list("from_state", "to_state"))


def test_a_draft_sent_twice_is_one_draft(clerk, granted):
    key = uuid.uuid4()
    asked = draft("stop", granted.person, stop(granted))
    first = changes.save_draft(draft=asked, client_key=key, by=clerk, at=AT)
    again = changes.save_draft(draft=asked, client_key=key, by=clerk, at=AT)
    assert first.pk == again.pk
    assert ChangeRequest.objects.count() == 1
    assert ChangeEvent.objects.count() == 1


def test_a_draft_may_be_unfinished_and_is_refused_only_when_submitted(clerk, granted):
    made = saved("stop", granted.person, {"entitlements": [granted.pk]}, by=clerk)
    with pytest.raises(errors.Incomplete) as refused:
        changes.submit(request_id=made.pk, version=made.version, by=clerk, at=AT)
    assert refused.value.field == "last_month"
    assert ChangeRequest.objects.get().state == "draft"


def test_nothing_of_a_newcomer_stands_in_clear(clerk):
    saved("new", None, {"person": {"name": "Võ Thị Mới", "national_id": CARD}}, by=clerk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT beneficiaries_changerequest::text FROM beneficiaries_changerequest")
        stored = cursor.fetchone()[0]
    assert CARD not in stored
    assert "Mới" not in stored
    assert CARD.encode().hex() not in stored


def test_submitting_tries_the_change_out_and_writes_nothing_of_it(clerk, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    granted.refresh_from_db()
    assert made.state == "submitted"
    assert granted.last_month is None
    # Eight working days after Monday 2 December 2024.
    assert made.decide_by == date(2024, 12, 12)


def test_it_is_taken_back_until_somebody_opens_it(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    made = changes.take_back(request_id=made.pk, version=made.version, by=clerk, at=AT)
    made = changes.submit(request_id=made.pk, version=made.version, by=clerk, at=AT)
    changes.open_request(request_id=made.pk, version=made.version, by=approver, at=AT)
    with pytest.raises(errors.MoveRefused):
        changes.take_back(request_id=made.pk, version=made.version, by=clerk, at=AT)
    assert states(made) == [
        ("", "draft"),
        ("draft", "submitted"),
        ("submitted", "draft"),
        ("draft", "submitted"),
        ("submitted", "opened"),
    ]


def test_it_is_returned_with_a_reason_corrected_and_approved(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    with pytest.raises(errors.Incomplete):
        changes.return_with_reason(request_id=made.pk, version=1, by=approver, at=AT, reason=" ")
    changes.return_with_reason(request_id=made.pk, version=1, by=approver, at=AT, reason="Sai tháng")
    content = stop(granted) | {"last_month": "2024-11-01"}
    asked = draft("stop", granted.person, content)
    made = changes.save_draft(draft=asked, client_key=made.client_key, by=clerk, at=AT, version=1)
    assert (made.version, made.state, made.reason) == (2, "returned", "Sai tháng")
    changes.submit(request_id=made.pk, version=2, by=clerk, at=AT)
    made = changes.approve(request_id=made.pk, version=2, by=approver, at=AT)
    granted.refresh_from_db()
    assert (made.state, made.reason) == ("approved", "")
    assert (granted.last_month, granted.end_reason) == (date(2024, 11, 1), "ineligible")


def test_who_asks_cannot_decide(clerk, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    for decide in (changes.open_request, changes.approve):
        with pytest.raises(errors.SameOfficer):
            decide(request_id=made.pk, version=made.version, by=clerk, at=AT)
    granted.refresh_from_db()
    assert granted.last_month is None


def test_the_database_holds_two_people_and_the_states(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    row = ChangeRequest.objects.filter(pk=made.pk)
    for change in (
        {"state": "approved", "opened_by": approver, "opened_at": AT, "decided_by": clerk, "decided_at": AT},
        {"state": "opened"},
        {
            "state": "refused",
            "opened_by": approver,
            "opened_at": AT,
            "decided_by": approver,
            "decided_at": AT,
        },
        {"state": "nonsense"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)


def test_events_are_never_changed(clerk, granted):
    saved("stop", granted.person, stop(granted), by=clerk)
    for change in (lambda e: e.update(to_state="approved"), lambda e: e.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(ChangeEvent.objects.all())


def test_a_person_has_one_open_request_of_a_kind(clerk, approver, granted):
    made = saved("stop", granted.person, {}, by=clerk)
    with pytest.raises(errors.AlreadyAsked):
        saved("stop", granted.person, {}, by=clerk)
    saved("suspend", granted.person, {}, by=clerk)
    changes.withdraw(request_id=made.pk, version=made.version, by=clerk, at=AT)
    saved("stop", granted.person, {}, by=clerk)
    newcomer = {"person": {"national_id": CARD}}
    saved("new", None, newcomer, by=clerk)
    with pytest.raises(errors.AlreadyAsked):
        saved("new", None, newcomer, by=clerk)


def test_an_approver_never_decides_about_what_was_not_seen(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    made = changes.take_back(request_id=made.pk, version=1, by=clerk, at=AT)
    asked = draft("stop", granted.person, stop(granted) | {"why": "waived"})
    changes.save_draft(draft=asked, client_key=made.client_key, by=clerk, at=AT, version=1)
    with pytest.raises(errors.EditedMeanwhile):
        changes.save_draft(draft=asked, client_key=made.client_key, by=clerk, at=AT, version=1)
    changes.submit(request_id=made.pk, version=2, by=clerk, at=AT)
    with pytest.raises(errors.EditedMeanwhile):
        changes.approve(request_id=made.pk, version=1, by=approver, at=AT)


def test_a_record_that_changed_since_is_not_overwritten(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    granted.last_month = date(2025, 6, 1)
    granted.save()
    with pytest.raises(errors.RecordChanged):
        changes.approve(request_id=made.pk, version=1, by=approver, at=AT)
    assert ChangeRequest.objects.get().state == "submitted"


def test_an_application_is_approved_only_with_its_decision(clerk, approver):
    content = {
        "person": {"name": "Võ Thị Mới", "birth_date": "1940-05-20", "sex": "female", "national_id": CARD},
        "category": "BTXH_5.5c",
        "payout": {"channel": "post", "pay_at": "home"},
    }
    blank = {"path": "application", "decision_number": "", "decision_date": None, "decision_signer": ""}
    made = submitted("new", None, content, by=clerk, **blank)
    assert not Person.objects.exists()
    with pytest.raises(errors.Incomplete):
        changes.approve(request_id=made.pk, version=1, by=approver, at=AT)
    made = changes.approve(request_id=made.pk, version=1, by=approver, at=AT, decision=SIGNED)
    one = Entitlement.objects.get()
    assert (one.person, one.decision_number, one.decision_signer) == (
        made.person, SIGNED.number, SIGNED.signer
    )  # fmt: skip
    # 5(5)(c) is due from the month of the 80th birthday.
    assert one.from_month == date(2020, 5, 1)
    assert made.person.national_id == CARD


def test_many_are_approved_and_those_refused_are_picked_out(clerk, approver):
    people = [worlds.person(f"Người Số {number}") for number in range(3)]
    asked = []
    for person in people:
        grant = worlds.grant(person, "BTXH_5.5c", since=OCTOBER)
        asked.append(submitted("stop", person, stop(grant), by=clerk))
    Entitlement.objects.filter(person=people[1]).update(last_month=date(2025, 1, 1))
    found = changes.approve_many(requests=[(one.pk, 1) for one in asked], by=approver, at=AT)
    assert [one.pk for one in found.done] == [asked[0].pk, asked[2].pk]
    assert [(one.pk, bool(why)) for one, why in found.refused] == [(asked[1].pk, True)]
    assert sorted(ChangeRequest.objects.values_list("state", flat=True)) == [
        "approved", "approved", "submitted"
    ]  # fmt: skip


def test_what_cannot_be_carried_out_is_not_approved(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk)
    with pytest.raises(changes.errors.ChangeRefused):
        decided("new", granted.person, {"category": "BTXH_5.5c"}, by=clerk, approver=approver)
    assert made.state == "submitted"
    assert Entitlement.objects.count() == 1


def test_a_correction_gives_no_more_time_for_the_scans(clerk, approver, granted):
    made = submitted("stop", granted.person, stop(granted), by=clerk, scans_later=True)
    # Ten working days after Monday 2 December 2024.
    assert made.scans_due == date(2024, 12, 16)
    changes.return_with_reason(request_id=made.pk, version=1, by=approver, at=AT, reason="Sai tháng")
    asked = draft("stop", granted.person, stop(granted), scans_later=True)
    later = AT.replace(day=20)
    made = changes.save_draft(draft=asked, client_key=made.client_key, by=clerk, at=later, version=1)
    assert made.scans_due == date(2024, 12, 16)
