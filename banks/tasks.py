"""Doorbells of the bank channel; each may be lost or run twice without harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from banks.operations import access, webhooks


@shared_task
def notify() -> None:
    """Tell banks what happened to their lists, and try again what was not taken."""
    webhooks.collect_notices(at=timezone.now())
    webhooks.deliver_notices(at=timezone.now())


@shared_task
def forget() -> None:
    """Remove tokens and stored answers that are no longer of use."""
    access.forget(at=timezone.now())
