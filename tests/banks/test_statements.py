"""A bank's statement against our books: five classes, an owner and a finding for each difference, then the close."""

from datetime import date

import pytest

from banks.api.bodies import CSV
from common.workbooks import XLSX
from payments.models import StatementLine
from payments.operations import batches, closing
from payments.operations.closing import StatementItem
from payments.operations.errors import MoveRefused
from payments.operations.explaining import Difference, explain_difference, take_difference
from payments.queries.ledger import check_ledger
from payments.queries.reconciliation import differences, reconciliation, unmatched
from tests.banks.bank_world import AGRIBANK, DECEMBER, NOON, VIETCOMBANK, paid, returned
from tests.banks.test_results import sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(acknowledged):
    """Every payment paid, both lists settled; no statement yet."""
    for provider in (AGRIBANK, VIETCOMBANK):
        acknowledged.report("all", *[paid(p) for p in acknowledged.payments(provider)], bank=provider)
        batches.settle(batch_id=acknowledged.batch(provider).pk, by=acknowledged.officers["ketoan"], at=NOON)
    return acknowledged


def lines(world, provider=AGRIBANK, *, drop=0, amount=500_000):
    payments = world.payments(provider)[drop:]
    return [{"key": str(p.pk), "kind": "paid", "amount": amount, "on": "2024-12-06"} for p in payments]


def deliver(world, items, name="S1", bank=AGRIBANK):
    return world.post("/statements", {"statement": name, "month": "2024-12", "items": items}, bank=bank)


def classes(provider=AGRIBANK):
    rows = reconciliation(month=DECEMBER)
    return {row["class"]: row["count"] for row in rows if row["provider"] == provider}


def test_a_statement_that_says_what_the_books_say_matches_line_by_line(settled):
    assert deliver(settled, lines(settled)).json()["added"] == 5
    assert classes() == {"matched": 5}
    assert deliver(settled, lines(settled)).json()["added"] == 0


def test_every_line_and_every_payment_falls_into_exactly_one_of_five_classes(settled):
    items = lines(settled, drop=1)
    items[0]["amount"] = 499_999
    items.append(items[1])
    items.append({"key": "KHONG-RO", "kind": "paid", "amount": 1, "on": "2024-12-06"})
    deliver(settled, items)
    # Five payments: one is missing, one differs, three match; a line comes twice and one is nobody's.
    assert classes() == {"missing": 1, "amount": 1, "matched": 3, "duplicate": 1, "unexpected": 1}


def test_a_statement_s_number_with_other_content_is_refused(settled):
    deliver(settled, lines(settled, drop=1))
    answer = deliver(settled, lines(settled))
    assert (answer.status_code, StatementLine.objects.count()) == (409, 4)


@pytest.mark.parametrize("month", ["0000-01", "1000-01", "2024-13", "٢٠٢٤-12", "2024-1"])
def test_a_month_that_cannot_be_is_refused_with_its_place(settled, month):
    answer = settled.post("/statements", {"statement": "S", "month": month, "items": lines(settled)})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/month")
    asked = settled.post(f"/statements?statement=S&month={month}", b"", content_type=CSV)
    assert asked.status_code in (400, 422)


def test_statements_of_unknown_and_of_closed_cycles_are_refused(settled):
    body = {"statement": "S", "month": "2030-01", "items": lines(settled)}
    assert settled.post("/statements", body).status_code == 404
    close(settled)
    assert deliver(settled, lines(settled), "S9").status_code == 409


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2024-12-31T18:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{name}</Id><Acct><Id><Othr><Id>KBNN-593</Id></Othr></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">0</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2024-12-31</Dt></Dt></Bal>{entries}</Stmt></BkToCstmrStmt></Document>"""
ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2024-12-06</Dt></BookgDt><BkTxCd><Prtry><Cd>CT</Cd></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"""


def camt(*entries, name="C1"):
    rows = [ENTRY.format(key=key, direction=direction, amount=amount, currency=currency)
            for key, direction, amount, currency in entries]  # fmt: skip
    return CAMT.format(name=name, entries="".join(rows)).encode()


def test_a_camt_053_is_read_debits_as_paid_and_credits_as_returned(settled):
    one = settled.payments()[0]
    settled.report("back", returned(one))
    entries = [(p.pk, "DBIT", "500000", "VND") for p in settled.payments()] + [
        (one.pk, "CRDT", "500000.00", "VND")
    ]
    answer = settled.post("/statements?month=2024-12", camt(*entries), content_type="application/xml")
    assert answer.status_code == 200, answer.content
    assert classes() == {"matched": 6}


@pytest.mark.parametrize(
    "entry", [("1", "DBIT", "5.5", "VND"), ("1", "DBIT", "500", "USD"), ("1", "OUT", "5", "VND")]
)
def test_a_camt_053_with_another_currency_or_no_whole_dong_is_refused(settled, entry):
    answer = settled.post("/statements?month=2024-12", camt(entry), content_type="application/xml")
    assert answer.status_code == 422


def test_csv_and_excel_statements_are_read_by_their_titles(settled):
    keys = [str(payment.pk) for payment in settled.payments()]
    text = "Mã lệnh;Loại;Số tiền;Ngày\n" + "".join(f"{key};Chi;500.000;06/12/2024\n" for key in keys[:3])
    assert settled.post(
        "/statements?statement=V1&month=2024-12", text.encode(), content_type=CSV
    ).json()["added"] == 3  # fmt: skip
    rows = [["key", "kind", "amount", "date"], *[[key, "paid", 500_000, "2024-12-06"] for key in keys[3:]]]
    answer = settled.post("/statements?statement=V2&month=2024-12", sheet(*rows), content_type=XLSX)
    assert answer.json()["added"] == 2
    assert classes() == {"matched": 5}


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", "Mã lệnh,Loại,Số tiền,Ngày\n1,chi,-5,2024-12-06\n".encode(), b"\xff\xfe"]
)
def test_a_csv_that_cannot_be_read_is_refused_with_its_row(settled, content):
    answer = settled.post("/statements?statement=V1&month=2024-12", content, content_type=CSV)
    assert answer.status_code == 422


def close(world):
    officers = world.officers
    deliver(world, lines(world), "S1")
    deliver(world, lines(world, VIETCOMBANK), "S1", bank=VIETCOMBANK)
    closing.prepare_close(month=DECEMBER, by=officers["huyen"])
    closing.close(month=DECEMBER, by=officers["duyet"], at=NOON)


def test_a_difference_stops_the_close_until_somebody_has_explained_it(settled):
    officers, missing = settled.officers, settled.payments()[0]
    deliver(settled, lines(settled, drop=1), "S1")
    deliver(settled, lines(settled, VIETCOMBANK), "S1", bank=VIETCOMBANK)
    with pytest.raises(MoveRefused):
        closing.prepare_close(month=DECEMBER, by=officers["huyen"])
    which = Difference(DECEMBER, AGRIBANK, str(missing.pk), "paid", "missing")
    take_difference(which=which, by=officers["ketoan"])
    assert unmatched(month=DECEMBER) == 1
    with pytest.raises(MoveRefused):
        explain_difference(which=which, text="  ", by=officers["ketoan"], at=NOON)
    explain_difference(which=which, text="Ngân hàng ghi sổ ngày 02/01", by=officers["ketoan"], at=NOON)
    assert unmatched(month=DECEMBER) == 0
    closing.prepare_close(month=DECEMBER, by=officers["huyen"])
    closing.close(month=DECEMBER, by=officers["duyet"], at=NOON)
    assert not [invariant.id for invariant in check_ledger() if invariant.broken]


def test_an_unexplained_difference_in_a_closed_cycle_is_found_by_the_ledger(settled):
    close(settled)
    StatementLine.objects.filter(provider=AGRIBANK).first().delete()
    assert [invariant.id for invariant in check_ledger() if invariant.broken] == ["I8"]


def test_money_returned_after_the_close_matches_on_the_next_month_s_statement(settled):
    from tests import worlds

    close(settled)
    one, january = settled.payments()[0], date(2025, 1, 1)
    settled.report("late", returned(one, on="2025-01-10"))
    worlds.run_round(january)
    back = StatementItem(str(one.pk), "returned", 500_000, date(2025, 1, 10))
    closing.load_statement(provider=AGRIBANK, month=january, statement="J", items=[back])
    assert {row["class"]: row["count"] for row in reconciliation(month=january)} == {"matched": 1}


def test_differences_are_shown_only_for_the_reader_s_units(settled):
    from accounts.access import reader_for

    deliver(settled, [*lines(settled, drop=1), {"key": "X", "kind": "paid", "amount": 1, "on": "2024-12-06"}])
    # Vietcombank has delivered nothing: its one payment is missing too.
    officer = reader_for(settled.officers["ketoan"], on=DECEMBER)
    province = reader_for(settled.officers["tinh"], on=DECEMBER)
    assert sorted(row["class"] for row in differences(month=DECEMBER, reader=officer)) == [
        "missing",
        "missing",
    ]
    assert len(differences(month=DECEMBER, reader=province)) == 3
    assert len(differences(month=DECEMBER, reader=province, provider=AGRIBANK)) == 2
