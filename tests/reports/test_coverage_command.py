"""`manage.py coverage` as a script calls it."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests import worlds
from tests.reports.world import DECEMBER, elderly

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def list_of_december(db):
    worlds.load_reference()
    elderly(bank=True)
    elderly("Trần Thị Hai")
    worlds.run_round(DECEMBER)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("coverage", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("by", "key"),
    [("district", "593"), ("commune", "22918"), ("scheme", "BTXH"), ("category", "BTXH_5.5c")],
)
def test_it_answers_with_the_keys_that_scripts_rely_on(by, key):
    answer = json.loads(run("2024-12", "--by", by, "--json"))
    figures = {"covered": 1, "all": 2, "rate": 0.5, "target": 1.0, "gap": 1, "amount": 1_000_000}
    assert answer["month"] == "2024-12"
    assert answer["total"].items() >= figures.items()
    assert [row["key"] for row in answer["rows"]] == [key]
    assert answer["rows"][0].items() >= figures.items()
    assert answer["rows"][0]["name"]
    assert answer["total"]["amount_rate"] == 0.5
    assert answer["total"]["amount_cashless"] == answer["total"]["amount_cashless_year"] == 500_000


@pytest.mark.parametrize(
    ("language", "rate", "amount", "cashless"),
    [("vi", "50,0%", "1.000.000", "500.000"), ("en", "50.0%", "1,000,000", "500,000")],
)
def test_it_prints_a_table_with_the_total_last_and_figures_as_the_language_writes_them(
    language, rate, amount, cashless
):
    with translation.override(language):
        last = run("2024-12", "--by", "district").splitlines()[-1].split()
    assert last[-11:] == ["1", "2", rate, "100%", "1", amount, "₫", cashless, "₫", cashless, "₫"]


def test_a_month_written_wrongly_is_an_error_of_usage():
    with pytest.raises(CommandError, match="YYYY-MM"):
        run("12/2024")


def test_a_month_without_a_cycle_is_an_error_that_says_what_to_do():
    with pytest.raises(CommandError, match="run_cycle 2030-01") as refused:
        run("2030-01")
    assert refused.value.returncode == 1
