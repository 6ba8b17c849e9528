"""The story of a person or a batch, newest first, in pages by key: a page costs what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from accounts.access import Action, Reader
from audit.models import Entry, EntryKind
from beneficiaries.models import Entitlement, Person
from beneficiaries.queries import visible_people
from common import sql
from payments.models import Batch, Event, Payment
from payments.queries.batches import find_batch

PAGE = 50
# Where a person's benefit cannot be guessed from what a row says.
_TELLS_NO_BENEFIT = {
    "beneficiaries_person", "beneficiaries_residence", "beneficiaries_payoutmethod", "beneficiaries_payee",
    "beneficiaries_obstacle",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """The step before which a page begins; written in an address as `microseconds.what.id`."""

    at: datetime
    what: str
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Steps newest first, each an Entry, an Event or a Payment with its moment; `next` where the next page begins."""

    steps: list[tuple[datetime, Entry | Event | Payment]]
    next: Place | None


def find_person_to_audit(*, person_id: int, reader: Reader, on: date) -> Person:
    """The person, where the reader sees both people and the audit; Person.DoesNotExist elsewhere."""
    return _people_to_audit(reader, on).get(pk=person_id)


def looks(*, reader: Reader, on: date, most: int, before: int = 0) -> list[tuple[Entry, Person]]:
    """Who saw a number of whom in full, newest first, at most so many; with `before` those earlier than that entry."""
    found = Entry.objects.filter(kind=EntryKind.LOOK, person_id__in=_people_to_audit(reader, on).values("pk"))
    if before:
        found = found.filter(pk__lt=before)
    entries = list(found.order_by("-pk")[:most])
    people = Person.objects.in_bulk([entry.person_id for entry in entries])
    return [(entry, people[entry.person_id]) for entry in entries]


def _people_to_audit(reader: Reader, on: date) -> QuerySet[Person]:
    units = reader.units(Action.SEE_AUDIT)
    here = Reader(user_id=reader.user_id, grants=tuple((role, ids & units) for role, ids in reader.grants))
    return visible_people(reader=here, on=on)


def find_batch_to_audit(*, batch_id: int, reader: Reader) -> Batch:
    """The batch, where the reader sees both payments and the audit; Batch.DoesNotExist elsewhere."""
    found = find_batch(batch_id=batch_id, reader=reader)
    if not reader.may(Action.SEE_AUDIT, found.unit_id):
        raise Batch.DoesNotExist
    return found


def person_story(*, person: Person, before: Place | None) -> Page:
    """A page of what was entered, changed, looked at, paid and reported of a person. The caller checked the reader."""
    return _page("person_story", "person_id", person.pk, before)


def batch_story(*, batch: Batch, before: Place | None) -> Page:
    """A page of a batch's changes and moves and of its payments' outcomes. The caller checked the reader."""
    return _page("batch_story", "batch_id", batch.pk, before)


def hides_benefits(*, person: Person, reader: Reader, on: date) -> bool:
    """Whether what this person is granted must not be read out to this reader (rule H01): HIV, now or earlier."""
    homes = (
        person.residences.filter(valid_from__lte=on).order_by("-valid_from").values_list("commune", flat=True)
    )
    commune = homes.first()
    if commune is not None and reader.may(Action.SEE_SENSITIVE, commune):
        return False
    return Entitlement.objects.filter(person=person, category__sensitive=True).exists()


def tells_a_benefit(entry: Entry) -> bool:
    """Whether an entry's columns may tell which benefit a person has."""
    return entry.table_name not in _TELLS_NO_BENEFIT


def _page(name: str, key: str, value: int, before: Place | None) -> Page:
    params = {
        key: value,
        "before_at": before.at if before else None,
        "before_what": before.what if before else "",
        "before_id": before.id if before else 0,
        "size": PAGE + 1,
    }
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "desk", name, params)
    shown = rows[:PAGE]
    found = {
        "entry": Entry.objects.in_bulk(_ids(shown, "entry")),
        "event": Event.objects.select_related(
            "by", "payment__person", "payment__batch__provider", "batch"
        ).in_bulk(_ids(shown, "event")),
        "payment": Payment.objects.select_related("batch__round", "batch__provider").in_bulk(
            _ids(shown, "payment")
        ),
    }
    last = shown[-1] if len(rows) > PAGE else None
    return Page(
        steps=[(row["at"], found[row["what"]][row["id"]]) for row in shown],  # type: ignore[index]
        next=Place(last["at"], last["what"], last["id"]) if last else None,
    )


def _ids(rows: Sequence[dict[str, object]], what: str) -> list[object]:
    return [row["id"] for row in rows if row["what"] == what]
