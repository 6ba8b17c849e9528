"""Who is still paid through the Post, why, and whom the commune tells next; account-opening days of the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Left
from django.db.models.lookups import Exact

from accounts.access import Action, Reader
from beneficiaries.models import (
    Campaign,
    Candidate,
    CandidateState,
    Channel,
    Entitlement,
    Group,
    ObstacleReason,
    Outreach,
    OutreachPlan,
    Person,
    Residence,
)
from beneficiaries.next_steps import FAILED, UNVERIFIED
from beneficiaries.operations.payouts import holder_may_be_paid
from benefits.models import Scheme
from common.keyset import KeysetPage, Place, slice_page
from common.months import month_of

ELDERLY_FROM = 60  # Law on the Elderly 39/2009/QH12, Art. 2
# Poor by what they receive. The two HIV categories ask for poverty too and stay out: the group must not tell of them.
POOR = ("BTXH_5.4", "BTXH_5.5a", "BTXH_5.5b", "BTXH_5.5d", "BTXH_5.7")
DISABLED = "BTXH_5.6"
NO_REASON = "none"
# A queryset of people with what `on_the_post` puts beside them, which the type checker does not follow.
OnThePost = Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the worklist; `due` keeps those to be asked by that day, '' filters nothing."""

    commune: int
    hamlet: str = ""
    hamlets: tuple[str, ...] = ()
    reason: str = ""
    group: str = ""
    due: date | None = None


class _Padded(Func):
    """A hamlet's name with its single digits padded, so that Khu phố 10 comes after Khu phố 2."""

    function = "regexp_replace"
    template = r"%(function)s(%(expressions)s, '\m([0-9])\M', '0\1', 'g')"
    output_field = TextField()


def on_the_post(*, reader: Reader, wanted: Wanted, on: date) -> OnThePost:
    """People of one commune of the reader who receive something and whose money goes through the Post, with `hamlet`,
    `standing`, `noted_on` and `ask_again_on` beside, and `place` to order by.

    `standing` is why: an account in trouble, else the person's obstacle, '' where none is noted.
    """
    units = reader.units(Action.SEE_PEOPLE) & {wanted.commune}
    current = Q(residences__valid_from__lte=on) & (
        Q(residences__valid_to__isnull=True) | Q(residences__valid_to__gte=on)
    )
    by_account = Q(payout_methods__channel=Channel.BANK, payout_methods__valid_from__lte=on) & (
        Q(payout_methods__valid_to__isnull=True) | Q(payout_methods__valid_to__gte=on)
    )
    people = (
        Person.objects.living()
        .annotate(home=FilteredRelation("residences", condition=current))
        .filter(_receives(on), home__commune__in=units)
        .annotate(
            open_obstacle=FilteredRelation("obstacles", condition=Q(obstacles__resolved_on__isnull=True)),
            method=FilteredRelation("payout_methods", condition=by_account),
        )
        .filter(Q(method__id__isnull=True) | Q(method__verified_on__isnull=True) | Q(method__failed_on__isnull=False))
        .annotate(
            hamlet=F("home__hamlet"),
            standing=Case(
                When(method__failed_on__isnull=False, then=Value(FAILED)),
                When(method__id__isnull=False, then=Value(UNVERIFIED)),
                default=Coalesce("open_obstacle__reason", Value("")),
                output_field=TextField(),
            ),
            noted_on=F("open_obstacle__noted_on"),
            ask_again_on=F("open_obstacle__ask_again_on"),
            place=Concat(_Padded("home__hamlet"), Value("\x1f"), "name_sort", output_field=TextField(db_collation="C")),
        )
    )  # fmt: skip
    return _wanted(people, wanted, on)


def worklist(people: OnThePost, *, place: Place) -> tuple[KeysetPage[Person], dict[str, int]]:
    """A page of these people by `place`, and how many of them there are for each `standing`.

    Each of a commune's people has to be looked at for the counts, so once is enough: they are ordered here.
    """
    found = sorted(people.order_by().values_list("place", "pk", "standing"))
    page = slice_page([pk for _place, pk, _standing in found], place=place)
    shown = list(people.order_by("place", "pk").filter(pk__in=page.rows))
    counts = Counter(standing for _place, _pk, standing in found)
    return KeysetPage(shown, page.after, page.before), dict(counts)


def hamlets_of(*, commune: int, on: date) -> list[str]:
    """The hamlets where people of a commune live, in order."""
    homes = Residence.objects.filter(_current(on), commune=commune).exclude(hamlet="").values("hamlet")
    return list(
        homes.annotate(place=_Padded(Max("hamlet"))).order_by("place").values_list("hamlet", flat=True)
    )


def homes_of(*, people: Iterable[int], units: frozenset[int], on: date) -> dict[int, int]:
    """The commune of those of these people who live in one of these units on the day."""
    homes = Residence.objects.filter(_current(on), person__in=list(people), commune__in=units)
    return dict(homes.values_list("person_id", "commune_id"))


def names_of(people: Iterable[int]) -> list[Person]:
    """These people, in order of names; the caller has found them in the reader's area."""
    return list(Person.objects.filter(pk__in=list(people)).order_by("name_sort", "pk"))


def last_told(people: Iterable[int]) -> dict[int, Outreach]:
    """The last time each person was told."""
    rows = (
        Outreach.objects.filter(person__in=list(people)).order_by("person", "-on", "-pk").distinct("person")
    )
    return {row.person_id: row for row in rows}


def invited(people: Iterable[int]) -> dict[int, Campaign]:
    """The account-opening day to which each person is invited, the latest."""
    rows = Candidate.objects.filter(person__in=list(people), campaign__ended_at__isnull=True).exclude(
        state__in=(CandidateState.LEFT, CandidateState.SWITCHED)
    )
    return {
        row.person_id: row.campaign
        for row in rows.select_related("campaign__provider").order_by("campaign__on")
    }


def told_about(*, person_id: int) -> list[Outreach]:
    """What one person was told and answered, newest first; the caller has found the person in the reader's area."""
    return list(
        Outreach.objects.filter(person=person_id).select_related("noted_by").order_by("-on", "-pk")[:20]
    )


def plans_of(*, reader: Reader, commune: int, month: date) -> QuerySet[OutreachPlan]:
    """What a commune of the reader's planned for a month, with how many were told."""
    units = reader.units(Action.SEE_PEOPLE) & {commune}
    plans = OutreachPlan.objects.filter(commune__in=units, month=month, withdrawn=False)
    return plans.annotate(told=Count("outreach")).order_by("on", "pk")


def visible_campaigns(reader: Reader) -> QuerySet[Campaign]:
    """Account-opening days of the reader's communes, the newest first, with their numbers."""

    def of(*states: CandidateState) -> Count:
        return Count("candidates", filter=Q(candidates__state__in=states))

    return (
        Campaign.objects.filter(commune__in=reader.units(Action.SEE_PEOPLE))
        .select_related("commune", "provider", "made_by", "sent_by", "ended_by")
        .annotate(
            listed=Count("candidates", filter=~Q(candidates__state=CandidateState.LEFT)),
            opened=of(CandidateState.OPENED),
            differing=of(CandidateState.DIFFERS),
            switched=of(CandidateState.SWITCHED),
        )
        .order_by("-on", "-pk")
    )


def candidates_of(campaign: Campaign, *, on: date) -> list[Any]:
    """Everybody who was ever on a day's list, in its order, each with `hamlet`."""
    rows = campaign.candidates.select_related(
        "person", "payout_method", "approved_by", "accepted_by"
    ).order_by("number")
    homes = Residence.objects.filter(_current(on), person__candidacies__campaign=campaign)
    hamlets = dict(homes.values_list("person_id", "hamlet"))
    found: list[Any] = list(rows)
    for row in found:
        row.hamlet = hamlets.get(row.person_id, "")
    return found


def differing_of(campaign: Campaign, *, on: date) -> list[tuple[Candidate, bool]]:
    """Whose account stands in another name, each with whether that holder may be paid for them on a day."""
    rows = campaign.candidates.filter(state=CandidateState.DIFFERS).select_related("person")
    return [
        (one, holder_may_be_paid(person=one.person, holder=one.holder, on=on))
        for one in rows.prefetch_related("person__payees").order_by("number")
    ]


def campaigns_to_approve(reader: Reader) -> int:
    """In how many days' lists opened accounts wait for this reader as the second officer."""
    waiting = Candidate.objects.filter(
        state=CandidateState.OPENED,
        campaign__commune__in=reader.units(Action.DECIDE_CHANGE),
        campaign__ended_at__isnull=True,
    ).exclude(read_by=reader.user_id)
    return waiting.values("campaign").distinct().count()


def _wanted(people: OnThePost, wanted: Wanted, on: date) -> OnThePost:
    hamlets = [wanted.hamlet] if wanted.hamlet else list(wanted.hamlets)
    if hamlets:
        people = people.filter(hamlet__in=hamlets)
    if wanted.reason:
        people = people.filter(standing="" if wanted.reason == NO_REASON else wanted.reason)
    if wanted.due:
        not_to_ask = (ObstacleReason.CHOOSES_CASH, UNVERIFIED, FAILED)
        waits_until = Q(ask_again_on__isnull=True) | Q(ask_again_on__lte=wanted.due)
        people = people.filter(waits_until).exclude(standing__in=not_to_ask)
    return people.filter(_in_group(wanted.group, on)) if wanted.group else people


def _in_group(group: str, on: date) -> Q | Exists:
    match group:
        case Group.ELDERLY:
            day = min(on.day, 28) if (on.month, on.day) == (2, 29) else on.day
            return Q(birth_date__lte=on.replace(year=on.year - ELDERLY_FROM, day=day))
        case Group.DISABLED:
            # By a prefix (LIKE) the planner would read all of the province's by the index of categories.
            return _receives(on, Q(Exact(Left("category_id", len(DISABLED)), DISABLED)))
        case Group.POOR:
            return _receives(on, Q(category__in=POOR))
        case _:
            return _receives(on, Q(category__scheme=Scheme.NCC))


def _receives(on: date, which: Q | None = None) -> Exists:
    month = month_of(on)
    running = Entitlement.objects.filter(
        Q(last_month__isnull=True) | Q(last_month__gte=month), person=OuterRef("pk"), from_month__lte=month
    )
    return Exists(running.filter(which) if which is not None else running)


def _current(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
