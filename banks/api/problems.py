"""Every refusal as `application/problem+json` (RFC 9457), in the caller's language (Accept-Language)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from banks.operations.errors import BanksError, ListDiffers, UnreadableFile
from payments.operations.errors import PaymentsError

MEDIA_TYPE = "application/problem+json"
# Where each kind is explained: an anchor of the quick-start page.
EXPLAINED = "/banks/api/#"


class TooLarge(exceptions.APIException):
    status_code = 413

    def __init__(self) -> None:
        super().__init__(_("The body is larger than 32 MB. Send it in parts."))


class KeyReused(exceptions.APIException):
    status_code = 422

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was used before for another request."))


class StillRunning(exceptions.APIException):
    status_code = 409

    def __init__(self) -> None:
        super().__init__(_("A request with this Idempotency-Key is still running. Try again in a moment."))


class BadQuery(exceptions.APIException):
    """A query parameter or header that is not what it should be."""

    status_code = 400

    def __init__(self, name: str, detail: str) -> None:
        self.name = name
        super().__init__(detail)


class Invalid(Exception):
    """A body whose content is not acceptable: (JSON pointer, sentence) for each fault."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__(len(errors))


def kinds() -> dict[str, tuple[int, str]]:
    """Every kind of problem: its status and title. The key is the last part of its type's address."""
    return {
        "malformed": (400, _("The request cannot be read")),
        "unauthenticated": (401, _("No valid access token")),
        "forbidden": (403, _("The token's scopes do not reach this")),
        "not-found": (404, _("There is nothing here for you")),
        "method-not-allowed": (405, _("This address does not take this method")),
        "conflict": (409, _("It does not fit the present state")),
        "list-differs": (409, _("The acknowledgement differs from the list")),
        "still-running": (409, _("The same request is still running")),
        "too-large": (413, _("The body is too large")),
        "media-type": (415, _("This media type is not taken here")),
        "invalid": (422, _("The content is not acceptable")),
        "key-reused": (422, _("The Idempotency-Key belongs to another request")),
        "too-many-requests": (429, _("Too many requests")),
        "unavailable": (503, _("Not available for the moment")),
    }


_BY_CLASS: dict[type[Exception], str] = {
    ListDiffers: "list-differs",
    UnreadableFile: "invalid",
    Invalid: "invalid",
    BanksError: "conflict",
    PaymentsError: "conflict",
    KeyReused: "key-reused",
    StillRunning: "still-running",
    TooLarge: "too-large",
    BadQuery: "malformed",
    Http404: "not-found",
    ObjectDoesNotExist: "not-found",
    PermissionDenied: "forbidden",
    exceptions.NotAuthenticated: "unauthenticated",
    exceptions.AuthenticationFailed: "unauthenticated",
    exceptions.PermissionDenied: "forbidden",
    exceptions.NotFound: "not-found",
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.UnsupportedMediaType: "media-type",
    exceptions.Throttled: "too-many-requests",
    exceptions.ParseError: "malformed",
    exceptions.ValidationError: "invalid",
}


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None, and so a 500, for what is no refusal but a fault of ours."""
    kind = next((_BY_CLASS[one] for one in type(exc).__mro__ if one in _BY_CLASS), None)
    if kind is None:
        return None
    code, title = kinds()[kind]
    request = context["request"]
    body: dict[str, Any] = {
        "type": request.build_absolute_uri(EXPLAINED + kind),
        "title": title,
        "status": code,
        "detail": _detail(exc, title),
        "instance": request.path,
    }
    body |= _extensions(exc)
    headers = {"Cache-Control": "no-store", "Content-Language": request.LANGUAGE_CODE}
    for name, value in (("WWW-Authenticate", getattr(exc, "auth_header", None)),
                        ("Retry-After", getattr(exc, "wait", None))):  # fmt: skip
        if value:
            headers[name] = value if isinstance(value, str) else str(int(value))
    return Response(body, status=code, headers=headers, content_type=MEDIA_TYPE)


def _detail(exc: Exception, title: str) -> str:
    if isinstance(exc, Http404 | ObjectDoesNotExist):
        return _("No such thing, or it is not yours.")
    if isinstance(exc, Invalid | exceptions.ValidationError):
        return _("See the errors, each with the place that it is about.")
    if isinstance(exc, exceptions.APIException):
        return str(exc.detail)
    return str(exc) or title


def _extensions(exc: Exception) -> dict[str, Any]:
    if isinstance(exc, Invalid):
        return {"errors": [{"pointer": pointer, "detail": detail} for pointer, detail in exc.errors[:100]]}
    if isinstance(exc, exceptions.ValidationError):
        return {"errors": list(_flatten("", exc.detail))[:100]}
    if isinstance(exc, UnreadableFile) and exc.where:
        return {"errors": [{"pointer": "", "detail": exc.where}]}
    if isinstance(exc, BadQuery):
        return {"errors": [{"parameter": exc.name, "detail": str(exc.detail)}]}
    if isinstance(exc, ListDiffers):
        return {"differs": exc.parts}
    return {}


def _flatten(pointer: str, detail: Any) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flatten(pointer if name == "non_field_errors" else f"{pointer}/{name}", inner)
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for number, inner in enumerate(detail):
            yield from _flatten(f"{pointer}/{number}", inner)
    elif isinstance(detail, list):
        yield {"pointer": pointer, "detail": " ".join(str(one) for one in detail)}
    else:
        yield {"pointer": pointer, "detail": str(detail)}
