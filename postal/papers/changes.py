"""Increase and decrease of a postal list against the month before (Decree 20/2021, Art. 34(4)), as PDF and Excel."""

from __future__ import annotations

import io
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from common.money import format_number_vi
from common.workbooks import new_workbook
from payments import words
from payments.models import Batch
from payments.queries import batches as queries
from postal.papers.heading import SCHEME_WORDS, SEAL, SIGN, dated, head_of, issuer
from postal.papers.typesetting import pdf

PARTS = (
    ("Tăng", ("new", "moved_in", "channel_in")),
    ("Giảm", ("stopped", "moved_out", "channel_out")),
    ("Điều chỉnh mức hưởng", ("raised", "lowered")),
    ("Truy lĩnh, chuyển kỳ trước, một lần", ("arrears", "carried", "one_off")),
    ("Thu hồi", ("recovery",)),
)
EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the sheet: people in order of name, with what they got before and now, in đồng."""

    title: str
    rows: list[dict[str, Any]]

    @property
    def amount(self) -> int:
        return sum(row["amount"] for row in self.rows)


def change_parts(batch: Batch, *, people: Set[int] | None = None) -> list[Part]:
    """The parts of a batch's sheet, limited to some people (a commune's); all empty for the first cycle."""
    before = queries.month_before(batch=batch)
    parts = []
    for title, keys in PARTS:
        rows: list[dict[str, Any]] = []
        for key in keys if before else ():
            assert before is not None
            found = queries.change_people(batch=batch, before=before, key=key, limit=EVERYBODY)
            rows += [row | {"why": _why(key, row["reason"], row["detail"])} for row in found]
        parts.append(Part(title, [row for row in rows if people is None or row["person_id"] in people]))
    return parts


def changes_pdf(batch: Batch, *, people: Set[int] | None = None, place: str = "") -> bytes:
    """The sheet for signature."""
    unit = batch.unit
    data = issuer(unit) | {
        "title": "Danh sách tăng, giảm",
        "subtitle": _subtitle(batch, place),
        "number": f"{batch.round.cycle_id:%m-%Y}/TG-{batch.scheme}/{batch.pk}",
        "dated": dated(unit),
        "signers": [
            {"title": "Người lập biểu", "note": SIGN, "name": ""},
            {"title": "Kế toán", "note": SIGN, "name": ""},
            {"title": head_of(unit), "note": SEAL, "name": ""},
        ],
        "parts": [
            {
                "title": f"{number}. {part.title}",
                "people": format_number_vi(len(part.rows)),
                "amount": _money(part.amount),
                "rows": [_cells(line, row) for line, row in enumerate(part.rows, start=1)],
            }
            for number, part in zip(
                ("I", "II", "III", "IV", "V"), change_parts(batch, people=people), strict=True
            )
        ],
    }
    return pdf("changes", data)


def changes_workbook(batch: Batch, *, people: Set[int] | None = None, place: str = "") -> bytes:
    """The same parts as Excel, one sheet, the part in the first column."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = book.add_worksheet("Tăng giảm")
        head = book.add_format({"bold": True, "border": 1})
        money = book.add_format({"num_format": "#,##0"})
        sheet.write_string(
            0, 0, f"Danh sách tăng, giảm. {_subtitle(batch, place)}", book.add_format({"bold": True})
        )
        for column, name in enumerate(("Phần", "Họ và tên", "Kỳ trước", "Kỳ này", "Chênh lệch", "Lý do")):
            sheet.write_string(2, column, name, head)
        line = 3
        for part in change_parts(batch, people=people):
            for row in part.rows:
                sheet.write_string(line, 0, part.title)
                sheet.write_string(line, 1, row["name"])
                for column, key in enumerate(("before", "now", "amount"), start=2):
                    sheet.write_number(line, column, row[key] or 0, money)
                sheet.write_string(line, 5, row["why"])
                line += 1
        for column, width in enumerate((30, 30, 16, 16, 16, 40)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(3, 0)
    return target.getvalue()


def _subtitle(batch: Batch, place: str) -> str:
    place = f", {place}" if place else ""
    month = f"{batch.round.cycle_id:tháng %m năm %Y}"
    return f"{SCHEME_WORDS[batch.scheme].capitalize()}{place}, chi trả qua Bưu điện, {month}"


def _cells(number: int, row: dict[str, Any]) -> list[str]:
    return [
        str(number),
        row["name"],
        *(_money(row[key] or 0) for key in ("before", "now", "amount")),
        row["why"],
    ]


def _money(amount: int) -> str:
    return format_number_vi(amount).replace("-", "−")


def _why(key: str, reason: str, detail: str) -> str:
    """The reason in the words of the batch's own page, always in Vietnamese."""
    with translation.override("vi"):
        if reason == "place":
            return f"{'từ' if key.endswith('_in') else 'đến'} {detail}"
        if reason == "arrears" and detail:
            return f"hưởng từ {detail}"
        return str(words.REASONS.get(reason, reason))
