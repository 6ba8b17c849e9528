"""Lists of other offices: uploaded, held against the roll, kept; each match decided by a person, into a draft.

Nothing here stops, grants or records anything: what comes of a match is a draft of a change request.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import uuid
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from accounts.models import User
from beneficiaries.models import ChangeKind, ChangePath, ChangeRequest, EndReason
from beneficiaries.operations import changes
from beneficiaries.operations.changes import Draft
from beneficiaries.operations.changes.deaths import funerals_for, lump_sum_for
from beneficiaries.operations.changes.errors import ChangeRefused
from beneficiaries.roll.civil_list import DeathListReader, PovertyListReader
from beneficiaries.transitions import OPEN
from common.months import add_months, show_month
from desk.models import CivilKind, CivilList, CivilMatch, Effect, Likeness, MatchVerdict
from desk.operations.civil_matching import GAINED, match_deaths, match_households

MAX_BYTES = 5 * 2**20
PROBLEMS_KEPT = 200


class ListRefused(ChangeRefused):
    """The list, or a step on it, cannot be taken; the text says why."""


def take_list(
    *, kind: CivilKind, file: BinaryIO, name: str, size: int, month: date | None, by: User, reader: Reader,
    at: datetime,
) -> CivilList:  # fmt: skip
    """Read a list and hold it against the roll; kept as a preview that only its officer sees. The file is not kept.

    Raises ListRefused for one too large or taken before, UnreadableFile for what is no such list.
    """
    if size > MAX_BYTES:
        raise ListRefused(
            _("The file is larger than %(size)s MB: split it by commune.") % {"size": MAX_BYTES >> 20}
        )
    today = timezone.localdate(at)
    content = file.read(MAX_BYTES + 1)
    digest = hashlib.sha256(content).digest()
    if CivilList.objects.filter(kind=kind, by=by, digest=digest).exists():
        raise _taken_before()
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(content)
        kept.flush()
        lists = DeathListReader if kind == CivilKind.DEATHS else PovertyListReader
        read = lists(Path(kept.name), today=today, on=month)
        lines = list(read.lines())
    made = CivilList(
        kind=kind, name=Path(name).name[-120:] or "?", digest=digest, month=month, rows=read.seen,
        refused=read.refused, by=by, at=at,
        problems=json.dumps([one.as_dict() for one in read.errors[:PROBLEMS_KEPT]], ensure_ascii=False),
    )  # fmt: skip
    units = reader.units(Action.REQUEST_CHANGE)
    match = match_deaths if kind == CivilKind.DEATHS else match_households
    found = match(made=made, lines=lines, units=units, today=today)
    made.unmatched, made.elsewhere, made.communes = found.unmatched, found.elsewhere, found.communes
    with transaction.atomic():
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise _taken_before() from error
        CivilMatch.objects.bulk_create(found.matches, batch_size=1000)
    return made


def _taken_before() -> ListRefused:
    return ListRefused(_("You have taken this very file already: it is in the table below."))


def problems_of(made: CivilList) -> list[dict[str, Any]]:
    """The rows refused: `sheet`, `row`, `column`, `message`; at most PROBLEMS_KEPT."""
    found: list[dict[str, Any]] = json.loads(made.problems)
    return found


def keep_list(*, made: CivilList, complete: Collection[int] = (), at: datetime) -> None:
    """Take a previewed list into the worklist of the communes it concerns. Done again it changes nothing.

    `complete` are the units of `made.communes` for which its officer says that the list is complete: elsewhere nobody
    loses by not standing on it, only by a row that is theirs, surely or as a person decides.
    Raises ListRefused for a list of households of which rows were refused: whoever stands in one would lose.
    """
    if made.kind == CivilKind.POVERTY and made.refused:
        raise ListRefused(
            _("Correct the refused rows in the file and upload it again: whoever stands in one would lose.")
        )
    communes = [one | {"complete": one["unit"] in complete} for one in made.communes]
    with transaction.atomic():
        if CivilList.objects.filter(pk=made.pk, kept_at=None).update(kept_at=at, communes=communes):
            whole = [one["unit"] for one in communes if one["complete"]]
            absent = made.matches.filter(absent_from__isnull=False).exclude(absent_from__in=whole)
            # An alike row of a household that does not count: if it is this person, they lose by it.
            absent.filter(number__isnull=False, likeness=Likeness.NONE).update(
                likeness=Likeness.ALIKE, absent_from=None
            )
            absent.delete()


def discard_list(*, made: CivilList) -> None:
    """Give a preview up; nothing of it stays. Raises ListRefused once it is kept."""
    if not CivilList.objects.filter(pk=made.pk, kept_at=None).delete()[0]:
        raise ListRefused(_("This list is in the worklist already."))


def decide_match(*, match: CivilMatch, verdict: MatchVerdict, by: User, at: datetime) -> None:
    """Say whether a row that is only alike is this person. Raises ListRefused where it was decided already."""
    open_one = CivilMatch.objects.filter(pk=match.pk, verdict="", likeness=Likeness.ALIKE)
    if not open_one.update(verdict=verdict, decided_by=by, decided_at=at):
        raise ListRefused(_("This was decided already. Reload the page to see by whom."))
    match.refresh_from_db()


def draft_match(*, match: CivilMatch, by: User, at: datetime) -> ChangeRequest:
    """The draft that a match leads to: the guided death, the stop, or the application; the open one where there is one.

    Raises ListRefused for a preview, where the match is only alike and does not hold, or leads to nothing.
    """
    if not match.holds:
        raise ListRefused(_("Say first whether the two are one person."))
    if match.list.kept_at is None:
        raise ListRefused(_("Take the list into the worklist first."))
    if match.effect == Effect.KNOWN_DEAD:
        raise ListRefused(_("This death is on record already."))
    with transaction.atomic():
        begun = CivilMatch.objects.select_for_update(no_key=True, of=("self",)).select_related("request")
        known = begun.get(pk=match.pk).request
        if known is not None:
            return known
        kind, content = _asked(match)
        made = _open_request(match, kind, content)
        if made is None:
            draft = Draft(
                kind=kind, path=ChangePath.APPLICATION, commune=match.commune, person=match.person, content=content
            )  # fmt: skip
            made = changes.save_draft(draft=draft, client_key=uuid.uuid4(), by=by, at=at)
        CivilMatch.objects.filter(pk=match.pk).update(request=made)
    return made


def _open_request(match: CivilMatch, kind: ChangeKind, content: dict[str, Any]) -> ChangeRequest | None:
    """The person's open request that asks for the same: one about another benefit is another matter."""
    if match.person_id is None:
        return None
    about = {ChangeKind.STOP: "entitlements", ChangeKind.NEW: "category"}.get(kind)
    for one in ChangeRequest.objects.filter(person=match.person_id, kind=kind, state__in=OPEN).order_by("pk"):
        if about is None or one.asked.get(about) == content[about]:
            return one
    return None


def _asked(match: CivilMatch) -> tuple[ChangeKind, dict[str, Any]]:
    said = json.loads(match.said)
    if match.effect == Effect.DEATH:
        assert match.person is not None
        died_on = date.fromisoformat(said["died_on"])
        content: dict[str, Any] = {"died_on": said["died_on"]}
        if said["certificate"]:
            content["certificate"] = said["certificate"]
        codes = funerals_for(match.person, died_on)
        if codes:
            content["funeral"] = codes
        if lump_sum_for(match.person, died_on):
            content["lump_sum"] = True
        return ChangeKind.DEATH, content
    assert match.list.month is not None
    if match.effect == Effect.LOSE:
        note = _("Not in the list of poor and near-poor households from %(month)s as the benefit asks.")
        return ChangeKind.STOP, {
            "entitlements": [match.entitlement_id],
            "last_month": add_months(match.list.month, -1).isoformat(),
            "why": EndReason.INELIGIBLE.value,
            "note": note % {"month": show_month(match.list.month)},
        }
    content = {"category": GAINED}
    if match.person_id is None:
        keys = {"name": "name", "birth_date": "birth", "birth_precision": "precision", "national_id": "national_id",
                "hamlet": "hamlet"}  # fmt: skip
        content["person"] = {key: said[own] for key, own in keys.items() if said[own]}
    return ChangeKind.NEW, content
