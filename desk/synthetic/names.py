"""Made-up names in the proportions of the province's own: Kinh, Chăm, and the highland peoples."""

from __future__ import annotations

from random import Random

from desk.synthetic.weighted import Weighted, words

KINH, CHAM, HIGHLAND = "kinh", "cham", "highland"

_SURNAMES = {
    KINH: words(
        "Nguyễn 310|Trần 115|Lê 98|Phạm 70|Huỳnh 62|Võ 55|Phan 40|Trương 26|Bùi 22|Đặng 24|Đỗ 17|Ngô 19|Hồ 20|"
        "Dương 14|Đinh 9|Lý 8|Mai 10|Đoàn 10|Lâm 9|Trịnh 7|Cao 8|Thái 6|Hà 6|Châu 5|Tạ 4|Tô 4|Lương 7|Vũ 9|Văn 3|"
        "Kiều 3|Tống 2|La 2|Mạc 1"
    ),
    CHAM: words(
        "Thông 14|Đàng 10|Lư 9|Từ 8|Bá 8|Thiên 5|Kinh 6|Qua 9|Nguyễn 8|Huỳnh 4|Xích 3|Lâm 4|Úc 3|Dụng 4"
    ),
    HIGHLAND: words("Mang 30|K' 26|Bo Bo 6|Nguyễn 8|Huỳnh 4|Lê 4|Xim 3|B' 6"),
}
_MIDDLE_WOMEN = words("Thị 760|Ngọc 50|Kim 45|Thu 25|Mỹ 20|Thanh 20|Bích 15|Hồng 20|Tuyết 15|Xuân 15|Minh 10")
_MIDDLE_MEN = words(
    "Văn 420|Minh 60|Thanh 60|Đình 40|Hữu 50|Ngọc 50|Quang 45|Công 35|Xuân 35|Đức 40|Tấn 35|Quốc 30|Hoàng 25|"
    "Thành 25|Trọng 15|Bá 10|Duy 10|Gia 5"
)
_OLD_WOMEN = words(
    "Ba 14|Bốn 12|Năm 14|Sáu 14|Bảy 14|Tám 12|Chín 9|Mười 7|Hai 7|Lan 20|Huệ 16|Cúc 15|Hoa 20|Hồng 16|Lý 10|Mai 14|"
    "Thu 12|Đào 10|Liên 14|Nga 14|Nhung 8|Phượng 8|Sen 9|Tuyết 10|Vân 12|Xuân 10|Yến 7|Lựu 6|Bông 6|Thơm 6|Ánh 8|"
    "Diệu 4|Dung 9|Hạnh 11|Hòa 9|Hường 8|Kiều 4|Lài 6|Loan 9|Lợi 7|Minh 6|Mỹ 6|Nhàn 6|Nguyệt 9|Phấn 5|Thảo 5|Thiệt 3"
)
_OLD_MEN = words(
    "Hai 8|Ba 12|Bốn 8|Năm 10|Sáu 10|Bảy 9|Tám 8|Chín 6|Bình 14|Cường 8|Dũng 12|Đức 9|Hải 11|Hòa 12|Hùng 16|Lâm 9|"
    "Long 9|Lộc 8|Lợi 9|Minh 16|Nam 9|Nghĩa 10|Phúc 9|Phước 11|Quang 10|Sang 8|Sơn 13|Tâm 11|Tài 8|Tấn 8|Thành 15|"
    "Thắng 12|Thọ 7|Trung 10|Tuấn 8|Út 5|Vinh 8|Xuân 7|Đông 6|Châu 6|Danh 5|Liêm 5|Ngọc 6|Kỳ 3|Trí 5"
)
_YOUNG_WOMEN = words(
    "Anh 16|Ngân 12|Ngọc 12|Linh 13|Nhi 14|My 10|Vy 12|Trâm 10|Thảo 12|Trang 10|Phương 9|Hân 8|Như 9|Uyên 7|Quyên 6|"
    "Thư 9|Yến 7|Giang 5|Hà 6|Hiền 7|Duyên 8|Diễm 5|Châu 6|Tiên 6|Trinh 7"
)
_YOUNG_MEN = words(
    "Anh 10|Bảo 13|Huy 14|Khang 11|Khoa 9|Duy 9|Đạt 10|Hiếu 10|Hoàng 9|Hưng 8|Kiệt 9|Long 8|Minh 9|Nam 8|Nhân 7|"
    "Phát 10|Phong 8|Phúc 10|Quân 8|Thịnh 8|Tiến 7|Toàn 6|Trung 6|Tuấn 9|Vinh 6"
)
_CHAM_WOMEN = words("Mến 5|Hoa 6|Sinh 5|Nhanh 4|Đạm 5|Ngọc 6|Lương 5|Diễm 3|Thuận 4|Mận 3|Chế 2")
_CHAM_MEN = words("Tánh 4|Tâm 5|Thạch 4|Lượng 5|Thuận 4|Hội 4|Khánh 4|Thổ 4|Sự 3|Thi 3|Quảng 4")
_HIGHLAND_WOMEN = words("Nhung 4|Bưởi 4|Điệp 4|Mai 4|Lành 4|Đen 3|Chanh 3|Phiến 2|Gương 3")
_HIGHLAND_MEN = words("Rít 3|Tiến 4|Đồng 4|Hồng 4|Dũng 4|Thương 3|Bền 3|Phi 3|Đinh 2|Lai 3")
_KHO_NAMES = words(
    "Brép 3|Brợi 3|Breo 2|Thị Rem 3|Thị Lem 3|Văn Lợi 3|Thị Hoa 3|Văn Ngọc 3|Măng 2|Giáo 2|Dum 2"
)
_YOUNG_BORN = 1985


def make_name(rng: Random, *, sex: str, birth_year: int, people: str) -> str:
    """A made-up full name (NFC); `people` is KINH, CHAM or HIGHLAND."""
    surname = _SURNAMES[people].pick(rng)
    if surname in ("K'", "B'"):
        return f"{surname} {_KHO_NAMES.pick(rng)}"
    woman = sex == "female"
    middle = (_MIDDLE_WOMEN if woman else _MIDDLE_MEN).pick(rng)
    given = _given_names(woman, young=birth_year >= _YOUNG_BORN, people=people)
    if woman and people == KINH and rng.random() < 0.25:
        middle += " " + given.pick(rng)
    last = given.pick(rng)
    first, *others = middle.split()
    return f"{surname} {first if last in others else middle} {last}"


def _given_names(woman: bool, *, young: bool, people: str) -> Weighted[str]:
    if people == CHAM:
        return _CHAM_WOMEN if woman else _CHAM_MEN
    if people == HIGHLAND:
        return _HIGHLAND_WOMEN if woman else _HIGHLAND_MEN
    if young:
        return _YOUNG_WOMEN if woman else _YOUNG_MEN
    return _OLD_WOMEN if woman else _OLD_MEN
