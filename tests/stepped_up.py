"""A signed-in test client that has just entered the code of its authenticator."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone


def stepped_up(client: Client) -> Client:
    """The same client, as it is for some minutes after its officer proved herself."""
    session = client.session
    now = timezone.now().timestamp()
    session.update({"confirmed_at": now, "began": now, "seen": now})
    session.save()
    return client
