"""What machines ask of the site: is it well, and how much waits. Counts only; nothing here knows a person."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.models import Seal
from beneficiaries.models import Reckon
from payments.models import Batch, Message, MessageState, Round, RoundState, Slice, SliceState
from payments.transitions import BatchState

_PATIENCE = 2.0  # seconds for Redis to answer


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the database answers. Redis alone missing is no outage: the sweep and the commands do its work."""
    database, broker = _database_answers(), _redis_answers()
    words = {True: "ok", False: "down"}
    content = {"database": words[database], "redis": words[broker]}
    return JsonResponse(content, status=200 if database else 503)


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for whoever sends `Authorization: Bearer METRICS_TOKEN`; without a token set, nobody."""
    sent = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(
        sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()
    ):
        raise Http404
    lines: list[str] = []
    for name, words, samples in _gauges():
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge"]
        lines += [f"{name}{label} {value:g}" for label, value in samples]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _gauges() -> Iterator[tuple[str, str, list[tuple[str, float]]]]:
    now = timezone.now()
    making = Round.objects.filter(state=RoundState.GENERATING).values_list("started_at", flat=True).first()
    states = dict.fromkeys(BatchState.values, 0)
    for state in Batch.objects.filter(round__cycle__state="open").values_list("state", flat=True).iterator():
        states[state] += 1
    sealed = Seal.objects.order_by("-number").values_list("at", flat=True).first()
    yield "ansinh_redis_up", "1 while Redis answers.", [("", float(_redis_answers()))]
    age = (now - making).total_seconds() if making else 0.0
    yield (
        "ansinh_round_age_seconds",
        "How long the round being made has been made; 0 without one.",
        [("", age)],
    )
    waiting = Slice.objects.filter(state=SliceState.PENDING).count()
    yield "ansinh_slices_waiting", "Slices of rounds that wait for a worker.", [("", waiting)]
    yield "ansinh_reckon_waiting", "Looks back that wait for the next round.", [("", Reckon.objects.count())]
    held = Message.objects.filter(state=MessageState.QUARANTINED, resolved_at__isnull=True).count()
    yield "ansinh_messages_in_quarantine", "Reports of providers that wait for a decision.", [("", held)]
    by_state = [(f'{{state="{state}"}}', float(count)) for state, count in states.items()]
    yield "ansinh_batches", "Lists of open cycles by state.", by_state
    since = (now - sealed).total_seconds() if sealed else 0.0
    yield (
        "ansinh_last_seal_age_seconds",
        "Since history was last sealed; 0 before the first seal.",
        [("", since)],
    )


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        )
        with client:
            return bool(client.ping())
    except redis.RedisError:
        return False
