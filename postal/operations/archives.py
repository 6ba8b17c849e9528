"""Putting a commune's papers of a month together, file by file."""

from __future__ import annotations

import uuid
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from postal.models import ListArchive, PayDay
from postal.models.archive import ArchiveState
from postal.operations.errors import PostalError
from postal.papers.archive import commune_files


def archive_path(archive: ListArchive) -> Path:
    """Where the file lies once it is ready: in the private files, under a random name."""
    return Path(settings.MEDIA_ROOT) / "postal" / f"{archive.pk}.zip"


def ask_archive(*, month: date, commune: Unit, by: User, at: datetime) -> ListArchive:
    """Ask for a commune's papers of a month; PostalError where it has no pay day then."""
    if not PayDay.objects.filter(month=month, point__commune=commune).exists():
        raise PostalError(_("The commune has no pay day in this month yet."))
    return ListArchive.objects.create(month=month, commune=commune, asked_by=by, asked_at=at)


def make_archive(*, archive_id: uuid.UUID, at: Callable[[], datetime]) -> None:
    """Make the papers and the file; done again without harm after a lost message or a killed worker."""
    archive = ListArchive.objects.select_related("commune").get(pk=archive_id)
    if archive.state == ArchiveState.READY:
        return
    rows = ListArchive.objects.filter(pk=archive.pk)
    days = list(
        PayDay.objects.filter(month=archive.month, point__commune=archive.commune).select_related(
            "point__commune"
        )
    )
    try:
        files = commune_files(commune=archive.commune, days=days)
        rows.update(done=0, all=len(files))
        _write(archive_path(archive), files, lambda done: rows.update(done=done))
    except Exception as error:
        rows.update(state=ArchiveState.FAILED, error=type(error).__name__, finished_at=at())
        raise
    rows.update(state=ArchiveState.READY, error="", finished_at=at())


def _write(
    target: Path, files: list[tuple[str, Callable[[], bytes]]], progress: Callable[[int], object]
) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = target.with_suffix(".new")
    with zipfile.ZipFile(making, "w", zipfile.ZIP_DEFLATED) as book:
        for done, (name, make) in enumerate(files, start=1):
            book.writestr(name, make())
            progress(done)
    making.chmod(0o600)
    making.replace(target)
