"""Lists for trying out: made-up people on a cycle that no figure reads, which a bank's engineer may treat as real.

They go through the same operations as real lists (ADR 008), so what works on them works in earnest.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from areas.models import Unit
from banks.operations.errors import BanksError
from beneficiaries.models import Channel, PayoutMethod, Person
from benefits.models import Scheme
from common.months import add_months
from common.text import fold, person_sort_key
from payments.models import FIRST_REAL_MONTH, Batch, Cycle, Payment, Round, RoundState, payment_id
from payments.operations import batches
from payments.operations.batches import Voucher
from payments.operations.stop_orders import order_stop

FIRST_MONTH = date(1950, 1, 1)
PEOPLE = 20
# The machine prepares, the administrator approves: two, as everywhere.
PREPARER = "danh-sach-thu"


def make_trial_list(*, provider: str, by: User, at: datetime) -> Batch:
    """A released list of 20 made-up people, 500,000 to 519,000 đồng each, for a bank's clients for trying out.

    Each list has a cycle of its own in a month of the last century, which says on every screen what it is. Raises
    BanksError when all of its months are used up.
    """
    with transaction.atomic():
        batch = _draft(provider=provider, month=_next_month(), at=at)
        machine, _made = User.objects.get_or_create(
            username=PREPARER, defaults={"full_name": "Danh sách thử (máy lập)", "is_active": False}
        )
        batches.submit(batch_id=batch.pk, by=machine, at=at)
        batches.approve(batch_id=batch.pk, by=by, at=at)
        voucher = Voucher(f"THU-{batch.pk}", at.date(), batch.amount)
        batches.fund(batch_id=batch.pk, voucher=voucher, by=by, at=at)
        return batches.release(batch_id=batch.pk, by=by, at=at)


def act_on_trial_list(*, batch: Batch, action: str, by: User, at: datetime) -> None:
    """Do to a list for trying out what officers do to a real one: `recall` and release it again, order a `stop` of the
    first payment without a result, `settle` it. Raises what these raise."""
    reason = _("for trying out")
    if action == "settle":
        batches.settle(batch_id=batch.pk, by=by, at=at)
    elif action == "stop":
        waiting = batch.payments.filter(outcome__isnull=True).order_by("pk").first()
        if waiting is None:
            raise BanksError(_("Every payment of this list has its result."))
        order_stop(payment_id=waiting.pk, by=by, at=at, reason=reason)
    else:
        with transaction.atomic():
            batches.recall(batch_id=batch.pk, by=by, at=at, reason=reason)
            batches.release(batch_id=batch.pk, by=by, at=at)


def _next_month() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('trial lists', 0))")
    last = Cycle.every.filter(sandbox=True).order_by("-month").first()
    month = add_months(last.month, 1) if last else FIRST_MONTH
    if month >= FIRST_REAL_MONTH:
        raise BanksError(_("All months for trying out are used up."))
    return month


def _draft(*, provider: str, month: date, at: datetime) -> Batch:
    cycle = Cycle.every.create(month=month, last_month=month, reckoned_on=month, sandbox=True)
    made = Round.objects.create(
        cycle=cycle, number=0, state=RoundState.DONE, routed_on=month, started_at=at, finished_at=at
    )
    unit = Unit.objects.provinces().order_by("-valid_from", "code").first()
    if unit is None:
        raise BanksError(_("Load the reference data first."))
    amounts = [500_000 + 1_000 * number for number in range(PEOPLE)]
    batch = Batch.objects.create(
        round=made, unit=unit, scheme=Scheme.BTXH, channel=Channel.BANK, provider_id=provider,
        count=PEOPLE, amount=sum(amounts),
    )  # fmt: skip
    for number, amount in enumerate(amounts, start=1):
        _payment(batch, month, number, amount)
    return batch


def _payment(batch: Batch, month: date, number: int, amount: int) -> None:
    """One made-up person. Without a residence they are on nobody's roll, and their account is of that month alone."""
    name = f"Người Thử {number:02d} (giả lập)"
    person = Person.objects.create(
        name=name, name_folded=fold(name), name_sort=person_sort_key(name), birth_date=date(1940, 1, 1)
    )
    account = f"9900{month:%Y%m}{number:02d}"
    method = PayoutMethod.objects.create(
        person=person, channel=Channel.BANK, provider_id=batch.provider_id, account=account,
        account_index=account, holder=f"NGUOI THU {number:02d}", verified_on=month, valid_from=month, valid_to=month,
    )  # fmt: skip
    key = payment_id(month=month, round_number=0, scheme=batch.scheme, person_id=person.pk)
    Payment.objects.create(
        id=key, batch=batch, person=person, commune=batch.unit, payout_method=method, amount=amount
    )
