"""What became of a bank's messages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from banks.models import Client
from payments.models import Message, MessageState


def message_of(*, client: Client, message_id: str) -> dict[str, Any]:
    """The latest state of a bank's message: accepted once it took effect, else quarantined. Message.DoesNotExist."""
    found = (
        Message.objects.filter(provider=client.provider_id, sandbox=client.sandbox, message_id=message_id)
        .annotate(applied=Count("events"))
        .order_by("state", "-pk")
        .first()
    )
    if found is None:
        raise Message.DoesNotExist
    return {
        "message_id": found.message_id,
        "state": found.state,
        "items": found.items,
        "applied": found.applied,
        "repeated": found.items - found.applied if found.state == MessageState.ACCEPTED else 0,
        "note": found.note,
        "received_at": found.received_at,
        "faults": [],
    }


def held_messages() -> QuerySet[Message]:
    """Real messages in quarantine, undecided first, newest first."""
    held = Message.objects.filter(state=MessageState.QUARANTINED, sandbox=False).select_related(
        "provider", "resolved_by"
    )
    return held.order_by("resolved_at", "-pk").defer("content")
