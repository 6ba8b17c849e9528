"""What cannot be taken back asks who does it: by what `accounts.access.PROVED` says, in one place, for every action."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from accounts.access import PERMISSIONS, PROVED, Action, Reader
from accounts.http import StepUpNeeded, require

# The one written list of what must be proved: approval, release, withdrawal, closing, the law, changes of people and
# of who is paid how, rights and secrets, and numbers in full.
MUST_BE_PROVED = {
    "approve", "release", "withdraw", "close", "change_law", "decide_change", "administer", "unmask",
}  # fmt: skip
# Where a form does one of them without a code, and why.
WITHOUT_A_CODE = {
    "banks.views.directory._find": "an inquiry, and lists for trying out: no right, no address, no account",
    "banks.views.matters.quarantine_act": "only what does not exist",
    "banks.views.matters.reconcile_act": "a note on a difference changes no outcome",
    "desk.views.changes.change_act": "opening, returning and refusing change nobody's record",
    "payments.views.batches.batch_act": "sending back and recalling only stop money",
    "payments.views.batches.batches_act": "the action was proved once for all the lists named",
    "payments.views.cycles.cycle_act": "preparing to close: a second officer closes",
    "payments.views.law.act": "a withdrawn proposal leaves the law as it is",
    "payments.views.law.require_province": "hands on what its caller says",
    "payments.views.overpaid.overpaid_act": "a cancelled decision leaves the debt as it is",
    "reports.views.difficulties.difficulty": "an answer to a difficulty moves no money",
    "reports.views.gifts.gift_lists": "a second administrator's approval is proved",
    "reports.views.targets.target_list": "a later target takes its place",
}
SEEING = ("GET", "HEAD")


class Asking:
    """A form sent by an officer who holds one role everywhere and has proved nothing."""

    def __new__(cls, action: Action, method: str = "POST") -> Any:
        request: Any = RequestFactory().generic(method, "/")
        request.session = {}
        role = next(role for role, actions in PERMISSIONS.items() if action in actions)
        request.reader = Reader(user_id=1, grants=((role, frozenset({1})),))
        return request


def test_every_action_that_cannot_be_taken_back_is_declared():
    assert {str(action) for action in PROVED} == MUST_BE_PROVED


@pytest.mark.parametrize("action", list(Action))
def test_a_form_for_an_action_asks_for_the_code_exactly_where_it_is_declared(action):
    if action in PROVED:
        with pytest.raises(StepUpNeeded):
            require(Asking(action), action, 1)
    else:
        require(Asking(action), action, 1)


@pytest.mark.parametrize("action", list(Action))
def test_looking_at_a_page_asks_for_no_code_and_another_area_is_refused_before_any(action):
    for method in SEEING:
        require(Asking(action, method), action, 1)
    with pytest.raises(PermissionDenied):
        require(Asking(action), action, 2)


def test_no_view_does_one_of_them_without_a_code_but_those_written_here():
    assert set(without_a_code()) == set(WITHOUT_A_CODE)


def without_a_code() -> Iterator[str]:
    """Functions of the views that pass `code=`, or ask the reader for such an action and never call `require`."""
    names = {action.name for action in PROVED}
    apps = [settings.BASE_DIR / app for app in ("accounts", "banks", "desk", "payments", "postal", "reports")]
    for path in sorted(
        {*(path for app in apps for path in [*app.glob("views/*.py"), *app.glob("*views.py")])}
    ):
        place = path.relative_to(settings.BASE_DIR)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            loose = any(
                name_of(call) in ("require", "require_province", "_require")
                and any(keyword.arg == "code" for keyword in call.keywords)
                for call in calls
            )
            posts = any("POST" in ast.unparse(decorator) for decorator in function.decorator_list)
            asked = any(
                name_of(call) in ("may", "may_close") and names & set(re.findall(r"\w+", ast.unparse(call)))
                for call in calls
            )
            if loose or (posts and asked and not proves(calls, names)):
                yield ".".join([*place.with_suffix("").parts, function.name])


def proves(calls: list[ast.Call], names: set[str]) -> bool:
    """Whether `require` is called for one of the actions, or the code asked for outright."""
    return any(
        name_of(call) == "step_up"
        or (name_of(call) == "require" and names & set(re.findall(r"\w+", ast.unparse(call))))
        for call in calls
    )


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
