"""People on one month's list, and what became of their payments, for tests of the figures."""

from datetime import date

from accounts.access import Reader, province_reader
from accounts.models import User
from beneficiaries.models import Person
from payments.models import Batch, Payment
from payments.operations import batches
from payments.operations.batches import Voucher
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import BatchState, Outcome
from reports.operations import refresh_figures
from reports.queries import coverage as queries
from reports.queries.coverage import By, Coverage
from tests import worlds

DECEMBER = date(2024, 12, 1)
NOON = worlds.NOON


def coverage(**asked) -> Coverage:
    """Coverage from figures that have just been taken, as by the clock."""
    refresh_figures(at=NOON)
    return queries.coverage(**asked)


def elderly(
    name: str = "Đặng Thị Ước", *, bank: bool = False, since: date = DECEMBER, queue: bool = False, **facts
) -> Person:
    """Someone over 80 without a pension: 500,000 đồng of social protection a month since July 2024."""
    who = worlds.person(name, **facts)
    worlds.grant(who, "BTXH_5.5c", since=since, queue=queue)
    if bank:
        worlds.account(who, number=f"99{who.pk}")
    return who


def officers() -> dict[str, User]:
    return {name: worlds.officer(name) for name in ("huyen", "duyet", "ketoan")}


def send(month: date, by: dict[str, User]) -> None:
    """Every draft list of the cycle goes to its provider."""
    for batch in Batch.objects.filter(round__cycle=month, state=BatchState.DRAFT):
        batches.submit(batch_id=batch.pk, by=by["huyen"], at=NOON)
        batches.approve(batch_id=batch.pk, by=by["duyet"], at=NOON)
        voucher = Voucher("RDT-12", date(2024, 12, 2), batch.amount)
        batches.fund(batch_id=batch.pk, voucher=voucher, by=by["ketoan"], at=NOON)
        sent = batches.release(batch_id=batch.pk, by=by["ketoan"], at=NOON)
        batches.acknowledge(
            batch_id=batch.pk, count=sent.released_count, amount=sent.released_amount, at=NOON
        )


def report(payment: Payment, outcome: Outcome, **facts) -> None:
    item = Reported(payment_id=payment.pk, outcome=outcome, on=date(2024, 12, 5), **facts)
    receipt = record_outcomes(
        provider=payment.batch.provider_id,
        message_id=f"{payment.pk}-{outcome}",
        items=[item],
        at=NOON,
    )
    assert receipt.applied == 1, receipt


def total(month: date = DECEMBER, reader: Reader | None = None) -> tuple[int, int, int, int]:
    """Covered, all, đồng, đồng through accounts."""
    row = coverage(month=month, by=By.SCHEME, reader=reader or province_reader()).total
    return row.covered, row.all, row.amount, row.amount_cashless


def rows(by: By, month: date = DECEMBER, reader: Reader | None = None) -> dict[str, tuple[int, int]]:
    found = coverage(month=month, by=by, reader=reader or province_reader()).rows
    return {row.key: (row.covered, row.all) for row in found}
