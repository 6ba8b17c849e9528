"""Set-based SQL kept one statement a file, `<app>/sql/NAME.sql`, with `%(name)s` parameters."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db.backends.utils import CursorWrapper

_ROOT = Path(__file__).resolve().parent.parent


@cache
def load(app: str, name: str) -> str:
    """The text of `<app>/sql/<name>.sql`; FileNotFoundError where there is none."""
    return (_ROOT / app / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run(cursor: CursorWrapper, app: str, name: str, params: Mapping[str, Any]) -> int:
    """Run the statement of that name; the number of rows it wrote (or returned)."""
    cursor.execute(load(app, name), params)
    return cursor.rowcount


def rows(cursor: CursorWrapper, app: str, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run the query of that name; its rows by column name, all in memory: not for unbounded results."""
    cursor.execute(load(app, name), params)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def relations(*names: tuple[str, str]) -> str:
    """`WITH name AS (…), …`: several files as named relations of one statement, each reading those before it."""
    return "WITH " + ",\n".join(f"{name} AS (\n{load(app, name)})" for app, name in names)
