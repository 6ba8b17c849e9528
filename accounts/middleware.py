"""Gives every request its reader: what this officer may do today."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.access import reader_for


class ReaderMiddleware:
    """Sets `request.reader`, read from the roles of today (Asia/Ho_Chi_Minh) only when a page asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: reader_for(request.user, on=timezone.localdate())  # type: ignore[arg-type]
        )
        return self.get_response(request)
