"""Processes that a fault run starts: none outlives the run, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

PROJECT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1


def spawn_worker(
    *,
    log: Path,
    environment: Mapping[str, str],
    arguments: Sequence[str] = (),
    concurrency: int = 1,
    prefix: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    """A `celery worker` in a process group of its own; it is asked to stop when the process that started it dies.

    `prefix` is the command, if any, that runs it elsewhere (in a network namespace).
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [
                *prefix,
                sys.executable,
                "-m",
                "celery",
                "-A",
                "config",
                "worker",
                "-c",
                str(concurrency),
                *arguments,
            ],
            cwd=PROJECT,
            env=dict(environment),
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - tests start workers from their main thread
        )


class Running(Protocol):
    """What a started process can be asked, however it was started."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float, /) -> object: ...


def kill_group(process: Running) -> None:
    """SIGKILL to a worker and its pool at once, as when memory runs out or a host goes."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)


def die_with(parent: int) -> Callable[[], None]:
    """For a child: stop at once, with its pool (Celery's cold shutdown), when `parent` is gone."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT))
            if os.getppid() != parent:
                os._exit(1)

    return prepare
