"""What a commune is asked about a person, each question once while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from beneficiaries.collecting import lapses_on, may_collect
from beneficiaries.models import (
    ChangeKind,
    ChangePath,
    ChangeRequest,
    Entitlement,
    Payee,
    PayeeRole,
    SuspensionGround,
)
from beneficiaries.operations.changes import Draft, save_draft
from beneficiaries.operations.changes.errors import AlreadyAsked
from beneficiaries.transitions import OPEN
from benefits.models import Kind
from common.months import add_months, month_of
from postal.models import Listing, Notice, NoticeKind

# The change that a question opens by itself. For people with revolutionary contributions nothing suspends: a visit.
REQUESTS: dict[tuple[str, str], ChangeKind] = {
    (NoticeKind.DIED, "BTXH"): ChangeKind.DEATH,
    (NoticeKind.DIED, "NCC"): ChangeKind.DEATH,
    (NoticeKind.MOVED, "BTXH"): ChangeKind.MOVE,
    (NoticeKind.MOVED, "NCC"): ChangeKind.MOVE,
    (NoticeKind.UNCOLLECTED, "BTXH"): ChangeKind.SUSPEND,
}
# A request's key follows from its question's number: opening it again is the same request.
_KEYS = UUID("6f1d2a4e-5a0b-4b53-9c0e-3f2f8a1c7d60")


@dataclass(frozen=True, slots=True)
class Question:
    """About which person of which commune, why, and the payment that gave rise to it."""

    person: int
    commune: int
    scheme: str
    kind: NoticeKind
    month: date
    payment: int


def ask_communes(*, questions: Sequence[Question], by: User | None, at: datetime) -> None:
    """Ask; a question that is open already is not asked twice.

    A death, a move and three months uncollected under social protection also open a change request, a draft in the
    commune for its officer to complete, in the name of `by`, whose report it follows. Where one of that kind is open
    for the person, the question refers to it instead.
    """
    with transaction.atomic():
        Notice.objects.bulk_create(
            [
                Notice(
                    person_id=asked.person, commune_id=asked.commune, scheme=asked.scheme, kind=asked.kind,
                    month=asked.month, payment_id=asked.payment, opened_at=at,
                )
                for asked in questions
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        if by is not None:
            opened = Notice.objects.select_for_update(of=("self",)).filter(
                person__in={asked.person for asked in questions},
                request__isnull=True,
                answered_at__isnull=True,
            )
            for notice in opened.select_related("person", "commune").order_by("pk"):
                _open_request(notice, by, at)


def _open_request(notice: Notice, by: User, at: datetime) -> None:
    kind = REQUESTS.get((notice.kind, notice.scheme))
    if kind is None:
        return
    draft = Draft(
        kind=kind, path=ChangePath.APPLICATION, commune=notice.commune, person=notice.person,
        content=_suspension(notice) if kind == ChangeKind.SUSPEND else {},
    )  # fmt: skip
    try:
        request = save_draft(draft=draft, client_key=uuid5(_KEYS, str(notice.pk)), by=by, at=at)
    except AlreadyAsked:
        request = ChangeRequest.objects.get(person=notice.person, kind=kind, state__in=OPEN)
    Notice.objects.filter(pk=notice.pk).update(request=request)


def _suspension(notice: Notice) -> dict[str, Any]:
    """What is proposed: the scheme's running benefits, from the month after the third."""
    month = add_months(notice.month, 1)
    running = Entitlement.objects.filter(
        Q(last_month__isnull=True) | Q(last_month__gte=month), person=notice.person, from_month__lt=month,
        category__scheme=notice.scheme, category__kind=Kind.MONTHLY,
    ).order_by("pk")  # fmt: skip
    return {
        "entitlements": list(running.values_list("pk", flat=True)),
        "from_month": month.isoformat(),
        "ground": SuspensionGround.UNCOLLECTED,
    }


def ask_about_lapsed(*, month: date, communes: Sequence[int], at: datetime) -> None:
    """Tell the communes (ids) whose authorised person no longer collects on the pay day of the month, once a lapse."""
    listed = Listing.objects.filter(
        pay_day__month=month, payment__commune__in=communes, payment__outcome__isnull=True,
        payment__person__died_on__isnull=True, payment__person__payees__role=PayeeRole.AUTHORISED,
    )  # fmt: skip
    rows = {
        row.payment.person_id: row
        for row in listed.select_related("pay_day", "payment__batch").order_by("-payment").distinct()
    }
    payees: dict[int, list[Payee]] = {}
    for payee in Payee.objects.filter(person__in=rows).order_by("valid_from", "pk"):
        payees.setdefault(payee.person_id, []).append(payee)
    told = dict(
        Notice.objects.filter(person__in=rows, kind=NoticeKind.LAPSED)
        .order_by("month")
        .values_list("person", "month")
    )
    questions = []
    for person, row in rows.items():
        day = row.pay_day.day
        ends = [
            end
            for payee in payees[person]
            if payee.role == PayeeRole.AUTHORISED and (end := lapses_on(payee)) is not None and end <= day
        ]
        stands = any(may_collect(payee, died_on=None, on=day) for payee in payees[person])
        if ends and not stands and not (person in told and told[person] >= month_of(max(ends))):
            questions.append(
                Question(
                    person, row.payment.commune_id, row.payment.batch.scheme, NoticeKind.LAPSED, month,
                    row.payment_id,
                )
            )  # fmt: skip
    ask_communes(questions=questions, by=None, at=at)
