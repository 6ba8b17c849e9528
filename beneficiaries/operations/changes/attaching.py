"""Scanned papers of a request: told by their content, bounded in size, kept under a random name."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import Attachment, AttachmentKind, ChangeRequest
from beneficiaries.operations.changes.errors import ChangeRefused
from beneficiaries.transitions import ChangeState
from common.text import nfc

MAX_BYTES = 10 * 2**20
MAX_FILES = 20
# How each kind begins, and what stands near its end: a file that lost its end is refused too.
_SHAPES = {
    AttachmentKind.PDF: (b"%PDF-", b"%%EOF"),
    AttachmentKind.JPEG: (b"\xff\xd8\xff", b"\xff\xd9"),
}
_TAIL = 2048


class AttachmentRefused(ChangeRefused):
    """A file that is not kept; the text says why."""


def attachment_path(attachment: Attachment) -> Path:
    """Where the file lies: in the private files, under a random name."""
    return Path(settings.MEDIA_ROOT) / "changes" / f"{attachment.pk}.{attachment.kind}"


def kind_of(content: bytes) -> AttachmentKind | None:
    """PDF or JPEG by what the file holds, whatever it is called; None for anything else."""
    for kind, (head, end) in _SHAPES.items():
        if content.startswith(head) and end in content[-_TAIL:]:
            return kind
    return None


def attach(*, request_id: int, content: bytes, title: str, by: User, at: datetime) -> Attachment:
    """Keep a scan with a request, also after its decision, for papers that were to follow.

    Raises AttachmentRefused for another kind of file, one above 10 MB, the 21st, or the same file again.
    """
    kind = kind_of(content)
    if kind is None or len(content) > MAX_BYTES:
        raise AttachmentRefused(_("A scan is a whole PDF or JPEG file of at most 10 MB."))
    with transaction.atomic():
        request = ChangeRequest.objects.select_for_update().get(pk=request_id)
        if request.state in (ChangeState.WITHDRAWN, ChangeState.REFUSED):
            raise AttachmentRefused(_("This request is closed; nothing more is kept with it."))
        if request.attachments.count() >= MAX_FILES:
            raise AttachmentRefused(_("A request keeps at most 20 files."))
        made = Attachment(
            request=request,
            kind=kind,
            title=nfc(" ".join(title.split()))[:120] or kind.label,
            size=len(content),
            digest=hashlib.sha256(content).digest(),
            by=by,
            at=at,
        )
        path = attachment_path(made)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise AttachmentRefused(_("This file is kept with the request already.")) from error
        path.write_bytes(content)
        path.chmod(0o600)
    return made
