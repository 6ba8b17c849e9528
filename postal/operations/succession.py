"""The Post's side of a reorganisation of units: points, clerks and contracts go on in the units that follow."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from accounts.models import Role, RoleName
from areas.models import Succession, Unit
from beneficiaries.models import Residence
from common import sql
from common.months import month_of
from postal.models import Contract, Fee, PayDay, PayPoint, PersonPoint, PointClerk
from postal.queries.succession import contracts_to_move, points_to_move


@dataclass(frozen=True, slots=True)
class Followed:
    """How many points and contracts go on in the units that follow."""

    points: int
    contracts: int


def follow_units(*, on_date: date) -> Followed:
    """Close the pay points and contracts of units that have ended and open them in those that follow.

    A point keeps its name, address, clerks and the people who were paid there; of several that come into one commune
    the one with the most people becomes its main point. What was planned for months before stays at the old point,
    and its clerks with it. A contract goes on, under its number, in the communes that follow those in which it held.
    Called once homes and roles have moved; run again it changes nothing.
    """
    with transaction.atomic():
        moved = _move_points(on_date)
        contracts = contracts_to_move(on_date=on_date)
        for contract in contracts:
            _move_contract(contract, on_date)
    return Followed(points=len(moved), contracts=len(contracts))


def _move_points(on_date: date) -> list[tuple[PayPoint, PayPoint]]:
    points = points_to_move(on_date=on_date)
    following = _followers({point.commune_id for point in points})
    people = _people({point.commune_id for point in points}, on_date)
    taken = set(PayPoint.objects.on(on_date).filter(main=True).values_list("commune", flat=True))
    names: dict[int, set[str]] = defaultdict(set)
    moved = []
    for point in sorted(points, key=lambda one: (-people[one.commune_id], one.commune.code, one.pk)):
        commune = following.get(point.commune_id)
        if commune is None:
            continue
        main = point.main and commune.pk not in taken
        taken |= {commune.pk} if main else set()
        name = point.name if point.name not in names[commune.pk] else f"{point.name} ({point.commune.name})"
        names[commune.pk].add(name)
        PayPoint.objects.filter(pk=point.pk).update(valid_to=on_date - timedelta(days=1))
        after = PayPoint.objects.create(
            commune=commune, name=name[:120], address=point.address, hours=point.hours, main=main,
            valid_from=on_date, valid_to=point.valid_to,
        )  # fmt: skip
        moved.append((point, after))
        _move_clerks(point, after, on_date)
        _move_people(point, after, on_date)
        PayDay.objects.filter(point=point, month__gte=on_date, sealed_at__isnull=True).update(point=after)
    staying = [(before.commune_id, after.pk) for before, after in moved if before.main and not after.main]
    params = {
        "on_date": on_date,
        "froms": [before for before, _after in staying],
        "tos": [after for _before, after in staying],
    }
    with connection.cursor() as cursor:
        sql.run(cursor, "postal", "keep_points", params)
    return moved


def _move_clerks(point: PayPoint, after: PayPoint, on_date: date) -> None:
    """Her clerks stand at the point that follows too, and may in its commune; the old one is theirs to finish."""
    clerks = [clerk for clerk in point.clerks.all() if clerk.valid_to is None or clerk.valid_to >= on_date]
    for clerk in clerks:
        PointClerk.objects.create(
            point=after,
            user_id=clerk.user_id,
            valid_from=max(clerk.valid_from, on_date),
            valid_to=clerk.valid_to,
        )
        roles = Role.objects.on(on_date).filter(user=clerk.user_id, name=RoleName.POST_CLERK)
        units = [after.commune_id, after.commune.parent_id]
        if not roles.filter(unit__in=[unit for unit in units if unit]).exists():
            Role.objects.create(
                user_id=clerk.user_id, name=RoleName.POST_CLERK, unit=after.commune, valid_from=on_date,
                valid_to=clerk.valid_to,
            )  # fmt: skip


def _move_people(point: PayPoint, after: PayPoint, on_date: date) -> None:
    """Whoever chose the point is paid at the one that follows."""
    PersonPoint.objects.filter(point=point, valid_from__gte=on_date).update(point=after)
    rows = [row for row in point.people.all() if row.valid_to is None or row.valid_to >= on_date]
    PersonPoint.objects.filter(pk__in=[row.pk for row in rows]).update(valid_to=on_date - timedelta(days=1))
    PersonPoint.objects.bulk_create(
        PersonPoint(person_id=row.person_id, point=after, valid_from=on_date, valid_to=row.valid_to)
        for row in rows
    )


def _move_contract(contract: Contract, on_date: date) -> None:
    areas = list(contract.areas.select_related("parent"))
    ended = [area for area in areas if area.valid_to is not None and area.valid_to < on_date]
    communes = {
        unit.pk: unit
        for area in ended
        for unit in Unit.objects.filter(
            origins__predecessor__in=Unit.objects.under(area).communes(), origins__on_date=on_date
        )
    }
    going = [area for area in areas if area not in ended] + [communes[pk] for pk in sorted(communes)]
    party = _followers({contract.party_id}).get(contract.party_id, contract.party)
    fees = [fee for fee in contract.fees.all() if fee.to_month is None or fee.to_month >= month_of(on_date)]
    until = contract.valid_to
    Contract.objects.filter(pk=contract.pk).update(valid_to=on_date - timedelta(days=1))
    clash = Contract.objects.filter(party=party, number=contract.number).exists()
    number = f"{contract.number} ({on_date:%d/%m/%Y}, {ended[0].name})"[:60] if clash else contract.number
    after = Contract.objects.create(
        provider_id=contract.provider_id, party=party, number=number, signed_on=contract.signed_on,
        valid_from=on_date, valid_to=until, money_day=contract.money_day, settle_day=contract.settle_day,
        success_rate=contract.success_rate,
    )  # fmt: skip
    after.areas.set(going)
    Fee.objects.bulk_create(
        Fee(
            contract=after, scheme=fee.scheme, percent=fee.percent,
            from_month=max(fee.from_month, month_of(on_date)), to_month=fee.to_month,
        )
        for fee in fees
    )  # fmt: skip


def _followers(units: set[int]) -> dict[int, Unit]:
    """The default successor of each unit (id) that has one."""
    steps = Succession.objects.filter(predecessor__in=units, is_default=True)
    return {step.predecessor_id: step.successor for step in steps.select_related("successor__parent")}


def _people(communes: set[int], on_date: date) -> Counter[int]:
    homes = Residence.objects.filter(commune__in=communes, valid_to=on_date - timedelta(days=1))
    return Counter(homes.values_list("commune", flat=True))
