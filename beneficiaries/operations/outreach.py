"""Noting who was told about accounts and what they answered, and planning whom to tell next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import (
    ANSWERS,
    NOT_MET,
    Channel,
    Group,
    Obstacle,
    ObstacleReason,
    Outreach,
    OutreachPlan,
    PayoutMethod,
    Person,
    Way,
)
from beneficiaries.operations.errors import DecisionRefused
from common.months import month_of

# When to come back where no day was agreed.
COME_BACK = {NOT_MET: timedelta(days=7), ObstacleReason.THINKS: timedelta(days=30)}
AT_ONCE = 200


class OutreachRefused(DecisionRefused):
    """What was told cannot be noted so; nothing was written."""


@dataclass(frozen=True, slots=True)
class Told:
    """A visit, a call or a meeting: the day, how, and who told."""

    on: date
    way: Way
    told_by: str
    plan: OutreachPlan | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered. `heard_by` was told in their place; `own_wish`: they spoke of it themselves."""

    person_id: int
    answer: str
    heard_by: str = ""
    ask_again_on: date | None = None
    note: str = ""
    own_wish: bool = False


@transaction.atomic
def note_answers(*, told: Told, answers: Sequence[Answered], by: User, at: datetime) -> int:
    """Note what people answered, one or a whole meeting; how many. The answer is their obstacle from that day on.

    The same person, day and way again corrects what was noted. Whoever chose cash is not asked again: an answer of
    theirs is refused unless they spoke of it themselves. Raises OutreachRefused; then nothing is written.
    """
    _check(told, answers, timezone.localdate(at))
    ids = sorted({one.person_id for one in answers})
    people = Person.objects.living().select_for_update().order_by("pk").in_bulk(ids)
    open_ones = {
        one.person_id: one for one in Obstacle.objects.filter(person__in=ids, resolved_on__isnull=True)
    }
    corrected = set(
        Outreach.objects.filter(person__in=ids, on=told.on, way=told.way).values_list("person_id", flat=True)
    )
    by_account = set(
        PayoutMethod.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=told.on), person__in=ids, channel=Channel.BANK,
            valid_from__lte=told.on, verified_on__isnull=False, failed_on__isnull=True,
        ).values_list("person_id", flat=True)
    )  # fmt: skip
    rows = []
    for one in answers:
        person = people.get(one.person_id)
        if person is None:
            raise OutreachRefused(_("This person is not on record, or has died."))
        if one.person_id in by_account:
            raise OutreachRefused(_("%(name)s is paid to an account already.") % {"name": person.name})
        known = open_ones.get(one.person_id)
        final = known is not None and known.reason == ObstacleReason.CHOOSES_CASH
        if final and not one.own_wish and one.person_id not in corrected:
            raise OutreachRefused(
                _("%(name)s chose cash. That is final: nobody asks again, unless the person speaks of it.")
                % {"name": person.name}
            )
        rows.append(_row(told, one, by, at))
    Outreach.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "on", "way"],
        update_fields=[
            "plan",
            "told_by",
            "heard_by",
            "answer",
            "ask_again_on",
            "note",
            "noted_by",
            "noted_at",
        ],
    )
    for row in rows:
        _hold(row, open_ones.get(row.person_id))
    return len(rows)


def make_plan(
    *,
    commune: Unit,
    on: date,
    way: Way,
    group: str,
    hamlets: Sequence[str],
    place: str,
    by: User,
    at: datetime,
) -> OutreachPlan:
    """Plan a meeting or a round of visits: `group` '' and no hamlets mean everybody. Raises OutreachRefused where the
    same is planned already."""
    if group and group not in Group.values:
        raise OutreachRefused(_("There is no such group."))
    try:
        with transaction.atomic():
            return OutreachPlan.objects.create(
                commune=commune, month=month_of(on), on=on, way=way, group=group, hamlets=list(hamlets),
                place=place.strip(), made_by=by, made_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise OutreachRefused(_("The same is planned for this day already.")) from error


def withdraw_plan(*, plan_id: int) -> None:
    """Give a plan up; what was noted at it stays."""
    OutreachPlan.objects.filter(pk=plan_id).update(withdrawn=True)


def _check(told: Told, answers: Sequence[Answered], today: date) -> None:
    if not answers:
        raise OutreachRefused(_("Enter at least one answer."))
    if len(answers) > AT_ONCE:
        raise OutreachRefused(_("Note at most %(n)s people at once.") % {"n": AT_ONCE})
    if told.on > today:
        raise OutreachRefused(_("What has not happened yet cannot be noted: choose today or an earlier day."))
    if not told.told_by.strip():
        raise OutreachRefused(_("Enter who told them."))
    known = {key for key, _label in ANSWERS}
    for one in answers:
        if one.answer not in known:
            raise OutreachRefused(_("There is no such answer."))
        if one.ask_again_on and one.ask_again_on <= told.on:
            raise OutreachRefused(_("The day to ask again is after the day of this talk."))
        if one.ask_again_on and one.answer == ObstacleReason.CHOOSES_CASH:
            raise OutreachRefused(_("Who chooses cash is not asked again: leave the day empty."))


def _row(told: Told, one: Answered, by: User, at: datetime) -> Outreach:
    come_back = COME_BACK.get(one.answer)
    return Outreach(
        person_id=one.person_id,
        plan=told.plan,
        on=told.on,
        way=told.way,
        told_by=told.told_by.strip()[:120],
        heard_by=one.heard_by.strip()[:120],
        answer=one.answer,
        ask_again_on=one.ask_again_on or (told.on + come_back if come_back else None),
        note=one.note.strip()[:200],
        noted_by=by,
        noted_at=at,
    )


def _hold(row: Outreach, known: Obstacle | None) -> None:
    """Make the answer the person's obstacle, unless something later is on record."""
    reason = row.answer
    if reason == NOT_MET:
        reason = known.reason if known else ObstacleReason.NOT_ASKED
    if known is not None and known.noted_on > row.on:
        return
    if known is not None and known.reason == reason:
        again = row.ask_again_on if reason != ObstacleReason.CHOOSES_CASH else None
        Obstacle.objects.filter(pk=known.pk).update(ask_again_on=again)
        return
    if known is not None:
        Obstacle.objects.filter(pk=known.pk).update(resolved_on=row.on)
    Obstacle.objects.create(
        person_id=row.person_id, reason=reason, noted_on=row.on, ask_again_on=row.ask_again_on
    )
