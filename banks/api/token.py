"""The token address (RFC 6749 section 4.4), who am I, and the log of notices."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from banks.api import serializers as shapes
from banks.api.access import caller_of, client_of, token_of
from banks.api.base import LANGUAGE, BankView, page_of, place, refusals
from banks.api.bodies import RawBody, body_of
from banks.models import Scope
from banks.operations.access import AccessRefused, issue_token
from banks.queries.notices import notices_of

FORM = "application/x-www-form-urlencoded"


class FormBody(RawBody):
    media_type = FORM

    def read(self, content: bytes) -> dict[str, str]:
        try:
            fields = parse_qs(content.decode("ascii"), max_num_fields=20, strict_parsing=False)
        except ValueError:
            return {}
        return {name: values[0] for name, values in fields.items() if len(values) == 1}


class TokenView(BankView):
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    parser_classes = [FormBody]

    @extend_schema(
        operation_id="token", tags=["access"], summary="An access token by client credentials", auth=[],
        parameters=[LANGUAGE], request={FORM: shapes.TokenRequest},
        responses={200: shapes.TokenAnswer, 400: shapes.TokenRefusal, 401: shapes.TokenRefusal,
                   **{key: value for key, value in refusals(413, 415).items() if key[0] not in (400, 401, 403)}},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        form = body_of(request).data
        if form.get("grant_type") != "client_credentials":
            missing = "grant_type" not in form
            code = "invalid_request" if missing else "unsupported_grant_type"
            return _refused(code, _("The grant_type is client_credentials."))
        client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        try:
            grant = issue_token(
                client_id=client_id,
                secret=secret,
                scope=form.get("scope", ""),
                caller=caller_of(request),
                at=timezone.now(),
            )
        except AccessRefused as error:
            return _refused(error.code, str(error))
        return Response(
            {
                "access_token": grant.token,
                "token_type": "Bearer",
                "expires_in": grant.seconds,
                "scope": " ".join(grant.scopes),
            }
        )


def _basic(request: Request) -> tuple[str, str] | None:
    """Client id and secret by HTTP Basic (each percent-encoded, section 2.3.1), None where nothing of it was sent."""
    kind, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _colon, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _refused(code: str, description: str) -> Response:
    status = 401 if code == "invalid_client" else 400
    headers = {"WWW-Authenticate": 'Basic realm="An Sinh"'} if status == 401 else {}
    return Response({"error": code, "error_description": description}, status=status, headers=headers)


class MeView(BankView):
    @extend_schema(
        operation_id="me", tags=["access"], summary="Who you are here, and what your token reaches",
        responses={200: shapes.Me, **refusals()},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        client = client_of(request)
        hook = getattr(client, "webhook", None)
        return Response(
            {
                "client": client.pk,
                "bank": client.provider.short_name,
                "bin": client.provider_id,
                "scopes": list(token_of(request).scopes),
                "sandbox": client.sandbox,
                "webhook": hook.url if hook and hook.active else None,
            }
        )


class NoticesView(BankView):
    scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="notices", tags=["notices"], summary="The log of notices to your webhook, newest first",
        parameters=[OpenApiParameter("limit", int, description="1 to 500.")],
        responses={200: shapes.Notices, **refusals(400)},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        _after, size = place(request, largest=500)
        rows = notices_of(client_of(request))[:size]
        return Response(page_of([_notice(row) for row in rows], last=None))


class NoticeView(BankView):
    scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="notice", tags=["notices"], summary="One notice",
        responses={200: shapes.NoticeShape, **refusals(404)},
    )  # fmt: skip
    def get(self, request: Request, notice_id: Any) -> Response:
        return Response(_notice(notices_of(client_of(request)).get(pk=notice_id)))


def _notice(row: Any) -> dict[str, Any]:
    last = row.tried.last()
    return {
        "id": str(row.pk),
        "kind": row.kind,
        "state": row.state,
        "attempts": row.attempts,
        "created_at": timezone.localtime(row.created_at).isoformat(),
        "last_status": last.status if last else None,
        "last_fault": last.fault if last else "",
    }
