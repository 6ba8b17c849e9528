"""Health and metrics: what a monitor needs, and nothing about a person."""

from __future__ import annotations

import json
import logging
import re

import pytest
from django.test import Client

from audit.operations.sealing import seal
from config import logs
from tests import worlds

TOKEN = "0123456789abcdef" * 2


@pytest.mark.django_db
def test_the_site_is_well_while_database_and_redis_answer():
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "redis": "ok"})


@pytest.mark.django_db
def test_a_missing_redis_is_named_and_is_no_outage(settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["redis"]) == (200, "down")


@pytest.mark.django_db
def test_metrics_do_not_exist_without_the_token(settings):
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for sent in ("", "Bearer", f"Bearer {TOKEN}x", TOKEN):
        assert Client(headers={"authorization": sent}).get("/metrics").status_code == 404


@pytest.mark.django_db
def test_metrics_count_what_waits_in_the_text_that_prometheus_reads(settings):
    settings.METRICS_TOKEN = TOKEN
    worlds.load_reference()
    worlds.grant(worlds.person("Đặng Thị Ước"), "BTXH_5.5c", since=worlds.NOON.date())
    worlds.run_round(worlds.NOON.date())
    seal(at=worlds.NOON)
    text = Client(headers={"authorization": f"Bearer {TOKEN}"}).get("/metrics").content.decode()
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|[a-z_]+(\{state=\"[a-z]+\"\})? [0-9.e+]+", line)
    assert 'ansinh_batches{state="draft"} 1' in text
    assert "ansinh_slices_waiting 0" in text
    assert "Ước" not in text


def test_a_log_line_as_json_keeps_its_fields_apart_and_names_no_query_string():
    made = logging.LogRecord("ansinh", logging.INFO, "", 0, "request_finished code=200", None, None)
    made.fields = {"code": 200, "request": "GET /people/?q=Uoc"}
    said = json.loads(logs.JsonLine().format(made))
    assert (said["event"], said["level"], said["logger"]) == ("request_finished code=200", "INFO", "ansinh")
    assert (said["code"], said["request"]) == ("200", "GET /people/")
