"""What a commune is asked about a person, each question once while it is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from beneficiaries.collecting import lapses_on, may_collect
from beneficiaries.models import Payee, PayeeRole
from common.months import month_of
from postal.models import Listing, Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class Question:
    """About which person of which commune, why, and the payment that gave rise to it."""

    person: int
    commune: int
    scheme: str
    kind: NoticeKind
    month: date
    payment: int


def ask_communes(*, questions: Iterable[Question], at: datetime) -> None:
    """Ask; a question that is open already is not asked twice."""
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
    ask_communes(questions=questions, at=at)
