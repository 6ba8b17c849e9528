"""Cash that the Post keeps between two lists: what people did not collect pays the next one."""

from __future__ import annotations

from django.db import connection

from beneficiaries.models import Channel
from common import sql
from payments.models import Batch


def cash_held(*, batch: Batch) -> int:
    """What the batch's provider still holds of its unit and scheme, in đồng; a bank sends money back, so 0."""
    if batch.channel != Channel.POST:
        return 0
    return held_of(unit_id=batch.unit_id, scheme=batch.scheme, provider_id=batch.provider_id)


def held_of(*, unit_id: int, scheme: str, provider_id: str) -> int:
    """The same for a unit, scheme and provider, without what went back by voucher."""
    params = {"unit_id": unit_id, "scheme": scheme, "provider_id": provider_id}
    with connection.cursor() as cursor:
        held: int = sql.rows(cursor, "payments", "cash_held", params)[0]["held"]
    return held
