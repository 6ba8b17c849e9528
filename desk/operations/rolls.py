"""A roll uploaded in the browser: kept, checked, applied. The rules are those of the command `import_roll`."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Action, Reader, reader_for
from accounts.models import User
from beneficiaries.operations.importing import ImportResult, import_roll
from beneficiaries.operations.kept_rows import KeptRows, file_digest
from beneficiaries.roll.table import UnreadableFile, check
from common.months import add_months, month_of
from desk.models import RollUpload, UploadState
from payments.models import Cycle, CycleState

KEPT = timedelta(days=7)
# Nobody reads more than this of a preview; the refused rows go whole into a workbook.
DESCRIBED, LISTED = 500, 10_000
_LOCK = 7_316_402


class UploadRefused(Exception):
    """The upload cannot be taken or applied; the text says what to do."""


def keep(
    *, file: BinaryIO, name: str, size: int, paid_through: date | None, by: User, at: datetime
) -> RollUpload:
    """Keep an uploaded file to be checked. Raises UploadRefused for one too large, UnreadableFile for what no roll
    is: both before anything is stored. Files a week old are removed on the way."""
    if size > settings.UPLOAD_MAX_BYTES:
        raise UploadRefused(
            _("The file is larger than %(size)s MB: split it by commune.")
            % {"size": settings.UPLOAD_MAX_BYTES >> 20}
        )
    made = RollUpload(
        name=Path(name).name[-120:] or "?", size=size, paid_through=paid_through, by=by, at=at, seen_at=at
    )
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = file_of(made)
    try:
        with path.open("xb") as kept:
            path.chmod(0o600)
            shutil.copyfileobj(file, kept, 1 << 20)
        check(path)
        made.save()
    except BaseException:
        _remove(made)
        raise
    _forget_old(at)
    return made


def check_upload(*, upload_id: int, at: Callable[[], datetime]) -> bool:
    """Check a waiting upload: what it would do, and which rows it refuses; nothing is written but the report.

    False where another worker has it, or it is past this. Asked twice, it finds the same.
    """
    with _mine(upload_id, UploadState.WAITING) as upload:
        if upload is None:
            return False
        _run(upload, at=at, apply=False)
    return True


def ask_to_apply(*, upload: RollUpload, by: User) -> None:
    """Send a checked upload to be applied. Raises UploadRefused where it is not in that state, or not the officer's."""
    if upload.by_id != by.pk:
        raise UploadRefused(_("Whoever checked a roll applies it."))
    if not RollUpload.objects.filter(pk=upload.pk, state=UploadState.CHECKED).update(
        state=UploadState.TO_APPLY, done=0
    ):
        raise UploadRefused(_("This roll cannot be applied now. Reload the page to see its state."))


def apply_upload(*, upload_id: int, at: Callable[[], datetime]) -> bool:
    """Apply an upload as its officer saw it. Where the records have changed so much that it would do something else,
    it is checked again instead, and the officer looks again. False where another worker has it."""
    with _mine(upload_id, UploadState.TO_APPLY) as upload:
        if upload is None:
            return False
        _run(upload, at=at, apply=True)
    return True


def discard(*, upload: RollUpload, at: datetime) -> None:
    """Give an upload up: its file goes, what was counted stays. Raises UploadRefused once it is being applied."""
    waits = (UploadState.WAITING, UploadState.CHECKED, UploadState.UNREADABLE)
    gone = RollUpload.objects.filter(pk=upload.pk, state__in=waits)
    if not gone.update(state=UploadState.DISCARDED, ended_at=at, report=None):
        raise UploadRefused(_("This roll is being applied or has been."))
    _remove(upload)


def file_of(upload: RollUpload) -> Path:
    return _folder() / upload.uuid.hex


def rows_of(upload: RollUpload) -> Path:
    """Where the rows that were checked wait to be applied."""
    return file_of(upload).with_suffix(".rows")


def _remove(upload: RollUpload) -> None:
    file_of(upload).unlink(missing_ok=True)
    rows_of(upload).unlink(missing_ok=True)


def report_of(upload: RollUpload) -> dict[str, Any]:
    """What the check found: `message`, `errors`, `warnings`, `differences`, `conversions`, `sheets`; the `seal` of the
    rows kept for applying."""
    return json.loads(upload.report) if upload.report else {}


def _forget_old(at: datetime) -> None:
    old = RollUpload.objects.filter(at__lt=at - KEPT, report__isnull=False)
    for upload in old:
        _remove(upload)
    old.filter(ended_at=None).update(state=UploadState.DISCARDED, ended_at=at)
    old.update(report=None)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "rolls"


@contextmanager
def _mine(upload_id: int, state: UploadState) -> Iterator[RollUpload | None]:
    """The upload, in that state and held by nobody else in this transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, upload_id])
            free = cursor.fetchone()[0]
        yield (
            RollUpload.objects.filter(pk=upload_id, state=state).select_related("by").first()
            if free
            else None
        )


def _run(upload: RollUpload, *, at: Callable[[], datetime], apply: bool) -> None:
    today = timezone.localdate(at())
    reader = reader_for(upload.by, on=today)
    try:
        with _progress(upload.pk, at) as progress:
            if apply:
                with transaction.atomic():
                    result = _import(upload, reader, today, progress, dry_run=False)
                    as_shown = _digest(upload, result) == bytes(upload.digest or b"")
                    transaction.set_rollback(not as_shown)
            else:
                result, as_shown = _import(upload, reader, today, progress, dry_run=True), True
        if apply and as_shown:
            _finish(upload, result, state=UploadState.APPLIED, at=at())
            rows_of(upload).unlink(missing_ok=True)
            if not result.refused:
                file_of(upload).unlink(missing_ok=True)
        else:
            changed = _("The records have changed since the roll was checked. Look at it again.")
            _finish(upload, result, state=UploadState.CHECKED, at=None, message="" if as_shown else changed)
    except UnreadableFile as error:
        _put(upload, {"message": str(error)}, state=UploadState.UNREADABLE, ended_at=at())
        _remove(upload)


def _import(
    upload: RollUpload, reader: Reader, today: date, progress: Callable[[int, int], None], *, dry_run: bool
) -> ImportResult:
    through = upload.paid_through
    return import_roll(
        path=file_of(upload),
        settled_before=add_months(through, 1) if through else _first_month(today),
        settled_known=through is not None,
        today=today,
        dry_run=dry_run,
        progress=progress,
        units=reader.units(Action.MAKE_LISTS),
        describe=DESCRIBED,
        kept=KeptRows(rows_of(upload), report_of(upload).get("seal", "")),
    )


def _first_month(today: date) -> date:
    """The first month to pay where nothing says otherwise: that of the first open cycle."""
    opened = Cycle.objects.filter(state=CycleState.OPEN).order_by("month").values_list("month", flat=True)
    return opened.first() or month_of(today)


def _finish(
    upload: RollUpload, result: ImportResult, *, state: UploadState, at: datetime | None, message: str = ""
) -> None:
    report = {
        "message": message,
        "errors": [problem.as_dict() for problem in result.errors[:LISTED]],
        "warnings": [problem.as_dict() for problem in result.warnings[:LISTED]],
        "differences": [asdict(difference) for difference in result.differences],
        "conversions": [asdict(conversion) for conversion in result.conversions],
        "sheets": {name: asdict(sheet) for name, sheet in result.sheets.items()},
        "seal": result.seal,
    }
    _put(
        upload, report, state=state, ended_at=at, rows=result.rows, done=result.rows, new=result.new,
        changed=result.changed, unchanged=result.unchanged, refused=result.refused, digest=_digest(upload, result),
    )  # fmt: skip


def _put(upload: RollUpload, report: dict[str, Any], **fields: Any) -> None:
    upload.report = json.dumps(report, ensure_ascii=False)
    for name, value in fields.items():
        setattr(upload, name, value)
    upload.save(update_fields=["report", *fields])


def _digest(upload: RollUpload, result: ImportResult) -> bytes:
    """Of the file and what the officer is shown: the counts, the changes of fields, each row's fate and warnings."""
    shown = [
        file_digest(file_of(upload)),
        [result.rows, result.new, result.changed, result.unchanged, result.refused],
        [asdict(difference) for difference in result.differences],
        [[problem.sheet, problem.row, problem.code] for problem in result.errors],
        [problem.as_dict() for problem in result.warnings],
        result.judged,
    ]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).digest()


@contextmanager
def _progress(upload_id: int, at: Callable[[], datetime]) -> Iterator[Callable[[int, int], None]]:
    """Tells how far it is over a connection of its own: the import's own transaction shows nothing until its end."""
    with closing(connections["default"].copy()) as beside:

        def tell(done: int, total: int) -> None:
            with beside.cursor() as cursor:
                cursor.execute(
                    "UPDATE desk_rollupload SET done = %s, rows = %s, seen_at = %s WHERE id = %s",
                    [done, max(total, done), at(), upload_id],
                )

        yield tell
