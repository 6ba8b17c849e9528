"""What the names and codes of a roll refer to: communes of a date, categories, providers, reasons."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from areas.models import Level, Unit
from beneficiaries.models import Channel, EndReason, ObstacleReason, PayAt, Provider
from beneficiaries.providers import BANKS
from beneficiaries.roll.cells import Unclear
from benefits.models import Category, Rate
from common.text import fold

_TYPES = re.compile(
    r"^(thanh pho|thi xa|thi tran|dac khu|phuong|quan|huyen|xa|tinh|tp|tx|tt|dk|p|q|h|x)[.\s]+(?=\S)"
)
_COMMUNE_KINDS = {
    "thi tran": "tt", "dac khu": "dk", "phuong": "p", "xa": "x", "tt": "tt", "dk": "dk", "p": "p", "x": "x",
}  # fmt: skip
_ZEROS = re.compile(r"\b0+(?=[0-9])")
_BANK_WORDS = re.compile(
    r"\b(ngan hang|nh|tmcp|tm cp|thuong mai co phan|tnhh|mtv|mot thanh vien|viet nam|vn|bank)\b"
)
_BRANCH = re.compile(r"\s*(-|,|\()?\s*\b(chi nhanh|cn|pgd|phong giao dich)\b.*$")
_SIGNS = re.compile(r"[^a-z0-9]+")


def _bare(name: str) -> str:
    """A unit's name without its type: "P. 01" → "1", "Thành phố Phan Thiết" → "phan thiet"."""
    return _ZEROS.sub("", _TYPES.sub("", fold(name)))


def _kind(name: str) -> str:
    match = _TYPES.match(fold(name))
    return _COMMUNE_KINDS.get(match[1], "") if match else ""


class Communes:
    """Communes by name, within a district where there are districts, as they are on a date."""

    def __init__(self) -> None:
        self._units = list(Unit.objects.filter(level=Level.COMMUNE).select_related("parent"))
        self._dates: dict[date, dict[str, list[Unit]]] = {}
        self._found: dict[tuple[str, str, date], Unit] = {}

    def find(self, name: str, district: str, on: date) -> Unit:
        """The commune of that name (or code). Raises Unclear `commune`, `commune_ambiguous`, `commune_then`."""
        key = (name, district, on)
        if key not in self._found:
            self._found[key] = self._search(name, district, on)
        return self._found[key]

    def _search(self, name: str, district: str, on: date) -> Unit:
        named = self._on(on).get(_bare(name), [])
        kind = _kind(name)
        if kind:
            named = [unit for unit in named if _kind(unit.name) == kind]
        if district:
            # The units of today have no district above them: a file may still name the former one.
            named = [unit for unit in named if _in_district(unit, district)]
        if len(named) == 1:
            return named[0]
        if named:
            raise Unclear("commune_ambiguous")
        known_then = any(_bare(unit.name) == _bare(name) for unit in self._units)
        raise Unclear("commune_then" if known_then else "commune")

    def _on(self, on: date) -> dict[str, list[Unit]]:
        if on not in self._dates:
            by_name: dict[str, list[Unit]] = defaultdict(list)
            for unit in self._units:
                if unit.valid_from <= on and (unit.valid_to is None or unit.valid_to >= on):
                    by_name[_bare(unit.name)].append(unit)
                    if unit.code.lstrip("0") != _bare(unit.name):
                        by_name[unit.code.lstrip("0")].append(unit)
            self._dates[on] = by_name
        return self._dates[on]


def _in_district(unit: Unit, district: str) -> bool:
    parent = unit.parent
    return parent is None or parent.level != Level.DISTRICT or _bare(parent.name) == _bare(district)


@dataclass(frozen=True, slots=True)
class Asked:
    """A category, and the injury rates that the band written for it spans (None where it has no such band)."""

    category: Category
    injury_from: int | None = None
    injury_to: int | None = None
    band: str = ""


class Categories:
    """Categories by code, code of a band, or name."""

    def __init__(self) -> None:
        categories = Category.objects.in_bulk()
        self._codes: dict[str, Asked] = {}
        self._names: dict[str, set[str]] = defaultdict(set)
        for code, category in categories.items():
            self._codes[_code(code)] = Asked(category)
            for name in (category.name_vi, category.name_en):
                self._names[_words(name)].add(_code(code))
        bands = Rate.objects.values_list(
            "band_code", "category_id", "injury_from", "injury_to", "band_name_vi", "band_name_en"
        ).distinct()
        for band, code, low, high, *names in bands:
            asked = Asked(categories[code], low, high, band)
            self._codes.setdefault(_code(band), asked)
            for name in names:
                self._names[_words(name)].add(_code(band))

    def find(self, code: str, name: str) -> Asked:
        """By code; without one by name. Raises Unclear `category`, `category_name`, `category_ambiguous`."""
        if code:
            asked = self._codes.get(_code(code))
            if asked is None:
                raise Unclear("category")
            return asked
        found = [self._codes[key] for key in self._names.get(_words(name), ())]
        if not found:
            raise Unclear("category_name")
        if len({asked.category.pk for asked in found}) > 1:
            raise Unclear("category_ambiguous")
        return min(found, key=lambda asked: asked.band) if len(found) > 1 else found[0]


def _code(text: str) -> str:
    return text.strip().upper().replace(" ", "")


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    return _SIGNS.sub(" ", fold(text)).strip()


class Providers:
    """Banks by BIN, SWIFT code, short name, name or another name that they go by."""

    def __init__(self) -> None:
        providers = {provider.code: provider for provider in Provider.objects.filter(channel=Channel.BANK)}
        self._names: dict[str, set[str]] = defaultdict(set)
        aliases = _aliases()
        for code, provider in providers.items():
            for name in (code, provider.swift, provider.short_name, provider.name, *aliases.get(code, ())):
                for form in (_words(name), _bank_words(name)):
                    if form:
                        self._names[form].add(code)
        self._providers = providers
        self._found: dict[str, str] = {}

    def find(self, name: str) -> str:
        """The BIN. Raises Unclear `bank`, `bank_ambiguous`, `bank_not_used`."""
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> str:
        tried = _BRANCH.sub("", fold(name))
        codes = self._names.get(_words(tried)) or self._names.get(_bank_words(tried)) or set()
        if not codes:
            raise Unclear("bank")
        if len(codes) > 1:
            raise Unclear("bank_ambiguous")
        provider = self._providers[next(iter(codes))]
        if not provider.active:
            raise Unclear("bank_not_used")
        return provider.code


@cache
def _aliases() -> dict[str, list[str]]:
    with open(BANKS, encoding="utf-8", newline="") as file:
        return {row["code"]: row["also_known_as"].split(";") for row in csv.DictReader(file)}


def _bank_words(name: str) -> str:
    return _words(_BANK_WORDS.sub(" ", _words(name)))


_FORMS = {
    "": ("", ""),
    **dict.fromkeys(
        ("tai khoan", "tk", "chuyen khoan", "ck", "ngan hang", "qua tai khoan", "atm"), (Channel.BANK, "")
    ),
    **dict.fromkeys(("buu dien", "tien mat", "tm", "qua buu dien", "diem chi tra", "bd"), (Channel.POST, "")),
    **dict.fromkeys(("buu dien tai diem chi tra", "buu dien tai diem"), (Channel.POST, PayAt.POINT)),
    **dict.fromkeys(("buu dien tai nha", "tai nha", "chi tra tai nha"), (Channel.POST, PayAt.HOME)),
    "tai khoan truoc do buu dien tai nha": (Channel.BANK, PayAt.HOME),
}
# The first wording is the one that a written roll has.
_OBSTACLES = {
    ObstacleReason.NOT_ASKED: ("Chưa được hỏi", "chưa vận động", "chưa hỏi"),
    ObstacleReason.AGREES: ("Đồng ý, chưa mở tài khoản", "đồng ý mở tài khoản", "chờ mở tài khoản"),
    ObstacleReason.THINKS: ("Đang cân nhắc", "cần suy nghĩ thêm"),
    ObstacleReason.NO_SMARTPHONE: (
        "Không có điện thoại thông minh",
        "không có điện thoại",
        "không có smartphone",
    ),
    ObstacleReason.CHOOSES_CASH: (
        "Muốn nhận tiền mặt",
        "chọn tiền mặt",
        "thích nhận tiền mặt",
        "quen nhận tiền mặt",
    ),
    ObstacleReason.NO_CITIZEN_CARD: (
        "Chưa có căn cước công dân",
        "chưa có CCCD",
        "không có CCCD",
        "không có căn cước",
    ),
    ObstacleReason.FEARS_ACCOUNT: ("Ngại mở tài khoản", "sợ mở tài khoản"),
    ObstacleReason.FEARS_RELATIVE: ("Sợ mất quyền khi ủy quyền cho người thân", "sợ người thân giữ tiền"),
    ObstacleReason.DISTRUSTS: (
        "Không biết hoặc không tin thanh toán điện tử",
        "không tin tưởng",
        "không tin",
    ),
}
_END_REASONS = {
    EndReason.DIED: ("Từ trần", "chết", "đã mất", "qua đời"),
    EndReason.MOVED_AWAY: ("Chuyển khỏi tỉnh", "chuyển đi"),
    EndReason.INELIGIBLE: ("Không còn đủ điều kiện", "hết điều kiện"),
    EndReason.WAIVED: ("Tự nguyện thôi hưởng", "từ chối hưởng"),
    EndReason.REPLACED: ("Chuyển chế độ khác", "thay bằng chế độ khác"),
}
WORDINGS = {str(code): words[0] for code, words in [*_OBSTACLES.items(), *_END_REASONS.items()]}


def form_of(text: str) -> tuple[str, str]:
    """Channel and where the Post pays, or paid before the account; empty where not said. Raises Unclear `form`."""
    try:
        return _FORMS[_words(text)]
    except KeyError:
        raise Unclear("form") from None


def obstacle_of(text: str) -> str:
    """The reason's code by the code or a wording of it. Raises Unclear `obstacle`."""
    return _choice(text, _OBSTACLE_CODES, "obstacle")


def end_reason_of(text: str) -> str:
    """The reason's code by the code or a wording of it. Raises Unclear `end_reason`."""
    return _choice(text, _END_REASON_CODES, "end_reason")


def _choice(text: str, codes: Mapping[str, str], code: str) -> str:
    asked = _words(text)
    if asked and asked not in codes:
        raise Unclear(code)
    return codes[asked] if asked else ""


def _by_words(wordings: Mapping[Any, tuple[str, ...]]) -> dict[str, str]:
    return {_words(word): str(code) for code, words in wordings.items() for word in (str(code), *words)}


_OBSTACLE_CODES, _END_REASON_CODES = _by_words(_OBSTACLES), _by_words(_END_REASONS)
