"""Writes of administrative units."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from areas.models import Level, Succession, Unit
from common.reference import Changes, bring_to

DATA = Path(__file__).parent / "data"
Key = tuple[str, dt.date]


class UnknownProvince(ValueError):
    """No province has that code, before or after the reform of 2025-07-01."""


@transaction.atomic
def load_units(*, province: str) -> dict[str, Changes]:
    """Load one province from areas/data: its units, and those of the province it became or was made of.

    `province` is a two-digit code: 60 gives Bình Thuận until 2025-06-30 and Lâm Đồng (68) since; 68 gives
    the new Lâm Đồng and all three provinces it was made of. Communes with a district are paid by the
    district, the others by themselves (Law 72/2025 on local government: no districts from 2025-07-01).
    Units already there are changed where the file differs and never removed. Raises UnknownProvince.
    """
    rows = {(row["code"], _date(row["valid_from"])): row for row in _read("units.csv")}
    successions = [
        (
            (row["predecessor_code"], _date(row["predecessor_from"])),
            (row["successor_code"], _date(row["on_date"])),
            row,
        )
        for row in _read("successions.csv")
    ]
    provinces = _provinces(province, rows, [(old, new) for old, new, _row in successions])
    pks: dict[Key, int] = {}
    units = Changes()
    for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
        keys = [key for key, row in rows.items() if row["level"] == level and _root(key, rows) in provinces]
        units += _load_level(level, [(key, rows[key]) for key in keys], pks)
    wanted = [
        Succession(
            predecessor_id=pks[old],
            successor_id=pks[new],
            on_date=new[1],
            is_default=row["is_default"] == "1",
        )
        for old, new, row in successions
        if old in pks
    ]
    loaded = Succession.objects.filter(predecessor__in=pks.values())
    return {"units": units, "successions": bring_to(loaded, wanted, key=["predecessor", "successor"])}


def _load_level(level: Level, rows: Iterable[tuple[Key, dict[str, str]]], pks: dict[Key, int]) -> Changes:
    present = Unit.objects.filter(level=level)
    by_key = {(unit.code, unit.valid_from): unit.pk for unit in present}
    wanted = {}
    for key, row in rows:
        parent_code = row["parent_code"]
        parent = pks[parent_code, key[1]] if parent_code else None
        has_district = len(parent_code) == 3
        payer = (parent if has_district else by_key.get(key)) if level == Level.COMMUNE else None
        wanted[key] = Unit(
            level=level,
            code=key[0],
            kind=row["kind"],
            name=row["name"],
            parent_id=parent,
            paying_unit_id=payer,
            valid_from=key[1],
            valid_to=_date(row["valid_to"]) if row["valid_to"] else None,
        )
    changes = bring_to(present, wanted.values(), key=["code", "valid_from"])
    pks.update({key: unit.pk for key, unit in wanted.items()})
    if level == Level.COMMUNE:
        added = Unit.objects.filter(pk__in=[unit.pk for unit in changes.added])
        added.filter(paying_unit__isnull=True).update(paying_unit=F("id"))
    return changes


def _provinces(
    code: str, rows: dict[Key, dict[str, str]], successions: Iterable[tuple[Key, Key]]
) -> set[Key]:
    """The provinces of that code and those they became; with a new province's code, all it was made of."""
    merged = [(old, new) for old, new in successions if rows[old]["level"] == Level.PROVINCE]
    old = {old for old, new in merged if code in (old[0], new[0])}
    if not old:
        raise UnknownProvince(_("There is no province with the code “%(code)s”.") % {"code": code})
    return old | {new for predecessor, new in merged if predecessor in old}


def _root(key: Key, rows: dict[Key, dict[str, str]]) -> Key:
    while rows[key]["parent_code"]:
        key = (rows[key]["parent_code"], key[1])
    return key


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _read(name: str) -> list[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
