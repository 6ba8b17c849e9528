"""Change requests as officers see them: the list and its filters, what waits for whom, one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import Action, Reader
from beneficiaries.duplicates import Described, Registered, same_account
from beneficiaries.models import Attachment, ChangeKind, ChangeRequest, Precision, Residence
from beneficiaries.transitions import OPEN, TO_DECIDE, ChangeState
from common.keyset import KeysetPage, Place, keyset_page
from common.months import add_months, month_of
from payments.queries.overview import last_paid_month

MINE, DECIDE, RETURNED, LATE, SCANS, ALL = "mine", "decide", "returned", "late", "scans", "all"
CLOSE_BEFORE = 25  # the day of the month before which the lists of the next month close


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next list that a change comes into: its month, and the day before which the lists of that month close."""

    month: date
    closes: date


def next_deadline(on: date) -> Deadline:
    """Which list a change decided on that day still comes into."""
    last = last_paid_month()
    month = max(add_months(last, 1), month_of(on)) if last else month_of(on)
    while add_months(month, -1).replace(day=CLOSE_BEFORE) <= on:
        month = add_months(month, 1)
    return Deadline(month, add_months(month, -1).replace(day=CLOSE_BEFORE))


def visible_requests(reader: Reader) -> QuerySet[ChangeRequest]:
    """The requests from communes whose people the reader may see; what is not submitted, only who may enter it."""
    submitted = Q(commune__in=reader.units(Action.SEE_PEOPLE)) & ~Q(
        state__in=(ChangeState.DRAFT, ChangeState.WITHDRAWN)
    )
    return ChangeRequest.objects.filter(submitted | Q(commune__in=reader.units(Action.REQUEST_CHANGE)))


def readable_requests(reader: Reader) -> QuerySet[ChangeRequest]:
    """The visible requests, and the moves of people of the reader's communes that the place they go to asks for."""
    homes = Residence.objects.filter(valid_to__isnull=True, commune__in=reader.units(Action.SEE_PEOPLE))
    leaving = Q(Exists(homes.filter(person=OuterRef("person"))), kind=ChangeKind.MOVE) & ~Q(
        state__in=(ChangeState.DRAFT, ChangeState.WITHDRAWN)
    )
    moves = ChangeRequest.objects.filter(leaving).values("pk")
    return ChangeRequest.objects.filter(Q(pk__in=visible_requests(reader).values("pk")) | Q(pk__in=moves))


def requests_of(*, reader: Reader, which: str, on: date, kind: str = "") -> QuerySet[ChangeRequest]:
    """The visible requests of one view: entered by the reader and open; to be decided by them; to be completed, which
    were returned or begun by others, as by the Post; past the deadline; without the scans that were to follow; all."""
    found = visible_requests(reader)
    here = Q(commune__in=reader.units(Action.REQUEST_CHANGE))
    own = Q(prepared_by=reader.user_id) | Q(submitted_by=reader.user_id)
    match which:
        case "mine":
            found = found.filter(own, state__in=OPEN)
        case "decide":
            found = found.filter(~own, commune__in=reader.units(Action.DECIDE_CHANGE), state__in=TO_DECIDE)
        case "returned":
            found = found.filter(here, Q(state=ChangeState.RETURNED) | Q(state=ChangeState.DRAFT) & ~own)
        case "late":
            found = found.filter(state__in=TO_DECIDE, decide_by__lt=on)
        case "scans":
            found = found.filter(scans_due__isnull=False).exclude(
                state__in=(ChangeState.WITHDRAWN, ChangeState.REFUSED)
            )
            found = found.filter(~Exists(Attachment.objects.filter(request=OuterRef("pk"))))
    return found.filter(kind=kind) if kind else found


def views_of(reader: Reader) -> list[str]:
    """Which views of the list this reader has a use for, the most urgent first."""
    found = []
    if reader.may(Action.DECIDE_CHANGE):
        found.append(DECIDE)
    if reader.may(Action.REQUEST_CHANGE):
        found += [MINE, RETURNED, SCANS]
    return [*found, LATE, ALL]


def requests_page(found: QuerySet[ChangeRequest], place: Place) -> KeysetPage[ChangeRequest]:
    """A page of requests in the order in which they were entered."""
    related = ("person", "commune", "submitted_by", "prepared_by", "opened_by")
    return keyset_page(found.select_related(*related), key="prepared_at", place=place)


def find_request(*, reader: Reader, request_id: int) -> ChangeRequest:
    """One request that the reader may read; ChangeRequest.DoesNotExist elsewhere."""
    related = (
        "person",
        "commune__parent",
        "submitted_by",
        "prepared_by",
        "opened_by",
        "decided_by",
        "part_of",
    )
    return readable_requests(reader).select_related(*related).get(pk=request_id)


def newcomer(request: ChangeRequest) -> Described | None:
    """Whom a request for a new grant describes; None where they are on record, or name and birth are missing."""
    person = request.asked.get("person", {})
    if (
        request.kind != ChangeKind.NEW
        or request.person_id
        or not (person.get("name") and person.get("birth_date"))
    ):
        return None
    return Described(
        name=person["name"],
        birth=date.fromisoformat(person["birth_date"]),
        precision=person.get("birth_precision", Precision.DAY),
        number=person.get("national_id", ""),
        commune=request.commune_id,
    )


def others_paid_to(request: ChangeRequest, *, reader: Reader, on: date) -> list[Registered]:
    """Who else is paid to the account that an open request asks for, as this reader may know them."""
    asked = request.asked
    payout = asked if request.kind == ChangeKind.PAYOUT else asked.get("payout", {})
    provider, account = payout.get("provider", ""), "".join(str(payout.get("account", "")).split())
    if request.state not in OPEN or not (provider and account):
        return []
    here = Described(name="", birth=on, commune=request.commune_id)
    return same_account(
        provider=provider,
        account=account,
        except_person=request.person_id,
        described=here,
        reader=reader,
        on=on,
    )


def open_requests_of(*, reader: Reader, person_id: int) -> list[ChangeRequest]:
    """The open requests about one person that the reader may read."""
    return list(readable_requests(reader).filter(person=person_id, state__in=OPEN).order_by("pk"))


def waiting(*, reader: Reader, on: date) -> list[dict[str, Any]]:
    """How many requests wait for the reader, by view, with those past their deadline; views of none are left out."""
    rows = []
    for which in (DECIDE, RETURNED, SCANS):
        if which not in views_of(reader):
            continue
        found = requests_of(reader=reader, which=which, on=on)
        count = found.count()
        if count:
            late = found.filter(scans_due__lt=on) if which == SCANS else found.filter(decide_by__lt=on)
            rows.append({"which": which, "count": count, "late": late.count()})
    return rows
