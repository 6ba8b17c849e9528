"""Reads of people. Every one takes the reader: who lives elsewhere does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.access import Action, Reader
from areas.models import Unit
from beneficiaries.collecting import may_collect
from beneficiaries.models import (
    Channel,
    Entitlement,
    Obstacle,
    Payee,
    PayoutMethod,
    Person,
    Residence,
)
from benefits.models import Category
from common.keyset import KeysetPage, Place, keyset_page, slice_page
from common.months import month_of
from common.text import fold

IDENTITY_DIGITS = (9, 12)
NARROW_UNITS = 6


def visible_people(*, reader: Reader, on: date) -> QuerySet[Person]:
    """The people who live, on that day, in a commune whose people the reader may see."""
    return Person.objects.filter(_lives_in(reader.units(Action.SEE_PEOPLE), on))


def is_visible(person_id: int | None, *, reader: Reader, on: date) -> bool:
    """Whether the reader may open that person's page."""
    return person_id is not None and visible_people(reader=reader, on=on).filter(pk=person_id).exists()


def find_people(
    *,
    reader: Reader,
    on: date,
    words: str = "",
    commune: int | None = None,
    scheme: str = "",
    category: str = "",
    channel: str = "",
) -> QuerySet[Person]:
    """Visible people who fit. `words` are parts of a name, with or without diacritics, or a whole identity number.

    Whoever may not see a sensitive category finds nobody by it.
    """
    units = reader.units(Action.SEE_PEOPLE)
    people = Person.objects.filter(_lives_in(units & {commune} if commune else units, on))
    if is_identity_number(words):
        people = people.filter(national_id_index=words)
    elif words:
        for word in fold(words).split():
            people = people.filter(name_folded__contains=word)
    if scheme:
        people = people.filter(_granted(on, Q(category__scheme=scheme)))
    if category:
        people = people.filter(_granted(on, Q(category=category)))
        deciding = reader.units(Action.SEE_SENSITIVE)
        if not units <= deciding:
            told_of = Exists(Category.objects.filter(pk=category, sensitive=False))
            people = people.filter(told_of | _lives_in(deciding, on))
    if channel:
        by_account = Exists(
            PayoutMethod.objects.filter(_current(on), person=OuterRef("pk"), channel=Channel.BANK)
        )
        people = people.filter(by_account if channel == Channel.BANK else ~by_account)
    return people


def is_identity_number(words: str) -> bool:
    """Whether the words are a citizen identity number (12 digits) or an older card's (9)."""
    return words.isascii() and words.isdigit() and len(words) in IDENTITY_DIGITS


def people_page(
    *, people: QuerySet[Person], on: date, place: Place, narrow: bool = False
) -> tuple[KeysetPage[Person], int | None]:
    """A page of people in Vietnamese order of names, each with its homes, grants and way of being paid on the day in
    `current_homes`, `current_grants` and `current_methods`; and how many they are, as far as it was counted.

    `narrow`: they are those of a commune or two, of which one pass tells both. Otherwise they are looked for along the
    index of all names, which for so few may mean to read a tenth of the province, and counted only where one begins
    to read.
    """
    shown = people.prefetch_related(*_listed(on))
    if narrow:
        found = sorted(people.order_by().values_list("name_sort", "pk"))
        page = slice_page([pk for _name, pk in found], place=place)
        rows = list(shown.order_by("name_sort", "pk").filter(pk__in=page.rows))
        return KeysetPage(rows, page.after, page.before), len(found)
    begins = not (place.after or place.before)
    return keyset_page(shown, key="name_sort", place=place), count_people(people) if begins else None


def is_narrow(*, reader: Reader, commune: int | None) -> bool:
    """Whether a list is of one commune, or of the few units, with their predecessors, of a commune's officer."""
    return bool(commune) or len(reader.units(Action.SEE_PEOPLE)) <= NARROW_UNITS


def all_people(*, people: QuerySet[Person], on: date, most: int) -> Iterator[Person]:
    """The same people as on all its pages, at most so many, a few at a time."""
    ordered = people.prefetch_related(*_listed(on)).order_by("name_sort", "pk")[:most]
    return ordered.iterator(chunk_size=2000)


def count_people(people: QuerySet[Person], *, limit: int = 10_000) -> int | None:
    """How many people; None above the limit, where counting costs more than it tells."""
    count = people.order_by()[: limit + 1].count()
    return count if count <= limit else None


def find_person(*, person_id: int, reader: Reader, on: date) -> Person:
    """One person with all that is on record; Person.DoesNotExist outside the reader's area."""
    grants = Entitlement.objects.select_related("category", "linked_person").prefetch_related(
        "suspensions", "child_rows"
    )
    return (
        _with_current(visible_people(reader=reader, on=on), on)
        .prefetch_related(Prefetch("entitlements", grants.order_by("-from_month", "pk"), to_attr="grants"))
        .get(pk=person_id)
    )


def with_homes(*, on: date) -> QuerySet[Person]:
    """People with where they live that day in `current_homes`; of anywhere, so the caller has asked who may know."""
    homes = Residence.objects.filter(_current(on)).select_related("commune")
    return Person.objects.prefetch_related(Prefetch("residences", homes, to_attr="current_homes"))


def communes_of(*, reader: Reader, on: date) -> QuerySet[Unit]:
    """The communes where people live whom the reader may see."""
    lived_in = Exists(Residence.objects.filter(_current(on), commune=OuterRef("pk")))
    return Unit.objects.filter(lived_in, pk__in=reader.units(Action.SEE_PEOPLE)).order_by("name", "code")


def categories_for(*, reader: Reader) -> QuerySet[Category]:
    """The monthly categories that the reader may search by."""
    categories = Category.objects.filter(kind="monthly").order_by("-scheme", "code")
    return categories if reader.may(Action.SEE_SENSITIVE) else categories.filter(sensitive=False)


def category_names(*, person: Person, reader: Reader, english: bool) -> list[str]:
    """What the person receives, as this reader may know it; no name twice."""
    names = [category_name(category=grant.category, person=person, reader=reader, english=english)
             for grant in person.current_grants]  # type: ignore[attr-defined]  # fmt: skip
    return list(dict.fromkeys(names))


def category_name(*, category: Category, person: Person, reader: Reader, english: bool) -> str:
    """A category's name; the public one where it is sensitive and the reader does not decide where the person lives."""
    homes = person.current_homes  # type: ignore[attr-defined]
    reveals = any(reader.may(Action.SEE_SENSITIVE, home.commune_id) for home in homes)
    if category.sensitive and not reveals:
        return category.public_name_en if english else category.public_name_vi
    return category.name_en if english else category.name_vi


def collectors(*, person: Person, on: date) -> list[Payee]:
    """Who may collect for a person on a day, besides the person (`beneficiaries.collecting`)."""
    payees = Payee.objects.filter(_current(on), person=person).order_by("pk")
    return [payee for payee in payees if may_collect(payee, died_on=person.died_on, on=on)]


def _listed(on: date) -> tuple[Prefetch[Any], ...]:
    homes = Residence.objects.filter(_current(on)).select_related("commune__paying_unit", "commune__parent")
    grants = (
        Entitlement.objects.filter(_running(on)).select_related("category").order_by("category__scheme", "pk")
    )
    methods = PayoutMethod.objects.filter(_current(on)).select_related("provider")
    return (
        Prefetch("residences", homes, to_attr="current_homes"),
        Prefetch("entitlements", grants, to_attr="current_grants"),
        Prefetch("payout_methods", methods, to_attr="current_methods"),
    )


def _with_current(people: QuerySet[Person], on: date) -> QuerySet[Person]:
    payees = Payee.objects.filter(_current(on), _not_revoked(on)).order_by("pk")
    return people.prefetch_related(
        *_listed(on),
        Prefetch("payees", payees, to_attr="current_payees"),
        Prefetch("obstacles", Obstacle.objects.filter(resolved_on=None), to_attr="current_obstacles"),
    )


def _current(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def _not_revoked(on: date) -> Q:
    return Q(revoked_on__isnull=True) | Q(revoked_on__gt=on)


def _running(on: date) -> Q:
    month = month_of(on)
    return Q(from_month__lte=month) & (Q(last_month__isnull=True) | Q(last_month__gte=month))


def _lives_in(units: frozenset[int], on: date) -> Exists:
    return Exists(Residence.objects.filter(_current(on), person=OuterRef("pk"), commune__in=units))


def _granted(on: date, which: Q) -> Exists:
    return Exists(Entitlement.objects.filter(_running(on), which, person=OuterRef("pk")))
