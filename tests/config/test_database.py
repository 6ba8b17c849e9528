"""What every connection to the database asks of the server, and what the site's own ask beside it."""

from __future__ import annotations

import runpy

import pytest
from django.conf import settings
from django.db import connection

from config.database import database_settings


def shown(name: str) -> str:
    """A server's setting as a connection made now has it."""
    asked = database_settings("postgresql://a@h/d", persistent_seconds=0)["OPTIONS"]["options"]
    other = connection.copy()
    other.settings_dict["OPTIONS"]["options"] = asked
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s)", [name])
            return str(cursor.fetchone()[0])
    finally:
        other.close()


@pytest.mark.django_db
def test_the_site_s_pages_take_one_processor_each_and_its_workers_more(monkeypatch):
    monkeypatch.delenv("PGOPTIONS", raising=False)
    assert int(shown("max_parallel_workers_per_gather")) > 0
    monkeypatch.setenv("PGOPTIONS", "")  # so that what the file sets is taken back after the test
    monkeypatch.delenv("PGOPTIONS")
    runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))
    assert shown("max_parallel_workers_per_gather") == "0"
    assert shown("client_connection_check_interval") == "5s"
