"""What a person takes home on paper: what they receive, from where, when, and what is theirs to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from beneficiaries import queries as people
from beneficiaries.models import Channel, PayAt, Payee, PayeeRole
from common.months import month_of
from payments.models import Cycle
from payments.queries.explain import Due, dues_of
from postal.models import PayDay, PayPlace, PayPoint, PersonPoint


@dataclass(frozen=True, slots=True)
class Receipt:
    """One month's money in đồng, and how it reaches the person. Sensitive benefits under their public name only: the
    paper lies about at home."""

    month: date
    dues: list[Due]
    bank: Any
    home: bool
    point: PayPoint | None
    pay_day: PayDay | None
    collectors: list[Payee]

    @property
    def total(self) -> int:
        return sum(due.amount or 0 for due in self.dues)

    @property
    def ends_at_will(self) -> bool:
        """Whether somebody collects whom the person authorised (Civil Code, Art. 569), and not by law or decision."""
        return any(one.role == PayeeRole.AUTHORISED for one in self.collectors)


def receipt_of(person: Any, *, on: date) -> Receipt:
    """Of somebody found in the reader's area, with `current_*` (`beneficiaries.queries.find_person`)."""
    cycle = Cycle.objects.order_by("-month").first()
    month, reckoned = (cycle.month, cycle.reckoned_on) if cycle else (month_of(on), on)
    dues = dues_of([person.pk], month=month, on=reckoned, reveals=False).get(person.pk, [])
    method = next(iter(person.current_methods), None)
    usable = method and method.channel == Channel.BANK and method.verified_on and not method.failed_on
    home = next(iter(person.current_homes), None)
    at_home = bool(method and method.pay_at == PayAt.HOME)
    point = None if usable or home is None else _point(person.pk, home.commune_id, on)
    return Receipt(
        month=month,
        dues=[due for due in dues if due.amount],
        bank=method if usable else None,
        home=at_home,
        point=point,
        pay_day=_pay_day(point, at_home=at_home, on=on) if point else None,
        collectors=people.collectors(person=person, on=on),
    )


def _point(person: int, commune: int, on: date) -> PayPoint | None:
    own = PersonPoint.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), person=person, valid_from__lte=on
    ).select_related("point")
    found = own.first()
    return found.point if found else PayPoint.objects.on(on).filter(commune=commune, main=True).first()


def _pay_day(point: PayPoint, *, at_home: bool, on: date) -> PayDay | None:
    place = PayPlace.HOME if at_home else PayPlace.POINT
    return PayDay.objects.filter(point=point, place=place, day__gte=on).order_by("day", "pk").first()
