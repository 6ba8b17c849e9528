"""The Post of the demonstration: a contract, a point in every commune, and the pay days of the last month."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import Role, RoleName
from areas.models import Unit
from beneficiaries.models import POST, Provider
from postal.models import Contract, PayDay, PayPoint
from postal.operations import calendar, contract

SUPERVISOR = "Nguyễn Thị Giám Sát (giả lập)"


@transaction.atomic
def prepare_post(*, month: date) -> int:
    """The contract with its cost, a main point in every commune that is paid for, its clerk, and pay days on the 5th
    of `month`. Returns how many pay days were planned; a second run plans none."""
    province = Unit.objects.on(month).provinces().get(code=settings.PROVINCE_CODE)
    units = Unit.objects.on(month).under(province)
    communes = list(units.communes().exclude(paying_unit=None).order_by("code"))
    since = date(month.year, 1, 1)
    if not Contract.objects.exists():
        signed = contract.sign_contract(
            provider=Provider.objects.get(pk=POST), party=province, areas=[province], number="01/HĐ-BĐ (giả lập)",
            signed_on=since, valid_from=since,
        )  # fmt: skip
        for scheme, percent in (("BTXH", Decimal("0.8")), ("NCC", Decimal("0.75"))):
            contract.set_fee(contract=signed, scheme=scheme, percent=percent, from_month=since)
    known = set(PayPoint.objects.values_list("commune", flat=True))
    clerk = (
        Role.objects.filter(name=RoleName.POST_CLERK).select_related("user", "unit").order_by("pk").first()
    )
    hers = set(Unit.objects.under(clerk.unit).values_list("pk", flat=True)) if clerk else set()
    for commune in communes:
        if commune.pk in known:
            continue
        point = contract.open_point(
            commune=commune, name=f"Bưu điện {commune.name}", address=commune.name, hours="07:30–11:00",
            main=True, valid_from=since,
        )  # fmt: skip
        if clerk and commune.pk in hers:
            contract.assign_clerk(point=point, user=clerk.user, valid_from=clerk.valid_from)
    ids = [commune.pk for commune in communes]
    return calendar.plan_month(communes=ids, month=month, day=month.replace(day=5), supervisor=SUPERVISOR)


def deal_out(*, month: date, at: datetime) -> int:
    """Put the month's funded postal lists on its pay days, where some are planned; how many payments."""
    communes = PayDay.objects.filter(month=month).values_list("point__commune", flat=True).distinct()
    return calendar.list_payments(month=month, communes=list(communes), at=at) if communes else 0
