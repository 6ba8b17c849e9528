"""Giving back, at the end of the year, what the Post still holds."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import Provider
from benefits.models import Scheme
from payments.models import Batch, CashReturn, ReturnedTo
from payments.operations.errors import MoveRefused
from payments.queries.cash import held_of
from payments.transitions import BatchState


def return_cash(
    *,
    provider: Provider,
    unit: Unit,
    scheme: str,
    amount: int,
    money_year: int,
    voucher_number: str,
    voucher_date: date,
    by: User,
    at: datetime,
) -> CashReturn:
    """Record the voucher by which held cash (đồng) went back, so that it pays no later list (rule P14).

    Money of the voucher's own year reduces that year's spending; of earlier years it goes to the provincial budget,
    for NCC to the central one. MoveRefused for more than is held or without a voucher number.
    """
    if not voucher_number.strip() or money_year > voucher_date.year:
        raise MoveRefused(_("The voucher needs its number, and money of its own year or an earlier one."))
    with transaction.atomic():
        # Whoever funds a list of this unit and scheme waits for the same rows.
        same = Batch.objects.select_for_update().filter(unit=unit, scheme=scheme, provider=provider)
        list(same.filter(state__in=BatchState.funded()).order_by("pk"))
        held = held_of(unit_id=unit.pk, scheme=scheme, provider_id=provider.pk)
        if not 0 < amount <= held:
            raise MoveRefused(_("The Post holds %(held)s đồng of this unit and scheme.") % {"held": held})
        return CashReturn.objects.create(
            provider=provider, unit=unit, scheme=scheme, amount=amount, money_year=money_year,
            returned_to=_goes_to(scheme, money_year, voucher_date.year), voucher_number=voucher_number.strip(),
            voucher_date=voucher_date, by=by, at=at,
        )  # fmt: skip


def _goes_to(scheme: str, money_year: int, year: int) -> ReturnedTo:
    if money_year == year:
        return ReturnedTo.SPENDING
    return ReturnedTo.CENTRAL if scheme == Scheme.NCC else ReturnedTo.PROVINCE
