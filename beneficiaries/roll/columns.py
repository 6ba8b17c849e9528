"""The columns of a roll: their names in the template, and the names by which files call them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.legacy import repair
from common.text import fold

# How far down the header row is looked for: titles stand above it.
HEADER_ROWS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """`header` is the template's; `names` are other names, folded, without brackets and signs."""

    key: str
    header: str
    width: int
    names: tuple[str, ...] = ()


COLUMNS = (
    Column("stt", "STT", 6, ("so tt", "tt", "so thu tu", "no")),
    Column("name", "Họ và tên", 26, ("ho ten", "ten doi tuong", "ho va ten doi tuong", "ho ten doi tuong",
                                     "ho va ten nguoi huong", "ho ten nguoi huong", "full name")),
    Column("birth_date", "Ngày sinh", 12, ("ngay thang nam sinh", "nam sinh", "ngay sinh nam sinh", "sinh ngay",
                                           "ngay thang nam", "birth date", "date of birth")),
    Column("sex", "Giới tính", 9, ("gioi", "phai", "nam nu", "sex")),
    Column("national_id", "Số CCCD", 15, ("cccd", "so cccd cmnd", "cccd cmnd", "so cmnd cccd", "cmnd cccd", "so cmnd",
                                          "cmnd", "so dinh danh", "so dinh danh ca nhan", "so can cuoc",
                                          "can cuoc cong dan", "so can cuoc cong dan", "national id")),
    Column("hamlet", "Thôn/Khu phố", 18, ("thon", "khu pho", "thon to", "thon khu pho to dan pho", "to dan pho",
                                          "thon ban", "ap", "thon ap khu pho", "hamlet")),
    Column("commune", "Xã/Phường", 20, ("xa", "phuong", "xa phuong thi tran", "xa phuong tt", "phuong xa",
                                        "phuong xa thi tran", "commune")),
    Column("district", "Huyện", 18, ("quan huyen", "huyen thi xa thanh pho", "huyen thanh pho", "huyen tx tp",
                                     "huyen thi", "district")),
    Column("phone", "Số điện thoại", 13, ("dien thoai", "sdt", "so dt", "dt", "phone")),
    Column("category", "Mã đối tượng", 16, ("ma doi tuong huong", "ma che do", "ma loai doi tuong", "ma dt",
                                            "category code")),
    Column("category_name", "Loại đối tượng", 30, ("doi tuong", "doi tuong huong", "ten doi tuong huong", "che do",
                                                   "loai che do", "dien doi tuong", "category")),
    Column("injury_rate", "Tỷ lệ tổn thương (%)", 10, ("ty le", "ty le tt", "ty le ton thuong co the", "ty le mat suc",
                                                       "ty le mat suc lao dong", "ty le thuong tat", "injury rate")),
    Column("seniority_years", "Thâm niên (năm)", 10, ("so tham nien", "so nam tham nien",)),
    Column("heads", "Số con", 8, ("so con dang nuoi", "so tre", "so liet si")),
    Column("children", "Con (họ tên, ngày sinh; …)", 40, ("con", "con ho ten ngay sinh", "ho ten con")),
    Column("disability_certificate", "Số giấy xác nhận khuyết tật", 16, ("giay xac nhan khuyet tat", "so giay xnkt")),
    Column("certificate_until", "Giấy xác nhận có giá trị đến", 12, (
        "giay xac nhan khuyet tat co gia tri den", "giay xnkt co gia tri den", "gia tri den ngay", "co gia tri den",
        "han giay xac nhan", "ngay het han giay xac nhan", "thoi han giay xac nhan")),
    Column("decision_number", "Số quyết định", 16, ("quyet dinh", "so qd", "qd so", "so quyet dinh huong")),
    Column("decision_date", "Ngày quyết định", 12, ("ngay qd", "ngay thang qd", "ngay ky quyet dinh")),
    Column("from_month", "Hưởng từ tháng", 12, ("thang huong", "thoi diem huong", "thoi gian huong", "huong tu",
                                                "huong tu ngay", "huong tu thang nam")),
    Column("paid_through", "Đã chi trả đến hết tháng", 12, ("da chi tra den thang", "da chi den thang",
                                                            "chi tra den het thang", "da tra den het thang")),
    Column("amount", "Mức hưởng", 13, ("muc tro cap", "so tien", "muc huong hang thang", "tro cap hang thang",
                                       "muc tro cap hang thang", "so tien huong", "thanh tien", "tong so tien",
                                       "so tien duoc huong", "so tien tro cap", "so tien chi tra", "so tien da chi",
                                       "so tien linh", "thuc linh", "thuc nhan", "tong cong", "tong tien")),
    Column("form", "Hình thức nhận", 16, ("hinh thuc chi tra", "hinh thuc nhan tien", "phuong thuc chi tra")),
    Column("bank", "Ngân hàng", 18, ("ten ngan hang", "ngan hang mo tai khoan", "mo tai ngan hang", "tai ngan hang")),
    Column("account", "Số tài khoản", 18, ("so tk", "stk", "tai khoan", "so tai khoan ngan hang",
                                              "so tai khoan ca nhan")),
    Column("holder", "Chủ tài khoản", 26, ("ten chu tai khoan", "chu tk", "ten tai khoan", "ten chu tk")),
    Column("payee_name", "Người nhận thay", 26, ("ho ten nguoi nhan thay", "nguoi duoc uy quyen", "nguoi giam ho",
                                                 "ho va ten nguoi nhan thay")),
    Column("payee_national_id", "Số CCCD người nhận thay", 15, ("cccd nguoi nhan thay", "so cccd nguoi duoc uy quyen",
                                                                "cccd nguoi duoc uy quyen")),
    Column("obstacle", "Lý do chưa có tài khoản", 26, ("ly do chua mo tai khoan", "ly do khong co tai khoan",
                                                       "ly do nhan tien mat")),
    Column("notes", "Ghi chú", 30, ("notes", "ghi chu khac")),
    # Not on paper rolls; needed to write a roll out and read it back without loss.
    Column("residence_from", "Cư trú từ ngày", 12),
    Column("last_month", "Hưởng đến hết tháng", 12, ("huong den thang",)),
    Column("end_reason", "Lý do thôi hưởng", 16, ("ly do dung huong", "ly do cat giam")),
    Column("died_on", "Ngày mất", 12, ("ngay chet", "ngay tu tran", "ngay qua doi")),
    Column("verified_on", "Ngày xác minh tài khoản", 12),
    Column("payout_from", "Nhận qua tài khoản từ ngày", 12),
)  # fmt: skip
HEADERS = {column.key: column.header for column in COLUMNS}

_BRACKETS, _SIGNS = re.compile(r"\([^)]*\)"), re.compile(r"[^a-z0-9]+")


def _plain(text: str) -> str:
    return _SIGNS.sub(" ", fold(text)).strip()


def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for column in COLUMNS:
        for name in (_plain(column.header), _plain(_BRACKETS.sub("", column.header)), *column.names):
            if names.setdefault(name, column.key) != column.key:
                raise ValueError(f"two columns are called {name!r}")
    return names


_NAMES = _names()


def column_of(header: object, others: Mapping[str, str] | None = None) -> str | None:
    """The key of the column with that header, in any letters, with or without diacritics and remarks in brackets.

    `others` are further names, folded, with their keys, of a list that is no roll; they come first.
    """
    if not isinstance(header, str):
        return None
    text = repair(header)[0]
    names = _NAMES | dict(others or {})
    return names.get(_plain(text)) or names.get(_plain(_BRACKETS.sub("", text)))


def find_header(rows: Sequence[Sequence[object]]) -> int | None:
    """The index of the header row among a sheet's first rows: the most known names, one of them the person's."""
    best, found = None, 2
    for index, row in enumerate(rows[:HEADER_ROWS]):
        keys = {key for key in map(column_of, row) if key}
        if "name" in keys and len(keys) > found:
            best, found = index, len(keys)
    return best


# The template's example and its sheet of codes; an import leaves out both.
EXAMPLE_MARK = "VÍ DỤ"
LISTS_SHEET = "Danh mục"
# The column that a file of refused rows adds; an import of the corrected file leaves it out.
REASON_HEADER = "Lý do từ chối"
EXAMPLE = {
    "stt": EXAMPLE_MARK, "name": "Nguyễn Thị Ví Dụ (xóa dòng này)", "birth_date": "12/03/1941", "sex": "Nữ",
    "national_id": "060141000001", "hamlet": "Khu phố 3", "commune": "Phường Mũi Né",
    "district": "Thành phố Phan Thiết",
    "phone": "0912345678", "category": "BTXH_5.5c", "decision_number": "12/QĐ-UBND", "decision_date": "15/03/2021",
    "from_month": "04/2021", "paid_through": "12/2023", "amount": 360000, "form": "Bưu điện",
    "obstacle": "Không có điện thoại thông minh",
}  # fmt: skip
