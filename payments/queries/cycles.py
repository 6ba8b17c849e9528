"""What a cycle holds."""

from __future__ import annotations

from datetime import date
from typing import Any

from payments.models import Batch


def cycle_batches(*, month: date) -> list[dict[str, Any]]:
    """The cycle's lists in order: round, unit, scheme, channel, provider, state, count and amount (đồng)."""
    batches = Batch.objects.filter(round__cycle_id=month).select_related("round", "unit", "provider")
    return [
        {
            "id": batch.pk,
            "round": batch.round.number,
            "unit": batch.unit.name,
            "scheme": batch.scheme,
            "channel": batch.channel,
            "provider": batch.provider_id,
            "state": batch.state,
            "count": batch.count,
            "amount": batch.amount,
        }
        for batch in batches.order_by("round__number", "unit__code", "scheme", "channel", "provider_id")
    ]
