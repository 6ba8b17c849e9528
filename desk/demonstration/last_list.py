"""The list that a commune paid from before this system, as an officer kept it, with planted differences."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings

from accounts.access import province_reader
from areas.models import Unit
from beneficiaries.models import Person
from common.money import format_number
from common.months import add_months, show_birth
from common.workbooks import new_workbook
from payments.queries.comparing import Known, people_of_month

_WRONG_BY = 90_000
_HEADER = ["STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Xã/Phường", "Số tiền (đồng)", "Ký nhận"]


def write_last_list(path: Path, *, commune: str, month: date) -> None:
    """Write what the law grants in `month` to the commune's people, but: one is paid 90,000 đồng too little, one is
    left out, one is unknown, and one amount cannot be read."""
    unit = Unit.objects.on(month).communes().get(code=commune)
    on = add_months(month, -1).replace(day=settings.LIST_DAY)
    people = [
        person
        for person in people_of_month(month=month, on=on, reader=province_reader())
        if person.commune_id == unit.pk and person.due
    ]
    numbers = {
        person.pk: person.national_id for person in Person.objects.filter(pk__in=[p.id for p in people])
    }
    lines = [_line(person, numbers[person.id] or "", unit.name) for person in people[1:]]
    lines[0][4] = format_number(people[1].due - _WRONG_BY)
    lines[1][4] = "đã nhận"
    lines.append(["Người Không Có Thật (giả lập)", "01/01/1940", "", unit.name, format_number(360_000)])
    with new_workbook(str(path)) as book:
        sheet = book.add_worksheet(f"{month:%m-%Y}")
        sheet.write(0, 0, f"DANH SÁCH CHI TRẢ TRỢ CẤP THÁNG {month:%m/%Y} (DỮ LIỆU GIẢ LẬP)")
        sheet.write_row(3, 0, _HEADER)
        for number, line in enumerate(lines, start=1):
            sheet.write_row(3 + number, 0, [number, *line])
        sheet.write(5 + len(lines), 1, "Tổng cộng")
        sheet.write(8 + len(lines), 1, "NGƯỜI LẬP BIỂU")


def _line(person: Known, number: str, commune: str) -> list[str]:
    """A row after its running number; amounts as offices type them."""
    born = show_birth(person.birth_date, person.birth_precision)
    return [person.name.upper(), born, number, commune, format_number(person.due)]
