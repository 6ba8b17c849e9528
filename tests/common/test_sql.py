import re
from pathlib import Path

import pytest
from django.db import connection

from common import sql

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path.relative_to(ROOT) for path in ROOT.glob("[a-z]*/sql/*.sql"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_sql_file_says_its_purpose_and_asks_no_clock(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    code = re.sub(r"--.*", "", text)
    assert text.startswith("--"), "begins with a header: purpose, inputs, invariant, why a rerun is safe"
    assert not re.search(r"\b(now\s*\(|current_date|current_timestamp|clock_timestamp)", code, re.IGNORECASE)
    assert not re.search(r"%(?!\(\w+\)s)", text.replace("%%", "")), (
        "a % is a parameter, in comments too: write %%"
    )


@pytest.fixture
def statement(tmp_path, monkeypatch):
    (tmp_path / "payments" / "sql").mkdir(parents=True)
    (tmp_path / "payments" / "sql" / "count.sql").write_text(
        "-- Đếm.\nSELECT n, n * %(factor)s AS product FROM generate_series(1, %(last)s) AS n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sql, "_ROOT", tmp_path)
    sql.load.cache_clear()
    yield
    sql.load.cache_clear()


def test_a_statement_is_the_text_of_its_file(statement):
    assert sql.load("payments", "count").startswith("-- Đếm.")


def test_a_statement_without_a_file_is_an_error(statement):
    with pytest.raises(FileNotFoundError):
        sql.load("payments", "nothing")


@pytest.mark.django_db
def test_a_query_gives_rows_by_column_name(statement):
    with connection.cursor() as cursor:
        assert sql.rows(cursor, "payments", "count", {"factor": 10, "last": 2}) == [
            {"n": 1, "product": 10},
            {"n": 2, "product": 20},
        ]
        assert sql.run(cursor, "payments", "count", {"factor": 1, "last": 3}) == 3
