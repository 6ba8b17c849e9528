"""Lists of other offices as officers see them: those of their own, and the matches in their communes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from beneficiaries.models import Person, Residence
from beneficiaries.roll.civil_list import NEAR_POOR, POOR
from common.cccd import mask
from common.keyset import KeysetPage, Place, keyset_page
from desk.models import CivilList, CivilMatch, Effect, Likeness, MatchVerdict


@dataclass(frozen=True, slots=True)
class Shown:
    """One match beside the person, as this reader may know them; `benefit` is what a lost condition was for."""

    match: CivilMatch
    name: str
    said: dict[str, Any]
    said_number: str
    birth: date | None
    died_on: date | None
    household: str
    person: Person | None
    person_number: str
    hamlet: str
    benefit: str
    to_decide: bool
    to_draft: bool


def visible_matches(reader: Reader) -> QuerySet[CivilMatch]:
    """The matches in communes whose people the reader may see, of kept lists and of the reader's own previews."""
    return CivilMatch.objects.filter(
        Q(list__kept_at__isnull=False) | Q(list__by=reader.user_id),
        commune__in=reader.units(Action.SEE_PEOPLE),
    )


def visible_lists(reader: Reader) -> QuerySet[CivilList]:
    """The reader's own lists, and the kept ones that match somebody in the reader's communes."""
    here = visible_matches(reader).filter(list=OuterRef("pk"))
    return CivilList.objects.filter(Q(by=reader.user_id) | Q(Exists(here), kept_at__isnull=False))


def open_matches(reader: Reader, kind: str) -> QuerySet[CivilMatch]:
    """What waits for somebody: visible matches of kept lists that are neither drafted nor decided as somebody else."""
    settled = Q(verdict=MatchVerdict.SAME, absent_from__isnull=False) | Q(
        verdict=MatchVerdict.DIFFERENT, absent_from=None
    )
    return (
        visible_matches(reader)
        .filter(list__kind=kind, list__kept_at__isnull=False, request=None)
        .exclude(settled | Q(effect=Effect.KNOWN_DEAD))
    )


def counts_of(matches: QuerySet[CivilMatch]) -> dict[str, Any]:
    """How many of the matches: `effects` [(label, count)] of those there are, `alike`, and `absent`, who lose only
    where the list is complete."""
    effects = dict(matches.values_list("effect").annotate(count=Count("pk")))
    absent, alike = (
        Count("pk", filter=Q(absent_from__isnull=False)),
        Count("pk", filter=Q(likeness=Likeness.ALIKE)),
    )
    labels = [(Effect(one).label, effects[one]) for one in Effect.values if one in effects]
    return {"effects": labels} | matches.aggregate(absent=absent, alike=alike)


def matches_page(matches: QuerySet[CivilMatch], place: Place) -> KeysetPage[CivilMatch]:
    """A page of matches in the order of the lists and their rows."""
    homes = Residence.objects.filter(valid_to=None)
    related = ("list", "person", "commune", "entitlement__category", "request", "absent_from")
    people = Prefetch("person__residences", homes, to_attr="homes_now")
    rows = matches.select_related(*related).defer("list__problems", "list__communes").prefetch_related(people)
    return keyset_page(rows, key="list_id", place=place)


def shown(match: CivilMatch, *, reader: Reader, english: bool) -> Shown:
    """A match for a page; numbers masked, a category that tells of HIV by its public name (rule H01)."""
    said = json.loads(match.said)
    person = match.person
    homes = getattr(person, "homes_now", []) if person else []
    may = reader.may(Action.REQUEST_CHANGE, match.commune_id) and match.list.kept_at is not None
    return Shown(
        match=match,
        name=person.name if person else said["name"],
        said=said,
        said_number=mask(said["national_id"]) if said.get("national_id") else "",
        birth=date.fromisoformat(said["birth"]) if said.get("birth") else None,
        died_on=date.fromisoformat(said["died_on"]) if said.get("died_on") else None,
        household=_household(said.get("household", "")) if match.list.month and said else "",
        person=person,
        person_number=mask(person.national_id) if person and person.national_id else "",
        hamlet=homes[0].hamlet if homes else "",
        benefit=_benefit(match, reader, english),
        to_decide=may and match.likeness == Likeness.ALIKE and not match.verdict,
        to_draft=may and match.request is None and match.holds and match.effect != Effect.KNOWN_DEAD,
    )


def _household(code: str) -> str:
    return {POOR: _("poor household"), NEAR_POOR: _("near-poor household")}.get(
        code, _("neither poor nor near-poor")
    )


def _benefit(match: CivilMatch, reader: Reader, english: bool) -> str:
    if match.entitlement is None:
        return ""
    category = match.entitlement.category
    if category.sensitive and not reader.may(Action.SEE_SENSITIVE, match.commune_id):
        return category.public_name_en if english else category.public_name_vi
    return category.name_en if english else category.name_vi
