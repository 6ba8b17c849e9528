"""Idempotency-Key: the answer is stored in the transaction of the effect, so the same request again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from banks.api.access import client_of
from banks.api.bodies import body_of
from banks.api.problems import BadQuery, KeyReused, StillRunning
from banks.models import StoredAnswer

HEADER = "Idempotency-Key"


def answer_once(request: Request, act: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
    """Run `act` (→ status, body) in a transaction; with a key seen before, give the stored answer instead.

    A refusal is not stored: it had no effect, so the corrected request may use the key again. Raises KeyReused for a
    key with another request, StillRunning while the first one runs.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        with transaction.atomic():
            status, body = act()
        return Response(body, status=status)
    if len(key) > 255 or not key.isascii() or not key.isprintable():
        raise BadQuery(HEADER, _("The key is at most 255 printable ASCII characters."))
    client = client_of(request)
    fingerprint = body_of(request).fingerprint(request.method or "", request.path)
    with transaction.atomic():
        if not _locked(client.pk, key):
            raise StillRunning
        stored = StoredAnswer.objects.filter(client=client, key=key).first()
        if stored and bytes(stored.fingerprint) != fingerprint:
            raise KeyReused
        if stored:
            return Response(stored.body, status=stored.status, headers={"Idempotency-Replayed": "true"})
        status, body = act()
        StoredAnswer.objects.create(
            client=client, key=key, fingerprint=fingerprint, status=status, body=body, at=timezone.now()
        )
    return Response(body, status=status)


def _locked(client_id: str, key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [f"{client_id} {key}"])
        return bool(cursor.fetchone()[0])
