"""What became of payments: a provider's report takes effect once, whole, or is held for a person to look at.

The bank API and the Post's results both end here (I7): the same message again changes nothing, the same id with
another content, or an outcome that contradicts what is known, is put in quarantine, never silently dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from accounts.models import User
from common import sql
from payments.models import Message, MessageState
from payments.transitions import DEAD, OUTCOME_MOVES, Outcome


@dataclass(frozen=True, slots=True)
class Reported:
    """One payment's outcome as its provider reports it; `refuses_account` marks the account as unusable."""

    payment_id: int
    outcome: Outcome
    on: date
    reason: str = ""
    refuses_account: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a message did: `applied` outcomes, `repeated` ones already known, or quarantined with a note."""

    message_id: str
    applied: int = 0
    repeated: int = 0
    quarantined: bool = False
    note: str = ""


def record_outcomes(
    *, provider: str, message_id: str, items: Sequence[Reported], at: datetime, by: User | None = None
) -> Receipt:
    """Record a provider's report of outcomes; see the module's text for what repeats and contradictions do."""
    digest = _digest(items)
    with transaction.atomic(), connection.cursor() as cursor:
        _serialise(cursor, provider)
        known = Message.objects.filter(
            provider_id=provider, message_id=message_id, state=MessageState.ACCEPTED
        ).first()
        if known and bytes(known.digest) == digest:
            return Receipt(message_id, repeated=len(items))
        _stage(cursor, items)
        note = (
            _("This message id was used before for other content.") if known else _objection(cursor, provider)
        )
        message = Message.objects.create(
            provider_id=provider,
            message_id=message_id,
            digest=digest,
            state=MessageState.QUARANTINED if note else MessageState.ACCEPTED,
            received_at=at,
            items=len(items),
            note=note[:300],
        )
        if note:
            cursor.execute("DROP TABLE reported")
            return Receipt(message_id, quarantined=True, note=note)
        params = {"message": message.pk, "at": at, "by": by.pk if by else None, "dead": list(DEAD)}
        late = sql.run(cursor, "payments", "return_after_close", params)
        applied = sql.run(cursor, "payments", "apply_outcomes", params)
        if late:
            sql.run(cursor, "payments", "reckon_returned", params)
        sql.run(cursor, "payments", "mark_undelivered", params)
        cursor.execute("DROP TABLE reported")
    return Receipt(message_id, applied=applied, repeated=len(items) - applied)


def _digest(items: Sequence[Reported]) -> bytes:
    lines = sorted(f"{i.payment_id}|{i.outcome}|{i.on.isoformat()}|{i.reason}" for i in items)
    return hashlib.sha256("\n".join(lines).encode()).digest()


def _serialise(cursor: CursorWrapper, provider: str) -> None:
    """One report of a provider at a time: two copies of a message then meet the second's check in order."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('outcomes ' || %s, 0))", [provider])


def _stage(cursor: CursorWrapper, items: Sequence[Reported]) -> None:
    cursor.execute(
        "CREATE TEMPORARY TABLE reported "
        "(payment_id bigint, outcome text, day date, reason text, refuses_account bool) "
        "ON COMMIT DROP"
    )
    with cursor.copy("COPY reported FROM STDIN") as copy:
        for item in items:
            copy.write_row(
                (item.payment_id, str(item.outcome), item.on, item.reason[:300], item.refuses_account)
            )
    cursor.execute("ANALYZE reported")


def _objection(cursor: CursorWrapper, provider: str) -> str:
    """Lock the batches concerned and say what is wrong with the staged report; '' if nothing is."""
    sql.run(cursor, "payments", "lock_reported_batches", {})
    moves = [[before, after, state] for (before, after), states in OUTCOME_MOVES.items() for state in states]
    faults = sql.rows(
        cursor,
        "payments",
        "judge_outcomes",
        {
            "provider": provider,
            "before": [move[0] for move in moves],
            "after": [str(move[1]) for move in moves],
            "state": [str(move[2]) for move in moves],
        },
    )
    if not faults:
        return ""
    sentences = {
        "twice": _("reported twice with different outcomes"),
        "unknown": _("not a payment of this provider"),
        "contradiction": _("contradicts what is known, or the list is not with the provider"),
    }
    named = "; ".join(f"{row['payment_id']}: {sentences[row['fault']]}" for row in faults)
    return _("Nothing of this message was applied. %(named)s") % {"named": named}
