"""Whose accounts are: inquiries to answer, and what a bank reports of its own accord."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from banks.api import serializers as shapes
from banks.api.access import client_of
from banks.api.base import CURSOR, KEY, LANGUAGE, LIMIT, BankView, choice_of, page_of, place, refusals
from banks.api.bodies import body_of
from banks.api.once import answer_once
from banks.api.problems import Invalid
from banks.models import Inquiry, InquiryState, ReportKind, Scope
from banks.operations.accounts import Happened, answer_inquiry, report_account
from banks.queries.accounts import inquiries_of


def inquiry_body(found: Inquiry) -> dict[str, Any]:
    """An inquiry as its bank sees it."""
    return {
        "id": found.pk,
        "account": found.payout_method.account,
        "asked_at": timezone.localtime(found.asked_at).isoformat(),
        "state": found.state,
        "score": found.score,
    }


class InquiriesView(BankView):
    scopes = {"GET": Scope.ACCOUNTS}

    @extend_schema(
        operation_id="inquiries", tags=["accounts"], summary="Accounts whose holder the province asks about",
        parameters=[OpenApiParameter("state", str, enum=InquiryState.values), CURSOR, LIMIT, LANGUAGE],
        responses={200: shapes.Inquiries, **refusals(400)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        after, size = place(request)
        state = choice_of(request, "state", InquiryState.values)
        found = inquiries_of(client_of(request)).filter(pk__gt=after)
        rows = list((found.filter(state=state) if state else found)[: size + 1])
        last = rows[size - 1].pk if len(rows) > size else None
        return Response(page_of([inquiry_body(row) for row in rows[:size]], last=last))


class InquiryView(BankView):
    scopes = {"POST": Scope.ACCOUNTS}

    @extend_schema(
        operation_id="answer_inquiry", tags=["accounts"], summary="Say whose an account is",
        parameters=[KEY, LANGUAGE], request=shapes.InquiryAnswer,
        responses={200: shapes.InquiryShape, **refusals(400, 404, 409, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request, inquiry_id: int) -> Response:
        client = client_of(request)
        inquiries_of(client).get(pk=inquiry_id)
        sent = shapes.InquiryAnswer(data=body_of(request).data)
        sent.is_valid(raise_exception=True)
        exists, holder = sent.validated_data["exists"], sent.validated_data.get("holder", "")
        if exists and not holder:
            raise Invalid([("/holder", _("Say whose the account is."))])

        def act() -> tuple[int, dict[str, Any]]:
            found = answer_inquiry(
                client=client, inquiry_id=inquiry_id, exists=exists, holder=holder, at=timezone.now()
            )
            return 200, inquiry_body(found)

        return answer_once(request, act)


class AccountReportsView(BankView):
    scopes = {"POST": Scope.ACCOUNTS}

    @extend_schema(
        operation_id="report_account", tags=["accounts"], summary="An account was closed, renamed, or opened",
        description="The answer is the same whether or not the account concerns anybody on the roll.",
        parameters=[KEY, LANGUAGE], request=shapes.AccountReportShape,
        responses={202: shapes.Accepted, **refusals(400, 413, 415, 422)},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        sent = shapes.AccountReportShape(data=body_of(request).data)
        sent.is_valid(raise_exception=True)
        what = Happened(**sent.validated_data)
        needs = {ReportKind.RENAMED: ("holder",), ReportKind.OPENED: ("holder", "national_id")}
        missing = [name for name in needs.get(ReportKind(what.kind), ()) if not getattr(what, name)]
        if missing:
            raise Invalid([(f"/{name}", _("This kind of report needs it.")) for name in missing])

        def act() -> tuple[int, dict[str, Any]]:
            report_account(client=client_of(request), what=what, at=timezone.now())
            return 202, {"state": "accepted"}

        return answer_once(request, act)
