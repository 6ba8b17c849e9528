"""Nobody is paid to the account of somebody whose right to collect for them has ended, by date or by revocation."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from accounts.access import province_reader
from beneficiaries.models import Payee, PayeeRole, PayoutMethod, Person
from beneficiaries.operations import payees
from beneficiaries.operations.payouts import refuse_account
from payments.models import Payment
from payments.operations import batches, generation
from payments.queries.batches import batch_changes, batch_checks, month_before
from payments.queries.explain import explain
from tests import worlds

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER, JANUARY = date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)
HOLDER = "HO THI CON"


@pytest.fixture
def person(db) -> Person:
    """Entitled since December, with the account of Hồ Thị Con on record."""
    worlds.load_reference()
    made = worlds.person("Hồ Văn Khác")
    worlds.grant(made, "BTXH_5.5c", since=DECEMBER)
    worlds.account(made)
    made.payout_methods.update(holder=HOLDER)
    return made


def may_collect(person: Person, *, since: date, until: date | None) -> Payee:
    return Payee.objects.create(
        person=person, role=PayeeRole.AUTHORISED, name="Hồ Thị Con", document="Giấy 7", valid_from=since,
        valid_to=until,
    )  # fmt: skip


def paid_by(person: Person, month: date) -> str:
    worlds.run_round(month)
    found = Payment.objects.get(person=person, batch__round__cycle=month)
    assert found.amount == 500_000
    return found.batch.provider_id


# December's list takes the methods of 1 December; it is made on that day.
@pytest.mark.parametrize(
    ("until", "provider"), [(date(2024, 12, 1), worlds.AGRIBANK), (date(2024, 11, 30), "POST")]
)
def test_money_goes_to_a_payee_s_account_through_the_last_day_of_the_right(person, until, provider):
    may_collect(person, since=date(2024, 3, 1), until=until)
    assert paid_by(person, DECEMBER) == provider


def test_a_year_without_a_term_ends_the_right_and_a_revocation_does_at_once(person):
    # From 29 November 2023 to 29 November 2024, a Friday.
    may_collect(person, since=date(2023, 11, 29), until=None)
    assert paid_by(person, DECEMBER) == "POST"
    anew = payees.appoint(
        person=person, role=PayeeRole.AUTHORISED, name="Hồ Thị Con", document="Giấy 8", from_day=DECEMBER
    )
    assert paid_by(person, JANUARY) == worlds.AGRIBANK
    payees.revoke(payee=anew, on=date(2024, 12, 20))
    assert paid_by(person, date(2025, 2, 1)) == "POST"


def test_the_person_s_own_account_and_another_payee_s_stay(person):
    may_collect(person, since=date(2024, 3, 1), until=date(2024, 11, 30))
    person.payout_methods.update(holder="HỒ VĂN KHÁC")
    assert paid_by(person, DECEMBER) == worlds.AGRIBANK
    person.payout_methods.update(holder="HO VAN CHAU")
    Payee.objects.create(
        person=person, role=PayeeRole.GUARDIAN, name="Hồ Văn Châu", document="Giấy 9", valid_from=DECEMBER
    )
    assert paid_by(person, JANUARY) == worlds.AGRIBANK


def test_a_list_made_late_pays_nobody_whose_right_ended_meanwhile(person):
    may_collect(person, since=date(2024, 3, 1), until=date(2024, 12, 10))
    cycle = generation.open_cycle(month=DECEMBER)
    late: datetime = worlds.NOON + timedelta(days=10)
    made = generation.open_round(cycle=cycle, routed_on=DECEMBER, at=late)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    assert Payment.objects.get().batch.provider_id == "POST"


def test_an_account_that_its_bank_refused_is_not_returned_to_with_the_right(person):
    may_collect(person, since=date(2024, 3, 1), until=date(2024, 11, 30))
    assert paid_by(person, DECEMBER) == "POST"
    refuse_account(method_id=PayoutMethod.objects.get().pk, on=date(2024, 12, 5))
    may_collect(person, since=date(2024, 12, 10), until=None)
    assert paid_by(person, JANUARY) == "POST"


def test_the_list_and_the_explanation_say_why(person):
    may_collect(person, since=date(2024, 3, 1), until=date(2024, 11, 30))
    person.entitlements.update(from_month=NOVEMBER, settled_before=NOVEMBER)
    other = worlds.person("Lê Thị Bưu")
    worlds.grant(other, "BTXH_5.5c", since=NOVEMBER)
    cycle = generation.open_cycle(month=NOVEMBER)
    before_the_end: datetime = worlds.NOON - timedelta(days=20)
    made = generation.open_round(cycle=cycle, routed_on=NOVEMBER, at=before_the_end)
    generation.drain_round(round_id=made.pk, at=worlds.clock)
    worlds.run_round(DECEMBER)
    payment = Payment.objects.get(person=person, batch__round__cycle=DECEMBER)
    assert payment.batch.provider_id == "POST"
    before = month_before(batch=payment.batch)
    assert before is not None
    (change,) = [one for one in batch_changes(batch=payment.batch, before=before) if one.key == "channel_in"]
    assert (change.count, change.reasons) == (1, [("right_ended", "Agribank", 1)])
    told = explain(person=person, month=DECEMBER, on=DECEMBER, reader=province_reader())
    assert [HOLDER in note and "Bưu điện" in note for note in told.notes] == [True]
    assert explain(person=other, month=DECEMBER, on=DECEMBER, reader=province_reader()).notes == []


def test_an_approver_sees_who_lost_the_right_after_the_list_was_made(person):
    payee = may_collect(person, since=date(2024, 3, 1), until=None)
    assert paid_by(person, DECEMBER) == worlds.AGRIBANK
    batch = Payment.objects.get().batch
    batches.submit(batch_id=batch.pk, by=worlds.officer("lap"), at=worlds.NOON)
    assert "left" not in batch_checks(batch=batch)
    payees.revoke(payee=payee, on=date(2024, 12, 2))
    assert batch_checks(batch=batch)["left"] == [Payment.objects.get().pk]
