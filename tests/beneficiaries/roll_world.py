"""A province of two communes with three categories, and rows about made-up people, for the tests of rolls."""

from __future__ import annotations

from datetime import date
from typing import Any

from areas.models import Level, Unit
from beneficiaries.models import Channel, Provider
from beneficiaries.roll.row import RollRow
from benefits.models import Category, Rate

JAN_2024 = date(2024, 1, 1)


def unit(level: str, code: str, kind: str, name: str, parent: Unit | None = None) -> Unit:
    return Unit.objects.create(
        level=level, code=code, kind=kind, name=name, parent=parent, valid_from=date(2005, 1, 1),
        paying_unit=parent if level == Level.COMMUNE else None,
    )  # fmt: skip


def category(code: str, scheme: str, name: str, **fields: Any) -> Category:
    values = {
        "kind": "monthly", "component": "allowance", "stacking": "btxh_allowance" if scheme == "BTXH" else "ncc_add",
        "article": "Điều 5", "name_vi": name, "name_en": name, "public_name_vi": name, "public_name_en": name,
    }  # fmt: skip
    return Category.objects.create(code=code, scheme=scheme, **{**values, **fields})


def rate(band: str, category_code: str, amount: int, **fields: Any) -> Rate:
    values = {
        "band_name_vi": band, "band_name_en": band, "article": "Điều 6", "applies_from": date(2021, 7, 1),
        "in_force_from": date(2021, 7, 1), "legal_source": "20/2021/NĐ-CP", "confidence": "verified",
    }  # fmt: skip
    return Rate.objects.create(
        band_code=band, category_id=category_code, amount=amount, **{**values, **fields}
    )


def build_world() -> dict[str, Unit]:
    """See the fixture `world`."""
    province = unit(Level.PROVINCE, "60", "tỉnh", "Tỉnh Bình Thuận")
    phan_thiet = unit(Level.DISTRICT, "593", "thành phố", "Thành phố Phan Thiết", province)
    tuy_phong = unit(Level.DISTRICT, "595", "huyện", "Huyện Tuy Phong", province)
    Provider.objects.bulk_create([
        Provider(code="POST", channel=Channel.POST, name="Tổng công ty Bưu điện Việt Nam", short_name="VNPost"),
        Provider(code="970405", channel=Channel.BANK, name="Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam",
                 short_name="Agribank"),
        Provider(code="970436", channel=Channel.BANK, name="Ngân hàng TMCP Ngoại thương Việt Nam",
                 short_name="Vietcombank"),
    ])  # fmt: skip
    category("BTXH_5.1", "BTXH", "Trẻ em dưới 16 tuổi không có nguồn nuôi dưỡng", end_age=16)
    category(
        "BTXH_5.4", "BTXH", "Người đơn thân nghèo đang nuôi con", stacking="btxh_single_parent", per="child"
    )
    category("BTXH_5.5c", "BTXH", "Người từ đủ 80 tuổi không có lương hưu, trợ cấp", min_age=80)
    category("TB", "NCC", "Thương binh", component="TC", needs_injury=True)
    rate("BTXH_5.1_U4", "BTXH_5.1", 900_000, age_to=4)
    rate("BTXH_5.1_4P", "BTXH_5.1", 540_000, age_from=4)
    rate("BTXH_5.4", "BTXH_5.4", 360_000)
    rate("BTXH_5.5c", "BTXH_5.5c", 360_000)
    rate("TB_45", "TB", 2_650_000, injury_from=45, injury_to=45)
    rate("TB_46", "TB", 2_700_000, injury_from=46, injury_to=46)
    return {
        "mui_ne": unit(Level.COMMUNE, "22915", "phường", "Phường Mũi Né", phan_thiet),
        "phu_long": unit(Level.COMMUNE, "22921", "xã", "Xã Phú Long", phan_thiet),
        "phu_long_tp": unit(Level.COMMUNE, "22972", "xã", "Xã Phú Long", tuy_phong),
    }


def make_row(commune: Unit, **fields: Any) -> RollRow:
    values: dict[str, Any] = {
        "sheet": "Roll", "number": 2, "name": "Nguyễn Thị Thử", "birth_date": date(1941, 3, 12),
        "birth_precision": "day", "sex": "female", "commune_id": commune.pk, "category": "BTXH_5.5c",
        "from_month": date(2021, 4, 1), "settled_before": JAN_2024, "residence_from": JAN_2024,
        "national_id": "060141000001",
    }  # fmt: skip
    return RollRow(**{**values, **fields})
