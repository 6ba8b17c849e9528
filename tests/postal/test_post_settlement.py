"""Results in, the settlement, what is carried, asked and given back. Amounts by hand: 4 × 1,500,000 đồng."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from django.db import IntegrityError, transaction

from accounts.access import reader_for
from desk.queries.ledger import check_ledger
from payments.models import CashReturn, Payment
from payments.operations import batches, stop_orders
from payments.operations.batches import Voucher
from payments.operations.cash import return_cash
from payments.operations.errors import MoveRefused
from payments.queries.cash import cash_held
from postal.models import Contract, Notice
from postal.operations import calendar, contract, marks, results
from postal.operations import settlement as operations
from postal.operations.errors import PostalError
from postal.operations.marks import NewMark
from postal.queries.settlement import fee_of, settlement
from tests import desk_world, worlds
from tests.desk_world import DECEMBER
from tests.postal.world import FIFTH

AT = datetime(2024, 12, 10, 3, tzinfo=UTC)
JANUARY, FEBRUARY = date(2025, 1, 1), date(2025, 2, 1)


def collect(world, *payments, day=None):
    day = day or world.day
    sent = [
        NewMark(
            uuid.uuid4(), payment.pk, "paid", uuid.UUID(int=1), AT - timedelta(days=5), receipt=f"B{number}"
        )
        for number, payment in enumerate(payments)
    ]
    marks.receive_marks(day=day, marks=sent, by=world.clerk, at=AT)
    marks.seal_day(day=day, by=world.clerk, at=AT)


def sheet(tmp_path, *rows, heads=("Mã chi trả", "Kết quả", "Ngày", "Tổng số tiền (đồng)", "Lý do chưa nhận")):
    path, content = tmp_path / "ket-qua.xlsx", BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_numbers": False}) as book:
        page = book.add_worksheet()
        page.write_row(2, 0, heads)
        for line, row in enumerate(rows, start=3):
            page.write_row(line, 0, row)
    path.write_bytes(content.getvalue())
    return path


def upload(world, path):
    units = {world.desk.district.pk}
    return results.upload_results(path=path, units=units, by=world.desk.officers["preparer"], at=AT)


def test_an_uploaded_sheet_takes_good_rows_and_names_the_bad_ones(world, tmp_path):
    one, two, three, four = world.payments()
    bank = Payment.objects.exclude(batch=world.batch)[0]
    path = sheet(
        tmp_path,
        (str(one.pk), "Đã nhận", "05/12/2024", 1_500_000),
        (str(two.pk), "Chưa nhận", "05/12/2024", "1.500.000", "vắng mặt"),
        (str(three.pk), "Đã nhận", "05/12/2024", 1_400_000),
        (str(bank.pk), "Đã nhận", "05/12/2024", ""),
        (str(one.pk), "Đã nhận", "05/12/2024", ""),
        (str(four.pk), "Có lẽ", "05/12/2024", ""),
        (str(four.pk)[:-1], "Đã nhận", "", ""),
        (float(four.pk), "Đã nhận", "05/12/2024", ""),
        (str(four.pk), "", "", ""),
    )
    found = upload(world, path)
    assert (found.applied, found.repeated, found.blank) == (2, 0, 1)
    assert [error.row for error in found.errors] == [6, 7, 8, 9, 10, 11]
    assert "1.500.000" in found.errors[0].message
    again = upload(world, path)
    assert (again.applied, again.repeated) == (0, 2)
    one.refresh_from_db()
    assert (one.outcome, one.outcome_on) == ("paid", FIFTH)


def test_a_result_that_contradicts_what_is_known_asks_for_a_correction(world, tmp_path):
    one, *_rest = world.payments()
    upload(world, sheet(tmp_path, (str(one.pk), "Đã nhận", "05/12/2024", "")))
    found = upload(world, sheet(tmp_path, (str(one.pk), "Chưa nhận", "06/12/2024", "")))
    assert found.applied == 0
    assert "sửa" in found.errors[0].message


def test_a_file_that_is_no_table_is_refused_in_words(world, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"%PDF-1.7 no table")
    with pytest.raises(PostalError):
        upload(world, path)
    with pytest.raises(PostalError, match="Mã chi trả"):
        upload(world, sheet(tmp_path, ("1", "2"), heads=("A", "B")))


def test_the_settlement_waits_for_sealed_days_and_answered_stop_orders(world):
    accountant = world.desk.officers["accountant"]
    with pytest.raises(PostalError, match="chưa khóa"):
        operations.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT)
    one, *_rest = world.payments()
    order = stop_orders.order_stop(
        payment_id=one.pk, by=world.desk.officers["approver"], at=AT, reason="Đã mất"
    )
    collect(world, *world.payments()[1:3])
    with pytest.raises(PostalError, match="dừng"):
        operations.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT)
    operations.answer_stop_order(stop_id=order.pk, stopped=True, note="", at=AT)
    with pytest.raises(PostalError):
        operations.answer_stop_order(stop_id=order.pk, stopped=False, note="", at=AT)
    assert operations.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT) == 1


def test_what_was_not_collected_is_carried_and_its_cash_lowers_the_next_voucher(world):
    collect(world, *world.payments()[:3])
    accountant = world.desk.officers["accountant"]
    operations.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT)
    world.batch.refresh_from_db()
    found = settlement(batch=world.batch)
    assert (found.paid, found.not_collected, found.held) == ((3, 4_500_000), (1, 1_500_000), 1_500_000)
    worlds.run_round(JANUARY)
    january = world.desk.batch("POST", JANUARY)
    last = world.payments()[3]
    # 1,500,000 carried and 500,000 for January for one, 500,000 for the three others.
    assert january.payments.get(person=last.person).amount == 2_000_000
    assert january.amount == 3_500_000
    desk_world.bring(january, "approved", world.desk)
    assert cash_held(batch=january) == 1_500_000
    voucher = Voucher("GRT-2", JANUARY, 2_000_000)
    batches.fund(batch_id=january.pk, voucher=voucher, by=accountant, at=AT, held=1_500_000)
    assert cash_held(batch=january) == 0
    assert [invariant.id for invariant in check_ledger() if invariant.broken] == []


def test_held_cash_goes_back_by_voucher_to_the_budget_it_came_from(world):
    collect(world, *world.payments()[:3])
    accountant = world.desk.officers["accountant"]
    operations.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT)
    facts = {
        "provider": world.batch.provider, "unit": world.desk.district, "scheme": "BTXH", "by": accountant,
        "at": AT,
    }  # fmt: skip
    with pytest.raises(MoveRefused):
        return_cash(**facts, amount=1_500_001, money_year=2024, voucher_number="1", voucher_date=FIFTH)
    made = return_cash(**facts, amount=500_000, money_year=2024, voucher_number="1", voucher_date=FIFTH)
    assert made.returned_to == "spending"
    later = return_cash(**facts, amount=400_000, money_year=2024, voucher_number="2", voucher_date=JANUARY)
    assert later.returned_to == "province"
    world.batch.refresh_from_db()
    assert cash_held(batch=world.batch) == 600_000
    with pytest.raises(IntegrityError, match="ncc_money_is_central"), transaction.atomic():
        CashReturn.objects.filter(pk=later.pk).update(scheme="NCC")


def test_the_cost_is_the_percentage_of_what_was_paid(world):
    signed = Contract.objects.get()
    contract.set_fee(contract=signed, scheme="BTXH", percent=Decimal("0.7"), from_month=date(2024, 1, 1))
    collect(world, *world.payments()[:3])
    # 0.7 % of 4,500,000.
    assert settlement(batch=world.batch).cost == 31_500
    assert fee_of(50, Decimal("1")) == 1


def test_three_months_in_a_row_uncollected_ask_the_commune_once(world):
    accountant, lazy = world.desk.officers["accountant"], world.payments()[0].person
    collect(world, *world.payments()[1:])
    operations.settle_batch(batch_id=world.batch.pk, by=accountant, at=AT)
    for month in (JANUARY, FEBRUARY):
        assert not Notice.objects.exists()
        worlds.run_round(month)
        batch = world.desk.batch("POST", month)
        desk_world.bring(batch, "acknowledged", world.desk) if not cash_held(batch=batch) else fund(
            world, batch
        )
        day = calendar.plan_day(point=world.point, month=month, day=month.replace(day=5), supervisor="Lê A")
        calendar.list_payments(month=month, communes=[world.point.commune_id], at=worlds.NOON)
        when = datetime(month.year, month.month, 6, 3, tzinfo=UTC)
        sent = [
            NewMark(uuid.uuid4(), payment.pk, "paid", uuid.UUID(int=1), when, receipt="B")
            for payment in batch.payments.exclude(person=lazy)
        ]
        marks.receive_marks(day=day, marks=sent, by=world.clerk, at=when)
        marks.seal_day(day=day, by=world.clerk, at=when)
        operations.settle_batch(batch_id=batch.pk, by=accountant, at=when)
    assert list(Notice.objects.values_list("person", "kind", "scheme")) == [(lazy.pk, "uncollected", "BTXH")]
    (notice,) = Notice.objects.all()
    officer = world.desk.officers["commune_officer"]
    with pytest.raises(PostalError):
        operations.answer_notice(notice=notice, answer=" ", by=officer, at=AT)
    operations.answer_notice(notice=notice, answer="Đề nghị tạm dừng trợ cấp", by=officer, at=AT)
    with pytest.raises(PostalError):
        operations.answer_notice(notice=notice, answer="Lần nữa", by=officer, at=AT)


def fund(world, batch):
    who = world.desk.officers
    batches.submit(batch_id=batch.pk, by=who["preparer"], at=AT)
    batches.approve(batch_id=batch.pk, by=who["approver"], at=AT)
    batch.refresh_from_db()
    batches.fund(
        batch_id=batch.pk, voucher=Voucher("GRT", JANUARY, batch.amount), by=who["accountant"], at=AT
    )
    sent = batches.release(batch_id=batch.pk, by=who["accountant"], at=AT)
    batches.acknowledge(batch_id=batch.pk, count=sent.released_count, amount=sent.released_amount, at=AT)


def test_the_posts_own_statement_is_set_against_our_books(world, tmp_path):
    one, two, *_rest = world.payments()
    collect(world, one, two)
    path = sheet(
        tmp_path,
        (str(one.pk), "Đã nhận", "05/12/2024", 1_500_000),
        (str(world.payments()[2].pk), "Đã nhận", "05/12/2024", 1_500_000),
    )
    units = {world.desk.district.pk}
    facts = {"path": path, "month": DECEMBER, "name": "BC-12", "units": units}
    assert results.upload_statement(**facts).stated == 2
    assert results.upload_statement(**facts).stated == 0
    classes = {row["class"]: row["count"] for row in settlement(batch=world.batch).classes}
    assert classes == {"matched": 1, "missing": 1, "unexpected": 1}


def test_a_reader_of_another_district_uploads_nothing(world, tmp_path):
    one, *_rest = world.payments()
    outsider = reader_for(world.desk.officers["outsider"], on=FIFTH)
    found = results.upload_results(
        path=sheet(tmp_path, (str(one.pk), "Đã nhận", "05/12/2024", "")),
        units=outsider.units("manage_post"), by=world.desk.officers["outsider"], at=AT,
    )  # fmt: skip
    assert (found.applied, len(found.errors)) == (0, 1)
