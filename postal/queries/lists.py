"""The lists of pay days as people sign them: rows, payees, sums. Set-based: a whole month in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from beneficiaries.collecting import lapses_on, may_collect
from beneficiaries.models import Payee, PayeeRole, Person
from common import sql
from common.cccd import mask
from common.crypto import decrypt
from common.months import show_birth
from payments.models import Batch
from postal.models import PayDay


@dataclass(frozen=True, slots=True)
class ListPayee:
    """Who may collect instead: role in words, masked number of the citizen card ('' where none), document."""

    id: int
    role: str
    name: str
    national_id: str
    document: str


@dataclass(frozen=True, slots=True)
class LapsedPayee:
    """Who was authorised and no longer collects, since which day."""

    id: int
    name: str
    since: date


@dataclass(frozen=True, slots=True)
class ListRow:
    """One payment on a list; amounts in đồng, `recovery` zero or negative, their sum is `amount`."""

    number: int
    payment: int
    person: int
    name: str
    birth: str
    national_id: str
    masked_id: str
    hamlet: str
    regular: int
    arrears: int
    recovery: int
    amount: int
    outcome: str
    dead: bool
    payees: Sequence[ListPayee] = ()
    lapsed: Sequence[LapsedPayee] = ()


@dataclass(frozen=True, slots=True)
class PayList:
    """What one pay day pays of one batch."""

    day: PayDay
    batch: Batch
    rows: list[ListRow] = field(default_factory=list)

    @property
    def sums(self) -> tuple[int, int, int, int]:
        """This month's, arrears, recovery, and all, in đồng."""
        return (
            sum(row.regular for row in self.rows),
            sum(row.arrears for row in self.rows),
            sum(row.recovery for row in self.rows),
            sum(row.amount for row in self.rows),
        )

    @property
    def number(self) -> str:
        """What identifies the list: month, scheme, commune, day, and which list of them."""
        round_part = f"/BS{self.batch.round.number}" if self.batch.round.number else ""
        return (
            f"{self.day.month:%m-%Y}/{self.batch.scheme}/{self.day.point.commune.code}/"
            f"{self.day.day:%d%m}-{self.day.pk}{round_part}"
        )


def pay_lists(*, days: Sequence[PayDay]) -> list[PayList]:
    """The lists of pay days that the caller has found within the reader's area, in order; empty ones are left out."""
    by_id = {day.pk: day for day in days}
    with connection.cursor() as cursor:
        rows = sql.rows(cursor, "postal", "list_rows", {"pay_days": list(by_id)})
    batches = Batch.objects.select_related("round__cycle", "unit__parent", "provider").in_bulk(
        {row["batch"] for row in rows}
    )
    payees = _payees({row["person"] for row in rows})
    found: dict[tuple[int, int], PayList] = {}
    for row in rows:
        key = row["pay_day"], row["batch"]
        if key not in found:
            found[key] = PayList(by_id[row["pay_day"]], batches[row["batch"]])
        day = found[key].day.day
        known = payees.get(row["person"], ())
        current = [
            made
            for made, payee in known
            if may_collect(payee, died_on=row["died_on"], on=day, amount=row["amount"])
        ]
        number = _open_id(row["national_id"], row["uuid"])
        found[key].rows.append(
            ListRow(
                number=row["number"], payment=row["payment"], person=row["person"], name=row["name"],
                birth=show_birth(row["birth_date"], row["birth_precision"]), national_id=number,
                masked_id=mask(number) if number else "", hamlet=row["hamlet"], regular=row["regular"],
                arrears=row["arrears"], recovery=row["recovery"], amount=row["amount"], outcome=row["outcome"],
                dead=row["died_on"] is not None, payees=current,
                lapsed=[] if row["died_on"] else _lapsed([payee for _made, payee in known], day),
            )
        )  # fmt: skip
    order = {day.pk: place for place, day in enumerate(days)}
    return sorted(
        found.values(), key=lambda made: (order[made.day.pk], made.batch.round.number, made.batch.scheme)
    )


def _payees(people: Iterable[int]) -> dict[int, list[tuple[ListPayee, Payee]]]:
    found: dict[int, list[tuple[ListPayee, Payee]]] = defaultdict(list)
    for payee in _in_parts(sorted(people)):
        number = payee.national_id or ""
        made = ListPayee(
            payee.pk, payee.get_role_display(), payee.name, mask(number) if number else "", payee.document
        )
        found[payee.person_id].append((made, payee))
    return found


def _lapsed(payees: Sequence[Payee], day: date) -> list[LapsedPayee]:
    """Authorisations that ended before the day, unless the same person was authorised anew."""
    standing = {payee.name for payee in payees if may_collect(payee, died_on=None, on=day)}
    ended = {
        payee.name: LapsedPayee(payee.pk, payee.name, since)
        for payee in payees
        if payee.role == PayeeRole.AUTHORISED and (since := lapses_on(payee)) is not None and since <= day
    }
    return [made for name, made in ended.items() if name not in standing]


def _in_parts(people: list[int], size: int = 5_000) -> Iterator[Payee]:
    for start in range(0, len(people), size):
        yield from Payee.objects.filter(person__in=people[start : start + size]).order_by("pk")


def _open_id(stored: bytes | memoryview | None, uuid: UUID) -> str:
    if stored is None:
        return ""
    return decrypt(bytes(stored), table=Person._meta.db_table, column="national_id", row=uuid)
