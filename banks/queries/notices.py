"""The log of notices."""

from __future__ import annotations

from django.db.models import QuerySet

from banks.models import Client, Notice


def notices_of(client: Client) -> QuerySet[Notice]:
    """A client's own notices, newest first."""
    return (
        Notice.objects.filter(webhook__client=client).prefetch_related("tried").order_by("-created_at", "pk")
    )
