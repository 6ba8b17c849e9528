"""The seal that the clock sets."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from audit.operations import sealing


@shared_task
def seal() -> None:
    """Bind what was written to history since the last minute into the chain."""
    sealing.seal(at=timezone.now())
