"""What became of instructions, as a bank reports it: one message takes effect once and whole, or is held (I6, I7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banks.models import Client
from banks.reasons import marks_account
from payments.operations.outcomes import Receipt, Reported, record_outcomes
from payments.transitions import Outcome

STATUSES = {"paid": Outcome.PAID, "failed": Outcome.FAILED, "returned": Outcome.RETURNED}
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Result:
    """One instruction's fate: `status` paid, failed or returned; `reason` an ISO code; `text` the bank's own words."""

    key: int
    status: str
    on: date
    reason: str = ""
    text: str = ""


def report_results(*, client: Client, message_id: str, items: Sequence[Result], at: datetime) -> Receipt:
    """Record a bank's results. See `record_outcomes` for repeats and contradictions, which are held, never lost."""
    reported = [
        Reported(
            payment_id=item.key,
            outcome=STATUSES[item.status],
            on=item.on,
            reason=f"{item.reason} {item.text}".strip(),
            refuses_account=item.status != "paid" and marks_account(item.reason),
        )
        for item in items
    ]
    return record_outcomes(
        provider=client.provider_id, message_id=message_id, items=reported, at=at, sandbox=client.sandbox
    )
