"""Who stops a list that is being made, as far as the reader may know them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.access import Action, Reader
from areas.models import Level, Unit
from beneficiaries.models import Person, Residence
from payments.models import Round, Stop
from payments.queries.explain_words import category_name


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person who stops a slice, why, and by which category ('' where none is the cause, or its public name)."""

    person: Person
    commune: str
    reason: str
    category: str


def stopped_people(*, made: Round, reader: Reader) -> tuple[list[Stopped], int]:
    """The people who stop a round, by name, and how many more there are whom the reader does not see.

    Seen is who lives or lived in a commune whose people the reader sees; who has no residence at all, by whoever sees
    the whole province.
    """
    stops = Stop.objects.filter(slice__round=made)
    homes = Residence.objects.filter(person=OuterRef("person"))
    units = reader.units(Action.SEE_PEOPLE)
    everywhere = Unit.objects.filter(level=Level.PROVINCE, pk__in=units).exists()
    seen = Q(Exists(homes.filter(commune__in=units)))
    found: Iterable[Stop] = (
        stops.filter(seen | Q(~Exists(homes)) if everywhere else seen)
        .select_related("person", "category")
        .order_by("person__name_sort", "pk")
    )
    rows = list(found)
    where: dict[int, Residence] = {
        home.person_id: home
        for home in Residence.objects.filter(person__in=[stop.person_id for stop in rows])
        .select_related("commune")
        .order_by("valid_from")
    }
    decides = reader.units(Action.SEE_SENSITIVE)
    people = []
    for stop in rows:
        home = where.get(stop.person_id)
        reveals = home is not None and home.commune_id in decides
        people.append(
            Stopped(
                person=stop.person,
                commune=home.commune.name if home else "",
                reason=stop.reason,
                category=category_name(vars(stop.category), reveals) if stop.category else "",
            )
        )
    return people, stops.count() - len(people)
