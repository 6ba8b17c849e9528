"""The production shape: docker-compose.yml, the image's ingredients, and who holds which secret."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = (PROJECT / "docker-compose.yml").read_text()
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]


def test_it_names_every_part():
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["redis"]["image"] == "redis:8"


@pytest.mark.parametrize("name", ["postgres", "redis", "web", "worker", "beat"])
def test_every_lasting_part_has_a_health_check_and_is_started_again(name: str):
    assert len(SERVICES[name]["healthcheck"]["test"]) >= 2
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_application_waits_for_the_migrations(name: str):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES[name]["depends_on"]["redis"] == {"condition": "service_healthy"}


def test_only_the_migrations_hold_the_owners_password():
    holders = {name for name, part in SERVICES.items() if "OWNER_PASSWORD" in str(part.get("environment"))}
    assert holders == {"postgres", "migrate"}


def test_every_mounted_file_exists():
    mounted = [
        volume for part in SERVICES.values() for volume in part.get("volumes", ()) if volume.startswith("./")
    ]
    assert mounted
    for volume in mounted:
        assert (PROJECT / volume.split(":")[0]).is_file(), volume


def test_every_variable_is_explained_in_the_example():
    explained = set(re.findall(r"^(\w+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE)) == explained


def test_every_variable_that_the_settings_read_is_documented():
    settings = (PROJECT / "config/settings.py").read_text()
    read = set(re.findall(r'environ(?:\.get\(|ment\.\w+\(|\[)"([A-Z_]+)"', settings))
    documented = (PROJECT / "docs/operation.md").read_text() + (PROJECT / ".env.example").read_text()
    assert {name for name in read if name not in documented} == set()
    assert len(read) > 20


def test_the_example_holds_no_secret():
    for name, value in re.findall(r"^(\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE):
        assert not value or not re.search("KEY|PASSWORD", name), name
