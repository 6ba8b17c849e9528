"""Results and statements from the Post's own system, as a table: good rows are taken and bad ones named."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import POST, Channel
from beneficiaries.roll.table import Cell, Row, UnreadableFile, open_table
from common.money import format_number
from common.text import fold
from payments.models import Payment, StatementKind
from payments.operations.closing import StatementItem, load_statement
from payments.operations.errors import PaymentsError
from payments.operations.outcomes import Reported, record_outcomes
from payments.transitions import Outcome
from postal.operations.errors import PostalError

COLUMNS = {
    "payment": ("ma chi tra", "ma khoan chi", "payment"),
    "result": ("ket qua", "trang thai", "result"),
    "day": ("ngay", "ngay chi tra", "ngay nhan", "date"),
    "amount": ("tong so tien (dong)", "tong so tien", "so tien", "amount"),
    "reason": ("ly do chua nhan", "ly do", "reason"),
}
RESULTS = {
    "da nhan": Outcome.PAID, "da chi tra": Outcome.PAID, "da tra": Outcome.PAID, "paid": Outcome.PAID,
    "chua nhan": Outcome.UNCLAIMED, "khong nhan": Outcome.UNCLAIMED, "unclaimed": Outcome.UNCLAIMED,
    "hoan tra": Outcome.RETURNED, "tra lai": Outcome.RETURNED, "returned": Outcome.RETURNED,
}  # fmt: skip
HEADER_ROWS = 10
EXACT_DIGITS = 15
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class RowError:
    row: int
    message: str


@dataclass(slots=True)
class Upload:
    """What a file did: results applied, known before, statement lines added, rows refused with the reason."""

    applied: int = 0
    repeated: int = 0
    stated: int = 0
    blank: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    row: int
    payment: int
    outcome: Outcome
    day: date
    amount: int
    reason: str


def upload_results(*, path: Path, units: AbstractSet[int], by: User, at: datetime) -> Upload:
    """Take the results of a file for postal payments of these paying units; rows without a result are left alone.

    A row is refused for an unknown payment, another amount (đồng), a date before the month, a second row of the same
    payment or a result that contradicts what is known. The same file again changes nothing. Raises PostalError where
    the file as a whole cannot be read.
    """
    found = Upload()
    lines, known = _read(path, units, found)
    good = [line for line in lines if _fits(line, known[line.payment], found)]
    if good:
        digest = hashlib.sha256(repr([(x.payment, x.outcome, x.day) for x in good]).encode()).hexdigest()
        items = [Reported(line.payment, line.outcome, line.day, line.reason) for line in good]
        receipt = record_outcomes(provider=POST, message_id=f"XL-{digest[:40]}", items=items, at=at, by=by)
        if receipt.quarantined:
            raise PostalError(receipt.note)
        found.applied, found.repeated = receipt.applied, found.repeated + receipt.repeated
    return found


def upload_statement(*, path: Path, month: date, name: str, units: AbstractSet[int]) -> Upload:
    """Take a file as the Post's own settlement statement of a cycle, to be set against our books (I8)."""
    found = Upload()
    lines, _known = _read(path, units, found)
    kinds = {Outcome.PAID: StatementKind.PAID, Outcome.RETURNED: StatementKind.RETURNED}
    items = [
        StatementItem(str(line.payment), kinds[line.outcome], line.amount, line.day)
        for line in lines
        if line.outcome in kinds
    ]
    try:
        found.stated = load_statement(provider=POST, month=month, statement=name, items=items)
    except PaymentsError as error:
        raise PostalError(str(error)) from error
    return found


def _read(path: Path, units: AbstractSet[int], found: Upload) -> tuple[list[_Line], dict[int, Payment]]:
    try:
        with open_table(path) as rows:
            raw = list(_rows(rows, found))
    except UnreadableFile as error:
        raise PostalError(str(error)) from error
    known = _payments([payment for _row, payment, _cells in raw], units)
    lines: list[_Line] = []
    seen: set[int] = set()
    for row, payment, cells in raw:
        try:
            if payment not in known:
                raise ValueError(_("No payment of the Post in your area has this number."))
            if payment in seen:
                raise ValueError(_("The file names this payment twice."))
            seen.add(payment)
            lines.append(_line(row, known[payment], cells))
        except ValueError as error:
            found.errors.append(RowError(row, str(error)))
    found.errors.sort(key=lambda fault: fault.row)
    return lines, known


def _rows(rows: Iterable[Row], found: Upload) -> Iterable[tuple[int, int, dict[str, Cell]]]:
    columns: dict[str, int] = {}
    for count, row in enumerate(rows):
        if count > MOST_ROWS:
            raise PostalError(_("The file has too many rows. Split it."))
        if not columns:
            columns = _header(row.cells)
            if not columns and row.number > HEADER_ROWS:
                break
            continue
        cells = {name: row.cells[at] if at < len(row.cells) else None for name, at in columns.items()}
        if cells["payment"] in (None, ""):
            continue
        if not str(cells["result"] or "").strip():
            found.blank += 1
            continue
        try:
            yield row.number, _number(cells["payment"]), cells
        except ValueError as error:
            found.errors.append(RowError(row.number, str(error)))
    if not columns:
        raise PostalError(
            _("The columns “Mã chi trả”, “Kết quả” and “Ngày” were not found in the first rows.")
        )


def _header(cells: Sequence[Cell]) -> dict[str, int]:
    named = {fold(str(cell)): at for at, cell in enumerate(cells) if cell is not None}
    found = {
        name: named[spelling]
        for name, spellings in COLUMNS.items()
        for spelling in spellings
        if spelling in named
    }
    return found if {"payment", "result", "day"} <= found.keys() else {}


def _number(cell: Cell) -> int:
    if isinstance(cell, float) or (isinstance(cell, int) and len(str(cell)) > EXACT_DIGITS):
        raise ValueError(_("The payment's number lost digits in Excel: keep the column as text."))
    text = re.sub(r"\s", "", str(cell))
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise ValueError(_("This is no number of a payment."))
    return int(text)


def _payments(numbers: Sequence[int], units: AbstractSet[int]) -> dict[int, Payment]:
    mine = Payment.objects.filter(batch__unit__in=units, batch__channel=Channel.POST)
    found: dict[int, Payment] = {}
    for start in range(0, len(numbers), 5_000):
        part = mine.filter(pk__in=numbers[start : start + 5_000]).select_related("batch__round")
        found |= {payment.pk: payment for payment in part}
    return found


def _line(row: int, payment: Payment, cells: dict[str, Cell]) -> _Line:
    outcome = RESULTS.get(fold(str(cells["result"])))
    if outcome is None:
        raise ValueError(
            _("“%(result)s” is no result: write Đã nhận, Chưa nhận or Hoàn trả.")
            % {"result": cells["result"]}
        )
    amount = _amount(cells.get("amount"), payment.amount)
    return _Line(
        row, payment.pk, outcome, _day(cells["day"], payment), amount, str(cells.get("reason") or "")[:300]
    )


def _amount(cell: Cell, expected: int) -> int:
    if cell in (None, ""):
        return expected
    text = re.sub(r"[.,\s₫đ]", "", str(int(cell) if isinstance(cell, float) else cell))
    if not text.isdigit() or int(text) != expected:
        raise ValueError(
            _("The amount differs: the list says %(amount)s.") % {"amount": format_number(expected)}
        )
    return expected


def _day(cell: Cell, payment: Payment) -> date:
    day = cell if isinstance(cell, date) else None
    if isinstance(cell, str) and (
        match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", cell.strip())
    ):
        try:
            day = date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            day = None
    if day is None:
        raise ValueError(_("The date is missing or is no date: write dd/mm/yyyy."))
    if (payment.batch.round.cycle_id - day).days > 31:
        raise ValueError(_("The date is before the month that is paid."))
    return day


def _fits(line: _Line, payment: Payment, found: Upload) -> bool:
    """Whether a row is news that fits; what is known already is counted, a contradiction named."""
    if payment.outcome == line.outcome:
        found.repeated += 1
        return False
    fits = (
        payment.batch.state == "acknowledged" and payment.outcome is None and line.outcome != Outcome.RETURNED
    )
    returns = payment.outcome == Outcome.PAID and line.outcome == Outcome.RETURNED
    if not (fits or (returns and payment.batch.state in ("acknowledged", "settled"))):
        found.errors.append(
            RowError(
                line.row,
                _("It contradicts what is recorded, or the list is not with the Post. Ask for a correction."),
            )
        )
        found.errors.sort(key=lambda fault: fault.row)
        return False
    return True
