"""The list of a pay day for signature, in the form that the State Treasury takes, as PDF and as Excel."""

from __future__ import annotations

import io
from typing import Any

from common.money import amount_in_words_vi, format_number_vi
from common.workbooks import new_workbook
from postal.models import PayPlace
from postal.papers.heading import SCHEME_WORDS, dated, issuer, signers
from postal.papers.typesetting import pdf
from postal.queries.lists import ListRow, PayList

HEADS = (
    "STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Thôn, khu phố", "Kỳ này", "Truy lĩnh, kỳ trước", "Thu hồi",
    "Tổng số tiền (đồng)", "Người nhận thay (quan hệ, giấy tờ)", "Mã chi trả", "Kết quả", "Ngày", "Số biên nhận",
    "Lý do chưa nhận",
)  # fmt: skip


def list_pdf(made: PayList) -> bytes:
    """The list as PDF: A4 landscape, the column heads and the page's number on each page."""
    return pdf("list", list_data(made))


def list_data(made: PayList) -> dict[str, Any]:
    """What the Typst template prints."""
    unit, sums = made.batch.unit, made.sums
    return issuer(unit) | {
        "title": f"Danh sách chi trả {SCHEME_WORDS[made.batch.scheme]}",
        "subtitle": _subtitle(made),
        "place": _place(made),
        "number": made.number,
        "people": format_number_vi(len(made.rows)),
        "rows": [_cells(row) for row in made.rows],
        "sums": [_money(amount) for amount in sums],
        "total": format_number_vi(sums[3]),
        "words": amount_in_words_vi(sums[3], sentence=True),
        "dated": dated(unit),
        "signers": signers(unit, supervisor=made.day.supervisor),
    }


def list_workbook(made: PayList) -> bytes:
    """The list as Excel, with empty columns for the results: filled in, it is what the results upload takes."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = book.add_worksheet("Danh sách")
        bold = book.add_format({"bold": True, "font_size": 13})
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "vcenter"})
        text = book.add_format({"border": 1, "num_format": "@", "valign": "vcenter"})
        money = book.add_format({"border": 1, "num_format": "#,##0", "valign": "vcenter"})
        sheet.write_string(0, 0, issuer(made.batch.unit)["unit"])
        sheet.write_string(1, 0, f"Danh sách chi trả {SCHEME_WORDS[made.batch.scheme]}", bold)
        sheet.write_string(2, 0, f"{_subtitle(made)} · {_place(made)} · Số: {made.number}")
        for column, name in enumerate(HEADS):
            sheet.write_string(4, column, name, head)
        for line, row in enumerate(made.rows, start=5):
            sheet.write_number(line, 0, row.number, text)
            for column, value in enumerate((row.name, row.birth, row.masked_id, row.hamlet), start=1):
                sheet.write_string(line, column, value, text)
            for column, amount in enumerate((row.regular, row.arrears, row.recovery, row.amount), start=5):
                sheet.write_number(line, column, amount, money)
            sheet.write_string(line, 9, _payee(row), text)
            sheet.write_string(line, 10, str(row.payment), text)
            for column in range(11, len(HEADS)):
                sheet.write_blank(line, column, None, text)
        end = 5 + len(made.rows)
        sheet.write_string(end, 1, f"Cộng {format_number_vi(len(made.rows))} người", head)
        for column, amount in enumerate(made.sums, start=5):
            sheet.write_number(end, column, amount, money)
        sheet.write_string(end + 1, 1, f"Bằng chữ: {amount_in_words_vi(made.sums[3], sentence=True)}.")
        for column, width in enumerate((6, 28, 12, 16, 18, 14, 14, 12, 16, 36, 24, 12, 12, 16, 18)):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(5, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(4)
        sheet.set_footer("&L" + made.number + "&RTrang &P / &N")
    return target.getvalue()


def file_name(made: PayList, suffix: str) -> str:
    """A name in plain letters that sorts by commune and day."""
    day = made.day
    extra = f"-bosung{made.batch.round.number}" if made.batch.round.number else ""
    return (
        f"{day.point.commune.code}-{day.day:%Y%m%d}-{'tainha' if day.place == PayPlace.HOME else 'diem'}"
        f"{day.pk}-{made.batch.scheme}{extra}.{suffix}"
    )


def _subtitle(made: PayList) -> str:
    cycle = made.batch.round.cycle
    months = f"Tháng {cycle.month:%m}"
    if cycle.last_month != cycle.month:
        months += f" và tháng {cycle.last_month:%m}"
    extra = f" (bổ sung lần {made.batch.round.number})" if made.batch.round.number else ""
    return f"{months} năm {cycle.last_month.year}{extra}"


def _place(made: PayList) -> str:
    day = made.day
    hours = " đến ".join(f"{at:%H:%M}" for at in (day.opens, day.closes) if at)
    where = (
        f"Chi trả tại nhà, {day.name or day.point.commune.name} (từ {day.point.name})"
        if day.place == PayPlace.HOME
        else f"Điểm chi trả: {day.point.name}, {day.point.address}"
    )
    return f"{where}; ngày chi trả {day.day:%d/%m/%Y}{f', {hours}' if hours else ''}"


def _cells(row: ListRow) -> list[str]:
    return [
        str(row.number), row.name, row.birth[-4:], row.masked_id, row.hamlet, _money(row.regular),
        _money(row.arrears), _money(row.recovery), _money(row.amount), _payee(row), "",
    ]  # fmt: skip


def _money(amount: int) -> str:
    return format_number_vi(amount).replace("-", "−") if amount else ""


def _payee(row: ListRow) -> str:
    parts = ["Đã mất: trả cho người có quyền nhận, theo giấy tờ"] if row.dead else []
    for payee in row.payees:
        parts.append(
            ", ".join(part for part in (payee.role, payee.name, payee.national_id, payee.document) if part)
        )
    return "; ".join(parts)
