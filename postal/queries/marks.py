"""What the marks of a pay day come to."""

from __future__ import annotations

from payments.models import Payment
from payments.transitions import Outcome
from postal.merge import Decided, Merged, Said, merge
from postal.models import Correction, Mark, PayDay


def day_marks(*, day: PayDay) -> dict[int, list[Mark]]:
    """All marks of a pay day by payment, in order of their devices' clocks."""
    found: dict[int, list[Mark]] = {}
    marks = Mark.objects.filter(pay_day=day).select_related("clerk", "payee").order_by("marked_at", "pk")
    for mark in marks:
        found.setdefault(mark.payment_id, []).append(mark)
    return found


def day_states(*, day: PayDay) -> dict[int, Merged]:
    """The state of each payment of a pay day that has a mark or an accepted correction."""
    corrections = Correction.objects.filter(payment__listing__pay_day=day, accepted=True)
    stopped = Payment.objects.filter(listing__pay_day=day, outcome=Outcome.WITHDRAWN)
    return merge(
        [
            Said(mark.pk, mark.payment_id, mark.kind, mark.marked_at, mark.received_at, mark.late)
            for mark in Mark.objects.filter(pay_day=day)
        ],
        corrections=[
            Decided(made.payment_id, made.wanted, made.decided_at) for made in corrections if made.decided_at
        ],
        stopped=stopped.values_list("pk", flat=True),
    )


def open_corrections(*, day: PayDay) -> list[Correction]:
    """Corrections of a pay day that wait for a second person."""
    found = Correction.objects.filter(payment__listing__pay_day=day, decided_by__isnull=True)
    return list(found.select_related("payment__person", "asked_by").order_by("pk"))
