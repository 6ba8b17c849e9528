"""Carrying out what a request asks, through the operations on people. One function for each kind says its keys.

Dates are texts `YYYY-MM-DD`, months those of their first day, money đồng, people and benefits numbers (ids).
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from areas.models import Level, Unit
from beneficiaries.models import (
    SIGNED_FOR,
    ChangeKind,
    ChangeRequest,
    EndReason,
    Entitlement,
    Payee,
    Person,
    Suspension,
    SuspensionGround,
)
from beneficiaries.operations import grants, payees, people, suspensions
from beneficiaries.operations.changes.content import Asked, label
from beneficiaries.operations.changes.deaths import end_by_death
from beneficiaries.operations.changes.errors import ChangeRefused, Incomplete
from beneficiaries.operations.changes.facts import appoint, change_facts, grant_new, set_payout
from beneficiaries.operations.grants import Decision
from common.months import add_months, month_of

# Why a benefit may be stopped while its holder lives; a death has its own kind of request.
STOPS = (
    EndReason.INELIGIBLE,
    EndReason.MOVED_AWAY,
    EndReason.WAIVED,
    EndReason.IMPRISONED,
    EndReason.MISSING,
    EndReason.REFUSED,
)
_REFUSED_BY = {
    "one_entitlement_of_a_category": gettext_lazy("This benefit is granted for these months already."),
    "one_funeral_grant_a_death": gettext_lazy("The funeral of this person has been granted already."),
    "one_suspension_at_a_time": gettext_lazy("This benefit is suspended in these months already."),
    "national_id_once_while_living": gettext_lazy(
        "Somebody on record has this citizen identity number already."
    ),
    "a_child_once": gettext_lazy("The same child stands twice."),
    "birth_date_plausible": gettext_lazy("The birth date cannot be right."),
    "death_after_birth": gettext_lazy("The death is before the birth."),
    "one_residence_at_a_time": gettext_lazy("The person's residence changes on that day or later already."),
    "residence_ends_after_it_begins": gettext_lazy(
        "The person's residence changes on that day or later already."
    ),
}


class _TriedOut(Exception):
    """Ends a trial: what was written is taken back."""


def apply(*, request: ChangeRequest, decision: Decision, on: date) -> Person:
    """Carry out a request by a decision, on a day; whom it is about, who may be new.

    Raises Incomplete, ChangeRefused or whatever else refuses it (all DecisionRefused); then nothing is written.
    """
    request = copy(request)  # whose person may be changed in vain
    if request.person_id is not None:
        # Two requests about one person are carried out one after the other.
        request.person = Person.objects.select_for_update().get(pk=request.person_id)
    try:
        with transaction.atomic():
            return _BY_KIND[request.kind](request, Asked(request.asked), decision, on)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name not in _REFUSED_BY:
            raise
        raise ChangeRefused(str(_REFUSED_BY[name])) from error


def check(*, request: ChangeRequest, on: date) -> None:
    """Try a request out and take it back; raises what `apply` would. An application is tried as if signed today."""
    try:
        with transaction.atomic():
            apply(request=request, decision=decision_of(request, on), on=on)
            raise _TriedOut
    except _TriedOut:
        pass


def decision_of(request: ChangeRequest, on: date) -> Decision:
    """The decision that a request names, as far as it names one; `on` stands for its day where it is not signed."""
    return Decision(request.decision_number, request.decision_date or on, request.decision_signer)


def needs_decision(request: ChangeRequest) -> bool:
    """Whether it takes a signed decision: what is due does, a way of being paid or a corrected name does not."""
    return request.kind in SIGNED_FOR or (
        request.kind == ChangeKind.CHANGE and "entitlement" in request.asked
    )


def _new(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    return grant_new(
        person=request.person, commune=request.commune, asked=asked, decision=decision, on=on
    ).person


def _change(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    person = _person(request)
    change_facts(person=person, asked=asked, decision=decision)
    return person


def _suspend(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    """entitlements, from_month, ground, note."""
    person, month = _person(request), asked.needed_month("from_month")
    ground = SuspensionGround(asked.one_of("ground", SuspensionGround.values, needed=True))
    for entitlement in _entitlements(person, asked):
        suspensions.suspend(
            entitlement=entitlement,
            from_month=month,
            ground=ground,
            decision=decision,
            reason=asked.text("note")[:200],
        )
    return person


def _resume(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    """suspensions, from_month, arrears."""
    person, month, ids = _person(request), asked.needed_month("from_month"), asked.ids("suspensions")
    found = list(Suspension.objects.select_for_update().filter(entitlement__person=person, pk__in=ids))
    if len(found) != len(set(ids)):
        raise _not_theirs("suspensions")
    for suspension in sorted(found, key=lambda one: one.pk):
        suspensions.resume(
            suspension=suspension, from_month=month, arrears=asked.flag("arrears"), decision=decision
        )
    return person


def _stop(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    """entitlements, last_month (still paid), why, note."""
    person, last = _person(request), asked.needed_month("last_month")
    why = EndReason(asked.one_of("why", STOPS, needed=True))
    for entitlement in _entitlements(person, asked):
        if entitlement.last_month is not None and entitlement.last_month <= last:
            raise ChangeRefused(_("This benefit ends in that month or earlier already."))
        if why == EndReason.REFUSED:
            suspensions.end_after_refusal(entitlement=entitlement, last_month=last, decision=decision)
            continue
        grants.end(entitlement=entitlement, last_month=last, reason=why, decision=decision)
    return person


def _move(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    """to (a commune in being), stopped_on (the old place's stop decision), hamlet."""
    person, stopped = _person(request), asked.needed_day("stopped_on")
    first = add_months(month_of(stopped), 1)
    to = Unit.objects.on(first).filter(level=Level.COMMUNE, pk=asked.needed_number("to")).first()
    if to is None:
        raise Incomplete(_("Choose a commune that is in being when the person moves there."), field="to")
    people.move(person=person, to=to, stopped_on=stopped, hamlet=asked.text("hamlet"))
    return person


def _payout(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    """channel, provider, account, holder, pay_at, from_day; never before the day on which it is decided."""
    person = _person(request)
    set_payout(person=person, asked=asked, from_day=max(asked.day("from_day") or on, on))
    return person


def _payee(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    """role, name, national_id, document, from_day, until, limit; or payee (whose right ends) and until."""
    person = _person(request)
    if "payee" not in asked:
        appoint(person=person, asked=asked, from_day=max(asked.day("from_day") or on, on))
        return person
    payee = Payee.objects.filter(
        person=person, pk=asked.needed_number("payee"), revoked_on__isnull=True
    ).first()
    if payee is None:
        raise _not_theirs("payee")
    payees.dismiss(payee=payee, last_day=asked.needed_day("until"))
    return person


def _death(request: ChangeRequest, asked: Asked, decision: Decision, on: date) -> Person:
    person = _person(request)
    end_by_death(person=person, asked=asked, decision=decision, on=on)
    return person


_BY_KIND: dict[str, Callable[[ChangeRequest, Asked, Decision, date], Person]] = {
    ChangeKind.NEW: _new,
    ChangeKind.CHANGE: _change,
    ChangeKind.SUSPEND: _suspend,
    ChangeKind.RESUME: _resume,
    ChangeKind.STOP: _stop,
    ChangeKind.MOVE: _move,
    ChangeKind.PAYOUT: _payout,
    ChangeKind.PAYEE: _payee,
    ChangeKind.DEATH: _death,
}


def _person(request: ChangeRequest) -> Person:
    assert request.person is not None  # change_of_a_person holds it
    return request.person


def _entitlements(person: Person, asked: Asked) -> list[Entitlement]:
    ids = asked.ids("entitlements")
    found = Entitlement.objects.select_for_update(of=("self",)).filter(person=person, pk__in=ids)
    grants_of = list(found.select_related("category").order_by("pk"))
    if len(grants_of) != len(set(ids)):
        raise _not_theirs("entitlements")
    return grants_of


def _not_theirs(key: str) -> Incomplete:
    return Incomplete(_("This is not the person's: %(field)s.") % {"field": label(key)}, field=key)
