import pytest
from django.db import connection

from common import sql


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
