"""Who is registered already: by identity number, by account, and by a name and birth that are alike.

Looked for in the whole province, for whoever moves is registered elsewhere. What is shown of people outside the
reader's area is little: officers who decide see name, birth and commune; a commune sees initials, year and commune.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.access import Action, Reader
from beneficiaries.models import LikenessDecision, LikePair, PayoutMethod, Person, Precision, Residence
from common import sql
from common.cccd import mask
from common.text import fold

# More than these nobody compares; the closest come first.
MOST = 8


@dataclass(frozen=True, slots=True)
class Described:
    """Somebody as an application describes them; `old_number` is that of the card before."""

    name: str
    birth: date
    precision: str = Precision.DAY
    number: str = ""
    old_number: str = ""
    commune: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered person as this reader may know them; `url_id` is None where the reader may not open them."""

    person_id: int
    name: str
    birth: date
    precision: str
    number: str
    commune: str
    hamlet: str
    here: bool
    receives: bool
    url_id: int | None
    decided: str = ""


def description(described: Described) -> str:
    """What a decision on a likeness is kept under: the identity number; without one name, birth and commune."""
    return described.number or "|".join(
        (fold(described.name), f"{described.birth}", described.precision, str(described.commune or ""))
    )


def same_number(*, described: Described, reader: Reader, on: date) -> Registered | None:
    """The living person with the number, or the old number, of the described; None where there is none."""
    numbers = [number for number in (described.number, described.old_number) if number]
    found = (
        Person.objects.living().filter(national_id_index__in=numbers).order_by("pk").first()
        if numbers
        else None
    )
    return _registered([found.pk], described, reader, on)[0] if found else None


def same_account(
    *, provider: str, account: str, except_person: int | None, described: Described, reader: Reader, on: date
) -> list[Registered]:
    """Who else is paid to this account of this bank; at most MOST."""
    ids = (
        PayoutMethod.objects.filter(account_index=account, provider=provider, person__died_on=None)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
        .exclude(person=except_person)
        .order_by("person_id")
        .values_list("person_id", flat=True)
        .distinct()[:MOST]
    )
    return _registered(list(ids), described, reader, on)


def alike(*, described: Described, reader: Reader, on: date) -> list[Registered]:
    """Registered people with a like name and birth, the closest first, at most MOST; with what was decided of each."""
    year = described.birth.year
    params = {
        "folded": fold(described.name), "birth": described.birth, "precision": described.precision,
        "year_from": date(year, 1, 1), "year_to": date(year, 12, 31), "commune": described.commune,
        "today": on, "most": MOST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        found = sql.rows(cursor, "beneficiaries", "alike_people", params)
    return _registered([row["id"] for row in found], described, reader, on)


def registered(*, ids: Sequence[int], reader: Reader, on: date) -> dict[int, Registered]:
    """These people as this reader may know them, by id."""
    nobody = Described(name="", birth=on)
    return {one.person_id: one for one in _registered(list(ids), nobody, reader, on)}


def pairs_of(*, reader: Reader, on: date, decided: bool) -> QuerySet[LikePair]:
    """The pairs of which one at least lives in a commune whose people the reader sees."""
    current = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    here = Residence.objects.filter(current, commune__in=reader.units(Action.SEE_PEOPLE))
    one_lives_here = Exists(here.filter(person=OuterRef("first"))) | Exists(
        here.filter(person=OuterRef("second"))
    )
    found = LikePair.objects.filter(one_lives_here).select_related("decided_by")
    return found.exclude(verdict="") if decided else found.filter(verdict="")


def decisions_on(described: Described) -> list[LikenessDecision]:
    """What was decided about people like the one described, oldest first."""
    found = LikenessDecision.objects.filter(described_index=description(described))
    return list(found.select_related("person", "decided_by").order_by("pk"))


def undecided(people: Sequence[Registered]) -> list[Registered]:
    """Those about whom nobody has decided yet."""
    return [person for person in people if not person.decided]


def _registered(ids: list[int], described: Described, reader: Reader, on: date) -> list[Registered]:
    """The people of these ids, in this order."""
    current = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    people = Person.objects.prefetch_related("entitlements").in_bulk(ids)
    homes = {
        home.person_id: home
        for home in Residence.objects.filter(current, person__in=ids).select_related("commune")
    }
    decided = dict(
        LikenessDecision.objects.filter(person__in=ids, described_index=description(described)).values_list(
            "person_id", "verdict"
        )
    )
    return [_shown(people[pk], homes.get(pk), decided.get(pk, ""), described, reader, on) for pk in ids]


def _shown(
    person: Person, home: Residence | None, decided: str, described: Described, reader: Reader, on: date
) -> Registered:
    month = on.replace(day=1)
    commune = home.commune_id if home else None
    mine = commune is not None and reader.may(Action.SEE_PEOPLE, commune)
    decides = mine or reader.may(Action.MAKE_LISTS) or reader.may(Action.APPROVE)
    return Registered(
        person_id=person.pk,
        name=person.name if decides else initials(person.name),
        birth=person.birth_date if decides else person.birth_date.replace(month=1, day=1),
        precision=person.birth_precision if decides else Precision.YEAR,
        number=mask(person.national_id) if person.national_id and decides else "",
        commune=home.commune.name if home else "",
        hamlet=home.hamlet if home and mine else "",
        here=commune is not None and commune == described.commune,
        receives=any(
            grant.last_month is None or grant.last_month >= month for grant in person.entitlements.all()
        ),
        url_id=person.pk if mine else None,
        decided=decided,
    )


def initials(name: str) -> str:
    """The given name, and the first letters of the rest: `Đặng Thị Ước` → `Đ. T. Ước`."""
    *family, given = name.split() or [""]
    return " ".join([*(f"{word[0]}." for word in family), given])
