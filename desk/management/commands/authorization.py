"""`manage.py authorization > docs/authorization.md`: who may do what where, from the one table of permissions."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from accounts.access import PERMISSIONS, PROVED, Action
from accounts.models import RoleName

# What an action lets one do, and what must lie within the officer's area for it.
ACTIONS: dict[Action, tuple[str, str]] = {
    Action.UNMASK: ("see a number in full, for a recorded reason", "the commune where the person lives"),
    Action.SEE_COVERAGE: ("see how many people are paid through accounts", "the units counted"),
    Action.SEE_PEOPLE: ("see people, numbers masked", "the commune where they live"),
    Action.SEE_SENSITIVE: ("read which benefit tells of HIV (rule H01)", "the commune where they live"),
    Action.SEE_PAYMENTS: (
        "see cycles, lists and payments",
        "the paying unit; a commune's officer: its people's",
    ),
    Action.MAKE_LISTS: ("make a month's list, which is the whole province's", "any unit"),
    Action.SUBMIT: ("submit or cancel a draft list", "the paying unit"),
    Action.APPROVE: ("approve a list or send it back, not one's own", "the paying unit"),
    Action.FUND: ("record the Treasury's voucher, sign the settlement", "the paying unit"),
    Action.RELEASE: ("release a list to its provider", "the paying unit"),
    Action.WITHDRAW: ("take one payment out of a submitted list, not one's own", "the paying unit"),
    Action.CLOSE: ("close a cycle, in two steps by two people", "every unit that the cycle pays"),
    Action.RAISE_DIFFICULTY: ("raise what holds people back from accounts", "the unit it is about"),
    Action.SEE_LAW: (
        "read the law's tables; see what a change would cost",
        "any unit; the whole province",
    ),
    Action.CHANGE_LAW: (
        "propose a change of the law's tables or a conversion of benefits, confirm another's",
        "the whole province",
    ),
    Action.ADMINISTER: (
        "give officers accounts and roles, and carry a reorganisation out, each in two steps by two people",
        "the role's unit; any unit",
    ),
    Action.MANAGE_POST: (
        "sign the Post's contracts, open pay points, plan pay days",
        "the commune of the point",
    ),
    Action.ANSWER_POST: (
        "answer what the Post asks about people, supervise its pay days",
        "the commune of the point or person",
    ),
    Action.REQUEST_CHANGE: (
        "enter and submit requests to change what is on record",
        "the commune it comes from",
    ),
    Action.DECIDE_CHANGE: (
        "return, refuse or approve such a request, not one's own",
        "the commune it comes from",
    ),
    Action.SEE_AUDIT: (
        "read the story of a person or a list: every change and every look",
        "the commune where they live; the paying unit",
    ),
    Action.PAY_CASH: ("pay at the points whose clerk one is", "the commune of the point"),
}
HEAD = """# Who may do what where

Made by `manage.py authorization` from `accounts/access.py`, the one table of permissions; a test keeps it current.

A role is held in one unit from a day to a day. It holds there and in every unit under it (province, district, commune),
on those days and no others. What lies outside is not shown as forbidden: it does not exist (404). An officer may hold
several roles, but the database refuses the two parts of one step to the same person: preparer and approver of a list,
the two who close a cycle, who change the law, and who ask for a change of the record and decide it.

`code`: whoever does it proves with a code of the authenticator that it is she (ADR 011), but where the step can be
taken back or changes nothing; `tests/accounts/test_proved_actions.py` names those.

"""


class Command(BaseCommand):
    help = "Print docs/authorization.md: role × action × area."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            roles = [(str(RoleName(role).label), actions) for role, actions in PERMISSIONS.items()]
        rows = [
            ["may", "where this must lie in one's area", "code", *(name for name, _actions in roles)],
            ["---", "---", ":-:", *(":-:" for _role in roles)],
            *([what, area, "●" if action in PROVED else "", *("●" if action in may else "" for _name, may in roles)]
              for action, (what, area) in ((action, ACTIONS[action]) for action in Action)),
        ]  # fmt: skip
        self.stdout.write(HEAD)
        for row in rows:
            self.stdout.write("| " + " | ".join(row) + " |")
