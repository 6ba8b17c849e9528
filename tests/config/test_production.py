"""Production starts with safe settings only, and Django's own checks find nothing to say about it."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def key(letter: int) -> str:
    """32 bytes in base64, another for each letter; made up, but as mixed as random ones."""
    return base64.b64encode(bytes((letter * 37 + place * 11) % 256 for place in range(32))).decode()


SAFE = {
    "ANSINH_ENV": "production",
    "ALLOWED_HOSTS": "ansinh.example.gov.vn",
    "CSRF_TRUSTED_ORIGINS": "https://ansinh.example.gov.vn",
    "DATABASE_URL": "postgresql://ansinh_app:a@db/ansinh",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": key(1) + key(2),
    "FIELD_KEYS": f"k1:{key(3)},k2:{key(4)}",
    "BLIND_INDEX_KEY": key(5),
}


def check(**changed: str | None) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in a process that knows SAFE, changed; None takes a variable away."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    wanted = {name: value for name, value in (SAFE | changed).items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=PROJECT, env=kept | wanted, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_the_production_settings_are_clean():
    found = check()
    assert (found.returncode, found.stderr) == (0, "")
    assert "no issues (0 silenced)" in found.stdout


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"DEBUG": "1"}, "DEBUG=1 in production"),
        ({"ANSINH_DEMO": "1"}, "ANSINH_DEMO=1 in production"),
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "at least 50 characters"),
        ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is not random"),
        ({"FIELD_KEYS": None}, "FIELD_KEYS is not set"),
        ({"FIELD_KEYS": "k1:" + base64.b64encode(bytes(32)).decode()}, "must be random"),
        ({"BLIND_INDEX_KEY": key(3)}, "must be another one"),
        ({"FIELD_KEY_ID": "k9"}, "not one of the ids in FIELD_KEYS"),
        ({"ANSINH_WEBHOOK_NETWORKS": "127.0.0.0/8"}, "the site's own machine"),
        ({"ANSINH_WEBHOOK_NETWORKS": "10.20.0.0/16,0.0.0.0/0"}, "the site's own machine"),
        ({"ANSINH_WEBHOOK_NETWORKS": "10.20.0.1/16"}, "Write networks as"),
        ({"ALLOWED_HOSTS": "*"}, "one by one"),
        ({"ALLOWED_HOSTS": ".gov.vn"}, "one by one"),
        ({"CSRF_TRUSTED_ORIGINS": "http://ansinh.example.gov.vn"}, "full https:// origins"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "postgresql://postgres:a@db/ansinh"}, "the application's own role"),
        ({"DATABASE_OWNER_URL": "postgresql://ansinh_app:a@db/ansinh"}, "the application's own role"),
        ({"REDIS_URL": None}, "REDIS_URL is not set"),
        ({"LOG_LEVEL": "debug"}, "writes data into logs"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_production_refuses_to_start_with_unsafe_settings(changed: dict[str, str | None], said: str):
    found = check(**changed)
    assert found.returncode == 1
    assert said in found.stderr
