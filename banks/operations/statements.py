"""A bank's own statement of a cycle, which the reconciliation sets against our books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from banks.models import Client
from banks.operations.errors import BanksError
from payments.models import Cycle, StatementLine
from payments.operations.closing import StatementItem, load_statement


def deliver_statement(*, client: Client, statement: str, month: date, items: Sequence[StatementItem]) -> int:
    """Keep a statement; how many lines are new, 0 for one delivered before.

    Raises Cycle.DoesNotExist, CycleClosed, or BanksError for the number of an earlier statement with other content:
    neither is believed over the other without somebody having looked.
    """
    with transaction.atomic():
        Cycle.every.select_for_update().get(pk=month, sandbox=client.sandbox)
        known = StatementLine.objects.filter(
            provider=client.provider_id, statement=statement, cycle__sandbox=client.sandbox
        ).order_by("number")
        before = list(known.values_list("cycle_id", "reference", "kind", "amount", "booked_on"))
        if before and before != [(month, i.reference, i.kind, i.amount, i.booked_on) for i in items]:
            raise BanksError(
                _(
                    "A statement with this number but other content was delivered before. Give it a new number."
                )
            )
        if before:
            return 0
        return load_statement(provider=client.provider_id, month=month, statement=statement, items=items)
