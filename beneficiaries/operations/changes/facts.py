"""What requests say of a person and of benefits: new grants, changed facts, the way of being paid, who collects."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from areas.models import Unit
from beneficiaries.models import (
    Channel,
    Child,
    Entitlement,
    Obstacle,
    ObstacleReason,
    PayAt,
    Payee,
    PayeeRole,
    PensionKind,
    Person,
    Precision,
    Sex,
)
from beneficiaries.operations import grants, payees, payouts, people
from beneficiaries.operations.changes.content import Asked, missing_field
from beneficiaries.operations.changes.errors import ChangeRefused, Incomplete
from beneficiaries.operations.grants import Decision
from benefits.models import AgeOf, Category, Per


def grant_new(
    *, person: Person | None, commune: Unit, asked: Asked, decision: Decision, on: date
) -> Entitlement:
    """A new grant, to somebody on record or to a newcomer of the commune.

    category, from_month (else the law's), settled_before, certificate_on, disability_certificate, certificate_until,
    injury_rate, seniority_years, heads, linked_person (who is cared for, or whose survivor it is), children (name,
    birth_date, birth_precision, studying_until); for a newcomer person (name, birth_date, birth_precision, sex,
    national_id, phone, hamlet, since), payout (as `set_payout`), payee (as `appoint`), obstacle, pension (as
    `change_facts`).
    """
    category = Category.objects.filter(pk=asked.text("category", needed=True)).first()
    if category is None:
        raise Incomplete(_("There is no such category."), field="category")
    children = [_child(part) for part in asked.parts("children")]
    linked = _linked(asked)
    _complete(category, asked, children, linked)
    if person is None:
        person = _register(asked.needed_part("person"), commune, on)
    elif person.died_on is not None:
        raise ChangeRefused(_("The person has died."))
    if "pension" in asked:
        _record_pension(person, asked.needed_part("pension"))
    made = grants.grant(
        person=person,
        category=category,
        decision=decision,
        from_month=asked.month("from_month"),
        settled_before=asked.month("settled_before"),
        certificate_on=asked.day("certificate_on"),
        linked=linked,
        children=children,
        injury_rate=asked.number("injury_rate"),
        seniority_years=asked.number("seniority_years"),
        heads=asked.number("heads"),
        disability_certificate=asked.text("disability_certificate"),
        certificate_until=asked.day("certificate_until"),
    )
    if "payout" in asked:
        set_payout(person=person, asked=asked.needed_part("payout"), from_day=on)
    if "payee" in asked:
        appoint(person=person, asked=asked.needed_part("payee"), from_day=on)
    reason = asked.one_of("obstacle", ObstacleReason.values)
    if reason and not Obstacle.objects.filter(person=person, resolved_on__isnull=True).exists():
        Obstacle.objects.create(person=person, reason=reason, noted_on=on)
    return made


def change_facts(*, person: Person, asked: Asked, decision: Decision) -> None:
    """Corrected or changed facts.

    entitlement with from_month and injury_rate, seniority_years or heads, with children, or with certificate_until,
    which changes no amount; person (any of name,
    birth_date, birth_precision, sex, national_id, phone, hamlet); pension (kind, amount, from_month).
    """
    if not any(key in asked for key in ("entitlement", "person", "pension")):
        raise Incomplete(_("Say what changes."))
    if "entitlement" in asked:
        _change_grant(person, asked, decision)
    if "person" in asked:
        _correct(person, asked.needed_part("person"))
    if "pension" in asked:
        _record_pension(person, asked.needed_part("pension"))


def set_payout(*, person: Person, asked: Asked, from_day: date) -> None:
    """channel bank with provider (BIN), account, holder; or channel post with pay_at."""
    if asked.one_of("channel", Channel.values, needed=True) == Channel.BANK:
        payouts.pay_to_account(
            person=person,
            provider=asked.text("provider", needed=True),
            account=asked.text("account", needed=True),
            holder=asked.text("holder", needed=True),
            from_day=from_day,
        )
    else:
        pay_at = asked.one_of("pay_at", PayAt.values) or PayAt.POINT
        payouts.pay_through_post(person=person, pay_at=PayAt(pay_at), from_day=from_day)


def appoint(*, person: Person, asked: Asked, from_day: date, role: PayeeRole | None = None) -> Payee:
    """role, name, national_id, document, until, limit (đồng a time)."""
    return payees.appoint(
        person=person,
        role=role or PayeeRole(asked.one_of("role", PayeeRole.values, needed=True)),
        name=asked.text("name", needed=True),
        national_id=asked.text("national_id"),
        document=asked.text("document"),
        from_day=from_day,
        until=asked.day("until"),
        limit=asked.number("limit"),
    )


def _register(asked: Asked, commune: Unit, on: date) -> Person:
    return people.register(
        name=asked.text("name", needed=True),
        birth_date=asked.needed_day("birth_date"),
        birth_precision=Precision(asked.one_of("birth_precision", Precision.values) or Precision.DAY),
        sex=asked.one_of("sex", Sex.values),
        national_id=asked.text("national_id"),
        phone=asked.text("phone"),
        hamlet=asked.text("hamlet"),
        lives=commune,
        # The list of a month goes by where people live on its first day.
        since=asked.day("since") or on.replace(day=1),
    )


def _complete(category: Category, asked: Asked, children: list[Child], linked: Person | None) -> None:
    """Without these facts the engine could not reckon the benefit and would stop the list of a whole slice."""
    missing = ""
    if category.needs_injury and "injury_rate" not in asked:
        missing = "injury_rate"
    elif category.per == Per.SENIORITY_YEAR and "seniority_years" not in asked:
        missing = "seniority_years"
    elif category.per == Per.MARTYR and "heads" not in asked:
        missing = "heads"
    elif category.per == Per.CHILD and not children and "heads" not in asked:
        missing = "children"
    elif category.age_of == AgeOf.LINKED and category.end_age is None and linked is None and not children:
        missing = "linked_person"
    if missing:
        raise missing_field(missing)


def _linked(asked: Asked) -> Person | None:
    number = asked.number("linked_person")
    if number is None:
        return None
    found = Person.objects.filter(pk=number).first()
    if found is None:
        raise Incomplete(_("Choose the person whom the benefit concerns."), field="linked_person")
    return found


def _child(asked: Asked) -> Child:
    return Child(
        name=asked.text("name", needed=True),
        birth_date=asked.needed_day("birth_date"),
        birth_precision=asked.one_of("birth_precision", Precision.values) or Precision.DAY,
        studying_until=asked.day("studying_until"),
    )


def _change_grant(person: Person, asked: Asked, decision: Decision) -> None:
    entitlement = (
        Entitlement.objects.select_for_update()
        .filter(person=person, pk=asked.needed_number("entitlement"))
        .first()
    )
    if entitlement is None:
        raise Incomplete(_("Choose one of the person's benefits."), field="entitlement")
    numbers: dict[str, Any] = {
        key: asked.number(key) for key in ("injury_rate", "seniority_years", "heads") if key in asked
    }
    if not numbers and "children" not in asked and "certificate_until" not in asked:
        raise Incomplete(_("Say what changes."), field="entitlement")
    if numbers:
        grants.change_facts(
            entitlement=entitlement,
            from_month=asked.needed_month("from_month"),
            decision=decision,
            **numbers,
        )
    if "certificate_until" in asked:
        entitlement.certificate_until = asked.day("certificate_until")
        entitlement.save(update_fields=["certificate_until"])
    if "children" in asked:
        grants.set_children(
            entitlement=entitlement, children=[_child(part) for part in asked.parts("children")]
        )


def _correct(person: Person, asked: Asked) -> None:
    if "birth_date" in asked:
        precision = asked.one_of("birth_precision", Precision.values) or Precision.DAY
        people.correct_birth(
            person=person, birth_date=asked.needed_day("birth_date"), precision=Precision(precision)
        )
    people.correct_identity(
        person=person,
        name=asked.text("name") or person.name,
        national_id=asked.text("national_id") or person.national_id or "",
        sex=asked.one_of("sex", Sex.values) or person.sex,
        phone=asked.text("phone") or person.phone,
        hamlet=asked.text("hamlet") or None,
    )


def _record_pension(person: Person, asked: Asked) -> None:
    people.record_pension(
        person=person,
        kind=PensionKind(asked.one_of("kind", PensionKind.values)),
        amount=asked.number("amount"),
        from_month=asked.month("from_month"),
    )
