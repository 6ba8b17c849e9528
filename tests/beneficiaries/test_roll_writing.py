"""A roll written out reads back as the same rows; the template imports as nothing."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from areas.models import Unit
from beneficiaries.models import ObstacleReason, PayoutMethod, Person
from beneficiaries.operations.roll import apply_roll
from beneficiaries.roll.reading import RollReader
from beneficiaries.roll.row import RollChild, RollRow
from beneficiaries.roll.writing import write_roll
from common.cccd import make_cccd
from common.months import add_months
from tests.beneficiaries.roll_world import JAN_2024, make_row

TODAY = date(2024, 1, 10)
WORDS = ["Nguyễn", "Thị", "Đặng", "Ước", "Lê", "Hồng", "Thử", "Trần", "Mẫu", "Ỷ"]
NAMES = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(" ".join)
DAYS = st.dates(date(1925, 1, 1), date(2020, 12, 31))
BIRTHS = st.one_of(
    DAYS.map(lambda day: (day, "day")), DAYS.map(lambda day: (day.replace(day=1), "month")),
    DAYS.map(lambda day: (day.replace(day=1, month=1), "year")),
)  # fmt: skip
MONTHS = st.integers(0, 280).map(lambda count: add_months(date(2000, 9, 1), count))
LATER = st.dates(date(2023, 1, 1), date(2023, 12, 31))
PAYOUTS = st.one_of(
    st.builds(dict, channel=st.just("post"), provider=st.just("POST"), pay_at=st.sampled_from(["point", "home"]),
              obstacle=st.sampled_from(["", *ObstacleReason.values])),
    st.builds(dict, channel=st.just("bank"), provider=st.sampled_from(["970405", "970436"]),
              account=st.from_regex(r"[0-9]{6,16}", fullmatch=True), holder=st.sampled_from(["", "NGUYEN VAN A"]),
              verified_on=st.none() | LATER, payout_from=st.none() | LATER, pay_at=st.sampled_from(["point", "home"])),
)  # fmt: skip
GRANTS = st.one_of(
    st.just({"category": "BTXH_5.5c"}),
    st.builds(dict, category=st.just("TB"), injury_rate=st.integers(21, 100)),
    st.just(
        {"category": "BTXH_5.4", "heads": 1, "children": [RollChild("Lê Con", date(2015, 1, 1), "year")]}
    ),
)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    birth, precision = draw(BIRTHS)
    sex = draw(st.sampled_from(["male", "female"]))
    ends = draw(st.booleans())
    since = draw(MONTHS)
    return {
        "name": draw(NAMES), "birth_date": birth, "birth_precision": precision, "sex": sex,
        "national_id": make_cccd("060", sex, birth.year, draw(st.integers(0, 999_999))),  # type: ignore[arg-type]
        "commune": draw(st.sampled_from(["mui_ne", "phu_long", "phu_long_tp"])), "from_month": since,
        "settled_before": draw(MONTHS), "residence_from": draw(LATER), "hamlet": draw(st.sampled_from(["", "Thôn 3"])),
        "last_month": add_months(since, 12) if ends else None, "end_reason": "moved_away" if ends else "",
        "decision_number": draw(st.sampled_from(["", "12/QĐ-UBND"])), "decision_date": draw(st.none() | LATER),
        "certificate_until": draw(st.none() | LATER),
        "phone": draw(st.sampled_from(["", "0912345678"])), "notes": draw(st.sampled_from(["", "=ghi chú; thêm"])),
        "payee_name": draw(st.sampled_from(["", "Lê Văn Giúp"])), **draw(PAYOUTS), **draw(GRANTS),
    }  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(rows(), min_size=1, max_size=12, unique_by=lambda row: row["national_id"]))
def test_what_is_written_reads_back_the_same(world: dict[str, Unit], facts: list[dict[str, Any]]) -> None:
    made = [
        make_row(world[fact["commune"]], **{k: v for k, v in fact.items() if k != "commune"})
        for fact in facts
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roll.xlsx"
        assert write_roll(path, made) == len(made)
        reader = RollReader(path, settled_before=JAN_2024, settled_known=True, today=TODAY)
        read = list(reader.rows())
    assert reader.errors == []
    assert [_apart_from_place(row) for row in read] == [_apart_from_place(row) for row in made]


def _apart_from_place(row: RollRow) -> RollRow:
    return replace(row, sheet="", number=0)


def test_a_roll_that_was_loaded_changes_nothing_when_its_file_is_imported(
    world: dict[str, Unit], tmp_path: Path
) -> None:
    child = RollChild("K’ Dum", date(2017, 3, 26), "day")
    made = [
        make_row(world["mui_ne"], name="K’ Thị  Hoa", national_id="", payee_name="B’ Giáo", hamlet="Thôn K’Bang"),
        make_row(world["mui_ne"], name="B’ Brợi", category="BTXH_5.4", children=[child], channel="bank",
                 provider="970405", account="12345678", holder="B’ BROI", payout_from=date(2024, 6, 1), pay_at="home"),
    ]  # fmt: skip
    assert apply_roll(rows=made).new == 2
    path, out = tmp_path / "roll.xlsx", io.StringIO()
    write_roll(path, made)
    call_command("import_roll", str(path), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["new"], told["changed"], told["unchanged"], told["errors"]) == (0, 0, 2, [])
    before = PayoutMethod.objects.get(person__name="B' Brợi", channel="post")
    assert (before.pay_at, before.valid_to) == ("home", date(2024, 5, 31))


@pytest.mark.django_db
def test_the_template_is_imported_as_nothing(world: dict[str, Unit], tmp_path: Path) -> None:
    path, out = tmp_path / "template.xlsx", io.StringIO()
    call_command("import_roll", "--template", str(path))
    call_command("import_roll", str(path), "--json", "--paid-through", "2023-12", stdout=out)
    told = json.loads(out.getvalue())
    assert {key: told[key] for key in ("rows", "new", "changed", "unchanged", "refused", "errors")} == {
        "rows": 0, "new": 0, "changed": 0, "unchanged": 0, "refused": 0, "errors": []
    }  # fmt: skip
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_the_command_tells_scripts_what_it_did(world: dict[str, Unit], tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    write_roll(path, [make_row(world["mui_ne"])])
    told = []
    for _ in range(2):
        out = io.StringIO()
        call_command("import_roll", str(path), "--json", stdout=out)
        told.append(json.loads(out.getvalue()))
    assert [(one["rows"], one["new"], one["unchanged"]) for one in told] == [(1, 1, 0), (1, 0, 1)]
