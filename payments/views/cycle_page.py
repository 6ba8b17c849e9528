"""What the page of one cycle shows: its steps, its progress, its units, what became of it, and its buttons."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.http import OfficerRequest
from beneficiaries.models import Channel
from benefits.models import Scheme
from common.money import format_number
from common.months import format_month
from payments import words
from payments.models import Cycle, CycleState
from payments.queries import overview
from payments.queries.overview import RoundProgress
from payments.transitions import BatchState, Outcome


def progress(made: RoundProgress) -> dict[str, Any]:
    number = made.round.number
    label = _("Making supplementary list %(n)s") % {"n": number} if number else _("Making the list")
    return {
        "url": f"{reverse('cycle_progress', args=[made.round.cycle_id])}?stopped={made.stopped}",
        "label": label,
        "error": _("%(n)s parts wait for people's records to be mended.") % {"n": made.stopped}
        if made.stopped
        else "",
        "done": made.done,
        "all": made.all,
        "running": True,
        "people": made.payments,
        "amount": made.amount,
        "seconds": int((timezone.now() - made.round.started_at).total_seconds()),
    }


def round_row(made: RoundProgress) -> dict[str, Any]:
    return {
        "number": made.round.number,
        "state": made.round.state,
        "state_label": made.round.get_state_display(),
        "people": made.payments,
        "amount": made.amount,
        "started_at": made.round.started_at,
        "finished_at": made.round.finished_at,
    }


def totals(sums: list[dict[str, Any]]) -> dict[str, Any]:
    bank = [row for row in sums if row["channel"] == Channel.BANK]
    people, bank_people = sum(row["people"] for row in sums), sum(row["people"] for row in bank)
    amount, bank_amount = sum(row["sum"] for row in sums), sum(row["sum"] for row in bank)
    return {
        "people": people,
        "amount": amount,
        "bank_people": bank_people,
        "bank_amount": bank_amount,
        "post_people": people - bank_people,
        "post_amount": amount - bank_amount,
        "rate": bank_people / people if people else None,
    }


def units(sums: list[dict[str, Any]], month: date) -> list[dict[str, Any]]:
    """A row for every paying unit and scheme, each with its totals by channel and its batches by state."""
    groups: dict[tuple[int, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in sums:
        groups[row["unit"], row["unit__name"], row["scheme"]].append(row)
    found = []
    for (unit, name, scheme), rows in groups.items():
        states: dict[str, int] = defaultdict(int)
        for row in rows:
            states[row["state"]] += row["batches"]
        url = f"{reverse('batches')}?month={format_month(month)}&unit={unit}&scheme={scheme}"
        found.append(
            {
                "name": name,
                "scheme": Scheme(scheme).label,
                "url": url,
                "states": [
                    {"state": state, "label": BatchState(state).label, "count": count}
                    for state, count in states.items()
                ],
            }
            | totals(rows)
        )
    return found


def outcomes(month: date, request: OfficerRequest) -> list[dict[str, Any]]:
    return [
        {
            "state": row["outcome"] or "",
            "label": Outcome(row["outcome"]).label if row["outcome"] else _("no result yet"),
            "people": row["people"],
            "amount": row["sum"],
        }
        for row in sorted(overview.cycle_outcomes(month=month, reader=request.reader), key=_by_outcome)
    ]


def _by_outcome(row: dict[str, Any]) -> int:
    """Paid first, then what is still to come, then what did not arrive."""
    order = [Outcome.PAID, None, Outcome.UNCLAIMED, Outcome.FAILED, Outcome.RETURNED, Outcome.WITHDRAWN]
    return order.index(row["outcome"])


def steps(found: Cycle, rounds: list[RoundProgress], batches: dict[BatchState, int]) -> list[dict[str, Any]]:
    """Where the cycle stands: a step is done when no batch is short of it."""
    made = bool(rounds) and not any(one.running for one in rounds)
    order = [BatchState.DRAFT, BatchState.SUBMITTED, BatchState.APPROVED, BatchState.FUNDED, BatchState.RELEASED,
             BatchState.ACKNOWLEDGED]  # fmt: skip
    labels = [_("Make the list"), _("Submit"), _("Approve"), _("State Treasury"), _("Hand to providers"), _("Results"),
              _("Settle")]  # fmt: skip
    done = [made]
    for index in range(len(order)):
        done.append(made and not any(batches[state] for state in order[: index + 1]))
    labels, done = [*labels, _("Close")], [*done, found.state == CycleState.CLOSED]
    current = done.index(False) if False in done else len(done)
    return [
        {
            "label": label,
            "state": "done" if index < current else "now" if index == current else "todo",
            "at": found.closed_at if index == len(labels) - 1 else None,
        }
        for index, label in enumerate(labels)
    ]


def events(found: Cycle, rounds: list[RoundProgress]) -> list[dict[str, Any]]:
    events = [
        {
            "at": made.round.started_at,
            "by": str(made.round.opened_by or ""),
            "text": _("Supplementary list %(n)s made") % {"n": made.round.number}
            if made.round.number
            else _("Make the list"),
        }
        for made in rounds
    ]
    if found.closed_at:
        events.append({"at": found.closed_at, "by": str(found.closed_by), "text": _("Cycle closed")})
    return list(reversed(events))


def actions(
    request: OfficerRequest, found: Cycle, running: RoundProgress | None, batches: dict[BatchState, int]
) -> dict[str, Any]:
    if found.state == CycleState.CLOSED:
        return {"actions": [], "rule": ""}
    rule = _("A cycle is closed by two officers, once every batch is settled.")
    url = reverse("cycle_act", args=[found.month])
    buttons: list[dict[str, Any]] = []
    if request.reader.may(Action.MAKE_LISTS):
        if running:
            stalled = timezone.now() - (running.last_at or running.round.started_at)
            if running.stopped or stalled.total_seconds() > 20:
                buttons.append(
                    {"name": "next_slice", "url": url, "label": _("Make the next part now"), "tone": "quiet"}
                )
        else:
            open_url = f"{reverse('round_open')}?month={format_month(found.month)}"
            buttons.append({"link": open_url, "label": _("Make a supplementary list"), "tone": "quiet"})
    unsettled = sum(batches[BatchState(state)] for state in words.TURNS)
    if (
        running
        or unsettled
        or not any(batches.values())
        or not overview.may_close(month=found.month, reader=request.reader)
    ):
        return {"actions": buttons, "rule": rule if buttons else ""}
    figures = {"batches": format_number(sum(batches.values()))}
    if found.close_prepared_by_id is None:
        buttons.append(
            {
                "name": "prepare_close",
                "url": url,
                "confirm": True,
                "label": _("Ready to be closed: %(batches)s batches") % figures,
                "consequence": _(
                    "You state that every result is in and explained. A second officer then closes the cycle."
                ),
            }
        )
    else:
        own = found.close_prepared_by_id == request.user.pk
        buttons.append(
            {
                "name": "close",
                "url": url,
                "confirm": True,
                "label": _("Close the cycle: %(batches)s batches") % figures,
                "refused": _("You stated that the cycle is ready; another officer closes it.") if own else "",
                "consequence": _(
                    "After closing, nothing of this cycle changes any more; late returns count in the next one."
                ),
            }
        )
    return {"actions": buttons, "rule": rule}
