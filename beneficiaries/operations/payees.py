"""Who may collect for a person, on which document, until when and how much (rule G04)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from beneficiaries.collecting import AFTER_DEATH
from beneficiaries.models import Payee, PayeeRole, Person
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.payouts import leave_accounts_of
from common.working_days import end_of_term


@transaction.atomic
def appoint(
    *,
    person: Person,
    role: PayeeRole,
    name: str,
    document: str,
    from_day: date,
    until: date | None = None,
    national_id: str = "",
    limit: int | None = None,
) -> Payee:
    """Let somebody collect for a person, in the place of whoever had that role.

    Everybody but a foster carer shows a document. An authorisation has an end (Civil Code Art. 563: a year where none
    is given) and may have a `limit` in đồng a time; heirs and who organises the
    funeral collect only after a death (D01). Raises DecisionRefused.
    """
    if not name.strip():
        raise DecisionRefused(_("Enter the name of who collects."))
    if role != PayeeRole.FOSTER_CARER and not document.strip():
        raise DecisionRefused(_("Enter the document on which this person collects."))
    if (role in AFTER_DEATH) != (person.died_on is not None):
        raise DecisionRefused(
            _("Heirs and who organises the funeral collect after a death, everybody else during the life.")
        )
    if role == PayeeRole.AUTHORISED and until is None:
        until = end_of_term(from_day, months=12)
    if until is not None and until < from_day:
        raise DecisionRefused(_("The last day is before the first one."))
    if role not in AFTER_DEATH:
        collecting = Payee.objects.filter(person=person, role=role, revoked_on__isnull=True)
        lasting = collecting.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=from_day))
        for before in lasting.select_for_update():
            dismiss(payee=before, last_day=from_day - timedelta(days=1))
    return Payee.objects.create(
        person=person,
        role=role,
        name=name.strip(),
        national_id=national_id or None,
        national_id_index=national_id or None,
        document=document.strip()[:200],
        limit=limit,
        valid_from=from_day,
        valid_to=until,
    )


def dismiss(*, payee: Payee, last_day: date) -> None:
    """End a payee's right to collect after `last_day`; who had not begun by then never does."""
    if last_day < payee.valid_from:
        revoke(payee=payee, on=payee.valid_from)
        return
    payee.valid_to = last_day
    payee.save(update_fields=["valid_to"])


@transaction.atomic
def revoke(*, payee: Payee, on: date) -> None:
    """End a payee's right at once: on that day already nobody may pay them, nor to an account of theirs (Civil Code,
    Art. 569: whenever the person wishes, without giving a reason). Raises DecisionRefused where it has ended."""
    ended = Payee.objects.filter(pk=payee.pk, revoked_on__isnull=True).exclude(valid_to__lt=on)
    if not ended.update(revoked_on=on, valid_to=max(on, payee.valid_from)):
        raise DecisionRefused(_("This right to collect has ended already."))
    leave_accounts_of(payee=payee, on=on)
