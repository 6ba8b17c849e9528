"""The interface keeps to its OpenAPI schema, whatever is sent: no 5xx, no answer that is not documented.

300 cases for each set of scopes take part in every run; `ANSINH_CASES=5000 pytest tests/banks/test_contract.py` is the
long one.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banks.models import Inquiry, Notice
from banks.operations import webhooks
from payments.models import StopOrder
from payments.operations.stop_orders import order_stop
from tests.banks.bank_world import AGRIBANK, NOON, add_client, paid
from tests.banks.cases import Contract

pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("ANSINH_CASES", "75"))  # for each of the four sets of scopes: 300 in all
SETS = [["read"], ["results"], ["accounts", "statements"], ["read", "results", "accounts", "statements"]]


@pytest.fixture
def contract(acknowledged: Any) -> Contract:
    """The schema as it is served, and one of everything that has an address."""
    world = acknowledged
    webhooks.set_webhook(client_id=world.clients[AGRIBANK].pk, url="http://127.0.0.1:1/", at=NOON)
    webhooks.collect_notices(at=NOON)
    order_stop(payment_id=world.payments()[0].pk, by=world.officers["duyet"], at=NOON, reason="Đã mất")
    Inquiry.objects.create(
        payout_method=world.payments()[0].payout_method, provider_id=AGRIBANK, asked_at=NOON
    )
    world.report("m1", paid(world.payments()[1]))
    known = {
        "batch_id": [str(world.batch().pk)],
        "key": [str(payment.pk) for payment in world.payments()],
        "stop_id": [str(StopOrder.objects.get().pk)],
        "message_id": ["m1"],
        "inquiry_id": [str(Inquiry.objects.get().pk)],
        "notice_id": [str(Notice.objects.first().pk)],
    }
    schema = json.loads(Browser().get("/api/schema/?format=json").content)
    return Contract(schema, known)


@pytest.mark.parametrize("scopes", SETS, ids="+".join)
def test_every_answer_is_one_that_the_schema_documents(
    acknowledged: Any, contract: Contract, scopes: list[str]
) -> None:
    add_client(acknowledged, AGRIBANK, name="fuzz", scopes=scopes)

    @settings(max_examples=CASES, deadline=None, database=None, derandomize=CASES < 1000,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def one_case(data: Any) -> None:
        sent = contract.request(data.draw)
        with transaction.atomic():
            browser = Browser(
                headers={"Authorization": f"Bearer {acknowledged.tokens['fuzz']}"},
                raise_request_exception=False,
            )
            answer = browser.generic(
                sent["method"], f"{sent['path']}?{urlencode(sent['query'])}", sent["content"],
                content_type=sent["media_type"], headers=sent["headers"],
            )  # fmt: skip
            transaction.set_rollback(True)
        assert contract.breaches(sent["operation"], answer) == [], (sent, answer.status_code)

    one_case()


def test_an_answer_that_is_not_documented_is_noticed(contract: Contract, acknowledged: Any) -> None:
    """The check itself: a status, a media type and a body that the schema does not have."""
    operation = next(one for _method, path, one in contract.operations if path.endswith("/batches"))
    answer = acknowledged.get("/batches")
    assert contract.breaches(operation, answer) == []
    answer.content = b'{"items": [{}], "next": null}'
    assert contract.breaches(operation, answer)
    answer.status_code = 418
    assert contract.breaches(operation, answer) == ["418 is not documented"]
