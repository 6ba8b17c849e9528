"""Lists out: what a bank sees, in three formats, how it confirms, what is recalled and stopped."""

from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone
from lxml import etree

from banks.iso20022.reading import schema_of
from banks.models import Profile
from beneficiaries.models import Reckon
from payments.models import Payment
from payments.operations import batches, stop_orders
from payments.operations.errors import MoveRefused
from payments.queries.ledger import check_ledger
from tests.banks.bank_world import AGRIBANK, NOON, VIETCOMBANK, paid

pytestmark = pytest.mark.django_db
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def clean():
    return not [invariant.id for invariant in check_ledger() if invariant.broken]


def body_of(answer):
    return b"".join(answer.streaming_content)


def test_a_bank_sees_its_released_lists_and_no_other(world):
    items = world.get("/batches").json()["items"]
    assert [(item["id"], item["count"], item["amount"], item["state"]) for item in items] == [
        (world.batch().pk, 5, 2_500_000, "released")
    ]
    assert items[0]["unit"] == {"code": "593", "name": "Thành phố Phan Thiết"}
    assert world.get("/batches?state=acknowledged").json()["items"] == []
    assert len(world.get("/batches", bank=VIETCOMBANK).json()["items"]) == 1


def test_a_list_not_released_yet_does_not_exist(world):
    batches.recall(batch_id=world.batch().pk, by=world.officers["ketoan"], at=NOON, reason="chưa đến lượt")
    assert world.get("/batches").json()["items"] == []
    assert world.get(f"/batches/{world.batch().pk}").status_code == 404


def test_payments_come_in_pages_by_key_each_once(world):
    path, seen, cursor = f"/batches/{world.batch().pk}/payments?limit=2", [], ""
    while cursor is not None:
        page = world.get(f"{path}&cursor={cursor}").json()
        seen += [item["key"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [str(payment.pk) for payment in world.payments()]
    assert all(len(key) <= 35 for key in seen)
    first = world.get(f"/payments/{seen[0]}").json()
    assert (first["account"], first["holder"], first["amount"]) == ("1020304000", "DANG THI UOC", 500_000)
    assert first["status"] == "pending"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=5001", "limit=x", "cursor=-1", "cursor=²", "cursor=" + "9" * 19]
)
def test_a_page_that_cannot_be_is_refused_with_its_parameter(world, query):
    answer = world.get(f"/batches?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_pain_001_is_valid_and_says_the_same_as_the_list(world):
    answer = world.get(f"/batches/{world.batch().pk}/pain.001")
    root = etree.fromstring(body_of(answer))
    schema_of("pain.001.001.09").assertValid(root)
    keys = root.xpath("//p:EndToEndId/text()", namespaces=NS)
    assert keys == [str(payment.pk) for payment in world.payments()]
    assert root.xpath("//p:CtrlSum/text()", namespaces=NS) == ["2500000", "2500000"]
    assert root.xpath("//p:InstdAmt/@Ccy", namespaces=NS) == ["VND"] * 5
    assert root.xpath("//p:Cdtr/p:Nm/text()", namespaces=NS)[0] == "DANG THI UOC"
    assert set(root.xpath("//p:Ustrd/text()", namespaces=NS)) == {"Tro cap BTXH thang 12/2024"}


def test_the_excel_file_has_the_columns_agreed_with_the_bank_and_runs_no_formula(world):
    Payment.objects.get(pk=world.payments()[0].pk).payout_method.__class__.objects.filter(
        pk=world.payments()[0].payout_method_id
    ).update(holder="=1+1")
    Profile.objects.filter(provider=AGRIBANK).update(
        columns=[["account", "SO TK"], ["holder", "TEN"], ["amount", "TIEN"]]
    )
    book = openpyxl.load_workbook(BytesIO(body_of(world.get(f"/batches/{world.batch().pk}/payments.xlsx"))))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("SO TK", "TEN", "TIEN")
    assert rows[1] == ("1020304000", "=1+1", 500_000)
    assert book.active["B2"].data_type == "s"
    assert len(rows) == 6


def test_an_acknowledgement_with_count_sum_and_hash_takes_the_list_over(world):
    answer = world.acknowledge()
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    assert world.acknowledge().status_code == 200
    assert world.batch().events.filter(to_state="acknowledged").count() == 1


@pytest.mark.parametrize(
    ("change", "differs"),
    [({"count": 4}, "count"), ({"amount": 2_499_999}, "amount"), ({"sha256": "0" * 64}, "sha256")],
)
def test_an_acknowledgement_that_differs_is_refused_and_says_in_what(world, change, differs):
    path = f"/batches/{world.batch().pk}/acknowledgement"
    answer = world.post(path, world.acknowledgement() | change)
    assert (answer.status_code, answer.json()["differs"]) == (409, [differs])
    assert world.batch().state == "released"


def test_a_recalled_list_is_gone_and_comes_back_under_another_message_id(world):
    before = world.get(f"/batches/{world.batch().pk}").json()["message_id"]
    who = world.officers
    batches.recall(batch_id=world.batch().pk, by=who["ketoan"], at=NOON, reason="sai tài khoản")
    assert world.get(f"/batches/{world.batch().pk}").status_code == 404
    gone = world.payments()[0]
    batches.withdraw(payment_id=gone.pk, by=who["duyet"], at=NOON, reason="sai tài khoản")
    batches.release(batch_id=world.batch().pk, by=who["ketoan"], at=NOON)
    after = world.get(f"/batches/{world.batch().pk}").json()
    assert after["message_id"] != before
    assert (after["count"], after["amount"]) == (4, 2_000_000)
    assert world.get(f"/payments/{gone.pk}").status_code == 404
    assert world.acknowledge().status_code == 200
    assert clean()


def test_once_acknowledged_a_list_is_not_recalled_nor_a_payment_withdrawn_behind_the_bank_s_back(
    acknowledged,
):
    who, batch = acknowledged.officers, acknowledged.batch()
    with pytest.raises(MoveRefused):
        batches.recall(batch_id=batch.pk, by=who["ketoan"], at=NOON, reason="x")
    with pytest.raises(MoveRefused):
        batches.withdraw(payment_id=acknowledged.payments()[0].pk, by=who["duyet"], at=NOON, reason="x")


def order(world, number=0):
    return stop_orders.order_stop(
        payment_id=world.payments()[number].pk, by=world.officers["duyet"], at=timezone.now(), reason="Đã mất"
    )


def test_a_stop_that_came_in_time_withdraws_the_payment_and_owes_it_again(acknowledged):
    stop = order(acknowledged)
    waiting = acknowledged.get("/stop-orders?answer=waiting").json()["items"]
    assert [(item["id"], item["key"]) for item in waiting] == [(stop.pk, str(stop.payment_id))]
    answer = acknowledged.post(f"/stop-orders/{stop.pk}", {"answer": "stopped"})
    assert (answer.status_code, answer.json()["answer"]) == (200, "stopped")
    assert acknowledged.post(f"/stop-orders/{stop.pk}", {"answer": "stopped"}).status_code == 200
    assert acknowledged.post(f"/stop-orders/{stop.pk}", {"answer": "too_late"}).status_code == 409
    assert acknowledged.get(f"/payments/{stop.payment_id}").json()["status"] == "stopped"
    assert Reckon.objects.filter(person=stop.payment.person, reason="undelivered").exists()
    assert acknowledged.acknowledge().status_code == 200
    assert clean()


def test_a_stop_that_came_too_late_leaves_the_payment_to_its_result(acknowledged):
    stop = order(acknowledged)
    assert acknowledged.post(f"/stop-orders/{stop.pk}", {"answer": "too_late"}).status_code == 200
    assert acknowledged.report("m1", paid(stop.payment)).status_code == 200
    assert clean()


def test_a_payment_reported_as_paid_cannot_have_been_stopped(acknowledged):
    stop = order(acknowledged)
    acknowledged.report("m1", paid(stop.payment))
    answer = acknowledged.post(f"/stop-orders/{stop.pk}", {"answer": "stopped"})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert acknowledged.get(f"/stop-orders/{stop.pk}").json()["answer"] == "waiting"


def test_the_preparer_cannot_order_a_stop_alone_nor_anybody_twice(acknowledged):
    with pytest.raises(Exception, match="lập"):
        stop_orders.order_stop(
            payment_id=acknowledged.payments()[0].pk, by=acknowledged.officers["huyen"], at=NOON, reason="x"
        )
    order(acknowledged)
    with pytest.raises(MoveRefused):
        order(acknowledged)
