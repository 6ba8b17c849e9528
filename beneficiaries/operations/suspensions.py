"""Suspending a benefit, resuming it, and ending it after a refused re-assessment."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from beneficiaries.models import GROUNDS_OF_SCHEME, EndReason, Entitlement, Suspension, SuspensionGround
from beneficiaries.operations import grants
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from beneficiaries.operations.reckoning import queue_entitlement
from common.months import add_months
from common.working_days import end_of_term

_REFUSAL_ENDS_AFTER = 3  # months


@transaction.atomic
def suspend(
    *,
    entitlement: Entitlement,
    from_month: date,
    ground: SuspensionGround,
    decision: Decision,
    reason: str = "",
) -> Suspension:
    """Suspend a benefit from a month on, by decision. Raises DecisionRefused for a ground that its scheme lacks.

    Social protection: money uncollected for three months, remand of a month or more, a refused re-assessment
    (Circular 02/2021 Art. 2(3); S01 to S03). Revolutionary contributions: prison, illegal exit, missing (Ordinance
    02/2020 Art. 54; S06), never uncollected money, which is carried however long (S05, S07).
    """
    if ground not in GROUNDS_OF_SCHEME[entitlement.category.scheme]:
        raise DecisionRefused(_("The law does not suspend this benefit on this ground."))
    made = Suspension.objects.create(
        entitlement=entitlement,
        from_month=from_month,
        ground=ground,
        reason=reason or str(ground.label),
        decision_number=decision.number,
        decision_date=decision.signed_on,
    )
    queue_entitlement(entitlement=entitlement, from_month=from_month)
    return made


@transaction.atomic
def resume(*, suspension: Suspension, from_month: date, arrears: bool, decision: Decision) -> None:
    """Resume a suspended benefit from a month on; `arrears` where the decision pays the suspended months (A03).

    Raises DecisionRefused where it has been resumed already.
    """
    if suspension.until_month is not None:
        raise DecisionRefused(_("This benefit has been resumed already."))
    if from_month <= suspension.from_month:
        raise DecisionRefused(_("A benefit resumes after the month from which it is suspended."))
    suspension.until_month = add_months(from_month, -1)
    suspension.arrears = arrears
    suspension.resumed_by_decision = decision.number
    suspension.save(update_fields=["until_month", "arrears", "resumed_by_decision"])
    queue_entitlement(entitlement=suspension.entitlement, from_month=suspension.from_month)


def end_after_refusal(*, entitlement: Entitlement, last_month: date, decision: Decision) -> None:
    """End a benefit whose holder still refuses the re-assessment three months after the suspension's decision (S03).

    `last_month` is the last one on record; suspended, it pays nothing. Raises DecisionRefused where the benefit is not
    suspended on that ground by a dated decision, or for a decision to end it before the three months are over.
    """
    suspended = entitlement.suspensions.filter(
        ground=SuspensionGround.REFUSED_ASSESSMENT,
        until_month__isnull=True,
        from_month__lte=last_month,
        decision_date__isnull=False,
    ).first()
    if suspended is None or suspended.decision_date is None:
        raise DecisionRefused(
            _("Only a benefit suspended by a dated decision for a refused re-assessment ends in this way.")
        )
    term = end_of_term(suspended.decision_date, months=_REFUSAL_ENDS_AFTER)
    if decision.signed_on <= term:
        raise DecisionRefused(
            _("Three months since the decision to suspend are over only after %(day)s.")
            % {"day": f"{term:%d/%m/%Y}"}
        )
    grants.end(entitlement=entitlement, last_month=last_month, reason=EndReason.REFUSED, decision=decision)
