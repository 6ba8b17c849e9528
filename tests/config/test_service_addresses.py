"""Where the services are found: embedded, or wherever the environment says."""

from pathlib import Path

import pytest

from config import services


def test_the_addresses_are_known_without_starting_anything(tmp_path: Path):
    env = {"ANSINH_STATE": str(tmp_path / "state")}
    found = services.urls(env)
    assert found == services.urls(env)
    assert found.database_url.startswith("postgresql://ansinh_app@%2Ftmp%2Fansinh-")
    assert found.owner_url == found.database_url.replace("ansinh_app@", "ansinh_owner@")
    assert found.redis_url.startswith("unix:///tmp/ansinh-")
    assert not (tmp_path / "state").exists()


def test_each_address_of_the_environment_is_honoured_by_itself(tmp_path: Path):
    env = {"ANSINH_STATE": str(tmp_path)}
    mine = services.urls(env)
    database = services.urls({**env, "DATABASE_URL": "postgresql://a@h/d"})
    assert (database.database_url, database.owner_url) == ("postgresql://a@h/d", "postgresql://a@h/d")
    assert database.redis_url == mine.redis_url
    redis = services.urls({**env, "REDIS_URL": "redis://h/1"})
    assert (redis.redis_url, redis.database_url) == ("redis://h/1", mine.database_url)
    both = {**env, "DATABASE_URL": "postgresql://a@h/d", "DATABASE_OWNER_URL": "postgresql://o@h/d"}
    assert services.urls(both).owner_url == "postgresql://o@h/d"


def test_it_refuses_an_owner_of_a_database_that_is_not_named():
    with pytest.raises(services.ServicesError, match="DATABASE_OWNER_URL is set without DATABASE_URL"):
        services.urls({"DATABASE_OWNER_URL": "postgresql://o@h/d"})


@pytest.mark.parametrize(
    ("address", "as_celery_writes_it"),
    [
        ("unix:///tmp/x/valkey.sock?db=3", "redis+socket:///tmp/x/valkey.sock?virtual_host=3"),
        ("redis://redis:6379/0", "redis://redis:6379/0"),
        ("rediss://redis:6379/0?db=3", "rediss://redis:6379/0?db=3"),
    ],
)
def test_celery_reads_the_same_redis_address(address: str, as_celery_writes_it: str):
    assert services.urls({"REDIS_URL": address}).broker_url == as_celery_writes_it
