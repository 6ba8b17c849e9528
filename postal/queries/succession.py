"""What of the Post stands in units that have ended: points and contracts to go on elsewhere."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from postal.models import Contract, PayPoint


def points_to_move(*, on_date: date) -> list[PayPoint]:
    """Points open beyond the end of their commune, which is before the day, and followed by another."""
    open_then = PayPoint.objects.on(on_date).filter(valid_from__lt=on_date, commune__valid_to__lt=on_date)
    followed = open_then.filter(commune__successions__is_default=True).distinct()
    return list(followed.select_related("commune").order_by("pk"))


def contracts_to_move(*, on_date: date) -> list[Contract]:
    """Contracts that hold beyond the end of one of their areas."""
    holding = Contract.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on_date),
        valid_from__lt=on_date,
        areas__valid_to__lt=on_date,
    )
    return list(holding.distinct().select_related("party").order_by("pk"))
