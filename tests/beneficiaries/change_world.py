"""Requests for tests: an officer of the commune, two who decide, and what each kind asks."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from beneficiaries.models import ChangeKind, ChangePath, ChangeRequest, Person
from beneficiaries.operations import changes
from beneficiaries.operations.changes import Draft
from beneficiaries.operations.grants import Decision
from tests import worlds

AT = datetime(2024, 12, 2, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SIGNED = Decision("12/QĐ-UBND", date(2024, 12, 2), "Nguyễn Văn Chủ")


def draft(kind: str, person: Person | None, content: dict[str, Any], **facts: Any) -> Draft:
    """A decision already signed, of Hàm Tiến, unless `facts` say otherwise."""
    known: dict[str, Any] = {
        "path": ChangePath.SIGNED,
        "commune": worlds.commune(),
        "decision_number": SIGNED.number,
        "decision_date": SIGNED.signed_on,
        "decision_signer": SIGNED.signer,
    }
    return Draft(kind=ChangeKind(kind), person=person, content=content, **(known | facts))


def saved(
    kind: str, person: Person | None, content: dict[str, Any], *, by: User, **facts: Any
) -> ChangeRequest:
    return changes.save_draft(
        draft=draft(kind, person, content, **facts), client_key=uuid.uuid4(), by=by, at=AT
    )


def submitted(
    kind: str, person: Person | None, content: dict[str, Any], *, by: User, **facts: Any
) -> ChangeRequest:
    made = saved(kind, person, content, by=by, **facts)
    return changes.submit(request_id=made.pk, version=made.version, by=by, at=AT)


def decided(
    kind: str, person: Person | None, content: dict[str, Any], *, by: User, approver: User, **facts: Any
) -> ChangeRequest:
    made = submitted(kind, person, content, by=by, **facts)
    return changes.approve(request_id=made.pk, version=made.version, by=approver, at=AT)
