"""Who may collect for a person on a day: the rule itself (G04, D01), without the database."""

from __future__ import annotations

from datetime import date, timedelta

from beneficiaries.models import Payee, PayeeRole
from common.working_days import end_of_term

AFTER_DEATH = (PayeeRole.FUNERAL_ORGANISER, PayeeRole.HEIR)


def lapses_on(payee: Payee) -> date | None:
    """The first day on which somebody no longer collects: that of a revocation (Civil Code, Art. 569), or the day after
    the term (a year in an authorisation that names none, Art. 563), whichever is first. None while there is no end."""
    ends = [payee.revoked_on] if payee.revoked_on is not None else []
    if payee.valid_to is not None:
        ends.append(payee.valid_to + timedelta(days=1))
    elif payee.role == PayeeRole.AUTHORISED:
        ends.append(end_of_term(payee.valid_from, months=12) + timedelta(days=1))
    return min(ends, default=None)


def beyond_limit(payee: Payee, amount: int) -> bool:
    """Whether `amount` đồng is more than the document lets this payee collect at a time."""
    return payee.limit is not None and amount > payee.limit


def may_collect(payee: Payee, *, died_on: date | None, on: date, amount: int = 0) -> bool:
    """Whether a payee of a person (dead since `died_on`, or living) may collect on a day, and as much as `amount` đồng.

    While the person lives: guardian, foster carer and whoever is authorised. From the death on those lapse (Civil Code,
    Art. 140 and 563), and funeral organisers and heirs collect, each on a document (Decree 20/2021, Art. 20).
    """
    end = lapses_on(payee)
    if payee.valid_from > on or (end is not None and end <= on):
        return False
    if beyond_limit(payee, amount):
        return False
    dead = died_on is not None and died_on <= on
    if payee.role in AFTER_DEATH:
        return dead and payee.document != ""
    return not dead
