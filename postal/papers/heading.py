"""What stands at the head and foot of every paper: who issues it, and who signs. Papers are always in Vietnamese."""

from __future__ import annotations

from typing import Any

from areas.models import Level, Unit
from benefits.models import Scheme

SCHEME_WORDS: dict[str, str] = {
    Scheme.NCC: "trợ cấp, phụ cấp ưu đãi người có công với cách mạng",
    Scheme.BTXH: "trợ giúp xã hội hằng tháng",
}
SIGN = "(Ký, ghi rõ họ tên)"
SEAL = "(Ký, đóng dấu, ghi rõ họ tên)"


def issuer(unit: Unit) -> dict[str, str]:
    """The two lines above a paper's number: a district's department, or a commune with its province."""
    if unit.level == Level.DISTRICT:
        return {"above": f"Ủy ban nhân dân {unit.name}", "unit": "Phòng Lao động - Thương binh và Xã hội"}
    over = unit.parent.name if unit.parent else ""
    return {"above": over, "unit": f"Ủy ban nhân dân {unit.name}"}


def head_of(unit: Unit) -> str:
    """Who signs as head of the unit."""
    return "Trưởng phòng" if unit.level == Level.DISTRICT else "Chủ tịch"


def dated(unit: Unit) -> str:
    """`Phan Thiết, ngày …… tháng …… năm ………`: the day is written by hand."""
    place = unit.name.removeprefix(unit.kind.capitalize()).strip() or unit.name
    return f"{place}, ngày …… tháng …… năm ………"


def signers(unit: Unit, *, supervisor: str = "") -> list[dict[str, Any]]:
    """The signature blocks of a list."""
    return [
        {"title": "Người lập biểu", "note": SIGN, "name": ""},
        {"title": "Nhân viên chi trả", "note": SIGN, "name": ""},
        {"title": "Người giám sát", "note": SIGN, "name": supervisor},
        {"title": "Kế toán", "note": SIGN, "name": ""},
        {"title": head_of(unit), "note": SEAL, "name": ""},
    ]
