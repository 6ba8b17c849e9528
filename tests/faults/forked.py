"""Celery workers forked from a process that has read the program: real ones, without the seconds of reading it."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import os
import sys
import time
from pathlib import Path

from tests.faults.processes import die_with

FORKING = multiprocessing.get_context("forkserver")


def make_ready() -> None:
    """Start the process that workers are forked from, with this one's environment but for the owner's rights."""
    role = os.environ.pop("ANSINH_DB_ROLE", None)
    FORKING.set_forkserver_preload(["tests.faults.whole_program"])
    multiprocessing.forkserver.ensure_running()
    if role is not None:
        os.environ["ANSINH_DB_ROLE"] = role


class ForkedWorker:
    """A `celery worker` in a process group of its own, to be used like a Popen; none outlives the run."""

    def __init__(self, *, log: Path, concurrency: int) -> None:
        self._process = FORKING.Process(target=_work, args=(str(log), concurrency))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        while self.poll() is None and os.getpgid(self.pid) != self.pid:
            time.sleep(0.01)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float) -> None:
        self._process.join(seconds)


def _work(log: str, concurrency: int) -> None:
    os.setsid()
    die_with(os.getppid())()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["celery", "worker", "-c", str(concurrency)]
    # Read by now in the process that this one was forked from.
    from config.celery import app

    app.worker_main(["worker", "-c", str(concurrency)])
