"""New grants, and what changes or ends them. Every operation queues the look-back that it makes necessary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from beneficiaries.models import (
    FUNERAL_CATEGORIES,
    Child,
    EndReason,
    Entitlement,
    FactChange,
    Person,
    Precision,
    ReckonReason,
    Residence,
)
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.reckoning import queue_entitlement
from benefits.models import Category, Component
from benefits.queries import NoRate
from benefits.queries import grant as granted_by_law
from common.months import add_months, month_of

BY_AGE = {"BTXH_5.5b": 75, "BTXH_5.5c": 80}
BY_CERTIFICATE = ("BTXH_5.6_DBN", "BTXH_5.6_N")
SURVIVORS = (Component.TUAT, Component.TUAT_ND)


@dataclass(frozen=True, slots=True)
class Decision:
    """A signed decision: its number, the day it was signed, and by whom."""

    number: str
    signed_on: date
    signer: str = ""


def start_month(
    *,
    category: Category,
    person: Person,
    signed_on: date,
    certificate_on: date | None = None,
    linked: Person | None = None,
) -> date:
    """The first month that a new grant pays (rules E01, E02, E03, E08, N05).

    5(5)(b) and (c) from the month of the 75th or 80th birthday, disability from the month of the certificate, the
    social pension and everything else from the month in which the decision is signed (Decree 20/2021 Art. 8(1)(đ),
    176/2025 Art. 4); a survivor's allowance from the month after the death of `linked` (Decree 131/2021 Art. 125).
    Raises DecisionRefused where the certificate's date is missing.
    """
    if category.code in BY_AGE:
        return add_months(_birth_month(person), 12 * BY_AGE[category.code])
    if category.code in BY_CERTIFICATE:
        if certificate_on is None:
            raise DecisionRefused(
                _("Enter the date of the disability certificate: the allowance starts in its month.")
            )
        return month_of(certificate_on)
    if category.component in SURVIVORS and linked is not None and linked.died_on is not None:
        return add_months(month_of(linked.died_on), 1)
    return month_of(signed_on)


def _birth_month(person: Person) -> date:
    """The month from which ages count; of a birth known only to the year the first or last one, as the setting says."""
    last = person.birth_precision == Precision.YEAR and settings.BIRTH_CONVENTION == "last"
    return date(person.birth_date.year, 12, 1) if last else month_of(person.birth_date)


@transaction.atomic
def grant(
    *,
    person: Person,
    category: Category,
    decision: Decision,
    settled_before: date | None = None,
    from_month: date | None = None,
    certificate_on: date | None = None,
    linked: Person | None = None,
    children: Iterable[Child] = (),
    **facts: Any,
) -> Entitlement:
    """Grant a category by a signed decision; months from its start on are owed, earlier ones as arrears.

    `from_month` overrides the law's start where the decision names another month; `settled_before` leaves out months
    paid elsewhere (rule E06: for who moves in, the month after the old place's stop decision). `facts` are the
    injury rate, seniority, heads, certificate number and its end. Raises DecisionRefused; IntegrityError where the same
    benefit is granted already, or a second funeral grant for one death.
    """
    start = from_month or start_month(
        category=category,
        person=person,
        signed_on=decision.signed_on,
        certificate_on=certificate_on,
        linked=linked,
    )
    made = Entitlement.objects.create(
        person=person,
        category=category,
        from_month=start,
        settled_before=max(start, settled_before) if settled_before else start,
        decision_number=decision.number,
        decision_date=decision.signed_on,
        decision_signer=decision.signer,
        linked_person=linked,
        **facts,
    )
    for child in children:
        child.entitlement = made
        child.save()
    queue_entitlement(entitlement=made, from_month=made.from_month, reason=ReckonReason.GRANTED)
    return made


@transaction.atomic
def end(*, entitlement: Entitlement, last_month: date, reason: EndReason, decision: Decision) -> None:
    """End a benefit: `last_month` is still payable, the month of the event (Decree 20/2021 Art. 8(2), rule E05).

    Months after it that were paid become an overpaid balance. Raises DecisionRefused for a month before its start.
    """
    if last_month < entitlement.from_month:
        raise DecisionRefused(_("The last month is before the first one."))
    before = entitlement.last_month
    touched = min(last_month, before) if before else last_month
    entitlement.last_month, entitlement.end_reason = last_month, reason
    entitlement.save(update_fields=["last_month", "end_reason"])
    queue_entitlement(entitlement=entitlement, from_month=add_months(touched, 1))


@transaction.atomic
def change_facts(
    *,
    entitlement: Entitlement,
    from_month: date,
    decision: Decision,
    injury_rate: int | None = None,
    seniority_years: int | None = None,
    heads: int | None = None,
) -> FactChange:
    """A new injury rate, seniority or number of heads from the month in which it holds (rule E04).

    Months paid since are owed the difference, or were overpaid by it (Circular 44/2022 Art. 15(1), rule A02).
    """
    facts = {"injury_rate": injury_rate, "seniority_years": seniority_years, "heads": heads}
    change, _created = FactChange.objects.update_or_create(
        entitlement=entitlement,
        from_month=from_month,
        defaults={name: value for name, value in facts.items() if value is not None}
        | {"decision_number": decision.number, "decision_date": decision.signed_on},
    )
    queue_entitlement(entitlement=entitlement, from_month=from_month)
    return change


@transaction.atomic
def set_children(*, entitlement: Entitlement, children: Sequence[Child]) -> None:
    """Put the children that a benefit counts, with their own dates, in place of those recorded before."""
    entitlement.child_rows.all().delete()
    for child in children:
        child.pk, child.entitlement = None, entitlement
        child.save()
    queue_entitlement(entitlement=entitlement, from_month=entitlement.from_month)


@transaction.atomic
def grant_funeral(
    *, deceased: Person, categories: Sequence[Category], decision: Decision, month: date
) -> Entitlement:
    """Grant the funeral's cost once: of the laws that the death falls under, the one that pays most in `month`.

    What each pays comes from the dated rates in force on the day of the decision (20 or 50 standard levels, 10 base
    salaries). Decree 20/2021 Art. 11(3) and Ordinance 02/2020 Art. 6(4) (rules E13, N04). A grant of less made before
    is replaced, and what it paid becomes an overpaid balance; raises DecisionRefused where one of as much stands, or
    where the tables hold no rate.
    """
    if deceased.died_on is None:
        raise DecisionRefused(_("Record the death first."))
    if not categories or any(one.code not in FUNERAL_CATEGORIES for one in categories):
        raise DecisionRefused(_("This is not a funeral benefit."))
    paid = {one.code: _funeral_pays(deceased, one.code, month, decision) for one in categories}
    best = max(categories, key=lambda one: paid[one.code])
    standing = Entitlement.objects.filter(
        Q(linked_person=deceased) | Q(linked_person=None, person=deceased), category__in=FUNERAL_CATEGORIES
    ).exclude(end_reason=EndReason.REPLACED)
    for other in standing:
        if _funeral_pays(deceased, other.category_id, other.from_month, decision) >= paid[best.code]:
            raise DecisionRefused(_("The funeral of this person has been granted already."))
        other.end_reason = EndReason.REPLACED
        other.last_month = other.from_month
        other.save(update_fields=["end_reason", "last_month"])
        queue_entitlement(entitlement=other, from_month=other.from_month)
    return grant(person=deceased, category=best, decision=decision, from_month=month)


def _funeral_pays(deceased: Person, category: str, month: date, decision: Decision) -> int:
    """Đồng by the law in force on the day of the decision, with the own base of the province of the last residence."""
    home = (
        Residence.objects.filter(person=deceased, valid_from__lte=month)
        .select_related("commune__parent__parent")
        .order_by("-valid_from")
        .first()
    )
    above = home.commune.parent if home else None
    try:
        return granted_by_law(
            category, month, on=max(decision.signed_on, month), province=(above and above.parent) or above
        ).amount
    except NoRate as error:
        raise DecisionRefused(
            _("The tables hold no rate of %(code)s for this month.") % {"code": category}
        ) from error
