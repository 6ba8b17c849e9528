"""The interface keeps to its OpenAPI schema, whatever schemathesis sends: no 5xx, no answer that is not documented.

300 cases take part in every run; `ANSINH_CASES=5000 pytest tests/banks/test_contract.py` is the
long one. Half of the cases fit the schema and half break it somewhere; half of the path parameters, and of the keys in
bodies, are those of things that exist.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from banks.models import Inquiry, Notice
from banks.operations import webhooks
from payments.models import StopOrder
from payments.operations.stop_orders import order_stop
from tests.banks.bank_world import AGRIBANK, NOON, V1, add_client, paid

pytestmark = pytest.mark.django_db
CASES = int(os.environ.get("ANSINH_CASES", "50"))  # for each of the six sets of scopes: 300 in all
SETS = [["read"], ["results"], ["accounts"], ["statements"], ["accounts", "statements"],
        ["read", "results", "accounts", "statements"]]  # fmt: skip
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
          response_schema_conformance]  # fmt: skip


KNOWN: dict[str, list[Any]] = {}


@cache
def schema() -> Any:
    """The schema as it is served; path parameters and keys are drawn from KNOWN, too."""
    loaded = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())

    @loaded.hook
    def flatmap_path_parameters(_context: Any, drawn: Any) -> Any:
        if not drawn:
            return st.just(drawn)
        parts = {name: st.sampled_from([value, *KNOWN[name]]) for name, value in drawn.items()}
        return st.just(drawn) | st.fixed_dictionaries(parts)

    @loaded.hook
    def flatmap_body(_context: Any, drawn: Any) -> Any:
        items = drawn.get("items") if isinstance(drawn, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            return st.just(drawn)
        keys = [st.sampled_from(KNOWN["key"])] * len(items)
        named = st.tuples(*keys).map(
            lambda chosen: [item | {"key": key} for item, key in zip(items, chosen, strict=True)]
        )
        return st.just(drawn) | named.map(lambda known: drawn | {"items": known})

    return loaded


@pytest.fixture
def contract(acknowledged: Any) -> Iterator[Any]:
    """The schema over one of everything that has an address."""
    world = acknowledged
    webhooks.set_webhook(client_id=world.clients[AGRIBANK].pk, url="http://127.0.0.1:1/", at=NOON)
    webhooks.collect_notices(at=NOON)
    order_stop(payment_id=world.payments()[0].pk, by=world.officers["duyet"], at=NOON, reason="Đã mất")
    Inquiry.objects.create(
        payout_method=world.payments()[0].payout_method, provider_id=AGRIBANK, asked_at=NOON
    )
    world.report("m1", paid(world.payments()[1]))
    KNOWN.update(
        batch_id=[world.batch().pk],
        key=[str(payment.pk) for payment in world.payments()],
        stop_id=[StopOrder.objects.get().pk],
        message_id=["m1"],
        inquiry_id=[Inquiry.objects.get().pk],
        notice_id=[str(Notice.objects.first().pk)],
    )
    # As Django's own test client does: the test's transaction outlives the requests.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schema()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("scopes", SETS, ids="+".join)
def test_every_answer_is_one_that_the_schema_documents(
    acknowledged: Any, contract: Any, scopes: list[str]
) -> None:
    add_client(acknowledged, AGRIBANK, name="fuzz", scopes=scopes)
    headers = {"Authorization": f"Bearer {acknowledged.tokens['fuzz']}"}
    answers: Counter[int] = Counter()

    @settings(max_examples=CASES, deadline=None, database=None, derandomize=CASES < 1000,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.one_of(contract.as_strategy(mode) for mode in GenerationMode))
    def one_case(case: Any) -> None:
        with transaction.atomic():
            answer = case.call(headers=headers)
            transaction.set_rollback(True)
        answers[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    one_case()
    assert sum(answers.values()) >= CASES
    print(f"{'+'.join(scopes)}: {sum(answers.values())} cases", dict(sorted(answers.items())))


def test_an_answer_that_is_not_documented_is_noticed(contract: Any, acknowledged: Any) -> None:
    """The check itself: a status, a media type and a body that the schema does not have."""
    case = contract[f"{V1}/batches"]["GET"].Case()
    headers = {"Authorization": f"Bearer {acknowledged.tokens[AGRIBANK]}"}
    answer = case.call(headers=headers)
    case.validate_response(answer, checks=CHECKS)
    for fault in (
        {"content": b'{"items": [{}], "next": null}'},
        {"status_code": 418},
        {"status_code": 500},
        {"headers": answer.headers | {"content-type": ["text/html"]}},
    ):
        broken = case.call(headers=headers)
        for name, value in fault.items():
            setattr(broken, name, value)
        with pytest.raises(FailureGroup):
            case.validate_response(broken, checks=CHECKS)
