"""What became of payments: a provider's report takes effect once, whole, or is held for a person to look at.

The bank API and the Post's results both end here (I7): the same message again changes nothing, the same id with
another content, or an outcome that contradicts what is known, is put in quarantine, never silently dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from accounts.models import User
from common import sql
from payments.models import Message, MessageState
from payments.operations.errors import MoveRefused
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
    """What a message did: `applied` outcomes, `repeated` ones already known, or quarantined with a note.

    `faults` are (payment, what is wrong with it) of a quarantined message: twice, unknown or contradiction.
    """

    message_id: str
    applied: int = 0
    repeated: int = 0
    quarantined: bool = False
    note: str = ""
    faults: tuple[tuple[int, str], ...] = ()


def record_outcomes(
    *,
    provider: str,
    message_id: str,
    items: Sequence[Reported],
    at: datetime,
    by: User | None = None,
    sandbox: bool = False,
) -> Receipt:
    """Record a provider's report of outcomes; see the module's text for what repeats and contradictions do.

    `sandbox` reports touch the cycles for trying out only, others never do.
    """
    digest = _digest(items)
    with transaction.atomic(), connection.cursor() as cursor:
        _serialise(cursor, provider)
        known = Message.objects.filter(
            provider_id=provider, sandbox=sandbox, message_id=message_id, state=MessageState.ACCEPTED
        ).first()
        if known and bytes(known.digest) == digest:
            return Receipt(message_id, repeated=len(items))
        _stage(cursor, items)
        faults: list[tuple[int, str]] = [] if known else _faults(cursor, provider, sandbox)
        note = _("This message id was used before for other content.") if known else _objection(faults)
        message = Message.objects.create(
            provider_id=provider,
            message_id=message_id,
            digest=digest,
            state=MessageState.QUARANTINED if note else MessageState.ACCEPTED,
            received_at=at,
            items=len(items),
            note=note[:300],
            sandbox=sandbox,
            content=[_written(item) for item in items] if note else None,
        )
        if note:
            cursor.execute("DROP TABLE reported")
            return Receipt(message_id, quarantined=True, note=note, faults=tuple(faults))
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


def _faults(cursor: CursorWrapper, provider: str, sandbox: bool) -> list[tuple[int, str]]:
    """Lock the batches concerned and say what is wrong with the staged report, payment by payment."""
    sql.run(cursor, "payments", "lock_reported_batches", {})
    moves = [[before, after, state] for (before, after), states in OUTCOME_MOVES.items() for state in states]
    params = {
        "provider": provider,
        "sandbox": sandbox,
        "before": [move[0] for move in moves],
        "after": [str(move[1]) for move in moves],
        "state": [str(move[2]) for move in moves],
    }
    rows = sql.rows(cursor, "payments", "judge_outcomes", params)
    return list(dict.fromkeys((row["payment_id"], row["fault"]) for row in rows))


def _objection(faults: Sequence[tuple[int, str]], shown: int = 5) -> str:
    if not faults:
        return ""
    sentences = {
        "twice": _("reported twice with different outcomes"),
        "unknown": _("not a payment of this provider"),
        "contradiction": _("contradicts what is known, or the list is not with the provider"),
    }
    named = "; ".join(f"{payment}: {sentences[fault]}" for payment, fault in faults[:shown])
    return _("Nothing of this message was applied. %(named)s") % {"named": named}


def _written(item: Reported) -> list[Any]:
    return [item.payment_id, str(item.outcome), item.on.isoformat(), item.reason, item.refuses_account]


def _read(row: Sequence[Any]) -> Reported:
    return Reported(row[0], Outcome(row[1]), date.fromisoformat(row[2]), row[3], row[4])


def resolve_held(
    *, message: int, by: User, at: datetime, resolution: str, take_sound: bool
) -> Receipt | None:
    """Decide about a message in quarantine: dismiss it, or let those of its items take effect that are sound now.

    The sound part is recorded as a message of its own, named after the held one; None if there is none or it was
    dismissed. Raises MoveRefused without words for the decision or when somebody has decided already.
    """
    if not resolution.strip():
        raise MoveRefused(_("Say what was found and decided."))
    with transaction.atomic(), connection.cursor() as cursor:
        held = Message.objects.select_for_update().get(pk=message, state=MessageState.QUARANTINED)
        if held.resolved_at:
            raise MoveRefused(_("Somebody has decided about this message already."))
        held.resolved_by, held.resolved_at, held.resolution = by, at, resolution[:300]
        held.save(update_fields=["resolved_by", "resolved_at", "resolution"])
        items = [_read(row) for row in held.content or []]
        if not take_sound:
            return None
        _stage(cursor, items)
        unsound = {payment for payment, _fault in _faults(cursor, held.provider_id, held.sandbox)}
        cursor.execute("DROP TABLE reported")
        sound = [item for item in items if item.payment_id not in unsound]
        if not sound:
            return None
        return record_outcomes(
            provider=held.provider_id,
            message_id=f"{held.message_id[:60]}/{held.pk}",
            items=sound,
            at=at,
            by=by,
            sandbox=held.sandbox,
        )
