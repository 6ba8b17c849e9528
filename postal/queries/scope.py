"""Which points and pay days exist for a reader: those of the area whose payments one sees, or a clerk's own."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from accounts.access import Action, Reader
from postal.models import Contract, PayDay, PayPoint, PointClerk


def visible_points(*, reader: Reader, on: date) -> QuerySet[PayPoint]:
    """Pay points in the area whose payments the reader sees, and the points where the reader is clerk on the day."""
    own = PointClerk.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), user=reader.user_id, valid_from__lte=on
    )
    return PayPoint.objects.filter(
        Q(commune__in=reader.units(Action.SEE_PAYMENTS))
        | Q(commune__in=reader.units(Action.PAY_CASH), pk__in=own.values("point"))
    ).select_related("commune")


def visible_days(*, reader: Reader, on: date) -> QuerySet[PayDay]:
    """Pay days of the visible points."""
    return PayDay.objects.filter(point__in=visible_points(reader=reader, on=on)).select_related(
        "point__commune__parent", "point__commune__paying_unit__parent", "sealed_by"
    )


def find_point(*, point_id: int, reader: Reader, on: date) -> PayPoint:
    """The point; PayPoint.DoesNotExist outside the reader's area."""
    return visible_points(reader=reader, on=on).get(pk=point_id)


def find_day(*, day_id: int, reader: Reader, on: date) -> PayDay:
    """The pay day; PayDay.DoesNotExist outside the reader's area."""
    return visible_days(reader=reader, on=on).get(pk=day_id)


def is_clerk_of(*, day: PayDay, reader: Reader, on: date) -> bool:
    """Whether the reader may hand out cash on that pay day: a clerk of its point."""
    return (
        reader.may(Action.PAY_CASH, day.point.commune_id)
        and PointClerk.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            point=day.point_id, user=reader.user_id, valid_from__lte=on,
        ).exists()
    )  # fmt: skip


def visible_contracts(*, reader: Reader) -> QuerySet[Contract]:
    """Contracts that hold in, above or below a unit whose payments the reader sees."""
    units = reader.units(Action.SEE_PAYMENTS)
    covering = (
        Q(areas__in=units)
        | Q(areas__children__in=units)
        | Q(areas__children__children__in=units)
        | Q(party__in=units)
    )
    return Contract.objects.filter(covering).select_related("party", "provider").distinct()
