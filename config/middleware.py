"""What the site's requests pass through that belongs to no app."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from audit.actor import acting


class RequestLogMiddleware(RequestMiddleware):
    """Logs each request by method and path: what was searched for, a name or a number, stays out."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


class HeadersMiddleware:
    """What every answer says beside Django's own headers: no other site may embed it, it may use none of a
    device's sensors, and no cache keeps it, unless its view (or the server of static files) says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class ActorMiddleware:
    """What a request changes is audited under its officer and its number, the one that its log lines carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = structlog.contextvars.get_contextvars().get("request_id", "")
        with acting(officer=request.user.pk, source=f"request {number}"):
            return self.get_response(request)
