"""What every request of an officer passes: the limits of a session, the reader, and the question who it really is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.access import reader_for
from accounts.http import AskAgain, StepUpNeeded
from accounts.views.step_up import ask_for_code

_BEGAN, _SEEN = "began", "seen"
_WRITE_EVERY = timedelta(minutes=1)


class SessionLimitsMiddleware:
    """Ends a session that was idle too long or lasts too long, and keeps a first password from opening anything but
    the page that changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = timezone.now().timestamp()
            began = request.session.get(_BEGAN, now)
            seen = request.session.get(_SEEN, now)
            idle, lasts = now - seen, now - began
            if idle > settings.SESSION_IDLE_SECONDS or lasts > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.warning(request, _("You were signed out because nothing was done for a while."))
                back = request.path if request.method == "GET" else "/"
                return redirect(f"{reverse('login')}?{urlencode({'next': back})}")
            if _BEGAN not in request.session or idle > _WRITE_EVERY.total_seconds():
                request.session[_BEGAN], request.session[_SEEN] = began, now
            changing = request.path in (reverse("password"), reverse("logout"), reverse("set_language"))
            if getattr(request.user, "first_password_until", None) is not None and not changing:
                return redirect("password")
        return self.get_response(request)


class ReaderMiddleware:
    """Sets `request.reader`, read from the roles of today (Asia/Ho_Chi_Minh) only when a page asks for it; and asks
    for the authenticator's code where a view wants it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: reader_for(request.user, on=timezone.localdate())  # type: ignore[arg-type]
        )
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, AskAgain):
            return redirect(request.get_full_path())
        return ask_for_code(request, error.refusal) if isinstance(error, StepUpNeeded) else None
