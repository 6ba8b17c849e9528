"""Carrying out a reorganisation of administrative units (Law 72/2025: no districts from 2025-07-01).

People's homes, officers' roles, the Post's points and contracts, and the paying of lists move to the units that begin
on a day. Lists of months before
keep their units, for a list is routed by where people lived in its month; whoever follows a unit finishes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from areas.models import Succession, Unit
from common import sql
from desk.models import HamletPlacement, Reorganisation
from desk.queries.reorganisation import Preview, preview
from payments.operations.errors import PaymentsError, SamePerson
from payments.operations.generation import refuse_while_another_is_made
from postal.operations.succession import follow_units


class ReorganisationRefused(PaymentsError):
    """A reorganisation, or a hamlet's placement, that cannot be carried out as things stand; the text says why."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reorganisation moved: people's homes, officers' roles, and the Post's pay points and contracts."""

    people: int
    roles: int
    points: int
    contracts: int


def prepare(
    *, on_date: date, by: User, at: datetime, finishers: Mapping[str, int] | None = None
) -> Reorganisation:
    """State, as the first of two officers, that the reorganisation shall be as the preview shows it.

    `finishers` names who finishes the lists of each paying unit that ends, by unit id. Raises
    ReorganisationRefused where the preview has blockers or it was carried out before.
    """
    with transaction.atomic():
        done = Reorganisation.objects.select_for_update().filter(pk=on_date).first()
        if done and done.confirmed_at:
            raise ReorganisationRefused(_("This reorganisation has been carried out already."))
        shown = _unblocked(on_date, finishers)
        facts = {
            "finishers": shown.finishers,
            "digest": shown.digest,
            "prepared_by": by,
            "prepared_at": at,
        }
        return Reorganisation.objects.update_or_create(on_date=on_date, defaults=facts)[0]


def confirm(*, on_date: date, by: User, at: datetime) -> Moved:
    """Carry out a prepared reorganisation as the second officer.

    Raises SamePerson, RoundInProgress, or ReorganisationRefused where nobody prepared it, it is done, or something
    has changed since: then the first officer looks again.
    """
    with transaction.atomic():
        record = Reorganisation.objects.select_for_update().filter(pk=on_date).first()
        if record is None or record.confirmed_at:
            raise ReorganisationRefused(
                _("This reorganisation has been carried out already.")
                if record
                else _("Another officer has to prepare this reorganisation first.")
            )
        if record.prepared_by_id == by.pk:
            raise SamePerson
        refuse_while_another_is_made()
        shown = _unblocked(on_date, record.finishers)
        if shown.digest != record.digest:
            raise ReorganisationRefused(
                _(
                    "People or officers have changed since it was prepared. Look at it again and prepare it anew."
                )
            )
        for payer in shown.payers:
            Succession.objects.update_or_create(
                predecessor=payer.payer,
                is_default=True,
                defaults={"successor": payer.finisher, "on_date": on_date},
            )
        people, roles = move_homes(on_date=on_date), _move_roles(shown)
        post = follow_units(on_date=on_date)
        moved = Moved(people=people, roles=roles, points=post.points, contracts=post.contracts)
        record.confirmed_by, record.confirmed_at = by, at
        record.people, record.roles = moved.people, moved.roles
        record.save(update_fields=["confirmed_by", "confirmed_at", "people", "roles"])
    return moved


def move_homes(*, on_date: date) -> int:
    """Give everybody whose home reaches past the end of its commune a home in the one that follows; how many.

    Run again it moves only people who came in since, as from a roll of the old communes.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        params = {"on_date": on_date}
        moved = sql.run(cursor, "desk", "homes_to_move", params)
        cursor.execute("ANALYZE homes_to_move")
        sql.run(cursor, "desk", "end_homes", params)
        sql.run(cursor, "desk", "begin_homes", params)
        cursor.execute("DROP TABLE homes_to_move")
    return moved


def place_hamlet(
    *, on_date: date, predecessor: Unit, hamlet: str, successor: Unit, by: User, at: datetime
) -> int:
    """Decide to which successor a hamlet of a split commune belongs; how many people that moved.

    What was paid meanwhile stays where it was paid; the next list finds them in the right commune. Raises
    ReorganisationRefused where the unit did not follow that commune, or nothing was carried out yet.
    """
    with transaction.atomic():
        if not Reorganisation.objects.filter(pk=on_date, confirmed_at__isnull=False).exists():
            raise ReorganisationRefused(_("Carry out the reorganisation first."))
        if not Succession.objects.filter(
            predecessor=predecessor, successor=successor, on_date=on_date
        ).exists():
            raise ReorganisationRefused(
                _("%(successor)s did not take over a part of %(predecessor)s.")
                % {"successor": successor.name, "predecessor": predecessor.name}
            )
        HamletPlacement.objects.update_or_create(
            predecessor=predecessor,
            hamlet=hamlet,
            defaults={"successor": successor, "decided_by": by, "decided_at": at},
        )
        params = {
            "on_date": on_date,
            "predecessor": predecessor.pk,
            "hamlet": hamlet,
            "successor": successor.pk,
        }
        with connection.cursor() as cursor:
            return sql.run(cursor, "desk", "place_hamlet", params)


def _unblocked(on_date: date, finishers: Mapping[str, int] | None) -> Preview:
    shown = preview(on_date=on_date, finishers=finishers)
    if shown.blockers:
        raise ReorganisationRefused(" ".join(shown.blockers))
    if not shown.communes:
        raise ReorganisationRefused(_("No unit ends the day before; there is nothing to reorganise."))
    return shown


def _move_roles(shown: Preview) -> int:
    for move in shown.roles:
        Role.objects.get_or_create(
            user=move.role.user,
            name=move.name,
            unit=move.unit,
            valid_from=shown.on_date,
            defaults={"valid_to": move.role.valid_to},
        )
        Role.objects.filter(pk=move.role.pk).update(valid_to=shown.on_date - timedelta(days=1))
    return len(shown.roles)
