"""The protocol of a month's reconciliation with one bank, for both sides to sign. Always in Vietnamese, on A4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import override

from areas.models import Unit
from banks.queries.province import Funds
from banks.queries.reconciling import CLASSES, Account, class_words
from beneficiaries.models import POST
from common.money import amount_in_words_vi, format_number_vi
from common.typesetting import typeset
from payments.models import StatementKind

SEAL = "(Ký, đóng dấu, ghi rõ họ tên)"
TEMPLATE = Path(__file__).resolve().parent / "typst" / "protocol.typ"


@dataclass(frozen=True, slots=True)
class Protocol:
    """What is written down: whose books, which bank's, which month, and how the two agree."""

    unit: Unit
    month: date
    funds: Funds
    account: Account
    rows: list[dict[str, Any]]


def protocol_pdf(found: Protocol) -> bytes:
    """The paper with its signature blocks."""
    return typeset(TEMPLATE, protocol_data(found))


def protocol_data(found: Protocol) -> dict[str, Any]:
    """What the Typst template prints."""
    funds, account = found.funds, found.account
    by_post = account.provider == POST
    with override("vi"):
        words = class_words()
        kinds = {kind: str(StatementKind(kind).label) for kind in StatementKind.values}
    return {
        "above": found.unit.parent.name if found.unit.parent else "",
        "unit": found.unit.name,
        "number": f"{found.month:%m-%Y}/ĐS-{account.provider}",
        "title": f"Biên bản đối soát chi trả qua {'Bưu điện' if by_post else 'tài khoản'}",
        "subtitle": f"Tháng {found.month:%m/%Y}, {account.name}{'' if by_post else f' (BIN {account.provider})'}",
        "funds": [
            ["Kinh phí đã chuyển theo danh sách", format_number_vi(funds.sent)],
            ["Đã chi trả", format_number_vi(funds.paid)],
            ["Không chi được, đã dừng hoặc hoàn trả", format_number_vi(funds.back)],
            ["Đơn vị chi trả còn giữ, chưa có kết quả", format_number_vi(funds.in_hand)],
        ],
        "words": amount_in_words_vi(funds.paid, sentence=True),
        "classes": [
            [words[kind].capitalize(), *_sums(account, kind)] for kind in CLASSES if kind in account.classes
        ],
        "proof": _proof(account) if account.statements else [],
        "proved": "Hai bên khớp." if account.proved else "Hai bên KHÔNG khớp.",
        "statements": ", ".join(f"{row['statement']} ({row['lines']} dòng)" for row in account.statements),
        "rows": [_row(row, words, kinds) for row in found.rows],
        "signers": [
            {
                "title": "Đại diện Bưu điện" if by_post else "Đại diện ngân hàng",
                "note": SEAL,
            },
            {"title": "Kế toán", "note": "(Ký, ghi rõ họ tên)"},
            {"title": "Thủ trưởng đơn vị", "note": SEAL},
        ],
    }


def _sums(account: Account, kind: str) -> list[str]:
    sums = account.sum_of(kind)
    return [format_number_vi(value) for value in (sums.count, sums.explained, sums.expected, sums.reported)]


def _proof(account: Account) -> list[list[str]]:
    missing, more = account.sum_of("missing").expected, account.sum_of("unexpected").reported
    return [
        ["Theo sổ của đơn vị", format_number_vi(account.books)],
        ["Trừ: sao kê thiếu", format_number_vi(-missing)],
        ["Cộng: sao kê thừa", format_number_vi(more)],
        ["Cộng: sao kê ghi trùng", format_number_vi(account.sum_of("duplicate").reported)],
        ["Cộng: chênh lệch số tiền", format_number_vi(account.amount_gap)],
        ["Suy ra theo sao kê", format_number_vi(account.derived)],
        ["Cộng các dòng sao kê", format_number_vi(account.stated)],
    ]


def _row(row: dict[str, Any], words: dict[str, str], kinds: dict[str, str]) -> list[str]:
    sums = [
        format_number_vi(row[name]) if row[name] is not None else "–" for name in ("expected", "reported")
    ]
    found = row["text"] if row["explained"] else "Chưa giải trình"
    who = f" ({row['owner']})" if row["owner"] else ""
    return [row["reference"], f"{words[row['class']]}, {kinds[row['kind']]}", *sums, f"{found}{who}"]
