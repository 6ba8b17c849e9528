"""A list as `pain.001.001.09` (customer credit transfer initiation), written as it is read: memory does not grow.

One message and one payment information block a list; EndToEndId is the instruction key. Đồng have no decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from lxml import etree

from banks.queries.lists import Instruction

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_FLUSH = 64 * 1024


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the transfers. `amount` in đồng; `bank` is the BIN, `swift` its BIC or ''."""

    message_id: str
    created_at: datetime
    count: int
    amount: int
    payer: str
    payer_account: str
    pay_on: date
    bank: str
    swift: str
    remittance: str


def write_pain001(header: Header, rows: Iterable[Instruction]) -> Iterator[bytes]:
    """The message in pieces of about 64 kB."""
    out = BytesIO()
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("Document", nsmap={None: NAMESPACE}), xml.element("CstmrCdtTrfInitn"):
            xml.write(_group_header(header))
            with xml.element("PmtInf"):
                for element in _payment_information(header):
                    xml.write(element)
                agent = _agent("CdtrAgt", header)
                for row in rows:
                    xml.write(_transfer(row, agent, header.remittance))
                    if out.tell() > _FLUSH:
                        xml.flush()
                        yield _taken(out)
    yield _taken(out)


def _taken(out: BytesIO) -> bytes:
    piece = out.getvalue()
    out.seek(0)
    out.truncate()
    return piece


def _group_header(header: Header) -> etree._Element:
    head = etree.Element("GrpHdr")
    _leaf(head, "MsgId", header.message_id)
    _leaf(head, "CreDtTm", header.created_at.isoformat(timespec="seconds"))
    _leaf(head, "NbOfTxs", str(header.count))
    _leaf(head, "CtrlSum", str(header.amount))
    _leaf(etree.SubElement(head, "InitgPty"), "Nm", header.payer[:140])
    return head


def _payment_information(header: Header) -> Iterator[etree._Element]:
    for tag, text in (("PmtInfId", header.message_id), ("PmtMtd", "TRF"), ("NbOfTxs", str(header.count)),
                      ("CtrlSum", str(header.amount))):  # fmt: skip
        element = etree.Element(tag)
        element.text = text
        yield element
    day = etree.Element("ReqdExctnDt")
    _leaf(day, "Dt", header.pay_on.isoformat())
    yield day
    debtor = etree.Element("Dbtr")
    _leaf(debtor, "Nm", header.payer[:140])
    yield debtor
    yield _account("DbtrAcct", header.payer_account)
    yield _agent("DbtrAgt", header)


def _transfer(row: Instruction, agent: etree._Element, remittance: str) -> etree._Element:
    transfer = etree.Element("CdtTrfTxInf")
    _leaf(etree.SubElement(transfer, "PmtId"), "EndToEndId", row.key)
    amount = etree.SubElement(etree.SubElement(transfer, "Amt"), "InstdAmt", Ccy="VND")
    amount.text = str(row.amount)
    transfer.append(_copy(agent))
    _leaf(etree.SubElement(transfer, "Cdtr"), "Nm", row.holder[:140])
    transfer.append(_account("CdtrAcct", row.account))
    _leaf(etree.SubElement(transfer, "RmtInf"), "Ustrd", remittance[:140])
    return transfer


def _copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element))


def _account(tag: str, number: str) -> etree._Element:
    account = etree.Element(tag)
    other = etree.SubElement(etree.SubElement(account, "Id"), "Othr")
    _leaf(other, "Id", number[:34])
    return account


def _agent(tag: str, header: Header) -> etree._Element:
    agent = etree.Element(tag)
    institution = etree.SubElement(agent, "FinInstnId")
    if _BIC.fullmatch(header.swift):
        _leaf(institution, "BICFI", header.swift)
    _leaf(etree.SubElement(institution, "ClrSysMmbId"), "MmbId", header.bank)
    return agent


def _leaf(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text
