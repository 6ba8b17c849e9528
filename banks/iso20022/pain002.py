"""`pain.002` (customer payment status report) as results.

ACCC, ACSC and ACWC say that the money is on the account: paid. RJCT: failed, with its reason. Statuses on the way
(RCVD, PDNG, ACTC, ACCP, ACSP …) say nothing final and are counted, not recorded. CANC counts as failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from lxml import etree

from banks.iso20022.reading import read_document, text_at
from banks.operations.errors import UnreadableFile
from banks.operations.results import LARGEST_KEY, Result

FINAL = {"ACCC": "paid", "ACSC": "paid", "ACWC": "paid", "RJCT": "failed", "CANC": "failed"}


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A pain.002: `underway` counts the transactions whose status is not final."""

    message_id: str
    items: list[Result]
    underway: int


def read_pain002(content: bytes) -> StatusReport:
    """The results of a status report; UnreadableFile says what is wrong and where."""
    _name, root = read_document(content, kinds=("pain.002",))
    header = root.find("CstmrPmtStsRpt/GrpHdr")
    assert header is not None  # the schema demands it
    created = datetime.fromisoformat(text_at(header, "CreDtTm")).date()
    items, underway = [], 0
    for transaction in root.iter("TxInfAndSts"):
        status = FINAL.get(text_at(transaction, "TxSts"))
        if status is None:
            underway += 1
            continue
        items.append(_result(transaction, status, created))
    return StatusReport(text_at(header, "MsgId"), items, underway)


def _result(transaction: etree._Element, status: str, created: date) -> Result:
    key = text_at(transaction, "OrgnlEndToEndId")
    if not (key.isascii() and key.isdigit() and int(key) <= LARGEST_KEY):
        problem = _("Each transaction needs its OrgnlEndToEndId as it stood in our message.")
        raise UnreadableFile(problem, key[:40])
    day = text_at(transaction, "AccptncDtTm")[:10] or text_at(transaction, "FctvIntrBkSttlmDt/Dt")[:10]
    return Result(
        key=int(key),
        status=status,
        on=date.fromisoformat(day) if day else created,
        reason=text_at(transaction, "StsRsnInf/Rsn/Cd"),
        text=text_at(transaction, "StsRsnInf/AddtlInf")[:200],
    )
