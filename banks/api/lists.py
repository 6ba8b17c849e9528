"""Lists out: which are released, what is on them (JSON, pain.001, Excel), the acknowledgement, stop orders."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from banks.api import serializers as shapes
from banks.api.access import client_of
from banks.api.base import CURSOR, KEY, LANGUAGE, LIMIT, BankView, choice_of, page_of, place, refusals
from banks.api.bodies import XML, body_of
from banks.api.once import answer_once
from banks.iso20022.pain001 import write_pain001
from banks.models import Client, Scope
from banks.operations.lists import acknowledge_list, answer_stop_order
from banks.queries import lists as queries
from banks.queries.files import columns_of, header_of, remittance_of
from banks.queries.lists import SENT, Instruction
from banks.sheets import write_list
from common.workbooks import XLSX
from payments.models import Batch, Event, StopAnswer, StopOrder

READ = {"GET": Scope.READ}


def list_body(batch: Batch) -> dict[str, Any]:
    """A list as banks see it."""
    return _list_body(batch, queries.released_at(batch))


def _list_body(batch: Batch, release: Event) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "message_id": f"AS-{batch.pk}-{release.pk}",
        "month": f"{batch.round.cycle_id:%Y-%m}",
        "round": batch.round.number,
        "unit": {"code": batch.unit.code, "name": batch.unit.name},
        "scheme": batch.scheme,
        "state": batch.state,
        "count": batch.released_count,
        "amount": batch.released_amount,
        "released_at": timezone.localtime(release.at).isoformat(),
        "sandbox": batch.round.cycle.sandbox,
    }


def payment_body(row: Instruction) -> dict[str, Any]:
    """An instruction as banks see it."""
    on = row.on.isoformat() if row.on else None
    return {
        "key": row.key,
        "account": row.account,
        "holder": row.holder,
        "amount": row.amount,
        "status": row.status,
        "on": on,
    }


def stop_body(order: StopOrder) -> dict[str, Any]:
    """A stop order as banks see it."""
    return {
        "id": order.pk,
        "key": str(order.payment_id),
        "batch": order.payment.batch_id,
        "amount": order.payment.amount,
        "reason": order.reason,
        "ordered_at": timezone.localtime(order.ordered_at).isoformat(),
        "answer": order.answer or "waiting",
        "answered_at": timezone.localtime(order.answered_at).isoformat() if order.answered_at else None,
    }


def _find(request: Request, batch_id: int) -> tuple[Client, Batch]:
    client = client_of(request)
    return client, queries.lists_of(client).get(pk=batch_id)


class ListsView(BankView):
    scopes = READ

    @extend_schema(
        operation_id="lists", tags=["lists"], summary="Your released lists, oldest first",
        parameters=[OpenApiParameter("state", str, enum=[str(state) for state in SENT]), CURSOR, LIMIT, LANGUAGE],
        responses={200: shapes.Lists, **refusals(400)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        after, size = place(request)
        found = queries.lists_of(client_of(request)).filter(pk__gt=after).order_by("pk")
        state = choice_of(request, "state", [str(state) for state in SENT])
        rows = list((found.filter(state=state) if state else found)[: size + 1])
        last = rows[size - 1].pk if len(rows) > size else None
        releases = queries.releases_of(rows)
        return Response(page_of([_list_body(batch, releases[batch.pk]) for batch in rows[:size]], last=last))


class ListView(BankView):
    scopes = READ

    @extend_schema(
        operation_id="list", tags=["lists"], summary="One list",
        responses={200: shapes.List, **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, batch_id: int) -> Response:
        return Response(list_body(_find(request, batch_id)[1]))


class PaymentsView(BankView):
    scopes = READ

    @extend_schema(
        operation_id="payments", tags=["lists"], summary="The instructions of a list, by key",
        parameters=[CURSOR, LIMIT, LANGUAGE], responses={200: shapes.Payments, **refusals(400, 404)},
    )  # fmt: skip
    def get(self, request: Request, batch_id: int) -> Response:
        client, batch = _find(request, batch_id)
        after, size = place(request)
        rows = queries.instruction_page(client=client, batch=batch, after=after, size=size + 1)
        last = int(rows[size - 1].key) if len(rows) > size else None
        return Response(page_of([payment_body(row) for row in rows[:size]], last=last))


class PaymentView(BankView):
    scopes = READ

    @extend_schema(
        operation_id="payment", tags=["lists"], summary="One instruction",
        responses={200: shapes.PaymentShape, **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        payment = queries.payments_of(client_of(request)).select_related("payout_method").get(pk=int(key))
        return Response(payment_body(queries.instruction(payment)))


class Pain001View(BankView):
    scopes = READ

    @extend_schema(
        operation_id="pain001", tags=["lists"], summary="The list as ISO 20022 pain.001.001.09",
        responses={(200, XML): OpenApiResponse(bytes, "Streamed, valid against the official XSD."), **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, batch_id: int) -> StreamingHttpResponse:
        client, batch = _find(request, batch_id)
        rows = queries.instructions(client=client, batch=batch)
        header = header_of(batch)
        return _file(write_pain001(header, rows), XML, f"{header.message_id}.xml")


class ExcelView(BankView):
    scopes = READ

    @extend_schema(
        operation_id="excel", tags=["lists"], summary="The list as an Excel file, in the columns agreed",
        responses={(200, XLSX): OpenApiResponse(bytes), **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, batch_id: int) -> StreamingHttpResponse:
        client, batch = _find(request, batch_id)
        rows = queries.instructions(client=client, batch=batch)
        columns = columns_of(client.provider_id)
        content = write_list(rows, columns=columns, remittance=remittance_of(batch))
        return _file(content, XLSX, f"DS-{batch.pk}.xlsx")


def _file(content: Any, media_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=media_type, headers=headers)


class AcknowledgementView(BankView):
    scopes = {"POST": Scope.RESULTS}

    @extend_schema(
        operation_id="acknowledge", tags=["lists"], summary="Confirm that you hold the very list that was released",
        parameters=[KEY, LANGUAGE], request=shapes.Acknowledgement,
        responses={200: shapes.List, **refusals(400, 404, 409, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request, batch_id: int) -> Response:
        client, _batch = _find(request, batch_id)
        sent = shapes.Acknowledgement(data=body_of(request).data)
        sent.is_valid(raise_exception=True)

        def act() -> tuple[int, dict[str, Any]]:
            batch = acknowledge_list(
                client=client, batch_id=batch_id, at=timezone.now(), **sent.validated_data
            )
            return 200, list_body(batch)

        return answer_once(request, act)


class StopsView(BankView):
    scopes = READ

    @extend_schema(
        operation_id="stop_orders", tags=["stop orders"], summary="Orders to stop single payments",
        parameters=[OpenApiParameter("answer", str, enum=["waiting", "stopped", "too_late"]), CURSOR, LIMIT, LANGUAGE],
        responses={200: shapes.Stops, **refusals(400)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        after, size = place(request)
        found = (
            queries.stops_of(client_of(request)).filter(pk__gt=after).order_by("pk").select_related("payment")
        )
        answer = choice_of(request, "answer", ["waiting", "stopped", "too_late"])
        rows = list((found.filter(answer=answer.replace("waiting", "")) if answer else found)[: size + 1])
        last = rows[size - 1].pk if len(rows) > size else None
        return Response(page_of([stop_body(order) for order in rows[:size]], last=last))


class StopView(BankView):
    scopes = {"GET": Scope.READ, "POST": Scope.RESULTS}

    @extend_schema(
        operation_id="stop_order", tags=["stop orders"], summary="One stop order",
        responses={200: shapes.Stop, **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, stop_id: int) -> Response:
        return Response(
            stop_body(queries.stops_of(client_of(request)).select_related("payment").get(pk=stop_id))
        )

    @extend_schema(
        operation_id="answer_stop_order", tags=["stop orders"], summary="Say whether the stop came in time",
        parameters=[KEY, LANGUAGE], request=shapes.StopReply,
        responses={200: shapes.Stop, **refusals(400, 404, 409, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request, stop_id: int) -> Response:
        client = client_of(request)
        queries.stops_of(client).get(pk=stop_id)
        sent = shapes.StopReply(data=body_of(request).data)
        sent.is_valid(raise_exception=True)
        stopped = sent.validated_data["answer"] == StopAnswer.STOPPED
        note = sent.validated_data.get("note", "")

        def act() -> tuple[int, dict[str, Any]]:
            order = answer_stop_order(
                client=client, stop_id=stop_id, stopped=stopped, note=note, at=timezone.now()
            )
            return 200, stop_body(order)

        return answer_once(request, act)
