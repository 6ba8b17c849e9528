"""What every address of the interface shares: scopes, cursors, headers, and the problems that it may answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from banks.api import problems
from banks.api.access import BearerAuthentication, ScopePermission
from banks.api.bodies import JsonBody
from banks.api.problems import BadQuery, problem_response
from banks.api.rendering import JsonRenderer, OneAnswer
from banks.api.serializers import Problem
from banks.api.throttle import ClientThrottle

LARGEST_ID = 2**63 - 1
PAGE, LARGEST_PAGE = 500, 5_000
CURSOR = OpenApiParameter("cursor", str, description="`next` of the page before.")
LIMIT = OpenApiParameter("limit", int, description=f"Items a page, 1 to {LARGEST_PAGE}; {PAGE} unless told.")
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Up to 255 printable characters of yours. The same request again is answered from store.",
)  # fmt: skip
LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="`vi` or `en`: the language of refusals."
)


class BankView(APIView):
    # No docstring: it would stand as the description of every operation. `scopes`: what each method needs.
    scopes: Mapping[str, str] = {}
    authentication_classes = [BearerAuthentication]
    permission_classes = [ScopePermission]
    throttle_classes = [ClientThrottle]
    parser_classes = [JsonBody]
    renderer_classes = [JsonRenderer]
    content_negotiation_class = OneAnswer
    rate: Mapping[str, str] = {}

    def get_exception_handler(self) -> Any:
        return problem_response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.rate.items():
            final[name] = value
        final.setdefault("Cache-Control", "no-store")
        return final


def refusals(*statuses: int) -> dict[Any, Any]:
    """The problems that an operation may answer, beside those that any may (401, 403, 429)."""
    by_status: dict[int, list[str]] = {}
    for kind, (status, _title) in problems.kinds().items():
        by_status.setdefault(status, []).append(kind)
    return {
        (status, problems.MEDIA_TYPE): OpenApiResponse(
            Problem, ", ".join(by_status[status]), examples=[_example(by_status[status][0], status)]
        )
        for status in sorted({401, 403, 429, *statuses})
    }


def _example(kind: str, status: int) -> OpenApiExample:
    value = {
        "type": f"https://ansinh.example/banks/api/#{kind}",
        "title": kind,
        "status": status,
        "detail": "…",
        "instance": "/api/banks/v1/…",
    }
    return OpenApiExample(kind, value, media_type=problems.MEDIA_TYPE, status_codes=[str(status)])


def place(request: Request, *, largest: int = LARGEST_PAGE) -> tuple[int, int]:
    """(id after which the page begins, its size) from `cursor` and `limit`. Raises BadQuery."""
    return number_of(request, "cursor", 0, LARGEST_ID), number_of(request, "limit", PAGE, largest, low=1)


def number_of(request: Request, name: str, default: int, high: int, low: int = 0) -> int:
    """A whole number from the query. Raises BadQuery."""
    text = request.query_params.get(name, "")
    if text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise BadQuery(
            name, _("This is a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        )
    return int(text)


def choice_of(request: Request, name: str, allowed: list[str]) -> str:
    """One of the allowed words from the query, '' where nothing is asked. Raises BadQuery."""
    text = request.query_params.get(name, "")
    if text and text not in allowed:
        raise BadQuery(name, _("This is one of: %(allowed)s.") % {"allowed": ", ".join(allowed)})
    return text


def page_of(items: list[dict[str, Any]], *, last: int | None) -> dict[str, Any]:
    """A page: `next` is the cursor of the following one, null on the last."""
    return {"items": items, "next": None if last is None else str(last)}


class NothingView(BankView):
    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404
