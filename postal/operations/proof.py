"""Keeping the proof of a pay day: scans, minutes, and the random calls."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Payment
from payments.transitions import Outcome
from postal.models import CallBack, CallResult, Minutes, PayDay, Scan
from postal.operations.errors import PostalError

KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
MAX_BYTES = 20 * 2**20
SAMPLE = 5


def scan_path(scan: Scan) -> Path:
    """Where the file lies: in the private files, under a random name."""
    return Path(settings.MEDIA_ROOT) / "postal" / "scans" / f"{scan.pk}.{scan.kind}"


def keep_scan(*, day: PayDay, content: bytes, signed: int, by: User, at: datetime) -> Scan:
    """Keep a scanned signed list with the number of signatures on it; the same file twice is refused."""
    kind = next((kind for head, kind in KINDS.items() if content.startswith(head)), "")
    if not kind or len(content) > MAX_BYTES:
        raise PostalError(_("A scan is a PDF, JPEG or PNG file of at most 20 MB."))
    scan = Scan(
        pay_day=day,
        signed=signed,
        kind=kind,
        size=len(content),
        digest=hashlib.sha256(content).digest(),
        by=by,
        at=at,
    )
    path = scan_path(scan)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with transaction.atomic():
            scan.save(force_insert=True)
            path.write_bytes(content)
            path.chmod(0o600)
    except IntegrityError as error:
        raise PostalError(_("This scan is kept already.")) from error
    return scan


def write_minutes(*, day: PayDay, people: int, amount: int, text: str, by: User, at: datetime) -> Minutes:
    """Keep the supervisor's minutes, once; the clerk who paid cannot write them."""
    if not text.strip() or people < 0 or amount < 0:
        raise PostalError(_("Write what happened, and how many people and how much money were counted."))
    if day.marks.filter(clerk=by).exists():
        raise PostalError(_("Who paid on that day does not write its minutes."))
    try:
        with transaction.atomic():
            return Minutes.objects.create(
                pay_day=day, people=people, amount=amount, text=text.strip(), by=by, at=at
            )
    except IntegrityError as error:
        raise PostalError(_("The minutes of this day are written already.")) from error


def draw_calls(*, day: PayDay, at: datetime, size: int = SAMPLE) -> int:
    """Draw paid people of a sealed day to be called, once for each day; how many were drawn.

    Ordered by a hash of the payment under the site's own key: nobody at the point can foretell who is called.
    """
    if not PayDay.objects.filter(pk=day.pk, sealed_at__isnull=False).exists():
        raise PostalError(_("Seal the day before people are drawn to be called."))
    if CallBack.objects.filter(payment__listing__pay_day=day).exists():
        return 0
    paid = Payment.objects.filter(listing__pay_day=day, outcome=Outcome.PAID).values_list("pk", flat=True)
    drawn = sorted(paid, key=_lot)[:size]
    CallBack.objects.bulk_create(
        [CallBack(payment_id=payment, drawn_at=at) for payment in drawn], ignore_conflicts=True
    )
    return len(drawn)


def record_call(*, call: CallBack, result: str, note: str, by: User, at: datetime) -> None:
    """What the person said on the telephone. A clerk who marked the payment does not call."""
    if result not in CallResult.values:
        raise PostalError(_("Say what the call found."))
    if call.payment.marks.filter(clerk=by).exists():
        raise PostalError(_("Who paid the person does not make the call."))
    CallBack.objects.filter(pk=call.pk).update(result=result, note=note.strip()[:200], by=by, at=at)


def _lot(payment: int) -> bytes:
    return hashlib.blake2b(
        str(payment).encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16
    ).digest()
