"""Lists as long as a roll of N people makes them: paid months, overpayments, change requests, questions, pay days."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date
from functools import cache

from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from areas.models import Unit
from bench.copies import seal
from bench.world import LARGEST_WRITTEN
from beneficiaries.models import ChangeKind, ChangePath, ChangeRequest, Person
from beneficiaries.transitions import ChangeState
from benefits.models import Base
from desk.demonstration.post import deal_out, prepare_post
from payments.models import Batch, Excess, Payment
from payments.operations import batches
from payments.operations.batches import Voucher
from payments.operations.cycles import run_cycle
from payments.transitions import BatchState

MONTHS = (date(2024, 11, 1), date(2024, 12, 1))
# The third list looks back on everybody: a base of social protection turned out lower.
LAST = date(2025, 1, 1)
# The demonstration's people ask for this many changes a thousand; one in so many leaves money at the Post.
REQUESTS_A_THOUSAND, QUESTION_EVERY = 20, 40


def fill(*, people: int) -> None:
    """Pay three months, and give every list of the site its rows. What is there already is not made twice."""
    copies = -(-people // LARGEST_WRITTEN)
    if copies > 1:
        seal(copies)
    for month in MONTHS:
        run_cycle(month=month, at=timezone.now)
    if not Excess.objects.exists():
        Base.objects.create(
            base_code="BTXH_STANDARD", amount=450_000, applies_from=MONTHS[0], in_force_from=date(2024, 12, 10),
            legal_source="Nghị định thử", confidence="assumed",
        )  # fmt: skip
        run_cycle(month=LAST, at=timezone.now)
        _list_the_post()
        _ask_for_changes(people * REQUESTS_A_THOUSAND // 1000)
        _ask_the_communes()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _list_the_post() -> None:
    prepare_post(month=LAST)
    preparer, approver, accountant = (
        User.objects.get_or_create(username=f"bench-{name}")[0] for name in ("a", "b", "c")
    )
    at = timezone.now()
    for batch in Batch.objects.filter(round__cycle=LAST, provider="POST", state=BatchState.DRAFT):
        batches.submit(batch_id=batch.pk, by=preparer, at=at)
        batches.approve(batch_id=batch.pk, by=approver, at=at)
        voucher = Voucher(f"GRT-{batch.pk}", LAST, batch.amount)
        batches.fund(batch_id=batch.pk, voucher=voucher, by=accountant, at=at)
    deal_out(month=LAST, at=at)


def _ask_for_changes(count: int) -> None:
    """Every state a list can be filtered by; content and keys as the application writes them."""
    by, decider = (User.objects.get_or_create(username=f"bench-{name}")[0] for name in ("a", "b"))
    at, content = timezone.now(), json.dumps({"channel": "post"})
    states = (
        ChangeState.SUBMITTED,
        ChangeState.SUBMITTED,
        ChangeState.OPENED,
        ChangeState.DRAFT,
        ChangeState.WITHDRAWN,
    )
    every = max(Person.objects.count() // max(count, 1), 1)
    homes = Person.objects.filter(residences__valid_to=None).order_by("pk")
    made = []
    for number, (person, commune) in enumerate(homes.values_list("pk", "residences__commune")[::every]):
        state = states[number % len(states)]
        sent = state in (ChangeState.SUBMITTED, ChangeState.OPENED)
        opened = state == ChangeState.OPENED
        made.append(
            ChangeRequest(
                client_key=uuid.uuid4(),
                kind=ChangeKind.PAYOUT,
                path=ChangePath.APPLICATION,
                person_id=person,
                commune_id=commune,
                content=content,
                state=state,
                prepared_by=by,
                prepared_at=at,
                submitted_by=by if sent else None,
                submitted_at=at if sent else None,
                opened_by=decider if opened else None,
                opened_at=at if opened else None,
                decide_by=date(2025, 1, 20) if sent else None,
                scans_due=LAST if number % 3 else None,
            )
        )
    ChangeRequest.objects.bulk_create(made, batch_size=2000)


def _ask_the_communes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO postal_notice (person_id, commune_id, scheme, kind, month, payment_id, opened_at, answer) "
            "SELECT p.person_id, p.commune_id, b.scheme, 'uncollected', r.cycle_id, p.id, now(), '' "
            "FROM payments_payment p JOIN payments_batch b ON b.id = p.batch_id "
            "JOIN payments_round r ON r.id = b.round_id "
            "WHERE b.provider_id = 'POST' AND r.cycle_id = %s AND p.person_id %% %s = 0",
            [LAST, QUESTION_EVERY],
        )


def largest_commune(district: Unit) -> int:
    """The commune of the district where the most payments of the last list are due."""
    due = Payment.objects.filter(batch__round__cycle=LAST, commune__parent=district)
    found = due.values("commune").annotate(people=Count("pk")).order_by("-people")[0]
    return int(found["commune"])


def largest() -> list[str]:
    """Addresses from which to begin, so that the pages with the most rows are the ones met: the largest batch."""
    batch = Batch.objects.order_by("-count")[0]
    return [reverse("batch", args=[batch.pk])]


@cache
def number_of_somebody() -> str:
    """A whole identity number that is found."""
    found = Person.objects.exclude(national_id_index=None).order_by("-pk")[0]
    return str(found.national_id)


def far_behind(page: str, path: str) -> int | None:
    """The id of a row nine tenths down a list, where its pages go by keys."""
    if page == "people":
        return _at_nine_tenths(
            "SELECT id FROM beneficiaries_person ORDER BY name_sort, id", Person.objects.count()
        )
    if page == "batch":
        batch = int(re.findall(r"\d+", path)[0])
        return _at_nine_tenths(
            "SELECT y.id FROM payments_payment y JOIN beneficiaries_person p ON p.id = y.person_id "
            f"WHERE y.batch_id = {batch} ORDER BY p.name_sort, y.id",
            Payment.objects.filter(batch=batch).count(),
        )
    if page == "overpaid":
        return _at_nine_tenths("SELECT DISTINCT person_id FROM payments_excess ORDER BY 1", _excessive())
    if page == "changes":
        return _at_nine_tenths(
            "SELECT id FROM beneficiaries_changerequest ORDER BY id", ChangeRequest.objects.count()
        )
    return None


def _excessive() -> int:
    return Excess.objects.values("person").distinct().count()


def _at_nine_tenths(statement: str, count: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} OFFSET {count * 9 // 10} LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else None
