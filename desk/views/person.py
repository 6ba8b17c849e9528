"""One person's page: who it is, what is granted, how and whether it was paid, what may be asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, require
from beneficiaries import queries as people
from beneficiaries.collecting import lapses_on
from beneficiaries.models import (
    ChangeKind,
    EndReason,
    Entitlement,
    PayAt,
    Payee,
    PayoutMethod,
    PensionKind,
    Person,
    Sex,
)
from beneficiaries.next_steps import NEXT_STEPS
from benefits.models import Scheme
from common.cccd import mask, mask_account
from common.months import month_of
from desk.queries.changes import open_requests_of
from desk.queries.road import told_about
from desk.views.change_entry import ALL_FORMS
from payments.models import Cycle, Payment
from payments.queries.batches import visible_batches
from payments.queries.explain import Explanation, explain
from payments.queries.persons import payments_of
from payments.transitions import BatchState, Outcome


@require_GET
def person(request: OfficerRequest, person_id: int) -> HttpResponse:
    """What one person is granted, how it is paid, what was paid and why."""
    require(request, Action.SEE_PEOPLE)
    today, reader = timezone.localdate(), request.reader
    try:
        found: Any = people.find_person(person_id=person_id, reader=reader, on=today)
    except Person.DoesNotExist as error:
        raise Http404 from error
    cycle = Cycle.objects.order_by("-month").first()
    month, on = (cycle.month, cycle.reckoned_on) if cycle else (month_of(today), today)
    explanation = explain(person=found, month=month, on=on, reader=reader)
    context = {
        "person": _facts(found),
        "now": {
            "month": month,
            "amount": explanation.total,
            "dues": explanation.dues,
            "stop": _stop(explanation),
        },
        "payout": _payout(found),
        "payees": [_payee(payee) for payee in found.current_payees],
        "obstacle": next(
            (
                {
                    "label": one.get_reason_display(),
                    "noted_on": one.noted_on,
                    "next": NEXT_STEPS.get(one.reason, ""),
                    "again": one.ask_again_on,
                }
                for one in found.current_obstacles
            ),
            None,
        ),
        "entitlements": [_grant(grant, found, reader) for grant in found.grants],
        "payments": _payments(found, reader),
        "audits": reader.may(Action.SEE_AUDIT),
        "requests": open_requests_of(reader=reader, person_id=found.pk),
        "kinds": _kinds(found, reader),
        "told": told_about(person_id=found.pk),
        "by_account": _by_account(found),
        "may_note": _may_ask(found, reader) and not found.died_on,
        "may_unmask": any(reader.may(Action.UNMASK, home.commune_id) for home in found.current_homes),
    }
    return render(request, "beneficiaries/person_detail.html", context)


def _kinds(found: Any, reader: Reader) -> list[dict[str, str]]:
    """The changes that this officer may ask for this person; after a death only who collects."""
    if not _may_ask(found, reader):
        return []
    kinds = [ChangeKind.PAYEE] if found.died_on else [kind for kind in ALL_FORMS if kind != ChangeKind.RESUME]
    if any(one.until_month is None for grant in found.grants for one in grant.suspensions.all()):
        kinds.append(ChangeKind.RESUME)
    return [
        {"label": str(ChangeKind(kind).label), "url": reverse("change_new", args=[found.pk, kind])}
        for kind in kinds
    ]


def _may_ask(found: Any, reader: Reader) -> bool:
    return any(reader.may(Action.REQUEST_CHANGE, home.commune_id) for home in found.current_homes)


def _facts(found: Any) -> dict[str, Any]:
    home = next(iter(found.current_homes), None)
    return {
        "id": found.pk,
        "name": found.name,
        "birth": found.birth_date,
        "birth_precision": found.birth_precision,
        "sex_label": Sex(found.sex).label if found.sex else "",
        "national_id": mask(found.national_id) if found.national_id else "",
        "phone": found.phone,
        "commune": home.commune.name if home else "",
        "hamlet": home.hamlet if home else "",
        "unit": (home.commune.paying_unit or home.commune).name if home else "",
        "died_on": found.died_on,
        "pension_label": PensionKind(found.pension_kind).label if found.pension_kind else "",
        "notes": found.notes,
    }


def _stop(explanation: Explanation) -> str:
    """Why the month cannot be reckoned: the first due that lacks its rate, or ''."""
    return next((due.words for due in explanation.dues if due.amount is None), "")


def _by_account(found: Any) -> bool:
    """Whether the money goes to an account today: one that the bank has confirmed and not refused."""
    method: PayoutMethod | None = next(iter(found.current_methods), None)
    return bool(method and method.account_index and method.verified_on and not method.failed_on)


def _payout(found: Any) -> dict[str, Any] | None:
    method: PayoutMethod | None = next(iter(found.current_methods), None)
    if method is None:
        return None
    return {
        "channel": method.channel,
        "channel_label": method.get_channel_display(),
        "provider": method.provider.short_name,
        "account": mask_account(method.account) if method.account else "",
        "holder": method.holder,
        "verified_on": method.verified_on,
        "failed_on": method.failed_on,
        "right_ended": method.right_ended,
        "pay_at": PayAt(method.pay_at).label if method.pay_at else "",
        "since": method.valid_from,
    }


def _payee(payee: Payee) -> dict[str, Any]:
    end = lapses_on(payee)
    return {
        "id": payee.pk,
        "limit": payee.limit,
        "role": payee.get_role_display(),
        "name": payee.name,
        "national_id": mask(payee.national_id) if payee.national_id else "",
        "document": payee.document,
        "until": end - timedelta(days=1) if end else None,
    }


def _grant(grant: Entitlement, found: Person, reader: Reader) -> dict[str, Any]:
    english = (get_language() or "vi").startswith("en")
    this_month = month_of(timezone.localdate())
    suspension = next(
        (one for one in grant.suspensions.all() if one.until_month is None or one.until_month >= this_month),
        None,
    )
    ended = grant.last_month is not None and grant.last_month < this_month
    state, label = _grant_state(grant, ended=ended, suspended=suspension is not None)
    hidden = grant.category.sensitive and not _reveals(found, reader)
    facts = [] if hidden else _grant_facts(grant)
    decision = " · ".join(
        part
        for part in (grant.decision_number, f"{grant.decision_date:%d/%m/%Y}" if grant.decision_date else "")
        if part
    )
    return {
        "category": people.category_name(
            category=grant.category, person=found, reader=reader, english=english
        ),
        "scheme": grant.category.get_scheme_display(),
        "from_month": grant.from_month,
        "last_month": grant.last_month,
        "end_reason": EndReason(grant.end_reason).label if grant.end_reason else "",
        "decision": decision,
        "facts": facts,
        "state": state,
        "state_label": label,
        "suspended": _("from %(month)s: %(reason)s")
        % {"month": f"{suspension.from_month:%m/%Y}", "reason": suspension.reason}
        if suspension and not ended
        else "",
    }


def _grant_state(grant: Entitlement, *, ended: bool, suspended: bool) -> tuple[str, str]:
    """The state and its word, which the two schemes' decrees call differently."""
    contributors = grant.category.scheme == Scheme.NCC
    if ended:
        return "ended", pgettext("NCC", "ended") if contributors else _("ended")
    if suspended:
        return "suspended", pgettext("NCC", "suspended") if contributors else _("suspended")
    return "open", _("in force")


def _reveals(found: Any, reader: Reader) -> bool:
    return any(reader.may(Action.SEE_SENSITIVE, home.commune_id) for home in found.current_homes)


def _grant_facts(grant: Entitlement) -> list[str]:
    facts = []
    if grant.injury_rate is not None:
        facts.append(_("injury rate %(n)s%%") % {"n": grant.injury_rate})
    if grant.seniority_years is not None:
        facts.append(_("%(n)s years of seniority") % {"n": grant.seniority_years})
    if grant.disability_certificate:
        facts.append(_("certificate %(number)s") % {"number": grant.disability_certificate})
    if grant.certificate_until:
        facts.append(_("valid until %(day)s") % {"day": f"{grant.certificate_until:%d/%m/%Y}"})
    if grant.linked_person:
        facts.append(_("for %(name)s") % {"name": grant.linked_person.name})
    facts += [f"{child.name} ({child.birth_date:%Y})" for child in grant.child_rows.all()]
    return facts


def _payments(found: Person, reader: Reader) -> list[dict[str, Any]]:
    payments = payments_of(person_id=found.pk, reader=reader)
    open_to_reader = set(
        visible_batches(reader)
        .filter(pk__in={payment.batch_id for payment in payments})
        .values_list("pk", flat=True)
    )
    return [_payment(payment, payment.batch_id in open_to_reader) for payment in payments]


def _payment(payment: Payment, linked: bool) -> dict[str, Any]:
    batch = payment.batch
    outcome = Outcome(payment.outcome) if payment.outcome else None
    return {
        "id": payment.pk,
        "month": batch.round.cycle_id,
        "round": batch.round.number,
        "scheme": batch.get_scheme_display(),
        "amount": payment.amount,
        "channel": batch.channel,
        "channel_label": batch.provider.short_name,
        "state": outcome or batch.state,
        "state_label": outcome.label if outcome else BatchState(batch.state).label,
        "on": payment.outcome_on,
        "batch_id": batch.pk if linked else None,
    }
