"""A change of law that is only proposed: what a higher base of the province's own would do, for the site to show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils import timezone

from accounts.models import User
from benefits.entering import Entered, complete
from benefits.models import Proposal
from common.money import format_number, format_vnd
from payments.operations import proposals
from payments.queries.preview import Figures

SOURCE = "Dự thảo nghị quyết về mức chuẩn trợ giúp xã hội của tỉnh"
PROVINCE = "60"
AMOUNT = 550_000


def propose_higher_base(
    *, month: date, by: User, progress: Callable[[int, int], None] = lambda done, all: None
) -> Figures:
    """Propose a base of 550,000 đồng for this province from `month` on, and reckon its preview; nobody confirms it.

    Done once: a second time gives the figures that are there.
    """
    proposal = Proposal.objects.filter(source=SOURCE).first()
    if proposal is None:
        row = Entered(2, "BTXH_STANDARD", month, month, amount=AMOUNT, area=PROVINCE)
        at = datetime.combine(month, time(9), tzinfo=timezone.get_default_timezone())
        proposal = proposals.propose(
            rows=complete([row], source=SOURCE), source=SOURCE, note="Thử trước khi trình", by=by, at=at
        )
    waiting, parts = proposal.parts.filter(figures__isnull=True).count(), proposal.parts.count()
    while waiting and proposals.reckon_next_part(proposal_id=proposal.pk, at=proposal.proposed_at):
        waiting -= 1
        progress(parts - waiting, parts)
    figures = Figures()
    for part in proposal.parts.all():
        figures.add(part.figures or [])
    return figures


def in_words(figures: Figures) -> str:
    """One line for the terminal."""
    total = figures.total()
    return (
        f"{format_number(total.changed)} of {format_number(total.people)} people change: "
        f"{format_vnd(total.before)} a month becomes {format_vnd(total.after)}. "
        "Nothing counts before a second officer confirms it at /law/."
    )
