"""What was paid too much and is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from accounts.access import Action, Reader
from beneficiaries.models import Person, Reckon, ReckonReason, Residence
from common import sql
from common.keyset import PAGE_SIZE, KeysetPage, Place, keyset_page
from payments.models import Cycle, Excess, OverpaidDecision
from payments.operations.generation import BALANCE

EVERYBODY = (0, 2**62)


@dataclass(frozen=True, slots=True)
class Overpaid:
    """One benefit's month: `overpaid` đồng more than due, of which decisions `covered` some already."""

    person_id: int
    name: str
    commune_id: int
    scheme: str
    entitlement_id: int
    category_id: str
    month: date
    due: int
    live: int
    overpaid: int
    covered: int

    @property
    def open(self) -> int:
        return max(self.overpaid - self.covered, 0)


def overpaid(*, reader: Reader, person_id: int | None = None) -> list[Overpaid]:
    """Overpaid months of one person, or of everybody whom the reader may see, by the law of the last cycle's list date.

    Everybody costs as much as all who were paid too much and all about whom there is news: pages take a page of them.
    """
    if person_id is not None:
        return _reckoned(reader, ("payments", "asked_overpaid_people"), [person_id])
    return _reckoned(reader, ("payments", "asked_overpaid"), [])


@dataclass(frozen=True, slots=True)
class OverpaidPage:
    """One page: `rows` are the months of its people; of `news` people something is not reckoned yet, and `waiting` wait
    for the next list because a change of law reaches back to months paid: what it makes too much is in no row."""

    page: KeysetPage[Person]
    rows: list[Overpaid]
    news: int
    waiting: int


def overpaid_page(*, reader: Reader, place: Place) -> OverpaidPage:
    """A page of the people whom the last reckoning found overpaid, each reckoned as of now.

    On the first page stand also those of the first fifty people with changed facts who would be overpaid by them.
    """
    homes = Residence.objects.filter(valid_to=None, commune__in=reader.units(Action.SEE_PAYMENTS))
    lives_here = Exists(homes.filter(person=OuterRef("pk")))
    people = Person.objects.filter(lives_here, pk__in=Excess.objects.values("person"))
    page = keyset_page(people, key="pk", place=place)
    queued = Reckon.objects.filter(person__in=homes.values("person"))
    asked = [person.pk for person in page.rows]
    if page.before is None:
        asked += list(
            queued.filter(reason=ReckonReason.CHANGED)
            .exclude(person__in=Excess.objects.values("person"))
            .order_by("person")
            .values_list("person", flat=True)
            .distinct()[:PAGE_SIZE]
        )
    by_law = Q(reason=ReckonReason.RATE)
    return OverpaidPage(
        page=page,
        rows=_reckoned(reader, ("payments", "asked_overpaid_people"), asked),
        **queued.aggregate(
            news=Count("person", distinct=True, filter=~by_law),
            waiting=Count("person", distinct=True, filter=by_law),
        ),
    )


def _reckoned(reader: Reader, asked: tuple[str, str], people: Sequence[int]) -> list[Overpaid]:
    last = Cycle.objects.order_by("-month").first()
    if last is None:
        return []
    low, high = (min(people), max(people) + 1) if people else EVERYBODY
    statement = sql.relations(asked, *BALANCE).replace(f"{asked[1]} AS (", "asked AS (", 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement}\n{sql.load('payments', 'overpaid')}",
            {
                "people": list(people),
                "person_from": low,
                "person_to": high,
                "last_month": last.last_month,
                "reckoned_on": last.reckoned_on,
                "birth_convention": settings.BIRTH_CONVENTION,
                "units": list(reader.units(Action.SEE_PAYMENTS)),
            },
        )
        columns = [column[0] for column in cursor.description]
        return [Overpaid(**dict(zip(columns, row, strict=True))) for row in cursor.fetchall()]


def home_of(*, reader: Reader, person_id: int) -> int | None:
    """The commune where a person lives whose payments the reader may see; None for anybody else."""
    homes = Residence.objects.filter(valid_to=None, commune__in=reader.units(Action.SEE_PAYMENTS))
    return homes.filter(person=person_id).values_list("commune_id", flat=True).first()


def decisions(*, reader: Reader) -> QuerySet[OverpaidDecision]:
    """Decisions on people whom the reader may see, with their `amount`, the latest first."""
    homes = Residence.objects.filter(valid_to=None, commune__in=reader.units(Action.SEE_PAYMENTS))
    found = OverpaidDecision.objects.filter(person__in=homes.values("person")).order_by("-pk")
    return found.select_related("person", "prepared_by", "confirmed_by").annotate(amount=Sum("items__amount"))


def waiting_decisions(*, reader: Reader) -> QuerySet[OverpaidDecision]:
    """Those that a second officer has not confirmed yet."""
    return decisions(reader=reader).filter(confirmed_at=None, cancelled_at=None)
