"""Telling banks what happened to their lists. The engine's events are the outbox; a notice is sent until it is taken.

Signed with HMAC-SHA256 over `timestamp.nonce.body`; the nonce is the notice's id, the same at every attempt, so a bank
that keeps the ids it has seen is told everything exactly once.
"""

from __future__ import annotations

import hmac
import http.client
import json
import secrets
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from banks import outward
from banks.models import Attempt, Client, Notice, NoticeKind, NoticeState, Webhook
from banks.operations.errors import BanksError
from common import sql

SIGNATURE = "X-AnSinh-Signature"
# Minutes until the next attempt after the first, second, … one; after the last the notice is given up (48 hours).
WAITS = (1, 5, 15, 60, 180, 360, 720, 1440)
TIMEOUT_SECONDS = 10
LEASE = timedelta(minutes=2)


def set_webhook(*, client_id: str, url: str, at: datetime) -> str:
    """Send a client's notices to this address from now on; the signing key in clear, to be shown once.

    Raises BanksError for an address that is not https (outside production http is taken for trying out).
    """
    parts = urlsplit(url)
    if parts.scheme not in (("https", "http") if settings.DEMO else ("https",)) or not parts.hostname:
        raise BanksError(_("The address of a webhook begins with https://."))
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        hook = Webhook.objects.filter(client=client).first() or Webhook(client=client, since=at)
        hook.url, hook.key, hook.active = url, key, True
        hook.save()
    return key


def collect_notices(*, at: datetime) -> int:
    """Make the notices that are missing; how many."""
    with connection.cursor() as cursor:
        return sql.run(cursor, "banks", "new_notices", {"at": at})


def deliver_notices(*, at: datetime, most: int = 100) -> int:
    """Send notices that are due, oldest first; how many were taken. Two workers never send the same one at a time."""
    return sum(_deliver(notice, at) for notice in _claim(at, most))


def redeliver(*, notice_id: str, at: datetime) -> None:
    """Send a notice that was given up once more from the beginning, under its id, so that a bank takes it once."""
    Notice.objects.filter(pk=notice_id, state=NoticeState.GIVEN_UP).update(
        state=NoticeState.WAITING, attempts=0, next_at=at
    )


def sign(*, key: str, timestamp: int, nonce: str, body: bytes) -> str:
    """The signature header's value."""
    signed = f"{timestamp}.{nonce}.".encode() + body
    return f"t={timestamp},n={nonce},v1={hmac.digest(key.encode(), signed, 'sha256').hex()}"


def notice_body(notice: Notice) -> bytes:
    """What is sent: never a name, an account or an amount of a person, only what to fetch."""
    content: dict[str, Any] = {"id": str(notice.pk), "kind": notice.kind}
    if notice.kind == NoticeKind.STOP and notice.stop:
        content |= {"stop_order": notice.stop_id, "at": notice.stop.ordered_at.isoformat()}
    elif notice.event:
        content |= {"batch": notice.event.batch_id, "at": notice.event.at.isoformat()}
    return json.dumps(content).encode()


def _claim(at: datetime, most: int) -> list[Notice]:
    """Take notices that are due for ourselves for two minutes: a worker that dies leaves them to the next."""
    with transaction.atomic():
        due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=NoticeState.WAITING, next_at__lte=at, webhook__active=True
        )
        claimed = list(due.select_related("webhook", "event", "stop").order_by("next_at", "pk")[:most])
        Notice.objects.filter(pk__in=[notice.pk for notice in claimed]).update(next_at=at + LEASE)
    return claimed


def _deliver(notice: Notice, at: datetime) -> bool:
    started = time.monotonic()
    status, fault = _post(notice)
    milliseconds = int(1000 * (time.monotonic() - started))
    taken = 200 <= status < 300
    attempts = notice.attempts + 1
    with transaction.atomic():
        Attempt.objects.create(
            notice=notice, at=at, status=status, milliseconds=milliseconds, fault=fault[:200]
        )
        state, next_at = NoticeState.DELIVERED if taken else NoticeState.WAITING, at
        if not taken and attempts > len(WAITS):
            state = NoticeState.GIVEN_UP
        elif not taken:
            next_at = at + timedelta(minutes=WAITS[attempts - 1])
        Notice.objects.filter(pk=notice.pk).update(state=state, attempts=attempts, next_at=next_at)
    return taken


def _post(notice: Notice) -> tuple[int, str]:
    """(status, fault) of one attempt; status 0 where nobody answered."""
    body = notice_body(notice)
    signature = sign(
        key=notice.webhook.key or "", timestamp=int(time.time()), nonce=str(notice.pk), body=body
    )
    headers = {"Content-Type": "application/json", SIGNATURE: signature, "User-Agent": "AnSinh/1"}
    request = urllib.request.Request(notice.webhook.url, data=body, headers=headers, method="POST")
    try:
        with outward.opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return response.status, ""
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, error.reason or ""
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, f"{type(error).__name__}: {error}"
