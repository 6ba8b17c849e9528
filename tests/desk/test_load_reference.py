"""`manage.py load_reference` as a script calls it."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from areas.models import Unit
from beneficiaries.models import Provider
from benefits.models import Category

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("load_reference", "--json", *arguments, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_it_loads_a_province_and_prints_what_it_added() -> None:
    tables = load("--province", "60")["tables"]
    assert tables["units"]["added"] == 1 + 10 + 121 + 1 + 124
    assert tables["categories"]["added"] == Category.objects.count()
    assert Unit.objects.communes().count() == 245


def test_the_second_run_changes_nothing_and_says_so() -> None:
    load("--province", "60")
    again = load("--province", "60")
    for row in again["tables"].values():
        assert row["unchanged"] > 0
        assert (row["added"], row["changed"], row["retired"]) == (0, 0, 0)
    assert again["affected"] == []


def test_banks_are_keyed_by_their_bin_and_the_post_stands_beside_them() -> None:
    load("--province", "60")
    assert Provider.objects.get(code="970436").short_name == "Vietcombank"
    # Renamed banks keep their BIN: DongA Bank became Vikki Bank.
    assert Provider.objects.get(code="970406").short_name == "Vikki Bank"
    assert Provider.objects.get(code="POST").channel == "post"


def test_a_provider_that_is_no_longer_listed_is_set_out_of_use() -> None:
    load("--province", "60")
    Provider.objects.create(code="999999", channel="bank", name="Ngân hàng cũ", short_name="Cũ")
    assert load("--province", "60")["tables"]["providers"]["retired"] == 1
    assert not Provider.objects.get(code="999999").active
    assert load("--province", "60")["tables"]["providers"]["retired"] == 0


def test_it_leaves_out_what_is_not_verified() -> None:
    load("--province", "60", "--exclude", "secondary,assumed")
    assert not any(row.rates.exclude(confidence="verified").exists() for row in Category.objects.all())


def test_it_refuses_an_unknown_province_and_changes_nothing() -> None:
    with pytest.raises(CommandError, match="99"):
        load("--province", "99")
    assert not Category.objects.exists()


def test_it_refuses_to_exclude_what_is_verified() -> None:
    with pytest.raises(CommandError) as refusal:
        load("--province", "60", "--exclude", "verified")
    assert refusal.value.returncode == 2
