"""The settlement report of a postal list, for both sides to sign (Decree 20/2021, Art. 34(5))."""

from __future__ import annotations

from typing import Any

from common.money import amount_in_words_vi, format_number_vi
from payments.transitions import Outcome
from postal.papers.heading import SCHEME_WORDS, SEAL, SIGN, dated, head_of, issuer
from postal.papers.typesetting import pdf
from postal.queries.settlement import Settlement


def settlement_pdf(found: Settlement) -> bytes:
    """The report with its signature blocks."""
    return pdf("settlement", settlement_data(found))


def settlement_data(found: Settlement) -> dict[str, Any]:
    """What the Typst template prints."""
    batch, unit = found.batch, found.batch.unit
    cost = "chưa có tỷ lệ" if found.cost is None else format_number_vi(found.cost)
    return issuer(unit) | {
        "title": "Biên bản thanh toán chi trả qua Bưu điện",
        "subtitle": f"{SCHEME_WORDS[batch.scheme].capitalize()}, {batch.round.cycle_id:tháng %m năm %Y}",
        "number": f"{batch.round.cycle_id:%m-%Y}/TT-{batch.scheme}/{batch.pk}",
        "figures": [
            _figure("Danh sách đã chuyển", (batch.released_count or 0, batch.released_amount or 0)),
            _figure("Đã chi trả", found.paid),
            _figure("Chưa nhận, chuyển chi trả tháng sau", found.not_collected),
            _figure("Dừng chi theo yêu cầu", found.sums(Outcome.WITHDRAWN)),
            _figure("Hoàn trả sau khi chi", found.sums(Outcome.RETURNED)),
            ["Kinh phí Bưu điện còn giữ", "", format_number_vi(found.held)],
            [f"Chi phí chi trả{_percent(found)}", "", cost],
        ],
        "words": amount_in_words_vi(found.paid[1], sentence=True),
        "communes": [
            [
                row["commune__name"], format_number_vi(row["people"]), format_number_vi(row["amount_all"]),
                format_number_vi(row["paid"]), format_number_vi(row["paid_amount"]),
            ]
            for row in found.communes
        ],
        "dated": dated(unit),
        "signers": [
            {"title": "Đại diện Bưu điện", "note": SEAL, "name": ""},
            {"title": "Kế toán", "note": SIGN, "name": ""},
            {"title": head_of(unit), "note": SEAL, "name": ""},
        ],
    }  # fmt: skip


def _figure(label: str, sums: tuple[int, int]) -> list[str]:
    return [label, format_number_vi(sums[0]), format_number_vi(sums[1])]


def _percent(found: Settlement) -> str:
    return "" if found.percent is None else f" ({found.percent.normalize():f}%)".replace(".", ",")
