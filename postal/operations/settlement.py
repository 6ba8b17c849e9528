"""The Post's settlement of a list: what nobody collected is final, and carried by the one formula."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import POST, Channel
from common import sql
from payments.models import Batch, Cycle, StopAnswer, StopOrder, month_id_range
from payments.operations import batches, stop_orders
from payments.operations.errors import MoveRefused
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from postal.models import Correction, Notice, NoticeKind, PayDay
from postal.operations.errors import PostalError
from postal.operations.notices import Question, ask_communes

MONTHS_IN_A_ROW = 3


def settle_batch(*, batch_id: int, by: User, at: datetime) -> int:
    """Settle a postal list: payments without a result count as not collected, and the settlement is signed.

    Refused (PostalError) while a pay day of the list is not sealed or a correction or stop order waits. Whoever did
    not collect for three months in a row is named to the commune (Circular 02/2021/TT-BLĐTBXH, Art. 2(3)(a) for
    BTXH; for NCC a visit). Returns how many were not collected.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("round__cycle").get(pk=batch_id)
        if batch.channel != Channel.POST:
            raise PostalError(_("Only lists of the Post are settled here."))
        _refuse_unfinished(batch)
        waiting = list(
            batch.payments.filter(outcome__isnull=True).order_by("pk").values_list("pk", flat=True)
        )
        if waiting:
            day = timezone.localdate(at)
            items = [Reported(payment_id=pk, outcome=Outcome.UNCLAIMED, on=day) for pk in waiting]
            receipt = record_outcomes(provider=POST, message_id=f"QT-{batch.pk}", items=items, at=at, by=by)
            if receipt.quarantined:
                raise PostalError(receipt.note)
        batches.settle(batch_id=batch.pk, by=by, at=at)
        _ask_about_the_uncollected(batch, by, at)
    return len(waiting)


def answer_stop_order(*, stop_id: int, stopped: bool, note: str, at: datetime) -> None:
    """The Post's answer to an order to stop one payment; PostalError where it contradicts what is known."""
    try:
        stop_orders.answer_stop(stop_id=stop_id, stopped=stopped, note=note, at=at)
    except MoveRefused as error:
        raise PostalError(str(error)) from error


def answer_notice(*, notice: Notice, answer: str, by: User, at: datetime) -> None:
    """The commune's answer about one person, in words: what was found and what was decided."""
    if not answer.strip():
        raise PostalError(_("Write what was found and decided."))
    open_ones = Notice.objects.filter(pk=notice.pk, answered_at__isnull=True)
    if not open_ones.update(answer=answer.strip()[:300], answered_by=by, answered_at=at):
        raise PostalError(_("This question is answered already."))


def _refuse_unfinished(batch: Batch) -> None:
    unsealed = (
        PayDay.objects.filter(listings__payment__batch=batch, sealed_at__isnull=True).distinct().count()
    )
    if unsealed:
        raise PostalError(_("%(count)s pay days of this list are not sealed yet.") % {"count": unsealed})
    if Correction.objects.filter(payment__batch=batch, decided_by__isnull=True).exists():
        raise PostalError(_("Corrections of this list still wait for a second person."))
    if StopOrder.objects.filter(payment__batch=batch, answer=StopAnswer.WAITING).exists():
        raise PostalError(_("An order to stop a payment of this list has no answer yet."))


def _ask_about_the_uncollected(batch: Batch, by: User, at: datetime) -> None:
    cycles = list(
        Cycle.objects.filter(month__lte=batch.round.cycle_id)
        .order_by("-month")
        .values_list("month", flat=True)[:MONTHS_IN_A_ROW]
    )
    if len(cycles) < MONTHS_IN_A_ROW:
        return
    params = {
        "batch_id": batch.pk,
        "months": cycles,
        "low": month_id_range(cycles[-1])[0],
        "high": month_id_range(cycles[0])[1],
    }
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "postal", "uncollected", params)
    ask_communes(
        questions=[
            Question(
                row["person"], row["commune"], row["scheme"], NoticeKind.UNCOLLECTED, batch.round.cycle_id,
                row["payment"],
            )
            for row in rows
        ],
        by=by,
        at=at,
    )  # fmt: skip
