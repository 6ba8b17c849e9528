"""The demonstration's list of last month differs from the law in what was planted and in nothing else."""

import io
import json
from datetime import date

import pytest
from django.core.management import call_command

from beneficiaries.roll.writing import write_roll
from desk.demonstration.last_list import write_last_list
from desk.synthetic.roll import plan_roll, roll_rows, seed_roll
from tests import worlds

JANUARY, DECEMBER = date(2024, 1, 1), date(2024, 12, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roll(db):
    worlds.load_reference()
    return seed_roll(pairs=2_000, month=DECEMBER, seed=1)


def test_the_list_compared_shows_what_was_planted(tmp_path):
    path, out = tmp_path / "list.xlsx", io.StringIO()
    write_last_list(path, commune="22918", month=JANUARY)
    with pytest.raises(SystemExit):
        call_command("compare_roll", str(path), "2024-01", "--json", "--unit", "22918", stdout=out)
    found = json.loads(out.getvalue())
    classes = {
        name: found["totals"][name]["people"] for name in ("different", "list_only", "ours_only", "ambiguous")
    }
    assert classes == {"different": 1, "list_only": 1, "ours_only": 2, "ambiguous": 0}
    assert found["totals"]["same"]["people"] == found["rows"] - 3
    assert found["totals"]["different"]["ours"] - found["totals"]["different"]["listed"] == 90_000
    assert [error["code"] for error in found["errors"]] == ["number"]


def test_the_roll_written_to_excel_and_imported_changes_nothing(tmp_path):
    path, out = tmp_path / "roll.xlsx", io.StringIO()
    count = write_roll(path, roll_rows(plan_roll(pairs=2_000, month=DECEMBER, seed=1), seed=1))
    call_command("import_roll", str(path), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["rows"], told["new"], told["changed"], told["unchanged"]) == (count, 0, 0, count)
    assert told["errors"] == []
