"""Allotting money to budget lines, and refusing to release more than they hold."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from common.money import format_number
from payments.models import Allotment, Batch
from payments.operations.errors import MoveRefused
from payments.queries.budget import budget_line


def allot(
    *,
    unit: Unit,
    scheme: str,
    year: int,
    amount: int,
    decision_number: str,
    decision_date: date,
    by: User,
    at: datetime,
) -> Allotment:
    """Record a decision that gives a unit `amount` đồng for a scheme and year, or takes it where negative.

    Raises MoveRefused without a number or an amount, or for a decision that is recorded for this line already.
    """
    if not decision_number.strip() or amount == 0:
        raise MoveRefused(_("An allotment needs the number of its decision and an amount."))
    with transaction.atomic():
        _lock(unit.pk, scheme, year)
        try:
            with transaction.atomic():
                return Allotment.objects.create(
                    unit=unit, scheme=scheme, year=year, amount=amount, decision_number=decision_number.strip(),
                    decision_date=decision_date, by=by, at=at,
                )  # fmt: skip
        except IntegrityError as error:
            raise MoveRefused(_("This decision is recorded for this line already.")) from error


def refuse_beyond_budget(*, batch: Batch, amount: int) -> None:
    """Raise MoveRefused where `amount` đồng for a list is more than its budget line has left.

    Holds the line until the end of the transaction, so of two lists released at once the second sees the first. A
    line without any allotment limits nothing: the page says so.
    """
    year = batch.round.cycle_id.year
    _lock(batch.unit_id, batch.scheme, year)
    line = budget_line(batch=batch)
    if line is None or amount <= line.left:
        return
    words = {
        "scheme": batch.get_scheme_display(),
        "year": year,
        "unit": line.name,
        "left": format_number(line.left),
        "amount": format_number(amount),
    }
    raise MoveRefused(
        _(
            "The budget line %(scheme)s %(year)s of %(unit)s has %(left)s đồng left; this list needs %(amount)s. "
            "Record a further allotment on the page “Budget”, or wait for it."
        )
        % words
    )


def _lock(unit: int, scheme: str, year: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"budget {unit} {scheme} {year}"]
        )
