"""From a row of the worklist to the draft of a request: nothing but the draft is written."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import ChangeKind, ChangePath, ChangeRequest, EndReason, Payee, Person
from beneficiaries.operations import changes
from beneficiaries.operations.changes import Draft
from beneficiaries.operations.changes.errors import Incomplete
from common.months import add_months
from desk.queries.ahead import (
    CARER,
    CHILD,
    END,
    MAY,
    PAPER,
    PAYEE,
    REFUSED,
    RESUME,
    SCHOOL,
    STUDY,
    Coming,
    request_kind,
)


def begin_draft(*, row: Coming, category: str, by: User, at: datetime) -> ChangeRequest:
    """The draft that a row leads to, filled in as far as the row tells; the open request of that kind where the person
    has one. `category` is the one chosen of the row's offers. Raises DecisionRefused; Incomplete where the row asks
    for nothing, or the category is not offered.
    """
    kind = request_kind(row.kind)
    if not kind:
        raise Incomplete(_("Say what changes."))
    if row.request is not None:
        return row.request
    draft = Draft(
        kind=ChangeKind(kind),
        path=ChangePath.APPLICATION,
        commune=Unit.objects.get(pk=row.commune),
        person=Person.objects.get(pk=row.person_id),
        content=_content(row, category),
    )
    return changes.save_draft(draft=draft, client_key=uuid.uuid4(), by=by, at=at)


def _content(row: Coming, category: str) -> dict[str, Any]:
    if row.kind == MAY:
        if category not in [one.code for one in row.offers]:
            raise Incomplete(_("There is no such category."), field="category")
        return {"category": category}
    if row.kind == PAYEE:
        payee = Payee.objects.get(pk=row.about_id or 0)
        return {"role": payee.role, "name": payee.name, "national_id": payee.national_id or ""}
    assert row.entitlement is not None
    if row.kind in (CHILD, STUDY):
        children = [
            {
                "name": child.name,
                "birth_date": child.birth_date.isoformat(),
                "birth_precision": child.birth_precision,
            }
            | ({"studying_until": child.studying_until.isoformat()} if child.studying_until else {})
            for child in row.entitlement.child_rows.order_by("birth_date", "pk")
        ]
        return {"entitlement": row.entitlement.pk, "children": children}
    if row.kind == PAPER:
        return {"entitlement": row.entitlement.pk}
    if row.kind == RESUME:
        following = add_months(row.month, 1).isoformat()
        return {"entitlements": [row.entitlement.pk], "from_month": following}
    assert row.kind in (END, CARER, SCHOOL, REFUSED)
    return {
        "entitlements": [row.entitlement.pk],
        "last_month": row.month.isoformat(),
        "why": (EndReason.REFUSED if row.kind == REFUSED else EndReason.INELIGIBLE).value,
    }
