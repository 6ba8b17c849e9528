"""Celery rings the doorbell; the database is the queue. Every task may be lost or run twice without harm."""

from __future__ import annotations

import logging

from celery import current_app, shared_task
from django.utils import timezone

from payments.models import ConversionPart, Round, RoundState, Slice, SliceState
from payments.operations import conversion, generation, proposals
from payments.operations.errors import SliceStopped

log = logging.getLogger(__name__)


@shared_task
def make_slice(round_id: int) -> None:
    """Make one waiting slice of a round; the last one closes the round's making."""
    try:
        generation.generate_next_slice(round_id=round_id, at=timezone.now)
    except SliceStopped as stopped:
        # Kept with the slice and shown on the cycle's page; the sweep tries again.
        log.warning("round %s: a slice waits for the records of %s people", round_id, len(stopped.people))
    if generation.finish_round(round_id=round_id, at=timezone.now()):
        # By name: the reports know payments, not the reverse.
        current_app.send_task("reports.tasks.refresh_figures")


@shared_task
def reckon_preview(proposal_id: int) -> None:
    """Reckon one waiting part of the preview of a change of law."""
    proposals.reckon_next_part(proposal_id=proposal_id, at=timezone.now())


@shared_task
def convert(conversion_id: int) -> None:
    """Carry out what waits of a confirmed conversion of benefits."""
    conversion.convert_all(conversion_id=conversion_id, at=timezone.now())


@shared_task
def sweep() -> None:
    """Ring again for whatever waits: lost messages and killed workers cost a minute, never a payment."""
    for made in Round.objects.filter(state=RoundState.GENERATING):
        for _slice in range(Slice.objects.filter(round=made, state=SliceState.PENDING).count() or 1):
            make_slice.delay(made.pk)
    for part in ConversionPart.objects.filter(done_at=None).distinct("conversion"):
        convert.delay(part.conversion_id)
