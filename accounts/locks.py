"""How many wrong passwords are borne, and from whom: nobody can keep another from her account for good."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

# Within AXES_COOLOFF_TIME: of one account from one address (AXES_FAILURE_LIMIT), from one address, of one account.
OF_AN_ADDRESS = 100
OF_AN_ACCOUNT = 50
KNOWN_FOR = timedelta(days=60)


class Handler(AxesDatabaseHandler):
    """django-axes with three limits instead of one.

    An account that is tried from everywhere is closed only to addresses from which its officer has not signed in
    lately: she goes on at her own desk. A refused try does not lengthen the wait.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures that count against AXES_FAILURE_LIMIT: those of this account from this address, or the limit
        itself where the address, or the account for a stranger, has had its own number of them."""
        username = (credentials or {}).get("username") or request.POST.get("username", "")
        address = request.axes_ip_address  # type: ignore[attr-defined]
        now = timezone.now()
        recent = AccessAttempt.objects.filter(
            attempt_time__gte=now - timedelta(hours=settings.AXES_COOLOFF_TIME)
        )
        failures = _count(recent.filter(username=username, ip_address=address))
        if _count(recent.filter(ip_address=address)) >= OF_AN_ADDRESS:
            return max(failures, settings.AXES_FAILURE_LIMIT)
        if _count(recent.filter(username=username)) >= OF_AN_ACCOUNT:
            known = AccessLog.objects.filter(
                username=username, ip_address=address, attempt_time__gte=now - KNOWN_FOR
            )
            return failures if known.exists() else max(failures, settings.AXES_FAILURE_LIMIT)
        return failures


def address_of(request: HttpRequest) -> str:
    """Where a sign-in comes from. Only our own proxies (ANSINH_BANK_PROXIES) may speak for somebody else."""
    address = request.META.get("REMOTE_ADDR", "") or "127.0.0.1"
    proxies = [ipaddress.ip_network(network) for network in settings.BANK_PROXIES]
    try:
        from_proxy = any(ipaddress.ip_address(address) in network for network in proxies)
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        return str(ipaddress.ip_address(forwarded)) if from_proxy and forwarded else address
    except ValueError:
        return address


def _count(attempts: Any) -> int:
    return attempts.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
