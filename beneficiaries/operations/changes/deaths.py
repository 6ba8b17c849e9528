"""What follows from a death, in one decision: the stop, the last month to heirs, the funeral, the lump sum."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from beneficiaries.models import FUNERAL_CATEGORIES, EndReason, Entitlement, PayeeRole, Person
from beneficiaries.operations import grants, people
from beneficiaries.operations.changes.content import Asked
from beneficiaries.operations.changes.errors import ChangeRefused, Incomplete
from beneficiaries.operations.changes.facts import appoint
from beneficiaries.operations.grants import Decision
from benefits.models import Category, Component, Kind, Scheme
from common.months import month_of

LUMP_SUM = "NCC_1L_3THANG"


def end_by_death(*, person: Person, asked: Asked, decision: Decision, on: date) -> None:
    """died_on, certificate, heir and organiser (name, national_id, document), funeral (categories), lump_sum.

    Benefits end with the month of death, which heirs collect (rules E05, D01); of the funeral benefits that the death
    falls under the highest is granted, once (E13, N04); three months of allowance and supplement go to the heirs of a
    contributor (N03). One-off money falls due in the month in which the decision is signed.
    """
    died_on = asked.needed_day("died_on")
    if died_on > on:
        raise Incomplete(_("The death cannot be after today."), field="died_on")
    asked.text("certificate", needed=True)
    month, paid_in = month_of(died_on), max(month_of(died_on), month_of(decision.signed_on))
    people.record_death(person=person, died_on=died_on)
    running = Entitlement.objects.select_for_update(of=("self",)).filter(
        person=person, from_month__lte=month, category__kind=Kind.MONTHLY
    )
    for entitlement in running.exclude(last_month__lte=month).order_by("pk"):
        grants.end(entitlement=entitlement, last_month=month, reason=EndReason.DIED, decision=decision)
    heir, organiser = asked.part("heir"), asked.part("organiser")
    if heir:
        appoint(person=person, asked=heir, from_day=died_on, role=PayeeRole.HEIR)
    if organiser:
        appoint(person=person, asked=organiser, from_day=died_on, role=PayeeRole.FUNERAL_ORGANISER)
    codes = asked.texts("funeral")
    if codes:
        _grant_funeral(person, codes, decision, paid_in)
    if asked.flag("lump_sum"):
        if LUMP_SUM not in lump_sum_for(person, died_on):
            raise ChangeRefused(_("The person had no allowance of which the heirs get three months."))
        category = Category.objects.get(pk=LUMP_SUM)
        grants.grant(person=person, category=category, decision=decision, from_month=paid_in)


def funerals_for(person: Person, died_on: date) -> list[str]:
    """The funeral benefits (category codes) that somebody's death falls under, by what was granted for its month."""
    held = list(_held(person, died_on).values_list("category__scheme", "category__component"))
    found = []
    if any(component == Component.INSTITUTION for _scheme, component in held):
        found.append("BTXH_25.3")
    if any(scheme == Scheme.BTXH and component not in (Component.INSTITUTION, Component.CARE)
           for scheme, component in held):  # fmt: skip
        found.append("BTXH_11.2")
    if any(scheme == Scheme.NCC for scheme, _component in held):
        found.append("NCC_MAITANG")
    return found


def lump_sum_for(person: Person, died_on: date) -> list[str]:
    """The category of the three months' lump sum where somebody's death gives one: own allowance of a contributor."""
    own = _held(person, died_on).filter(
        category__scheme=Scheme.NCC, category__component__in=(Component.TC, Component.PC)
    )
    return [LUMP_SUM] if own.exists() else []


def _held(person: Person, died_on: date) -> QuerySet[Entitlement]:
    month = month_of(died_on)
    grants_then = Entitlement.objects.filter(
        person=person, category__kind=Kind.MONTHLY, from_month__lte=month
    )
    return grants_then.exclude(last_month__lt=month)


def _grant_funeral(person: Person, codes: list[str], decision: Decision, month: date) -> None:
    categories = list(Category.objects.filter(pk__in=codes).order_by("pk"))
    if len(categories) != len(set(codes)) or not set(codes) <= set(FUNERAL_CATEGORIES):
        raise Incomplete(_("This is not a funeral benefit."), field="funeral")
    grants.grant_funeral(deceased=person, categories=categories, decision=decision, month=month)
