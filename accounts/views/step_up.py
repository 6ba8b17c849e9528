"""The page between a button and what it does: the code that proves who presses it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import totp
from accounts.http import AGAIN_FIELD, CODE_FIELD
from accounts.models import SecondFactor


def ask_for_code(request: HttpRequest, refusal: str) -> HttpResponse:
    """Ask for the code and send the same form, with all that was filled in, to the same address again."""
    again = bool(request.FILES) or request.method != "POST" or AGAIN_FIELD in request.POST
    own = (CODE_FIELD, AGAIN_FIELD, "csrfmiddlewaretoken")
    carried = [(name, value) for name, values in request.POST.lists() for value in values if name not in own]
    factor = SecondFactor.objects.filter(user=request.user.pk).first()
    context: dict[str, Any] = {
        "carried": [(AGAIN_FIELD, "1")] if again else carried,
        "lost_files": bool(request.FILES),
        "refusal": refusal,
        "enrolled": factor is not None and factor.secret is not None,
        "demo_code": demo_code(factor),
        "minutes": settings.STEP_UP_SECONDS // 60,
    }
    return render(request, "accounts/step_up.html", context)


def demo_code(factor: SecondFactor | None) -> str:
    """In a demonstration the page itself plays the telephone of an officer who does not exist; else nothing."""
    secret = factor and (factor.pending or factor.secret)
    return totp.code_at(secret, totp.step_of(timezone.now())) if settings.DEMO and secret else ""
