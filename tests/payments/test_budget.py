"""A list is not released beyond what its budget line has left; what is used follows from the payments alone."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.access import province_reader
from payments.models import Allotment, Batch
from payments.operations import batches
from payments.operations.batches import Voucher
from payments.operations.budget import allot
from payments.operations.errors import MoveRefused
from payments.operations.outcomes import Reported, record_outcomes
from payments.queries.budget import budget_line, budget_lines
from payments.transitions import Outcome
from tests import desk_world, worlds
from tests.desk_world import OCTOBER

pytestmark = pytest.mark.django_db
NOON = worlds.NOON


@pytest.fixture
def world(db):
    """October of Phan Thiết: two people at Agribank and four at the Post, 500,000 đồng each."""
    made = desk_world.build()
    worlds.run_round(OCTOBER)
    return made


def give(world, amount, number="1/QĐ", scheme="BTXH", year=2024):
    return allot(
        unit=world.district, scheme=scheme, year=year, amount=amount, decision_number=number,
        decision_date=date(2024, 1, 2), by=world.officers["accountant"], at=NOON,
    )  # fmt: skip


def fund(world, batch):
    who = world.officers
    batches.submit(batch_id=batch.pk, by=who["preparer"], at=NOON)
    batches.approve(batch_id=batch.pk, by=who["approver"], at=NOON)
    batch.refresh_from_db()
    voucher = Voucher(f"RDT-{batch.pk}", OCTOBER, batch.amount)
    batches.fund(batch_id=batch.pk, voucher=voucher, by=who["accountant"], at=NOON)


def release(world, batch):
    sent = batches.release(batch_id=batch.pk, by=world.officers["accountant"], at=NOON)
    return batches.acknowledge(
        batch_id=batch.pk, count=sent.released_count, amount=sent.released_amount, at=NOON
    )


def report(batch, *outcomes):
    items = [
        Reported(payment.pk, outcome, OCTOBER)
        for payment, outcome in zip(batch.payments.order_by("pk"), outcomes, strict=True)
    ]
    return record_outcomes(provider=batch.provider_id, message_id=f"m{outcomes}", items=items, at=NOON)


def line(world):
    found = budget_line(batch=world.batch(month=OCTOBER))
    return found.allotted, found.used, found.left


def test_a_list_beyond_the_line_is_refused_and_released_once_more_is_allotted(world):
    give(world, 2_900_000)
    bank, post = world.batch("970405", OCTOBER), world.batch("POST", OCTOBER)
    fund(world, bank)
    fund(world, post)
    assert line(world) == (2_900_000, 0, 2_900_000)
    release(world, bank)
    assert line(world) == (2_900_000, 1_000_000, 1_900_000)
    with pytest.raises(MoveRefused, match=r"1\.900\.000.*2\.000\.000"):
        release(world, post)
    assert Batch.objects.get(pk=post.pk).state == "funded"
    give(world, 100_000, "2/QĐ")
    release(world, post)
    assert line(world) == (3_000_000, 3_000_000, 0)


def test_money_that_did_not_reach_the_person_is_free_again(world):
    give(world, 3_000_000)
    bank = world.batch("970405", OCTOBER)
    fund(world, bank)
    release(world, bank)
    report(bank, Outcome.PAID, Outcome.FAILED)
    assert line(world) == (3_000_000, 500_000, 2_500_000)
    first = bank.payments.order_by("pk").first()
    item = Reported(first.pk, Outcome.RETURNED, OCTOBER)
    record_outcomes(provider="970405", message_id="back", items=[item], at=NOON)
    assert line(world) == (3_000_000, 0, 3_000_000)


def test_another_year_and_another_scheme_are_other_lines(world):
    give(world, 1, year=2025)
    give(world, 1, scheme="NCC")
    bank = world.batch("970405", OCTOBER)
    fund(world, bank)
    assert release(world, bank).state == "acknowledged"  # nothing is allotted to its line: no limit
    assert budget_line(batch=bank) is None
    lines = budget_lines(year=2024, reader=province_reader())
    assert [(one.scheme, one.allotted, one.used) for one in lines] == [("NCC", 1, 0)]


def test_a_decision_is_recorded_once_and_never_changed(world):
    give(world, 1_000)
    with pytest.raises(MoveRefused):
        give(world, 2_000)
    for wrong in ({"amount": 0, "number": "2/QĐ"}, {"amount": 5, "number": " "}):
        with pytest.raises(MoveRefused):
            give(world, wrong["amount"], wrong["number"])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Allotment.objects.update(amount=9)
    give(world, -400, "3/QĐ")
    assert line(world)[0] == 600


def test_the_accountant_records_a_decision_on_the_page_and_others_only_look(world):
    page = reverse("budget") + "?year=2024"
    decision = {"unit": world.district.pk, "scheme": "BTXH", "kind": "1", "amount": "2.000.000",
                "decision_number": "5/QĐ-UBND", "decision_date": "05/01/2024"}  # fmt: skip
    assert world.client("preparer").post(page, decision).status_code == 403
    assert world.client("accountant").post(page, decision).status_code == 302
    assert line(world)[0] == 2_000_000
    shown = world.client("preparer").get(page).content.decode()
    assert "5/QĐ-UBND" in shown
    assert "2.000.000" in shown
    assert "<textarea" not in shown
    assert 'name="decision_number"' not in shown
    assert "5/QĐ-UBND" not in world.client("outsider").get(page).content.decode()
    world.client("accountant").post(
        page, decision | {"kind": "-1", "amount": "500.000", "decision_number": "6/QĐ"}
    )
    assert line(world)[0] == 1_500_000
    again = world.client("accountant").post(page, decision)
    assert (again.status_code, line(world)[0]) == (200, 1_500_000)


def test_an_accountant_cannot_give_money_to_a_unit_elsewhere(world):
    other = type(world.district).objects.districts().get(code="594")
    decision = {"unit": other.pk, "scheme": "BTXH", "kind": "1", "amount": "1", "decision_number": "7/QĐ",
                "decision_date": "05/01/2024"}  # fmt: skip
    assert world.client("accountant").post(reverse("budget"), decision).status_code == 200
    assert not Allotment.objects.exists()


def test_the_list_s_page_says_what_is_left_and_its_refusal_what_to_do(world):
    give(world, 600_000)
    bank = world.batch("970405", OCTOBER)
    fund(world, bank)
    part = world.client("accountant").get(reverse("batch_changes", args=[bank.pk])).content.decode()
    assert "600.000" in part
    refused = world.client("accountant").post(
        reverse("batch_act", args=[bank.pk]), {"action": "release"}, follow=True
    )
    assert 'role="alert"' in refused.content.decode()
    assert Batch.objects.get(pk=bank.pk).state == "funded"
