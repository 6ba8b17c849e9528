"""Pay days of a month, and the lists of who is paid on each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from beneficiaries.models import Channel
from common import sql
from payments.models import Batch, month_id_range
from postal.models import PayDay, PayPlace, PayPoint
from postal.operations.errors import PostalError
from postal.operations.notices import ask_about_lapsed

FARTHEST = timedelta(days=62)


def plan_day(
    *,
    point: PayPoint,
    month: date,
    day: date,
    supervisor: str,
    supervisor_title: str = "",
    place: str = PayPlace.POINT,
    name: str = "",
    opens: time | None = None,
    closes: time | None = None,
) -> PayDay:
    """Plan a pay day of a point, or a round of home delivery, for a month's cycle, with its supervisor.

    PostalError without a supervisor (Decree 20/2021, Art. 34(4)), where the point is closed that day, or where
    the day is farther than two months from the month.
    """
    if not PayPoint.objects.on(day).filter(pk=point.pk).exists():
        raise PostalError(_("The point is not open on that day."))
    if abs(day - month) > FARTHEST:
        raise PostalError(_("The day is too far from the month that it pays."))
    if not supervisor.strip():
        raise PostalError(_("Name who supervises the payment."))
    planned = PayDay(
        point=point, month=month, day=day, place=place, name=name.strip(), opens=opens, closes=closes,
        supervisor=supervisor.strip(), supervisor_title=supervisor_title.strip(),
    )  # fmt: skip
    try:
        planned.full_clean()
    except ValidationError as error:
        raise PostalError("; ".join(error.messages)) from error
    planned.save()
    return planned


def plan_month(
    *, communes: Sequence[int], month: date, day: date, supervisor: str, supervisor_title: str = ""
) -> int:
    """Plan, at each open point of the communes (ids) that has none yet, one day at the point and one home round.

    Returns how many were planned; a second run plans none.
    """
    points = PayPoint.objects.on(day).filter(commune__in=communes)
    planned = set(PayDay.objects.filter(month=month, point__in=points).values_list("point", "place"))
    count = 0
    with transaction.atomic():
        for point in points:
            for place in PayPlace.values:
                if (point.pk, place) not in planned:
                    plan_day(
                        point=point, month=month, day=day, supervisor=supervisor, place=place,
                        supervisor_title=supervisor_title,
                    )  # fmt: skip
                    count += 1
    return count


def name_supervisor(*, day: PayDay, supervisor: str, supervisor_title: str = "") -> None:
    """Change who supervises a pay day that is not sealed."""
    if not supervisor.strip():
        raise PostalError(_("Name who supervises the payment."))
    changed = PayDay.objects.filter(pk=day.pk, sealed_at__isnull=True).update(
        supervisor=supervisor.strip(), supervisor_title=supervisor_title.strip()
    )
    if not changed:
        raise PostalError(_("The day is sealed; nothing of it changes any more."))


def list_payments(*, month: date, communes: Sequence[int], at: datetime) -> int:
    """Put the communes' (ids) postal payments of a cycle on the lists of its pay days; how many were added.

    Only lists that the Treasury has funded; what stands on a list stays there, so a second run adds only what came
    later. What finds no pay day is named by `queries.calendar.unlisted`. Communes are told of authorisations that have
    lapsed by the pay day.
    """
    low, high = month_id_range(month)
    params = {"low": low, "high": high, "month": month, "day": month, "communes": list(communes)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('postal lists', 0))")
        _lock_lists(month)
        added = sql.run(cursor, "postal", "list_payments", params)
        ask_about_lapsed(month=month, communes=communes, at=at)
    return added


def _lock_lists(month: date) -> None:
    """Wait until no day is being sealed and no outcome is being written: the sums of the lists follow from both. Days
    before batches, as sealing locks them."""
    days = PayDay.objects.filter(month=month, sealed_at__isnull=True)
    list(days.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    batches = Batch.objects.filter(round__cycle=month, channel=Channel.POST)
    list(batches.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
