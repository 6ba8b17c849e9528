"""Celery rings the doorbell; whoever looks at an upload's page rings again where nobody answered."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from beneficiaries.operations.duplicates import find_pairs
from desk.operations import rolls


@shared_task
def check_roll(upload_id: int, language: str) -> None:
    """Check an uploaded roll; its messages in the officer's language."""
    with translation.override(language):
        rolls.check_upload(upload_id=upload_id, at=timezone.now)


@shared_task
def apply_roll(upload_id: int, language: str) -> None:
    """Apply an uploaded roll as it was checked."""
    with translation.override(language):
        rolls.apply_upload(upload_id=upload_id, at=timezone.now)


@shared_task
def look_for_alike() -> None:
    """Look through everybody registered for pairs who are alike."""
    find_pairs(on=timezone.localdate())


def ring_for_alike() -> bool:
    """Ask a worker for it; False where the broker does not answer."""
    try:
        look_for_alike.apply_async(retry=False)
    except OperationalError:
        return False
    return True


def ring(*, upload_id: int, apply: bool) -> bool:
    """Ask a worker; False where the broker does not answer."""
    task = apply_roll if apply else check_roll
    try:
        task.apply_async((upload_id, translation.get_language() or "vi"), retry=False)
    except OperationalError:
        return False
    return True
