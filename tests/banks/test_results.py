"""What comes back: results take effect once and whole, or are held; nothing is lost, nothing counts twice."""

import re
from io import BytesIO
from time import process_time

import openpyxl
import pytest

from audit.models import Entry
from banks.api.results import results_of
from banks.reasons import in_words, reasons
from beneficiaries.models import PayoutMethod
from common.workbooks import XLSX
from payments.models import Adjustment, Event, Message, Payment
from payments.operations import batches, closing
from payments.operations.closing import StatementItem
from payments.operations.errors import MoveRefused
from payments.operations.outcomes import resolve_held
from payments.queries.ledger import check_ledger
from tests.banks.bank_world import AGRIBANK, DECEMBER, NOON, VIETCOMBANK, failed, paid, returned

pytestmark = pytest.mark.django_db


def clean():
    return not [invariant.id for invariant in check_ledger() if invariant.broken]


def outcomes(world, provider=AGRIBANK):
    return [payment.outcome for payment in world.payments(provider)]


def test_results_are_recorded_item_by_item(acknowledged):
    one, two, *_rest = acknowledged.payments()
    answer = acknowledged.report("m1", paid(one), failed(two, "AC04"))
    assert (answer.status_code, answer.json()["state"], answer.json()["applied"]) == (200, "accepted", 2)
    assert outcomes(acknowledged)[:3] == ["paid", "failed", None]
    assert acknowledged.get("/results/m1").json()["applied"] == 2
    assert Event.objects.get(payment=two).reason == "AC04"


@pytest.mark.parametrize(("reason", "marked"), [("AC01", True), ("AC04", True), ("AC06", True), ("MS03", False),
                                                ("AM04", False), ("ZZ99", False)])  # fmt: skip
def test_a_reason_that_lies_in_the_account_marks_it(acknowledged, reason, marked):
    payment = acknowledged.payments()[0]
    acknowledged.report("m1", failed(payment, reason))
    method = PayoutMethod.objects.get(pk=payment.payout_method_id)
    assert (method.failed_on is not None) == marked


def test_what_a_report_changes_on_record_is_audited_under_the_bank_s_client(acknowledged):
    acknowledged.report("m1", failed(acknowledged.payments()[0], "AC04"))
    entry = Entry.objects.filter(table_name="beneficiaries_payoutmethod", kind="update").latest("id")
    assert entry.officer_id is None
    assert re.fullmatch(r"request [0-9a-f-]+, bank client .+", entry.source)


def test_every_reason_has_words_for_the_commune_in_both_languages():
    assert {"AC01", "AC04", "AC06", "MS03"} <= set(reasons())
    assert all(reason.vi.endswith(".") and reason.en.endswith(".") for reason in reasons().values())
    assert "đã đóng" in in_words("AC04")
    assert "ZZ99" in in_words("ZZ99")


def test_the_same_message_again_changes_nothing(acknowledged):
    one, two, *_rest = acknowledged.payments()
    acknowledged.report("m1", paid(one), failed(two))
    again = acknowledged.report("m1", failed(two), paid(one))
    assert (again.status_code, again.json()["applied"], again.json()["repeated"]) == (200, 0, 2)
    assert Event.objects.filter(payment__in=[one, two]).count() == 2


def test_what_is_known_already_may_come_again_in_another_message(acknowledged):
    one, two, *_rest = acknowledged.payments()
    acknowledged.report("m1", paid(one))
    answer = acknowledged.report("m2", paid(one), paid(two))
    assert (answer.json()["applied"], answer.json()["repeated"]) == (1, 1)


def test_the_same_id_with_other_content_is_held_and_says_so(acknowledged):
    one = acknowledged.payments()[0]
    acknowledged.report("m1", paid(one))
    held = acknowledged.report("m1", failed(one))
    assert (held.status_code, held.json()["state"]) == (202, "quarantined")
    assert outcomes(acknowledged)[0] == "paid"
    assert acknowledged.get("/results/m1").json()["state"] == "accepted"


@pytest.mark.parametrize("second", [failed, returned])
def test_a_return_follows_a_payment_but_a_failure_contradicts_it(acknowledged, second):
    one = acknowledged.payments()[0]
    acknowledged.report("m1", paid(one))
    answer = acknowledged.report("m2", second(one))
    assert answer.status_code == (200 if second is returned else 202)
    assert outcomes(acknowledged)[0] == ("returned" if second is returned else "paid")
    assert clean()


def test_a_return_that_overtakes_its_payment_is_held_until_somebody_lets_it_in(acknowledged):
    one = acknowledged.payments()[0]
    held = acknowledged.report("late", returned(one))
    assert held.json()["faults"] == [{"key": str(one.pk), "fault": "contradiction"}]
    acknowledged.report("early", paid(one))
    message = Message.objects.get(message_id="late")
    receipt = resolve_held(message=message.pk, by=acknowledged.officers["tinh"], at=NOON, resolution="Đến trước",
                           take_sound=True)  # fmt: skip
    assert receipt.applied == 1
    assert outcomes(acknowledged)[0] == "returned"
    assert clean()


def test_of_a_held_message_the_sound_part_can_be_taken_and_the_decision_stands(acknowledged):
    one, two, *_rest = acknowledged.payments()
    acknowledged.report("m1", paid(one))
    acknowledged.report("m2", failed(one), paid(two))
    held = Message.objects.get(message_id="m2")
    officer = acknowledged.officers["tinh"]
    with pytest.raises(MoveRefused):
        resolve_held(message=held.pk, by=officer, at=NOON, resolution=" ", take_sound=True)
    receipt = resolve_held(message=held.pk, by=officer, at=NOON, resolution="Báo nhầm", take_sound=True)
    assert receipt.applied == 1
    assert outcomes(acknowledged)[:2] == ["paid", "paid"]
    with pytest.raises(MoveRefused):
        resolve_held(message=held.pk, by=officer, at=NOON, resolution="lần nữa", take_sound=True)
    assert clean()


def test_another_banks_payment_and_an_unknown_one_are_held_alike(acknowledged):
    other = acknowledged.payments(VIETCOMBANK)[0]
    theirs = acknowledged.report("m1", paid(other))
    nobody = acknowledged.report("m2", {"key": "2024120210009999999", "status": "paid", "on": "2024-12-05"})
    assert theirs.status_code == nobody.status_code == 202
    assert theirs.json()["faults"][0]["fault"] == nobody.json()["faults"][0]["fault"] == "unknown"
    assert outcomes(acknowledged, VIETCOMBANK) == [None]


def test_results_before_the_acknowledgement_are_held(world):
    assert world.report("m1", paid(world.payments()[0])).status_code == 202


def test_the_message_id_of_another_bank_is_another_message(acknowledged):
    acknowledged.report("m1", paid(acknowledged.payments()[0]))
    theirs = acknowledged.report("m1", paid(acknowledged.payments(VIETCOMBANK)[0]), bank=VIETCOMBANK)
    assert theirs.json()["applied"] == 1


def close(world):
    for provider in (AGRIBANK, VIETCOMBANK):
        world.report("all", *[paid(payment) for payment in world.payments(provider)], bank=provider)
        batches.settle(batch_id=world.batch(provider).pk, by=world.officers["ketoan"], at=NOON)
        items = [StatementItem(str(p.pk), "paid", p.amount, DECEMBER) for p in world.payments(provider)]
        closing.load_statement(provider=provider, month=DECEMBER, statement="S", items=items)
    closing.prepare_close(month=DECEMBER, by=world.officers["huyen"])
    closing.close(month=DECEMBER, by=world.officers["duyet"], at=NOON)


def test_a_return_after_the_close_owes_the_money_again_once(acknowledged):
    close(acknowledged)
    one = acknowledged.payments()[0]
    assert acknowledged.report("late", returned(one)).status_code == 200
    assert acknowledged.report("later", returned(one)).status_code == 200
    assert list(Adjustment.objects.values_list("amount", "payment")) == [(500_000, one.pk)]
    assert outcomes(acknowledged)[0] == "paid"
    assert clean()


ITEM = {"key": "1", "status": "paid", "on": "2024-12-05"}
BAD = [
    ({}, "/message_id"),
    ([], ""),
    (None, ""),
    ({"message_id": "m1", "items": []}, "/items"),
    ({"message_id": "m 1", "items": [{}]}, "/message_id"),
    ({"message_id": "m1", "items": ["x"]}, "/items/0"),
    ({"message_id": "m1", "items": [ITEM | {"key": 2024}]}, "/items/0/key"),
    ({"message_id": "m1", "items": [ITEM | {"key": "9" * 19}]}, "/items/0/key"),
    ({"message_id": "m1", "items": [ITEM | {"status": "PAID"}]}, "/items/0/status"),
    ({"message_id": "m1", "items": [ITEM | {"on": "2024-13-05"}]}, "/items/0/on"),
    ({"message_id": "m1", "items": [ITEM | {"reason": "x"}]}, "/items/0/reason"),
    ({"message_id": "m1", "items": [ITEM, ITEM | {"text": "\0"}]}, "/items/1/text"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD)
def test_a_body_that_does_not_fit_is_refused_with_the_place_of_its_fault(acknowledged, body, pointer):
    answer = acknowledged.post("/results", b"null" if body is None else body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b"1" * 5000])
def test_what_is_no_json_is_refused(acknowledged, content):
    answer = acknowledged.post("/results", content)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_another_media_type_is_refused(acknowledged):
    answer = acknowledged.post("/results", b"<a/>", content_type="text/html")
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (415, "media-type")


def test_refusals_speak_the_caller_s_language(acknowledged):
    english = acknowledged.post("/results", {}, Accept_Language="en").json()
    vietnamese = acknowledged.post("/results", {}, Accept_Language="vi").json()
    assert english["title"] == "The content is not acceptable"
    assert vietnamese["title"] == "Nội dung không hợp lệ"


def test_an_idempotency_key_gives_the_stored_answer_and_belongs_to_one_request(acknowledged):
    one, two, *_rest = acknowledged.payments()
    first = acknowledged.report("m1", paid(one), Idempotency_Key="k1")
    again = acknowledged.report("m1", paid(one), Idempotency_Key="k1")
    assert again.json() == first.json()
    assert (again["Idempotency-Replayed"], again.json()["applied"]) == ("true", 1)
    other = acknowledged.report("m1", paid(two), Idempotency_Key="k1")
    assert (other.status_code, other.json()["type"].rpartition("#")[2]) == (422, "key-reused")
    assert outcomes(acknowledged)[1] is None


def test_another_bank_s_idempotency_key_is_another_key(acknowledged):
    acknowledged.report("m1", paid(acknowledged.payments()[0]), Idempotency_Key="k1")
    theirs = acknowledged.report(
        "m1", paid(acknowledged.payments(VIETCOMBANK)[0]), bank=VIETCOMBANK, Idempotency_Key="k1"
    )
    assert theirs.json()["applied"] == 1


def test_a_refused_request_leaves_its_idempotency_key_free(acknowledged):
    assert acknowledged.report("m1", Idempotency_Key="k1").status_code == 422
    assert (
        acknowledged.report("m1", paid(acknowledged.payments()[0]), Idempotency_Key="k1").status_code == 200
    )


PAIN002 = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2024-12-05T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>AS-1-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>AS-1-1</OrgnlPmtInfId>{items}</OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""
TRANSACTION = (
    "<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>"
)
REASON = "<StsRsnInf><Rsn><Cd>{0}</Cd></Rsn><AddtlInf>TK da dong</AddtlInf></StsRsnInf>"


def pain002(message, *items, version="12"):
    rows = [TRANSACTION.format(key=key, status=status, reason=REASON.format(reason) if reason else "")
            for key, status, reason in items]  # fmt: skip
    return PAIN002.format(message=message, items="".join(rows), version=version).encode()


@pytest.mark.parametrize("version", ["03", "12"])
def test_a_pain_002_says_the_same_as_json(acknowledged, version):
    one, two, three, *_rest = acknowledged.payments()
    rejected, accepted = (two.pk, "RJCT", "AC04"), "ACSC"
    content = pain002("P1", (one.pk, accepted, ""), rejected, (three.pk, "PDNG", ""), version=version)
    answer = acknowledged.post("/results", content, content_type="application/xml")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["applied"], answer.json()["underway"]) == (2, 1)
    assert outcomes(acknowledged)[:3] == ["paid", "failed", None]
    assert Payment.objects.get(pk=two.pk).payout_method.failed_on is not None
    again = acknowledged.post("/results", content, content_type="application/xml")
    assert again.json()["applied"] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"<a/>",
        b"no xml",
        pain002("P1", ("x", "ACSC", "")),
        pain002("P1", ("1", "NOPE!", "")),
        pain002("P1", ("1", "ACSC", ""), version="99"),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + pain002("P1", ("&x;", "ACSC", ""))[38:],
    ],
)
def test_a_pain_002_that_is_not_valid_is_refused(acknowledged, content):
    answer = acknowledged.post("/results", content, content_type="application/xml")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert b"root:" not in answer.content


def sheet(*rows):
    book, out = openpyxl.Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_an_excel_file_of_results_is_read_by_its_titles(acknowledged):
    one, two, *_rest = acknowledged.payments()
    content = sheet(
        ["Kết quả chi trả tháng 12"],
        ["Trạng thái", "Mã lệnh", "Ngày", "Lý do"],
        ["Thành công", str(one.pk), "05/12/2024", None],
        ["Thất bại", str(two.pk), "2024-12-05", "AC01"],
    )
    answer = acknowledged.post("/results?message_id=X1", content, content_type=XLSX)
    assert answer.json()["applied"] == 2
    assert outcomes(acknowledged)[:2] == ["paid", "failed"]


def test_an_excel_file_whose_keys_lost_digits_is_refused(acknowledged):
    content = sheet(["key", "status", "date"], [float(acknowledged.payments()[0].pk), "paid", "2024-12-05"])
    answer = acknowledged.post("/results?message_id=X1", content, content_type=XLSX)
    assert answer.status_code == 422
    assert acknowledged.post("/results?message_id=X1", b"PK", content_type=XLSX).status_code == 422
    assert acknowledged.post("/results", content, content_type=XLSX).status_code == 400


def test_fifty_thousand_items_are_looked_through_in_two_cpu_seconds():
    item = {"key": "2024120210000000123", "status": "failed", "on": "2024-12-05", "reason": "AC04"}
    started = process_time()
    _message, items = results_of({"message_id": "m", "items": [item] * 50_000})
    assert process_time() - started < 2
    assert (len(items), items[0].reason) == (50_000, "AC04")
