"""Celery rings the doorbell; every task may be lost or run twice without harm."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.utils import timezone

from postal.operations import archives


@shared_task
def make_archive(archive_id: str) -> None:
    """Put a commune's papers together."""
    archives.make_archive(archive_id=uuid.UUID(archive_id), at=timezone.now)
