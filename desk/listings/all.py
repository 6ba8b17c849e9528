"""The lists that leave the page, each from the query and the row of the page itself, so that both show the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.http import OfficerRequest
from banks.queries.reconciling import exceptions
from beneficiaries import queries as people_queries
from beneficiaries import views as people_views
from common.keyset import number_of
from common.months import month_of, parse_month, show_birth, show_month
from desk.listings.columns import Column, Listing, Row, TooManyRows
from desk.queries import ahead as ahead_queries
from desk.queries.ahead_words import Words, words_of
from desk.views import ahead as ahead_views
from desk.views import changes as change_views
from desk.views import story as story_views
from payments.models import Batch, StatementKind
from payments.queries import batches as batch_queries
from payments.queries import overview
from payments.views.batch_page import checks_of, payment_row, payments_asked_for
from postal import words as postal_words
from postal.queries.settlement import open_notices


def _born(row: Row) -> str:
    return show_birth(row["birth"], row["birth_precision"])


def _people(request: OfficerRequest, most: int) -> Iterator[Row]:
    today, english = timezone.localdate(), (get_language() or "vi").startswith("en")
    _form, found = people_views.people_asked_for(request.GET, reader=request.reader, on=today)
    if people_queries.count_people(found, limit=most) is None:
        raise TooManyRows
    for person in people_queries.all_people(people=found, on=today, most=most + 1):
        yield people_views.row_of(person, request.reader, english)


def _payments(request: OfficerRequest, most: int) -> Iterator[Row]:
    number = number_of(request.GET.get("batch", ""))
    try:
        batch = batch_queries.find_batch(batch_id=number, reader=request.reader)
    except Batch.DoesNotExist as error:
        raise Http404 from error
    asked = payments_asked_for(request.GET, checks_of(batch))
    payments, payees = batch_queries.all_payments(batch=batch, **asked)
    for payment in payments[: most + 1]:
        yield payment_row(payment, payees.get(payment.person_id, []))


def _requests(request: OfficerRequest, most: int) -> Iterator[Row]:
    today = timezone.localdate()
    _which, _kind, found = change_views.requests_asked_for(request.GET, reader=request.reader, on=today)
    related = found.select_related("person", "commune", "submitted_by", "prepared_by")
    for one in related.order_by("prepared_at", "pk")[: most + 1]:
        yield change_views.row_of(one, today)


def _ahead(request: OfficerRequest, most: int) -> Iterator[Row]:
    today, english = timezone.localdate(), (get_language() or "vi").startswith("en")
    asked = ahead_views.coming_asked_for(request.GET, reader=request.reader, on=today)
    for it in ahead_queries.coming_all(reader=request.reader, on=today, most=most + 1, **asdict(asked)):
        yield {"it": it, "words": words_of(it, reader=request.reader, english=english)}


def _differences(request: OfficerRequest, most: int) -> list[dict[str, Any]]:
    months = overview.months()
    try:
        month = parse_month(request.GET.get("month", ""))
    except ValueError:
        month = months[0] if months else month_of(timezone.localdate())
    return exceptions(month=month, reader=request.reader, limit=most + 1)


def _notices(request: OfficerRequest, most: int) -> Iterator[Row]:
    for notice in open_notices(reader=request.reader)[: most + 1]:
        yield {"notice": notice, "todo": postal_words.NOTICES[notice.kind, notice.scheme]}


def _looks(request: OfficerRequest, most: int) -> list[Row]:
    return story_views.looked_at(request, most=most + 1)


def _to_do(words: Words) -> str:
    return "; ".join([words.to_do, *(name for _code, name in words.offers)])


def _plain(key: str, label: Any, *, number: bool = False) -> Column:
    return Column(key, label, lambda row: row[key], number)


PEOPLE = Listing(
    "people", _("Beneficiaries"), "people", Action.SEE_PEOPLE, ("q", "commune", "receives", "channel"),
    (
        _plain("name", _("Full name")),
        Column("birth", _("Born"), _born),
        _plain("national_id", _("Identity number")),
        _plain("commune", _("Commune")),
        _plain("hamlet", _("Hamlet")),
        Column("categories", _("Category"), lambda row: "; ".join(row["categories"])),
        Column("channel", _("Receives by"), lambda row: str(row["channel_label"])),
        Column("state", _("State"), lambda row: row["status_label"]),
    ),
    _people,
)  # fmt: skip
PAYMENTS = Listing(
    "payments", _("Payment list"), "batch", Action.SEE_PAYMENTS, (),
    (
        _plain("name", _("Full name")),
        Column("birth", _("Born"), _born),
        _plain("national_id", _("Identity number")),
        _plain("commune", _("Commune")),
        _plain("account", _("Account")),
        _plain("holder", _("Account holder")),
        Column("pay_at", _("Where paid"), lambda row: "" if row["account"] else str(row["pay_at"])),
        _plain("payee", _("Who collects")),
        _plain("amount", _("Amount"), number=True),
        Column("outcome", _("Outcome"), lambda row: str(row["outcome_label"])),
    ),
    _payments,
)  # fmt: skip
REQUESTS = Listing(
    "changes", _("Change requests"), "changes", Action.SEE_PEOPLE, ("view", "kind"),
    (
        _plain("name", _("Beneficiary")),
        Column("kind", _("What"), lambda row: str(row["kind"]).capitalize()),
        _plain("commune", _("Commune")),
        _plain("by", pgettext_lazy("sender", "From")),
        Column("at", _("Entered on"), lambda row: timezone.localtime(row["at"]).date()),
        Column("state", _("State"), lambda row: str(row["state_label"])),
        _plain("decide_by", _("Deadline")),
        _plain("scans_due", _("Scans to follow by")),
        _plain("reason", _("Reason")),
    ),
    _requests,
)  # fmt: skip
AHEAD = Listing(
    "ahead", _("Ahead of time"), "ahead", Action.SEE_PEOPLE, ("view", "commune", "kind", "month"),
    (
        Column("name", _("Full name"), lambda row: row["it"].name),
        Column("birth", _("Born"), lambda row: show_birth(row["it"].birth_date, row["it"].birth_precision)),
        Column("commune", _("Commune"), lambda row: row["it"].commune_name),
        Column("hamlet", _("Hamlet"), lambda row: row["it"].hamlet),
        Column("when", _("When"), lambda row: row["it"].on_day or show_month(row["it"].month)),
        Column("what", _("What comes"), lambda row: str(row["words"].label)),
        Column("benefit", _("Benefit"), lambda row: row["words"].benefit),
        Column("happens", _("By itself"), lambda row: row["words"].happens),
        Column("money", _("Amount"), lambda row: row["words"].money),
        Column("to_do", _("What you do"), lambda row: _to_do(row["words"])),
    ),
    _ahead,
)  # fmt: skip
DIFFERENCES = Listing(
    "differences", _("Differences"), "reconciliation", Action.SEE_PAYMENTS, ("month",),
    (
        Column("reference", _("Payment"), lambda row: str(row["reference"])),
        Column("provider", _("Provider"), lambda row: row["provider_id"]),
        Column("kind", _("Kind"), lambda row: str(StatementKind(row["kind"]).label)),
        Column("class", _("Class"), lambda row: str(row["label"])),
        _plain("expected", _("In our books"), number=True),
        _plain("reported", _("On the statement"), number=True),
        Column("owner", _("Owner"), lambda row: str(row["owner"] or "")),
        Column("text", _("Finding"), lambda row: str(row["text"] or "")),
    ),
    _differences,
)  # fmt: skip
NOTICES = Listing(
    "notices", _("Questions from the Post"), "post_notices", Action.SEE_PEOPLE, (),
    (
        Column("name", _("Full name"), lambda row: row["notice"].person.name),
        Column("commune", _("Commune"), lambda row: row["notice"].commune.name),
        Column("scheme", _("Scheme"), lambda row: str(row["notice"].get_scheme_display())),
        Column("kind", _("Question"), lambda row: str(row["notice"].get_kind_display())),
        Column("month", _("Month"), lambda row: show_month(row["notice"].month)),
        Column("amount", _("Amount"), lambda row: row["notice"].payment.amount, number=True),
        Column("todo", _("What to do"), lambda row: str(row["todo"])),
    ),
    _notices,
)  # fmt: skip
LOOKS = Listing(
    "looks", _("Numbers shown in full"), "looks", Action.SEE_AUDIT, (),
    (
        Column("at", _("When"), lambda row: f"{timezone.localtime(row['at']):%d/%m/%Y %H:%M}"),
        _plain("by", _("Who looked")),
        _plain("name", _("Whose number")),
        _plain("number", _("Which number")),
        _plain("reason", _("Reason")),
    ),
    _looks,
)  # fmt: skip
LISTINGS = {
    listing.key: listing for listing in (PEOPLE, PAYMENTS, REQUESTS, AHEAD, DIFFERENCES, NOTICES, LOOKS)
}
