"""`manage.py reorganise YYYY-MM-DD`: show, prepare and carry out a reorganisation of units."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from common.commands import JsonCommand, day_argument
from common.money import format_number
from desk.models import Reorganisation
from desk.operations.reorganisation import Moved, confirm, prepare
from desk.queries.reorganisation import Preview, preview
from payments.operations.errors import PaymentsError


class Command(JsonCommand):
    help = (
        "What moves when units end and others begin on a day. With --prepare USER the first officer agrees to it, "
        "with --confirm USER another one carries it out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("on_date", type=day_argument, metavar="YYYY-MM-DD")
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--prepare", metavar="USER", help="agree to the preview as this officer")
        step.add_argument("--confirm", metavar="USER", help="carry it out as this, another officer")
        parser.add_argument(
            "--finisher",
            action="append",
            default=[],
            metavar="OLD=NEW",
            help="codes: the new unit that finishes the lists of an old paying unit, such as 593=22945",
        )

    def handle(self, *args: Any, on_date: date, as_json: bool, **options: Any) -> None:
        moved = None
        try:
            record = Reorganisation.objects.filter(pk=on_date).first()
            agreed = record.finishers if record else {}
            shown = preview(on_date=on_date, finishers=agreed | _finishers(on_date, options["finisher"]))
            if options["prepare"]:
                prepare(
                    on_date=on_date,
                    by=_officer(options["prepare"]),
                    at=timezone.now(),
                    finishers=shown.finishers,
                )
            elif options["confirm"]:
                moved = confirm(on_date=on_date, by=_officer(options["confirm"]), at=timezone.now())
        except PaymentsError as error:
            raise CommandError(str(error)) from error
        content = _content(shown, Reorganisation.objects.filter(pk=on_date).first(), moved)
        if as_json:
            self.emit(content)
        else:
            self.stdout.write(_text(shown, content["state"]))


def _officer(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(_("There is no officer named “%(name)s”.") % {"name": username})
    return found


def _finishers(on_date: date, pairs: list[str]) -> dict[str, int]:
    chosen = {}
    for pair in pairs:
        old, _equals, new = pair.partition("=")
        ended = Unit.objects.filter(code=old, valid_to__lt=on_date).order_by("-valid_to").first()
        begun = Unit.objects.on(on_date).filter(code=new).first()
        if ended is None or begun is None:
            raise CommandError(_("No units on that day for “%(pair)s”.") % {"pair": pair}, returncode=2)
        chosen[str(ended.pk)] = begun.pk
    return chosen


def _content(shown: Preview, record: Reorganisation | None, moved: Moved | None) -> dict[str, Any]:
    state = "done" if record and record.confirmed_at else "prepared" if record else "proposed"
    return {
        "on_date": shown.on_date.isoformat(),
        "state": state,
        "people": record.people if record and state == "done" else shown.people,
        "roles": record.roles if record and state == "done" else len(shown.roles),
        "moved": {"people": moved.people, "roles": moved.roles} if moved else None,
        "ending": dict(shown.ending),
        "beginning": dict(shown.beginning),
        "finishers": [
            {"unit": move.payer.code, "finisher": move.finisher.code, "open_batches": move.open_batches}
            for move in shown.payers
        ],
        "split": [
            {
                "commune": move.predecessor.code,
                "people": move.people,
                "successors": [unit.code for unit in move.successors],
            }
            for move in shown.split
        ],
        "without_officers": [unit.code for unit in shown.without_officers],
        "blockers": shown.blockers,
    }


def _text(shown: Preview, state: str) -> str:
    number = format_number
    lines = [
        _("Reorganisation of %(day)s: %(state)s")
        % {
            "day": f"{shown.on_date:%d/%m/%Y}",
            "state": {"done": _("carried out"), "prepared": _("prepared")}.get(state, _("proposed")),
        },
        _("Units that end: %(ended)s; that begin: %(begun)s")
        % {"ended": number(sum(shown.ending.values())), "begun": number(sum(shown.beginning.values()))},
        _("People whose home moves: %(people)s; roles that move: %(roles)s")
        % {"people": number(shown.people), "roles": number(len(shown.roles))},
    ]
    lines += [
        _("%(old)s: open lists %(count)s, finished by %(new)s")
        % {"old": move.payer.name, "count": number(move.open_batches), "new": move.finisher.name}
        for move in shown.payers
    ]
    lines += [
        _("%(old)s is split, %(people)s people: %(new)s, until its hamlets are decided")
        % {
            "old": move.predecessor.name,
            "people": number(move.people),
            "new": ", ".join(unit.name for unit in move.successors),
        }
        for move in shown.split
    ]
    if shown.without_officers:
        lines.append(
            _("Communes that will pay and lack a preparer or an approver: %(units)s")
            % {"units": ", ".join(unit.name for unit in shown.without_officers)}
        )
    return "\n".join(lines + shown.blockers)
