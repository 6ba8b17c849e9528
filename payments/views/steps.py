"""Where a batch stands, and what this officer may do with it now, each with its consequence in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action, Reader
from accounts.http import OfficerRequest
from beneficiaries.models import Channel
from common.money import format_number, format_vnd
from payments.forms import VoucherForm
from payments.models import Batch, Event
from payments.queries.batches import Standing, live_sums, next_waiting
from payments.transitions import BatchState

_REFUSED = "refused voucher"
# The steps of the bar after "list made", each with the state that its being done brings about.
_REACHED = (
    BatchState.SUBMITTED,
    BatchState.APPROVED,
    BatchState.FUNDED,
    BatchState.RELEASED,
    BatchState.ACKNOWLEDGED,
    BatchState.SETTLED,
    BatchState.CLOSED,
)


def batch_steps(found: Batch, events: list[Event]) -> list[dict[str, Any]]:
    """The steps bar: the done ones with who and when, from the latest event of each (`events` newest first)."""
    latest: dict[str, Event] = {}
    for event in events:
        latest.setdefault(event.to_state, event)
    labels = [_("Submit"), _("Approve"), _("State Treasury"), _("Hand to %(provider)s") % {"provider": found.provider},
              _("Confirmed"), _("Results settled"), _("Closed")]  # fmt: skip
    reached = _REACHED.index(BatchState(found.state)) + 1 if found.state in _REACHED else 0
    if found.state == BatchState.CANCELLED:
        reached = -1
    steps: list[dict[str, Any]] = [
        {"label": _("Make the list"), "state": "done", "at": found.round.finished_at, "by": ""}
    ]
    for index, (label, state) in enumerate(zip(labels, _REACHED, strict=True)):
        reached_by = latest.get(state) if index < reached else None
        steps.append(
            {
                "label": label,
                "state": "done" if index < reached else "now" if index == reached else "todo",
                "at": reached_by.at if reached_by else None,
                "by": str(reached_by.by or "") if reached_by else "",
            }
        )
    return steps


def batch_actions(request: OfficerRequest, found: Batch, standing: Standing) -> dict[str, Any]:
    """The buttons of this officer in this state, and the rule beside them."""
    figures = {
        "people": format_number(standing.count),
        "amount": _money(standing.amount),
        "provider": found.provider.short_name,
    }
    build = _BUILDERS.get(BatchState(found.state))
    actions, rule = (
        build(request, found, standing, figures) if build and found.round.finished_at else ([], "")
    )
    url = reverse("batch_act", args=[found.pk])
    return {
        "actions": [{"url": url} | action for action in actions],
        "rule": rule,
        "onward": _onward(request, found),
    }


def _onward(request: OfficerRequest, found: Batch) -> dict[str, str] | None:
    following = next_waiting(batch=found, reader=request.reader)
    if following is None:
        return None
    return {
        "link": reverse("batch", args=[following.pk]),
        "label": _("Next: %(scheme)s, %(provider)s")
        % {"scheme": following.scheme, "provider": following.provider.short_name},
        "tone": "quiet",
    }


def keep_refused(request: OfficerRequest, found: Batch) -> None:
    """Keep what was written into a refused voucher for the page that follows."""
    filled = {name: request.POST[name][:40] for name in VoucherForm.base_fields if name in request.POST}
    request.session[_REFUSED] = {"batch": found.pk, "filled": filled}


def take_refused(request: OfficerRequest, found: Batch) -> dict[str, str] | None:
    """What was written into the voucher that was refused just now, once; None where nothing was."""
    kept = request.session.pop(_REFUSED, None)
    return kept["filled"] if kept and kept["batch"] == found.pk else None


@dataclass(frozen=True, slots=True)
class Together:
    """A step that may be taken for a page of batches at once: from which state, and its words for `n` of them."""

    state: BatchState
    action: Action
    label: Promise
    consequence: Promise
    done: Promise


# Approving and recording a voucher are not among them: each of those lists is looked at by itself.
TOGETHER: dict[str, Together] = {
    "submit": Together(
        BatchState.DRAFT,
        Action.SUBMIT,
        gettext_lazy("Submit these %(n)s batches: %(people)s people, %(amount)s"),
        gettext_lazy("Another officer then approves each list. They can still be sent back."),
        gettext_lazy("%(n)s batches are submitted."),
    ),
    "release": Together(
        BatchState.FUNDED,
        Action.RELEASE,
        gettext_lazy("Release these %(n)s batches: %(people)s people, %(amount)s"),
        gettext_lazy(
            "Each bank and the Post receive their lists and pay them. "
            "This cannot be taken back, only stopped one by one."
        ),
        gettext_lazy("%(n)s batches are released."),
    ),
    "settle": Together(
        BatchState.ACKNOWLEDGED,
        Action.FUND,
        gettext_lazy("Sign the settlement of these %(n)s batches: %(people)s people, %(amount)s"),
        gettext_lazy("The results become final. A list that still lacks results is left out and named."),
        gettext_lazy("%(n)s settlements are signed."),
    ),
}


def together(shown: list[Batch], reader: Reader) -> dict[str, Any] | None:
    """The one step that the reader may take for every batch shown; None where they differ or are fewer than two."""
    for name, step in TOGETHER.items():
        fits = all(
            found.state == step.state and found.round.finished_at and reader.may(step.action, found.unit_id)
            for found in shown
        )
        if fits and len(shown) > 1:
            people, amount = live_sums(batches=shown)
            return {
                "name": name,
                "url": reverse("batches_act"),
                "label": str(step.label)
                % {
                    "n": format_number(len(shown)),
                    "people": format_number(people),
                    "amount": _money(amount),
                },
                "confirm": True,
                "consequence": str(step.consequence),
                "amount": amount,
                "batches": [found.pk for found in shown],
            }
    return None


def _money(amount: int) -> str:
    return format_vnd(amount).replace(" ", "\u00a0")


Built = tuple[list[dict[str, Any]], str]


def _draft(request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]) -> Built:
    rule = _("The one who submits a list cannot approve it.")
    if not request.reader.may(Action.SUBMIT, found.unit_id):
        return [], _("The list waits for its preparer to submit it.")
    submit = {
        "name": "submit",
        "amount": standing.amount,
        "label": _("Submit %(people)s people, %(amount)s") % figures,
        "confirm": True,
        "consequence": _("Another officer then approves the list. It can still be sent back."),
    }
    return [_cancel(figures), submit], rule


def _submitted(request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]) -> Built:
    if not request.reader.may(Action.APPROVE, found.unit_id):
        return [], _("The list waits for its approver.")
    own = found.prepared_by_id == request.user.pk
    approve = {
        "name": "approve",
        "amount": standing.amount,
        "label": _("Approve %(people)s people, %(amount)s") % figures,
        "confirm": True,
        "hidden": {"count": standing.count, "amount": standing.amount},
        "consequence": _(
            "The list and its sum are fixed as you see them. Afterwards a payment can only be withdrawn."
        ),
        "refused": _("You prepared this list; another officer approves it.") if own else "",
    }
    return [_send_back(), approve], _(
        "The one who prepared a list cannot approve it. Once approved, it does not change."
    )


def _approved(request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]) -> Built:
    actions = [_send_back()] if request.reader.may(Action.APPROVE, found.unit_id) else []
    if request.reader.may(Action.FUND, found.unit_id):
        actions.append(_fund(request, found, standing, figures))
    if found.channel == Channel.POST:
        return actions, _(
            "The list waits for the State Treasury's voucher: its sum, less cash that the Post still holds."
        )
    return actions, _("The list waits for the State Treasury's voucher, equal to its sum.")


def _fund(
    request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]
) -> dict[str, Any]:
    held = standing.held
    filled = take_refused(request, found)
    return {
        "name": "fund",
        "label": _("Record the voucher: %(amount)s")
        % {"amount": _money(standing.amount - min(held, standing.amount))},
        "confirm": True,
        "form": VoucherForm.suggested(
            total=standing.amount, held=held, on=timezone.localdate(), filled=filled
        ),
        "consequence": _("The list pays %(people)s people, %(amount)s.") % figures,
        "amount": standing.amount,
        "open": filled is not None,
    }


def _funded(request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]) -> Built:
    if not request.reader.may(Action.RELEASE, found.unit_id):
        return [], _("The list waits for the accountant to release it.")
    release = {
        "name": "release",
        "amount": standing.amount,
        "label": _("Release to %(provider)s: %(people)s people, %(amount)s") % figures,
        "confirm": True,
        "consequence": _(
            "%(provider)s receives the list and pays it. Once it has confirmed the list, payments can only be stopped "
            "one by one."
        )
        % figures,
    }
    return [release], _("Released is what was approved, less what was withdrawn.")


def _released(request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]) -> Built:
    rule = _("%(provider)s has the list and has not confirmed it yet.") % figures
    if not request.reader.may(Action.RELEASE, found.unit_id):
        return [], rule
    recall = {
        "name": "recall",
        "label": _("Recall the list, with the reason"),
        "tone": "stop",
        "reason": True,
        "consequence": _("%(provider)s may no longer pay it. It can be changed and released again.")
        % figures,
    }
    return [recall], rule


def _acknowledged(
    request: OfficerRequest, found: Batch, standing: Standing, figures: dict[str, str]
) -> Built:
    if standing.waiting:
        return [], _("%(waiting)s payments have no result yet; %(provider)s reports them.") % {
            **figures,
            "waiting": format_number(standing.waiting),
        }
    if not request.reader.may(Action.FUND, found.unit_id):
        return [], _("Every result is in. The list waits for the accountant to sign its settlement.")
    settle = {
        "name": "settle",
        "amount": standing.amount,
        "label": _("Sign the settlement: %(people)s people, %(amount)s") % figures,
        "confirm": True,
        "consequence": _("The results become final. What did not arrive is paid in the next round."),
    }
    return [settle], _("Every result is in.")


def _send_back() -> dict[str, Any]:
    return {
        "name": "send_back",
        "label": _("Send back, with the reason"),
        "tone": "stop",
        "reason": True,
        "consequence": _("The list returns to its preparer, who reads your reason."),
    }


def _cancel(figures: dict[str, str]) -> dict[str, Any]:
    return {
        "name": "cancel",
        "label": _("Cancel the list, with the reason"),
        "tone": "stop",
        "reason": True,
        "consequence": _(
            "This list pays nobody and cannot be brought back. Its %(people)s people are reckoned again in the next "
            "supplementary list or in the next month."
        )
        % figures,
    }


_BUILDERS = {
    BatchState.DRAFT: _draft,
    BatchState.SUBMITTED: _submitted,
    BatchState.APPROVED: _approved,
    BatchState.FUNDED: _funded,
    BatchState.RELEASED: _released,
    BatchState.ACKNOWLEDGED: _acknowledged,
}
