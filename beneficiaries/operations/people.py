"""What is known of a person: death, corrected facts, a pension, a move. Each queues the look-back it needs."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from areas.models import Unit
from beneficiaries.models import PensionKind, Person, Precision, Residence, Sex
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.reckoning import queue_all_concerned
from common.cccd import check_cccd
from common.months import add_months, month_of
from common.text import clean_name, fold, person_sort_key


@transaction.atomic
def register(
    *,
    name: str,
    birth_date: date,
    lives: Unit,
    since: date,
    birth_precision: Precision = Precision.DAY,
    sex: str = "",
    national_id: str = "",
    phone: str = "",
    hamlet: str = "",
) -> Person:
    """Enter somebody who is not on record yet, living in a commune since a day.

    Raises DecisionRefused for an identity number that belongs to somebody living or cannot be theirs.
    """
    made = Person(birth_date=birth_date, birth_precision=birth_precision, phone=phone.strip())
    _identify(made, name=name, national_id=national_id, sex=sex)
    made.save()
    Residence.objects.create(person=made, commune=lives, hamlet=hamlet, valid_from=since)
    return made


@transaction.atomic
def correct_identity(
    *, person: Person, name: str, national_id: str, sex: str, phone: str, hamlet: str | None = None
) -> None:
    """Correct who a person is, how they are reached, and in which hamlet; it changes nothing that is due.

    Raises DecisionRefused for an identity number that belongs to somebody living or cannot be theirs.
    """
    _identify(person, name=name, national_id=national_id, sex=sex)
    person.phone = phone.strip()
    person.save(
        update_fields=["name", "name_folded", "name_sort", "national_id", "national_id_index", "sex", "phone"]
    )
    if hamlet is not None:
        Residence.objects.filter(person=person, valid_to__isnull=True).update(hamlet=hamlet)


def _identify(person: Person, *, name: str, national_id: str, sex: str) -> None:
    person.name = clean_name(name)
    if not person.name:
        raise DecisionRefused(_("Enter the full name."))
    if sex and sex not in Sex.values:
        raise DecisionRefused(_("The sex is female or male."))
    if national_id:
        if check_cccd(national_id):
            raise DecisionRefused(_("This is not a citizen identity number."))
        others = Person.objects.living().filter(national_id_index=national_id).exclude(pk=person.pk)
        if others.exists():
            raise DecisionRefused(_("Somebody on record has this citizen identity number already."))
    person.name_folded, person.name_sort = fold(person.name), person_sort_key(person.name)
    person.sex = sex
    person.national_id = person.national_id_index = national_id or None


@transaction.atomic
def record_death(*, person: Person, died_on: date | None) -> None:
    """Record a death, or correct or withdraw its date: the month of death is the last one due (rules E05, D01).

    Whoever cares for the person is reckoned again too. Later months that were paid become an overpaid balance.
    """
    before, person.died_on = person.died_on, died_on
    person.save(update_fields=["died_on"])
    known = [day for day in (before, died_on) if day is not None]
    if known:
        queue_all_concerned(person=person, from_month=month_of(min(known)))


@transaction.atomic
def correct_birth(*, person: Person, birth_date: date, precision: Precision = Precision.DAY) -> None:
    """Correct a birth date; every month granted so far is reckoned again, of those cared for by others as well."""
    person.birth_date, person.birth_precision = birth_date, precision
    person.save(update_fields=["birth_date", "birth_precision"])
    queue_all_concerned(person=person)


@transaction.atomic
def record_pension(*, person: Person, kind: PensionKind, amount: int | None, from_month: date | None) -> None:
    """Record a pension or monthly social insurance: kind, đồng a month, and the first month it is paid (rule E11)."""
    received = [(person.pension_kind, person.pension_from), (kind, from_month)]
    person.pension_kind, person.pension_amount, person.pension_from = kind, amount, from_month
    person.save(update_fields=["pension_kind", "pension_amount", "pension_from"])
    months = [month for one, month in received if one]
    known = [month for month in months if month is not None]
    # A pension without a first month counts in every month, so all of them are reckoned again.
    queue_all_concerned(person=person, from_month=min(known) if len(known) == len(months) and known else None)


@transaction.atomic
def move(*, person: Person, to: Unit, stopped_on: date, hamlet: str = "") -> Residence:
    """Move a person within the province: the new place pays from the month after the old place's stop decision of
    `stopped_on` (Decree 20/2021 Art. 8(4)(d), rule E06). Raises DecisionRefused where they live there already.
    """
    first = add_months(month_of(stopped_on), 1)
    old = Residence.objects.select_for_update().filter(person=person, valid_to__isnull=True).first()
    if old is not None and old.commune_id == to.pk:
        raise DecisionRefused(_("The person lives in this commune already."))
    if old is not None:
        old.valid_to = first - timedelta(days=1)
        old.save(update_fields=["valid_to"])
    return Residence.objects.create(person=person, commune=to, hamlet=hamlet, valid_from=first)
