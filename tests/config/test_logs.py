"""No log line holds a person's data: neither what was searched for nor what an error says of a row."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from beneficiaries import queries
from beneficiaries.models import Person
from config import logs, services
from config.celery import app
from tests import worlds

PROJECT = Path(__file__).resolve().parents[2]
SECRET = "Đặng Thị Ước"
WORDS = ("Đặng", "Ước", "%C4%90%E1%BA%B7ng", "dang thi uoc", "\\u0110")


@pytest.fixture
def log(monkeypatch) -> Iterator[io.StringIO]:
    """What the site writes to standard error, by its own settings at the most talkative level."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure(logs.logging_settings("DEBUG"))
    yield written
    monkeypatch.undo()
    logs.configure(settings.LOGGING)


def assert_nothing_personal(text: str, *more: str) -> None:
    assert [word for word in (*WORDS, *more) if word in text] == []


@pytest.mark.django_db
def test_a_search_leaves_no_name_and_no_number_in_the_log(world, log):
    client, card = world.client("preparer"), str(world.people[0].national_id)
    for query in (SECRET, "dang thi uoc", card):
        assert client.get(reverse("people"), {"q": query}).status_code == 200
    client.get("/no-such-page/", {"q": SECRET})
    client.get(reverse("person", args=[999_999_999]), {"q": card})
    written = log.getvalue()
    assert written.count("request_finished") == 5
    assert "GET /people/" in written
    assert "GET /no-such-page/" in written
    assert_nothing_personal(written, card, card[-6:])


@pytest.mark.django_db
def test_a_page_that_breaks_logs_where_and_what_kind_but_not_about_whom(world, log, monkeypatch):
    def broken(**_):
        searched = SECRET  # a variable of the failing frame
        raise ValueError(f"nothing known of {searched}")

    monkeypatch.setattr(queries, "find_people", broken)
    client = world.client("preparer")
    client.raise_request_exception = False
    assert client.get(reverse("people"), {"q": SECRET}).status_code == 500
    written = log.getvalue()
    assert "request_failed" in written
    assert "builtins.ValueError" in written
    assert "beneficiaries/views.py" in written
    assert_nothing_personal(written)


@pytest.mark.django_db
def test_a_refusal_of_the_database_is_logged_by_its_constraint_without_the_row(world, log):
    logger = logs.structlog.get_logger("tests")
    person = world.people[0]
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        worlds.person(
            SECRET, national_id=person.national_id, national_id_index=person.national_id, sex="female"
        )
    assert "DETAIL" in str(caught.value)  # what must not get into the log
    logger.error("refused", exc_info=caught.value)
    written = log.getvalue()
    assert "psycopg.errors.UniqueViolation 23505" in written
    assert "cccd" in written or "national_id" in written
    assert_nothing_personal(written, str(person.national_id), "DETAIL")


def test_a_line_of_the_development_server_or_of_gunicorn_loses_its_query_string(log):
    logs.logging.getLogger("django.server").info('"%s" %s', "GET /people/?q=Đặng+Thị HTTP/1.1", 200)
    logs.logging.getLogger("gunicorn.error").warning("Error handling request %s", "/people/?q=060140000001")
    assert "GET /people/ HTTP/1.1" in log.getvalue()
    assert_nothing_personal(log.getvalue(), "060140000001")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="the log of another's server")
def test_the_database_server_s_own_log_has_no_row_of_a_person():
    log_file = services.state_dir(os.environ) / "log" / "postgres.log"
    size = log_file.stat().st_size
    worlds.load_reference()
    worlds.person(SECRET)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE beneficiaries_person SET birth_date = NULL WHERE name = %s", [SECRET])
    Person.objects.all().first()
    with log_file.open("rb") as file:
        file.seek(size)
        written = file.read().decode(errors="replace")
    assert "violates not-null constraint" in written
    assert_nothing_personal(written)


@pytest.mark.slow
def test_a_failed_task_leaves_its_name_in_the_worker_s_log_and_not_its_arguments(tmp_path):
    queue, log_file = f"test-{uuid.uuid4().hex}", tmp_path / "worker.log"
    with log_file.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", "-I", "tests.config.failing_tasks",
             "-c", "1", "-Q", queue, "-n", f"{queue}@%h", "--loglevel", "debug"],
            cwd=PROJECT,
            stdout=output,
            stderr=output,
        )  # fmt: skip
    try:
        for name in ("tests.fail_about", "tests.fail_in_the_database"):
            app.send_task(name, [SECRET], queue=queue)
        deadline = time.monotonic() + 60
        while log_file.read_text().count("raised unexpected") < 2:
            assert time.monotonic() < deadline, log_file.read_text()
            time.sleep(0.1)
    finally:
        worker.terminate()
        worker.wait(30)
    written = log_file.read_text()
    assert "Task tests.fail_about" in written
    assert "builtins.ValueError" in written
    assert "psycopg.errors.InvalidTextRepresentation 22P02" in written
    assert_nothing_personal(written)
