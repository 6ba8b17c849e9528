"""A real worker and beat, through the real broker."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from config.celery import app

PROJECT = Path(__file__).resolve().parents[2]
CELERY = [sys.executable, "-m", "celery", "-A", "config"]


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    queue = f"test-{uuid.uuid4().hex}"
    process = subprocess.Popen(
        [*CELERY, "worker", "-I", "tests.config.celery_tasks", "-c", "1", "-Q", queue, "-n", f"{queue}@%h"],
        cwd=PROJECT,
        env=os.environ | {"QUEUE": queue},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    process.queue = queue  # type: ignore[attr-defined]
    yield process
    process.terminate()
    process.wait(30)


def wait_for(value: Callable[[], bytes | None], seconds: float = 45.0) -> bytes:
    deadline = time.monotonic() + seconds
    while (found := value()) is None:
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.1)
    return found


@pytest.mark.slow
def test_a_worker_in_another_process_does_the_task(worker: subprocess.Popen[bytes]):
    store = redis.from_url(os.environ["REDIS_URL"])
    key = f"mark:{uuid.uuid4()}"
    app.send_task("tests.leave_a_mark", [key], queue=worker.queue)  # type: ignore[attr-defined]
    done_by = int(wait_for(lambda: store.get(key)))
    assert done_by not in {os.getpid(), worker.pid}


def test_a_task_whose_worker_dies_is_given_out_again_and_none_runs_longer_than_it_stays_hidden():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_time_limit < 300 < app.conf.broker_transport_options["visibility_timeout"]
