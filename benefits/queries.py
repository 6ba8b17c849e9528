"""Reads of the law's tables; they are public, so no reader's scope is taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from areas.models import Unit
from benefits.models import LATEST_FIRST, Base, Rate, in_force


class NoRate(LookupError):
    """The tables hold no rate, or no base, that counts for the month asked."""


@dataclass(frozen=True)
class Grant:
    """What one rate grants for one month: `amount` in đồng, for one child, martyr or year if so counted."""

    rate: Rate
    base: Base | None
    amount: int


def grant(
    category: str,
    month: dt.date,
    *,
    on: dt.date,
    age: int = 0,
    injury: int | None = None,
    province: Unit | None = None,
) -> Grant:
    """The rate of a category for `month` (its first day) as the law in force on `on` has it.

    `age` in full years in that month, `injury` in percent; `province` brings in its own base where that
    is higher (Decree 20/2021, Art. 4(3)). Raises NoRate.
    """
    of_age = Q(age_to__isnull=True) | Q(age_to__gt=age)
    bands = Rate.objects.filter(in_force(month, on), of_age, category=category, age_from__lte=age)
    if injury is None:
        bands = bands.filter(injury_from__isnull=True)
    else:
        bands = bands.filter(Q(injury_from__isnull=True) | Q(injury_from__lte=injury, injury_to__gte=injury))
    rate = bands.order_by(*LATEST_FIRST).first()
    if rate is None:
        raise NoRate(f"{category} {month:%Y-%m}")
    if rate.amount is not None:
        return Grant(rate, None, rate.amount)
    base = base_for(rate.base_code, month, on=on, province=province)
    coefficient = rate.coefficient or Decimal(0)  # rate_amount_or_coefficient leaves no other case
    return Grant(rate, base, rounded(base.amount * coefficient, rate.round_to))


def base_for(code: str, month: dt.date, *, on: dt.date, province: Unit | None = None) -> Base:
    """The base for `month`: the national one, or the province's own where that is higher. Raises NoRate."""
    rows = Base.objects.filter(in_force(month, on), base_code=code).order_by(*LATEST_FIRST)
    national = rows.filter(area__isnull=True).first()
    own = rows.filter(area=province).first() if province else None
    if national is None:
        raise NoRate(f"{code} {month:%Y-%m}")
    return own if own and own.amount > national.amount else national


def rounded(product: Decimal, multiple: int) -> int:
    """`product` đồng to the nearest `multiple`, halves up (Decree 75/2021, Art. 3(2); rule N07)."""
    return int((product / multiple).to_integral_value(ROUND_HALF_UP)) * multiple
