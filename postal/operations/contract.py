"""Contracts, fees, points, clerks, and at which point a person is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import Channel, Person, Provider
from postal.models import Contract, Fee, PayPoint, PersonPoint, PointClerk
from postal.models.contract import NCC_FEE_CAP
from postal.operations.errors import PostalError


def sign_contract(
    *,
    provider: Provider,
    party: Unit,
    areas: Sequence[Unit],
    number: str,
    signed_on: date,
    valid_from: date,
    valid_to: date | None = None,
    money_day: int = 25,
    settle_day: int = 20,
    success_rate: Decimal = Decimal("0.95"),
) -> Contract:
    """Record a contract (Decree 20/2021, Art. 34(3)). Raises PostalError for a bank, no area or impossible figures."""
    if provider.channel != Channel.POST:
        raise PostalError(_("Cash is paid by the Post: choose a provider of that channel."))
    if not areas:
        raise PostalError(_("Name at least one area in which the contract holds."))
    contract = Contract(
        provider=provider, party=party, number=number.strip(), signed_on=signed_on, valid_from=valid_from,
        valid_to=valid_to, money_day=money_day, settle_day=settle_day, success_rate=success_rate,
    )  # fmt: skip
    with transaction.atomic():
        _save(contract)
        contract.areas.set(areas)
    return contract


def set_fee(
    *, contract: Contract, scheme: str, percent: Decimal, from_month: date, to_month: date | None = None
) -> Fee:
    """What paying costs from a month on, in percent of the amount paid; an open fee of the scheme ends before it.

    Raises PostalError above the cap of NCC (0.75 %, Circular 44/2022/TT-BTC, Art. 7).
    """
    if scheme == "NCC" and percent > NCC_FEE_CAP:
        raise PostalError(_("For people with revolutionary contributions the cost is at most 0.75%."))
    fee = Fee(contract=contract, scheme=scheme, percent=percent, from_month=from_month, to_month=to_month)
    with transaction.atomic():
        Fee.objects.filter(
            contract=contract, scheme=scheme, to_month__isnull=True, from_month__lt=from_month
        ).update(to_month=(from_month - timedelta(days=1)).replace(day=1))
        _save(fee)
    return fee


def open_point(
    *, commune: Unit, name: str, address: str, hours: str = "", main: bool = False, valid_from: date
) -> PayPoint:
    """Open a pay point in a commune; its main one takes everybody who has no other."""
    point = PayPoint(
        commune=commune, name=name, address=address, hours=hours, main=main, valid_from=valid_from
    )
    _save(point)
    return point


def close_point(*, point: PayPoint, last_day: date) -> None:
    """Close a point after a day: whoever was paid there by choice is paid at the commune's main point again.

    PostalError where it is closed already, or a pay day is planned later.
    """
    with transaction.atomic():
        if point.valid_to is not None:
            raise PostalError(_("This point is closed already."))
        if point.pay_days.filter(day__gt=last_day).exists():
            raise PostalError(_("A pay day is planned at this point later. Move it first."))
        point.valid_to = last_day
        _save(point)
        PersonPoint.objects.filter(point=point, valid_from__gt=last_day).delete()
        PersonPoint.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=last_day), point=point).update(
            valid_to=last_day
        )


def assign_clerk(
    *, point: PayPoint, user: User, valid_from: date, valid_to: date | None = None
) -> PointClerk:
    """Let a post clerk pay at a point; PostalError for anyone without that role in the point's area."""
    roles = Role.objects.on(valid_from).filter(user=user, name=RoleName.POST_CLERK).select_related("unit")
    if not any(Unit.objects.under(role.unit).filter(pk=point.commune_id).exists() for role in roles):
        raise PostalError(_("%(user)s is no post clerk in this point's area.") % {"user": user})
    clerk = PointClerk(point=point, user=user, valid_from=valid_from, valid_to=valid_to)
    _save(clerk)
    return clerk


def assign_person(*, person: Person, point: PayPoint, since: date) -> PersonPoint:
    """Pay a person at this point from a day on, instead of the commune's main one."""
    with transaction.atomic():
        open_now = PersonPoint.objects.filter(person=person, valid_to__isnull=True)
        open_now.filter(valid_from__gte=since).delete()
        open_now.update(valid_to=since - timedelta(days=1))
        assigned = PersonPoint(person=person, point=point, valid_from=since)
        _save(assigned)
    return assigned


def _save(row: Contract | Fee | PayPoint | PointClerk | PersonPoint) -> None:
    """Save what its own rules allow; their words become the refusal."""
    try:
        with transaction.atomic():
            row.full_clean(validate_constraints=False)
            row.save()
    except ValidationError as error:
        raise PostalError("; ".join(error.messages)) from error
    except IntegrityError as error:
        raise PostalError(_("It contradicts what is recorded already.")) from error
