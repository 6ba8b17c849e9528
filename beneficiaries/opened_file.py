"""The spreadsheet in which a bank says which accounts it opened: our reference, the account, its holder."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from beneficiaries.operations.campaigns import MOST, CampaignRefused, Opened, row_problem
from beneficiaries.roll.cells import Unclear, account, is_number, text_of
from beneficiaries.roll.table import Cell, Row, open_table
from common.text import clean_name, fold

REFERENCE, ACCOUNT, HOLDER = "Mã tham chiếu", "Số tài khoản", "Chủ tài khoản"
_NAMES = {
    **dict.fromkeys(("ma tham chieu", "tham chieu", "reference"), REFERENCE),
    **dict.fromkeys(("so tai khoan", "tai khoan", "stk", "account number"), ACCOUNT),
    **dict.fromkeys(("chu tai khoan", "ten chu tai khoan", "ten tai khoan", "account holder"), HOLDER),
}
_HEADER_WITHIN = 20


def read_opened(path: Path) -> list[Opened]:
    """The rows with an account, of the first sheet that has the three columns; rows without one were not opened.

    Raises UnreadableFile for what no table is, CampaignRefused (with each bad row) for one that cannot be used.
    """
    columns: dict[str, int] = {}
    sheet = ""
    rows: list[Opened] = []
    problems: list[str] = []
    with open_table(path) as table:
        for row in table:
            if not columns:
                columns = _columns(row)
                sheet = row.sheet
                if not columns and row.number > _HEADER_WITHIN:
                    break
            elif row.sheet == sheet:
                found = _row(row, columns, problems)
                rows += [found] if found else []
            if len(rows) + len(problems) > MOST:
                raise CampaignRefused(_("The file has more rows than a list may have."))
    if not columns:
        names = ", ".join(f"“{name}”" for name in (REFERENCE, ACCOUNT, HOLDER))
        raise CampaignRefused(_("The file has no row with the columns %(names)s.") % {"names": names})
    if problems:
        raise CampaignRefused(_("The file was refused: nothing was taken over."), problems)
    if not rows:
        raise CampaignRefused(_("The file names no account."))
    return rows


def _columns(row: Row) -> dict[str, int]:
    """Where the three columns are, if this row is the header."""
    found: dict[str, int] = {}
    for position, cell in enumerate(row.cells):
        name = _NAMES.get(fold(text_of(cell)))
        if name:
            found.setdefault(name, position)
    return found if len(found) == 3 else {}


def _row(row: Row, columns: dict[str, int], problems: list[str]) -> Opened | None:
    def cell(name: str) -> Cell:
        return row.cells[columns[name]] if columns[name] < len(row.cells) else None

    reference, holder = text_of(cell(REFERENCE)).upper(), clean_name(text_of(cell(HOLDER)))
    if not reference and not holder and cell(ACCOUNT) is None:
        return None
    why = ""
    number = ""
    try:
        number = account(cell(ACCOUNT))[0]
    except Unclear:
        why = _("the account number cannot be one")
    if is_number(cell(ACCOUNT)):
        why = _("the account number is a number cell, which loses zeros: write it as text")
    elif not why and number and not holder:
        why = _("the holder's name is missing")
    elif not why and number and len(holder) > 140:
        why = _("the holder's name is too long")
    if why:
        problems.append(row_problem(row.number, reference[:20], why))
        return None
    return (
        Opened(line=row.number, reference=reference[:20], account=number, holder=holder) if number else None
    )
