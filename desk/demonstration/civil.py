"""A list of deaths taken into the worklist of one commune, and a list of poor households as a preview; both made up."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.access import reader_for
from accounts.models import Role, RoleName
from areas.models import Unit
from beneficiaries.models import Person
from common.cccd import make_cccd
from common.months import add_months, month_of
from desk.models import CivilKind, CivilList
from desk.operations.civil import keep_list, take_list
from desk.operations.civil_matching import HOUSEHOLDS

COMMUNE = "22918"
_DEATHS = "Họ và tên;Ngày sinh;Số CCCD;Xã/Phường;Ngày mất;Số trích lục khai tử"
_HOUSEHOLDS = "Họ và tên;Ngày sinh;Số CCCD;Xã/Phường;Loại hộ"


def show_civil_lists(*, on: date) -> str:
    """Take both lists as the officer of Phường Hàm Tiến on a day; in words what they came to. Done once.

    The list of deaths has a number on record, a name and birth without a number, and a stranger. Every second person
    whose benefit asks for a poor household stands on the other one, and somebody of 71 who is not on record.
    """
    home = Unit.objects.on(on).communes().get(code=COMMUNE)
    by = Role.objects.on(on).select_related("user").get(name=RoleName.COMMUNE_OFFICER, unit=home).user
    if CivilList.objects.filter(by=by).exists():
        return "shown before"
    at = datetime.combine(on, time(9), tzinfo=timezone.get_default_timezone())
    reader = reader_for(by, on=on)
    said = []
    for kind, text, month in (
        (CivilKind.DEATHS, _deaths(home, on), None),
        (CivilKind.POVERTY, _households(home, on), add_months(month_of(on), 1)),
    ):
        content = text.encode()
        name = "danh-sach-khai-tu.csv" if kind == CivilKind.DEATHS else "ho-ngheo-can-ngheo.csv"
        made = take_list(
            kind=kind, file=io.BytesIO(content), name=name, size=len(content), month=month, by=by, reader=reader, at=at
        )  # fmt: skip
        if kind == CivilKind.DEATHS:
            keep_list(made=made, at=at)
        said.append(
            f"{name}: {made.rows} rows, {made.matches.count()} matches, {made.unmatched} of nobody on record"
        )
    return "; ".join(said)


def _deaths(home: Unit, on: date) -> str:
    died = f"{on - timedelta(days=6):%d/%m/%Y}"
    known, alike = _living(home).filter(
        national_id_index__isnull=False, entitlements__category__in=("BTXH_5.6_N", "TB")
    )[:2]
    rows = [
        f"{known.name};;{known.national_id};{home.name};{died};45/TLKT-BS",
        f"{alike.name};{alike.birth_date:%d/%m/%Y};;{home.name};{died};46/TLKT-BS",
        f"Người Lạ Thử;12/03/1951;{make_cccd('060', 'male', 1951, 987_654)};{home.name};{died};47/TLKT-BS",
    ]
    return "\n".join([_DEATHS, *rows])


def _households(home: Unit, on: date) -> str:
    held = _living(home).filter(entitlements__category__in=HOUSEHOLDS, entitlements__last_month=None)
    rows = [
        f"{person.name};{person.birth_date:%d/%m/%Y};{person.national_id or ''};{home.name};Hộ nghèo"
        for person in held[::2]
    ]
    year = on.year - 71
    rows.append(
        f"Người Mới Thử;01/02/{year};{make_cccd('060', 'female', year, 987_655)};{home.name};Hộ cận nghèo"
    )
    return "\n".join([_HOUSEHOLDS, *rows])


def _living(home: Unit) -> QuerySet[Person]:
    here = Person.objects.living().filter(residences__commune=home, residences__valid_to=None)
    return here.distinct().order_by("pk")
