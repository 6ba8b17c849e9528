"""The bell that keeps the figures: rung after a list was made, and by the clock."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from reports import operations

PATIENCE = timedelta(minutes=2)


@shared_task
def refresh_figures() -> None:
    """Take the figures that no longer stand."""
    operations.refresh_figures(at=timezone.now(), patience=PATIENCE)
