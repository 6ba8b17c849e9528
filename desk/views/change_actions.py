"""What an officer may do with a change request, as its page shows it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.http import OfficerRequest
from beneficiaries.models import ChangeKind, ChangeRequest
from beneficiaries.operations import changes
from beneficiaries.transitions import EDITABLE, TO_DECIDE, ChangeState
from desk.forms.changes import DecisionForm


def actions(request: OfficerRequest, found: ChangeRequest, *, refused: str) -> list[dict[str, Any]]:
    """The buttons that an officer has on a request; `refused` says why it cannot be approved, "" where it can."""
    reader, own = request.reader, request.user.pk in (found.prepared_by_id, found.submitted_by_id)
    shown: list[dict[str, Any]] = []
    if reader.may(Action.REQUEST_CHANGE, found.commune_id):
        if found.state in EDITABLE:
            shown += _of_the_commune(found)
        elif found.state == ChangeState.SUBMITTED:
            shown.append(
                _action("take_back", _("Take back"), "quiet",
                        _("It becomes your draft again, as long as nobody has opened it."))
            )  # fmt: skip
    if found.state in TO_DECIDE and reader.may(Action.DECIDE_CHANGE, found.commune_id):
        shown += _of_who_decides(found, own=own, refused=refused)
    url = reverse("change_act", args=[found.pk])
    return [one | {"url": url, "hidden": {"version": found.version}} for one in shown]


def _of_the_commune(found: ChangeRequest) -> list[dict[str, Any]]:
    actions = [
        _action("submit", _("Submit"), "",
                _("Another officer checks it and decides. You can take it back until it is opened.")),
        _action("withdraw", _("Withdraw"), "stop",
                _("It is set aside for good and stays on record; nothing changes for the person.")),
    ]  # fmt: skip
    new = found.kind == ChangeKind.NEW
    link = reverse("entry", args=[found.client_key]) if new else reverse("change_edit", args=[found.pk])
    actions.insert(1, {"link": link, "label": _("Edit"), "tone": "quiet"})
    return actions


def _of_who_decides(found: ChangeRequest, *, own: bool, refused: str) -> list[dict[str, Any]]:
    if own:
        return [{"name": "approve", "label": _("Approve"), "refused": str(changes.SameOfficer())}]
    approve = _action(
        "approve", _("Approve"), "", _("It is carried out at once; the next list counts with it.")
    )
    if refused:
        approve = {"name": "approve", "label": _("Approve"), "refused": refused}
    elif changes.needs_decision(found) and not found.decision_number:
        approve["form"] = DecisionForm()
    actions = [
        approve,
        _action(
            "return", _("Return"), "quiet", _("The commune corrects it and submits it again."), reason=True
        ),
        _action(
            "refuse", _("Refuse"), "stop", _("It ends here; nothing changes for the person."), reason=True
        ),
    ]
    if found.state == ChangeState.SUBMITTED:
        actions.insert(
            1,
            _action("open", _("Begin to check"), "quiet", _("From now on the commune cannot take it back.")),
        )
    return actions


def _action(name: str, label: str, tone: str, consequence: str, *, reason: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "tone": tone,
        "consequence": consequence,
        "confirm": True,
        "reason": reason,
    }
