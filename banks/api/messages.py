"""What comes back: results (JSON, pain.002, Excel) and statements (JSON, camt.053, CSV, Excel)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from banks.api import serializers as shapes
from banks.api.access import client_of
from banks.api.base import KEY, LANGUAGE, BankView, refusals
from banks.api.bodies import CSV, XML, Body, CsvBody, ExcelBody, JsonBody, XmlBody, body_of
from banks.api.once import answer_once
from banks.api.problems import BadQuery, Invalid
from banks.api.results import MESSAGE_ID, results_of
from banks.iso20022.camt053 import read_camt053
from banks.iso20022.pain002 import read_pain002
from banks.models import Scope
from banks.operations.results import Result, report_results
from banks.operations.statements import deliver_statement
from banks.queries.messages import message_of
from banks.sheets import read_results, read_statement
from common.months import parse_month
from common.workbooks import XLSX
from payments.operations.closing import StatementItem
from payments.operations.outcomes import Receipt

RAW = {"type": "string", "format": "binary"}
MESSAGE = OpenApiParameter(
    "message_id", str, description="Excel only: the message's id, 1 to 35 printable characters."
)
STATEMENT = OpenApiParameter("statement", str, description="CSV and Excel: the statement's number.")
MONTH = OpenApiParameter("month", str, description="XML, CSV and Excel: the cycle's month, YYYY-MM.")


class ResultsView(BankView):
    scopes = {"POST": Scope.RESULTS}
    parser_classes = [JsonBody, XmlBody, ExcelBody]

    @extend_schema(
        operation_id="report_results", tags=["results"], summary="What became of instructions, up to 100,000 at once",
        description="202 says that the message is in quarantine: kept whole, nothing applied, a person looks at it.",
        parameters=[MESSAGE, KEY, LANGUAGE],
        request={"application/json": shapes.Results, XML: RAW, XLSX: RAW},
        responses={200: shapes.Receipt, 202: shapes.Receipt, **refusals(400, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        body = body_of(request)
        message_id, items, underway = _results(request, body)

        def act() -> tuple[int, dict[str, Any]]:
            receipt = report_results(
                client=client_of(request), message_id=message_id, items=items, at=timezone.now()
            )
            return _receipt(receipt, len(items), underway)

        return answer_once(request, act)


def _results(request: Request, body: Body) -> tuple[str, list[Result], int]:
    if body.media_type == XML:
        report = read_pain002(body.content)
        return report.message_id, report.items, report.underway
    if body.media_type == XLSX:
        return _named(request, "message_id"), read_results(body.content), 0
    message_id, items = results_of(body.data)
    return message_id, items, 0


def _receipt(receipt: Receipt, items: int, underway: int) -> tuple[int, dict[str, Any]]:
    body = {
        "message_id": receipt.message_id,
        "state": "quarantined" if receipt.quarantined else "accepted",
        "items": items,
        "applied": receipt.applied,
        "repeated": receipt.repeated,
        "underway": underway,
        "note": receipt.note,
        "faults": [{"key": str(payment), "fault": fault} for payment, fault in receipt.faults],
    }
    return 202 if receipt.quarantined else 200, body


class MessageView(BankView):
    scopes = {"GET": Scope.RESULTS}

    @extend_schema(
        operation_id="message", tags=["results"], summary="What became of a message of results",
        responses={200: shapes.Receipt, **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, message_id: str) -> Response:
        found = message_of(client=client_of(request), message_id=message_id)
        return Response(found | {"received_at": timezone.localtime(found["received_at"]).isoformat()})


class StatementsView(BankView):
    scopes = {"POST": Scope.STATEMENTS}
    parser_classes = [JsonBody, XmlBody, CsvBody, ExcelBody]

    @extend_schema(
        operation_id="deliver_statement", tags=["statements"], summary="Your statement of a cycle",
        parameters=[STATEMENT, MONTH, KEY, LANGUAGE],
        request={"application/json": shapes.StatementShape, XML: RAW, CSV: RAW, XLSX: RAW},
        responses={200: shapes.StatementReceipt, **refusals(400, 404, 409, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        statement, month, items = _statement(request, body_of(request))

        def act() -> tuple[int, dict[str, Any]]:
            added = deliver_statement(
                client=client_of(request), statement=statement, month=month, items=items
            )
            return 200, {
                "statement": statement,
                "month": f"{month:%Y-%m}",
                "items": len(items),
                "added": added,
            }

        return answer_once(request, act)


def _statement(request: Request, body: Body) -> tuple[str, date, list[StatementItem]]:
    if body.media_type == XML:
        read = read_camt053(body.content)
        return read.number, _month(request), read.items
    if body.media_type in (CSV, XLSX):
        items = read_statement(body.content, excel=body.media_type == XLSX)
        return _named(request, "statement"), _month(request), items
    sent = shapes.StatementShape(data=body.data)
    sent.is_valid(raise_exception=True)
    lines = [
        StatementItem(line["key"], line["kind"], line["amount"], line["on"])
        for line in sent.validated_data["items"]
    ]
    try:
        month = parse_month(sent.validated_data["month"])
    except ValueError as error:
        raise Invalid([("/month", _("A month is written YYYY-MM."))]) from error
    return sent.validated_data["statement"], month, lines


def _named(request: Request, name: str) -> str:
    text = request.query_params.get(name, "")
    if not MESSAGE_ID.fullmatch(text):
        raise BadQuery(name, _("This is 1 to 35 printable characters."))
    return text


def _month(request: Request) -> date:
    try:
        return parse_month(request.query_params.get("month", ""))
    except ValueError as error:
        raise BadQuery("month", _("A month is written YYYY-MM.")) from error
