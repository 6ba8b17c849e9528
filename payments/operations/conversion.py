"""The social pension in place of 5(5)(b) and 5(5)(c): in bulk, seen by one officer and confirmed by another.

A month that the old benefit paid already (the list of July 2025 closed before Decree 176/2025 was law) is not paid a
second time: the decision books it from the one to the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from accounts.models import User
from beneficiaries.models import Conversion
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.grants import Decision
from common import sql
from payments.models import ConversionPart

REPLACED = ("BTXH_5.5b", "BTXH_5.5c")
TARGET = "HTXH_75"
FROM_MONTH = date(2025, 7, 1)
PART_GRANTS = 2_500


@dataclass(frozen=True, slots=True)
class Convertible:
    """A grant to be replaced; `late` ones begin after the replacement and have to be corrected first."""

    entitlement_id: int
    person_id: int
    name: str
    category_id: str
    settled_before: date
    last_month: date | None
    late: bool
    holds_target: bool


def preview(*, reader: Reader, from_month: date = FROM_MONTH) -> list[Convertible]:
    """Whose 5(5)(b) or (c) the social pension replaces from a month on (Decree 176/2025, rule E12)."""
    with connection.cursor() as cursor:
        found = sql.rows(cursor, "beneficiaries", "convertible", _params(reader, from_month))
    return [Convertible(**row) for row in found]


def concerns_anybody(*, reader: Reader, from_month: date = FROM_MONTH) -> bool:
    """Whether the preview holds anybody, without making it."""
    statement = f"SELECT EXISTS (\n{sql.load('beneficiaries', 'convertible')}\n)"
    with connection.cursor() as cursor:
        cursor.execute(statement, _params(reader, from_month))
        return bool(cursor.fetchone()[0])


def _params(reader: Reader, from_month: date) -> dict[str, Any]:
    return {
        "from_month": from_month,
        "replaced": list(REPLACED),
        "target": TARGET,
        "units": list(reader.units(Action.SEE_PEOPLE)),
    }


@transaction.atomic
def prepare(
    *, decision: Decision, by: User, at: datetime, reader: Reader, from_month: date = FROM_MONTH
) -> Conversion:
    """Prepare the conversion of everybody in the preview, in place of one that waits for its second officer.

    Raises DecisionRefused where nobody is to be converted, or some are late.
    """
    found = preview(reader=reader, from_month=from_month)
    _refuse_unfit(found)
    Conversion.objects.filter(from_month=from_month, confirmed_by=None).delete()
    return Conversion.objects.create(
        from_month=from_month,
        decision_number=decision.number,
        decision_date=decision.signed_on,
        count=len(found),
        digest=_digest(found),
        prepared_by=by,
        prepared_at=at,
    )


@transaction.atomic
def confirm(*, conversion_id: int, by: User, at: datetime, reader: Reader) -> int:
    """Confirm as the second person; how many grants `convert_next_part` will end. Nothing is converted yet.

    Raises DecisionRefused where the same officer prepared it, it is done, or the people are no longer those that were
    previewed (prepare it again).
    """
    conversion = Conversion.objects.select_for_update().get(pk=conversion_id)
    if conversion.confirmed_by_id:
        raise DecisionRefused(_("This conversion has been confirmed already."))
    if conversion.prepared_by_id == by.pk:
        raise DecisionRefused(_("Another officer has to confirm the conversion."))
    found = preview(reader=reader, from_month=conversion.from_month)
    _refuse_unfit(found)
    if _digest(found) != bytes(conversion.digest):
        raise DecisionRefused(
            _("The people concerned have changed since the preview. Prepare the conversion again.")
        )
    conversion.confirmed_by, conversion.confirmed_at = by, at
    conversion.save(update_fields=["confirmed_by", "confirmed_at"])
    ConversionPart.objects.bulk_create(
        ConversionPart(conversion=conversion, number=number, entitlements=ids)
        for number, ids in enumerate(_parts(found))
    )
    return len(found)


def convert_next_part(*, conversion_id: int, at: datetime) -> bool:
    """Convert one waiting part of a confirmed conversion; False when none is left that nobody else is converting.

    Until the last part is done no list of the months concerned can be made: the old benefits have no rate for them.
    """
    with transaction.atomic():
        part = (
            ConversionPart.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("conversion__confirmed_by")
            .filter(conversion_id=conversion_id, done_at=None)
            .order_by("number")
            .first()
        )
        if part is None:
            return False
        conversion = part.conversion
        params = {
            "entitlements": part.entitlements,
            "target": TARGET,
            "from_month": conversion.from_month,
            "decision_number": conversion.decision_number,
            "decision_date": conversion.decision_date,
            "by": conversion.confirmed_by_id,
            "at": at,
        }
        with connection.cursor() as cursor:
            sql.run(cursor, "beneficiaries", "convert", params)
            sql.run(cursor, "payments", "book_converted", params)
        part.done_at = at
        part.save(update_fields=["done_at"])
    return True


def convert_all(*, conversion_id: int, at: datetime) -> None:
    """Convert every waiting part in this process."""
    while convert_next_part(conversion_id=conversion_id, at=at):
        pass


def _parts(found: list[Convertible]) -> Iterator[list[int]]:
    """The grants in parts of at least PART_GRANTS, all of a person in one."""
    ids: list[int] = []
    for _person, held in groupby(sorted(found, key=lambda one: one.person_id), key=lambda one: one.person_id):
        ids += [one.entitlement_id for one in held]
        if len(ids) >= PART_GRANTS:
            yield ids
            ids = []
    if ids:
        yield ids


def _refuse_unfit(found: list[Convertible]) -> None:
    late = [str(one.person_id) for one in found if one.late]
    if late:
        raise DecisionRefused(
            _(
                "These grants begin after the benefit was replaced; correct them first. Person numbers: %(people)s"
            )
            % {"people": ", ".join(late[:20])}
        )
    if not found:
        raise DecisionRefused(_("Nobody's benefit is to be converted."))


def _digest(found: list[Convertible]) -> bytes:
    lines = (f"{one.entitlement_id}|{one.last_month}|{one.holds_target}" for one in found)
    return hashlib.sha256("\n".join(lines).encode()).digest()
