"""`camt.053` (bank to customer statement) as statement lines: debits are payments made, credits money returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from banks.iso20022.reading import read_document, text_at
from banks.operations.errors import UnreadableFile
from payments.operations.closing import StatementItem


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement's own number and its lines."""

    number: str
    items: list[StatementItem]


def read_camt053(content: bytes) -> Statement:
    """The lines of a statement, one per transaction; UnreadableFile says what is wrong and where."""
    _name, root = read_document(content, kinds=("camt.053",))
    statements = root.findall("BkToCstmrStmt/Stmt")
    if len(statements) != 1:
        raise UnreadableFile(_("Send one statement a message."))
    items = []
    for entry in statements[0].iter("Ntry"):
        booked = date.fromisoformat(
            text_at(entry, "BookgDt/Dt") or text_at(entry, "BookgDt/DtTm")[:10] or "x"
        )
        details = entry.findall("NtryDtls/TxDtls")
        for detail in details or [entry]:
            items.append(_line(detail, entry, booked))
    return Statement(text_at(statements[0], "Id"), items)


def _line(detail: etree._Element, entry: etree._Element, booked: date) -> StatementItem:
    amount = detail.find("Amt")
    if amount is None:
        amount = entry.find("Amt")
    assert amount is not None  # the schema demands it
    value = Decimal((amount.text or "0").strip())
    if amount.get("Ccy") != "VND" or value != int(value) or value <= 0:
        raise UnreadableFile(_("Amounts are whole đồng (VND), above zero."), f"{value} {amount.get('Ccy')}")
    direction = text_at(detail, "CdtDbtInd") or text_at(entry, "CdtDbtInd")
    reference = text_at(detail, "Refs/EndToEndId") or text_at(entry, "NtryRef") or "-"
    return StatementItem(reference[:35], "paid" if direction == "DBIT" else "returned", int(value), booked)
