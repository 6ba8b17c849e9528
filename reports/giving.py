"""Gift lists: made by decision, withdrawn where wrong; nothing of them is edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from reports.models import GiftAmount, GiftList


@transaction.atomic
def make_gift_list(
    *,
    occasion: str,
    on_date: date,
    decision_number: str,
    decision_date: date,
    amounts: Mapping[str, int],
    by: User,
    at: datetime,
) -> GiftList:
    """A decision's presents in đồng by category code, for those entitled on `on_date`. `amounts` is not empty."""
    if not amounts:
        raise ValueError("a gift list gives something")
    made = GiftList.objects.create(
        occasion=occasion,
        on_date=on_date,
        decision_number=decision_number,
        decision_date=decision_date,
        made_by=by,
        made_at=at,
    )
    GiftAmount.objects.bulk_create(
        GiftAmount(gift=made, category_id=code, amount=amount) for code, amount in sorted(amounts.items())
    )
    return made


def withdraw_gift_list(*, gift_id: int, by: User, at: datetime) -> bool:
    """Withdraw a list made wrongly; False where it was withdrawn before."""
    standing = GiftList.objects.filter(pk=gift_id, withdrawn_at=None)
    return bool(standing.update(withdrawn_by=by, withdrawn_at=at))
