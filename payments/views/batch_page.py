"""What the pages of batches show: a row, its figures, what changed and why, what to look at, and who is on it."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.http import OfficerRequest, page_context, place_of
from beneficiaries.models import PayAt, Payee
from common.cccd import mask, mask_account
from common.text import fold
from payments import words
from payments.models import Batch, Event, Payment
from payments.queries import batches as queries
from payments.queries.batches import Before, Standing
from payments.transitions import OUTCOME_MOVES, BatchState, Outcome


def batch_row(found: Batch) -> dict[str, Any]:
    return {
        "id": found.pk,
        "unit": found.unit.name,
        "scheme": found.get_scheme_display(),
        "channel": found.channel,
        "provider": found.provider.short_name,
        "round": found.round.number,
        "count": found.count,
        "amount": found.amount,
        "state": found.state,
        "state_label": found.get_state_display(),
        "waits_for": words.TURNS.get(found.state, ""),
    }


def batch_facts(found: Batch, standing: Standing) -> dict[str, Any]:
    withdrawn = standing.outcomes.get(Outcome.WITHDRAWN, (0, 0))[0]
    voucher = {
        "number": found.voucher_number,
        "date": found.voucher_date,
        "amount": found.voucher_amount,
        "held": 0 if withdrawn else standing.amount - (found.voucher_amount or 0),
    }
    return batch_row(found) | {
        "month": found.round.cycle_id,
        "count": standing.count,
        "amount": standing.amount,
        "withdrawn": withdrawn,
        "made_at": found.round.finished_at,
        "voucher": voucher if found.voucher_number else None,
    }


def changes_since(found: Batch, before: Before) -> dict[str, Any]:
    changes = queries.batch_changes(batch=found, before=before)
    rows = [
        {
            "key": change.key,
            "label": words.CHANGES[change.key],
            "count": change.count,
            "amount": change.amount,
            "why": _reasons(change.key, change.reasons),
            "url": reverse("batch_change", args=[found.pk, change.key]),
        }
        for change in changes
    ]
    return {"changes": rows, "changed_total": sum(change.amount for change in changes)}


def _reasons(key: str, reasons: list[tuple[str, str, int]], shown: int = 4) -> str:
    """`11 died · 4 suspended`: the most frequent causes of one change, the rest counted together."""
    parts = [why(key, reason, detail) for reason, detail, _people in reasons[:shown]]
    if len(reasons) > 1:
        parts = [f"{reasons[index][2]} {part}" for index, part in enumerate(parts)]
    rest = sum(people for _reason, _detail, people in reasons[shown:])
    return " · ".join([*parts, _("%(n)s others") % {"n": rest}] if rest else parts)


def why(key: str, reason: str, detail: str) -> str:
    if reason == "place":
        return (_("from %(place)s") if key.endswith("_in") else _("to %(place)s")) % {"place": detail}
    if reason == "arrears" and detail:
        return _("entitled from %(month)s") % {"month": detail}
    return str(words.REASONS.get(reason, reason))


def checks_of(found: Batch) -> dict[str, list[int]]:
    """What to look at closely; once the list is on its way, what changed later concerns the next one."""
    checks = queries.batch_checks(batch=found)
    return checks if found.state in BatchState.unreleased() else checks | {"left": [], "waiting": []}


def checks_shown(found: Batch, checks: dict[str, list[int]]) -> list[dict[str, Any]]:
    url = reverse("batch", args=[found.pk])
    return [
        {"label": words.CHECKS[key], "count": len(payments), "url": f"{url}?only={key}#results"}
        for key, payments in checks.items()
        if payments
    ]


def outcomes(standing: Standing) -> list[dict[str, Any]]:
    return [
        {
            "state": outcome,
            "label": Outcome(outcome).label if outcome else _("no result yet"),
            "people": people,
            "amount": amount,
        }
        for outcome, (people, amount) in sorted(standing.outcomes.items())
    ]


def people(request: OfficerRequest, found: Batch, checks: dict[str, list[int]]) -> dict[str, Any]:
    only, q = request.GET.get("only", ""), request.GET.get("q", "").strip()[:120]
    page, payees = queries.payment_page(
        batch=found, place=place_of(request.GET), **payments_asked_for(request.GET, checks)
    )
    flagged = {key: set(payments) for key, payments in checks.items()}
    takes_back = found.state in OUTCOME_MOVES["", Outcome.WITHDRAWN]
    may_withdraw = takes_back and request.reader.may(Action.WITHDRAW, found.unit_id)
    rows = []
    for payment in page.rows:
        row = payment_row(payment, payees.get(payment.person_id, []))
        row["flags"] = [words.CHECKS[key] for key, payments in flagged.items() if payment.pk in payments]
        if may_withdraw and payment.outcome is None:
            row["withdraw_url"] = reverse("payment_withdraw", args=[payment.pk])
        rows.append(row)
    return {"page": page_context(page, rows, request.GET), "only": words.CHECKS.get(only, ""), "q": q}


def payments_asked_for(query: QueryDict, checks: dict[str, list[int]]) -> dict[str, Any]:
    """What is searched for in a batch and by which check it is filtered, as its queries take them."""
    only = query.get("only", "")
    return {
        "folded": fold(query.get("q", "").strip()[:120]),
        "only": checks.get(only, []) if only in words.CHECKS else None,
    }


def payment_row(payment: Payment, payees: list[Payee]) -> dict[str, Any]:
    method, person = payment.payout_method, payment.person
    account = method.account if method and method.account else ""
    return {
        "id": payment.pk,
        "person_id": person.pk,
        "name": person.name,
        "birth": person.birth_date,
        "birth_precision": person.birth_precision,
        "national_id": mask(person.national_id) if person.national_id else "",
        "commune": payment.commune.name,
        "account": mask_account(account) if account else "",
        "holder": method.holder if method else "",
        "pay_at": PayAt(method.pay_at if method and method.pay_at else PayAt.POINT).label,
        "payee": "; ".join(
            f"{payee.get_role_display()}: {payee.name}{', ' if payee.document else ''}{payee.document}"
            for payee in payees
        ),
        "amount": payment.amount,
        "outcome": payment.outcome or "",
        "outcome_label": payment.get_outcome_display() if payment.outcome else "",
    }


def event_row(event: Event) -> dict[str, Any]:
    if event.payment:
        text = _("%(name)s withdrawn from the list") % {"name": event.payment.person.name}
    elif event.to_state == BatchState.DRAFT:
        text = _("Sent back to its preparer")
    else:
        text = BatchState(event.to_state).label.capitalize()
    return {"at": event.at, "by": str(event.by or ""), "text": text, "reason": event.reason}
