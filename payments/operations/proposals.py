"""Changing the law without a release: one officer proposes rates and bases, everybody's dues are compared, another
officer puts the rows into the tables, and whoever they touch looks back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.entering import LawRow, as_json
from benefits.models import Proposal, ProposalPart, ProposalState
from benefits.operations import affected_by, put_rows
from payments.models import Round, RoundState
from payments.operations.errors import MoveRefused, PaymentsError, RoundInProgress
from payments.operations.lookback import queue_late_rates
from payments.queries.preview import compare_part, parts_of_people, plan_change, proposed_rows


class OwnProposal(PaymentsError):
    def __init__(self) -> None:
        super().__init__(_("The one who proposed a change of law cannot confirm it. Another officer has to."))


@transaction.atomic
def propose(*, rows: Sequence[LawRow], source: str, note: str, by: User, at: datetime) -> Proposal:
    """Keep rates and bases as a proposal whose preview waits to be reckoned. The tables stay as they are.

    Raises RowsRefused where the rows could not be put into the tables.
    """
    plan = plan_change(rows)
    proposal = Proposal.objects.create(
        source=source,
        note=note,
        rows=[as_json(row) for row in rows],
        month=plan.month,
        first_month=plan.first_month,
        reckoned_on=plan.reckoned_on,
        proposed_by=by,
        proposed_at=at,
    )
    _lay_out(proposal)
    return proposal


@transaction.atomic
def preview_anew(*, proposal_id: int) -> Proposal:
    """Have an open proposal's preview reckoned again, on today's people and tables. Raises MoveRefused, RowsRefused."""
    proposal = _lock_open(proposal_id)
    plan = plan_change(proposed_rows(proposal))
    Proposal.objects.filter(pk=proposal_id).update(
        month=plan.month, first_month=plan.first_month, reckoned_on=plan.reckoned_on, previewed_at=None
    )
    _lay_out(proposal)
    return proposal


def reckon_next_part(*, proposal_id: int, at: datetime) -> bool:
    """Reckon one waiting part of a preview; False when none is left that nobody else is reckoning."""
    with transaction.atomic():
        part = (
            ProposalPart.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("proposal")
            .filter(proposal_id=proposal_id, figures__isnull=True)
            .order_by("number")
            .first()
        )
        if part is None:
            return False
        rows = proposed_rows(part.proposal)
        part.figures = compare_part(rows, plan_change(rows), (part.person_from, part.person_to))
        part.save(update_fields=["figures"])
    if not ProposalPart.objects.filter(proposal_id=proposal_id, figures__isnull=True).exists():
        Proposal.objects.filter(pk=proposal_id, previewed_at=None).update(previewed_at=at)
    return True


@transaction.atomic
def confirm(*, proposal_id: int, by: User, at: datetime) -> Proposal:
    """Put a proposal's rows into the tables and queue the look-backs of everybody whom they touch.

    Refused (MoveRefused) before its preview is complete, or where the law or the paid months have changed since;
    to the one who proposed it (OwnProposal); and while a round is being made (RoundInProgress), which would otherwise
    reckon some people by the old rows and some by the new.
    """
    with connection.cursor() as cursor:
        # Waits for a round that is just being opened, and holds off the next until this is decided.
        cursor.execute("LOCK TABLE payments_round IN SHARE MODE")
    proposal = _lock_open(proposal_id)
    if proposal.proposed_by_id == by.pk:
        raise OwnProposal
    making = Round.objects.filter(state=RoundState.GENERATING).first()
    if making:
        raise RoundInProgress(month=making.cycle_id, number=making.number)
    rows = proposed_rows(proposal)
    _refuse_stale(proposal, rows)
    touched: list[Any] = put_rows(rows)
    rates = [row for row in touched if row._meta.model_name == "rate"]
    bases = [row for row in touched if row._meta.model_name == "base"]
    queue_late_rates(
        changes=[(row.category, row.from_month, row.in_force_from) for row in affected_by(rates, bases)]
    )
    _decide(proposal, ProposalState.CONFIRMED, by, at)
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, by: User, at: datetime) -> Proposal:
    """Set an open proposal aside; it stays on record. Raises MoveRefused where it was decided meanwhile."""
    proposal = _lock_open(proposal_id)
    _decide(proposal, ProposalState.WITHDRAWN, by, at)
    return proposal


def _lock_open(proposal_id: int) -> Proposal:
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != ProposalState.OPEN:
        raise MoveRefused(_("This proposal has already been decided."))
    return proposal


def _refuse_stale(proposal: Proposal, rows: Sequence[LawRow]) -> None:
    if proposal.previewed_at is None:
        raise MoveRefused(_("The preview is not complete yet. Wait until it is, and look at it."))
    plan = plan_change(rows)
    decided_since = Proposal.objects.filter(
        state=ProposalState.CONFIRMED, decided_at__gte=proposal.previewed_at
    )
    if (plan.month, plan.first_month) != (
        proposal.month,
        proposal.first_month,
    ) or decided_since.exists():
        raise MoveRefused(
            _("Months were paid or the law was changed since this preview. Have it reckoned again first.")
        )


def _decide(proposal: Proposal, state: ProposalState, by: User, at: datetime) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])


def _lay_out(proposal: Proposal) -> None:
    proposal.parts.all().delete()
    ProposalPart.objects.bulk_create(
        ProposalPart(proposal=proposal, number=number, person_from=low, person_to=high)
        for number, (low, high) in enumerate(parts_of_people())
    )
