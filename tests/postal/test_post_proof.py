"""Proof against collusion, and how well the Post delivers."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.access import reader_for
from beneficiaries.models import Payee, Person
from postal.models import CallBack, MarkTally, Minutes, Scan
from postal.operations import marks, proof
from postal.operations.errors import PostalError
from postal.operations.marks import NewMark
from postal.queries.service import alerts, by_unit, service
from postal.queries.tallies import check_tallies
from tests.desk_world import DECEMBER
from tests.postal import world as post_world
from tests.postal.world import FIFTH, SINCE

AT = datetime(2024, 12, 5, 9, tzinfo=UTC)
PDF = b"%PDF-1.7 scan"


@pytest.fixture
def world(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return post_world.build()


def reader(world, who="preparer"):
    return reader_for(world.desk.officers[who], on=FIFTH)


def pay(world, payments, *, apart=600, payee=None):
    sent = [
        NewMark(
            uuid.uuid4(), payment.pk, "paid", uuid.UUID(int=1),
            AT - timedelta(hours=6) + timedelta(seconds=apart * number), receipt=f"B{number}",
            payee=payee(payment).pk if payee else None,
        )
        for number, payment in enumerate(payments)
    ]  # fmt: skip
    return marks.receive_marks(day=world.day, marks=sent, by=world.clerk, at=AT)


def kinds(world):
    return {(row["kind"], row["people"]) for row in alerts(month=DECEMBER, reader=reader(world))}


def test_an_honest_day_raises_no_alert(world):
    pay(world, world.payments())
    proof.keep_scan(day=world.day, content=PDF, signed=4, by=world.clerk, at=AT)
    preparer = world.desk.officers["preparer"]
    proof.write_minutes(day=world.day, people=4, amount=6_000_000, text="Đúng giờ", by=preparer, at=AT)
    assert kinds(world) == set()
    assert alerts(month=DECEMBER, reader=reader(world, "outsider")) == []


def test_a_scan_and_minutes_that_count_otherwise_are_alerts(world):
    pay(world, world.payments()[:3])
    proof.keep_scan(day=world.day, content=PDF, signed=2, by=world.clerk, at=AT)
    preparer = world.desk.officers["preparer"]
    proof.write_minutes(day=world.day, people=4, amount=6_000_000, text="x", by=preparer, at=AT)
    assert kinds(world) == {("scan", 1), ("minutes", 1)}


def test_one_who_collects_for_many_is_named(world, monkeypatch):
    monkeypatch.setattr("postal.queries.service.MANY_PEOPLE", 4)

    def payee(payment):
        return Payee.objects.create(
            person=payment.person, role="authorised", name="Nguyễn Văn Tý", valid_from=SINCE
        )

    pay(world, world.payments(), payee=payee)
    found = alerts(month=DECEMBER, reader=reader(world))
    assert [(row["kind"], row["name"], row["people"]) for row in found] == [("collector", "Nguyễn Văn Tý", 4)]


def test_marks_that_come_too_fast_are_an_alert(world, monkeypatch):
    monkeypatch.setattr("postal.operations.marks.FAST_MARKS", 3)
    pay(world, world.payments(), apart=5)
    # Four marks five seconds apart: the third and the fourth have two before them within 30 seconds.
    assert kinds(world) == {("fast", 2)}


def test_a_dead_person_who_collects_is_an_alert(world):
    one, *_rest = world.payments()
    Person.objects.filter(pk=one.person_id).update(died_on=FIFTH - timedelta(days=3))
    pay(world, [one])
    assert kinds(world) == {("dead", 1)}


def test_a_scan_is_a_picture_or_pdf_kept_once_in_the_private_files(world, tmp_path):
    for content in (b"<svg>", b"PK\x03\x04", b""):
        with pytest.raises(PostalError):
            proof.keep_scan(day=world.day, content=content, signed=1, by=world.clerk, at=AT)
    made = proof.keep_scan(day=world.day, content=PDF, signed=1, by=world.clerk, at=AT)
    with pytest.raises(PostalError):
        proof.keep_scan(day=world.day, content=PDF, signed=1, by=world.clerk, at=AT)
    assert proof.scan_path(made).read_bytes() == PDF
    assert Scan.objects.count() == 1


def test_who_paid_writes_no_minutes_and_makes_no_call(world):
    pay(world, world.payments())
    with pytest.raises(PostalError):
        proof.write_minutes(day=world.day, people=4, amount=1, text="x", by=world.clerk, at=AT)
    with pytest.raises(PostalError):
        proof.draw_calls(day=world.day, at=AT)
    marks.seal_day(day=world.day, by=world.clerk, at=AT)
    assert proof.draw_calls(day=world.day, at=AT, size=2) == 2
    assert proof.draw_calls(day=world.day, at=AT, size=2) == 0
    call = CallBack.objects.first()
    with pytest.raises(PostalError):
        proof.record_call(call=call, result="confirmed", note="", by=world.clerk, at=AT)
    officer = world.desk.officers["commune_officer"]
    proof.record_call(call=call, result="denied", note="Không nhận được", by=officer, at=AT)
    assert kinds(world) == {("denied", 1)}
    assert not Minutes.objects.exists()


def test_the_service_of_a_point_stands_against_the_agreed_rate(world):
    pay(world, world.payments()[:3])
    absent = NewMark(uuid.uuid4(), world.payments()[3].pk, "not_paid", uuid.UUID(int=1), AT, reason="absent")
    marks.receive_marks(day=world.day, marks=[absent], by=world.clerk, at=AT)
    marks.seal_day(day=world.day, by=world.clerk, at=AT)
    (found,) = service(month=DECEMBER, reader=reader(world))
    assert (found.facts["people"], found.facts["paid"], found.facts["absent"]) == (4, 3, 1)
    assert (found.rate, found.agreed, found.below) == (Decimal("0.75"), Decimal("0.95"), True)
    # Released on the 1st, collected on the 5th.
    assert found.days == 4
    (unit,) = by_unit([found])
    assert (unit["people"], unit["paid"], unit["below"], unit["paid_amount"]) == (4, 3, 1, 4_500_000)
    assert service(month=DECEMBER, reader=reader(world, "outsider")) == []


def test_marks_that_arrive_one_by_one_in_any_order_come_too_fast_all_the_same(world):
    one, two, three, four = world.payments()
    for place, payment in ((3, four), (0, one), (2, three), (1, two), (4, one)):
        sent = NewMark(
            uuid.uuid4(), payment.pk, "paid", uuid.UUID(int=1), AT + timedelta(seconds=5 * place), receipt="B"
        )
        marks.receive_marks(day=world.day, marks=[sent], by=world.clerk, at=AT)
    # Five marks within 20 seconds: the fifth has four before it. Four people were marked.
    assert kinds(world) == {("fast", 1)}
    assert MarkTally.objects.get(device=None).people == 4
    assert check_tallies().broken == 0
    MarkTally.objects.filter(device=None).update(people=5)
    assert check_tallies().broken == 2


def test_a_payee_who_collects_twice_for_the_same_people_is_not_many(world):
    one, two, *_rest = world.payments()
    for payment in (one, two):
        for _time in range(3):
            Payee.objects.create(
                person=payment.person, role="authorised", name="Nguyễn Văn Tý", valid_from=SINCE
            )
    pay(world, [one, two], payee=lambda payment: Payee.objects.filter(person=payment.person).first())
    assert kinds(world) == set()


def test_who_was_reported_dead_and_is_paid_afterwards_is_an_alert_unless_an_heir_collects(world):
    one, two, *_rest = world.payments()
    for payment in (one, two):
        dead = NewMark(uuid.uuid4(), payment.pk, "not_paid", uuid.UUID(int=2), AT, reason="died")
        marks.receive_marks(day=world.day, marks=[dead], by=world.clerk, at=AT - timedelta(minutes=1))
    heir = Payee.objects.create(person=two.person, role="heir", name="Lê Thị Con", valid_from=SINCE)
    pay(world, [one])
    pay(world, [two], payee=lambda _payment: heir)
    found = [row for row in alerts(month=DECEMBER, reader=reader(world)) if row["kind"] == "dead"]
    assert [row["name"] for row in found] == [one.person.name]
