"""Starting and stopping a server process so that it never outlives its supervisor, and never runs as root."""

import ctypes
import functools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from .paths import NOBODY

_PR_SET_PDEATHSIG = 1
_UNSHARE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")


@functools.cache
def namespaces_work() -> bool:
    """Whether root may look like nobody in a user namespace (often forbidden inside containers)."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode == 0


def becomes_nobody() -> bool:
    """Whether servers run as the real user nobody: root on a machine without user namespaces."""
    return os.geteuid() == 0 and not namespaces_work()


def hand_over(folder: Path) -> None:
    """Give `folder` to the user who will run the servers, where that is not the present one."""
    if becomes_nobody():
        os.chown(folder, NOBODY, NOBODY)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    keep: int,
    death_signal: signal.Signals,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start `command` without root's powers; it receives `death_signal` when this process dies.

    `keep` is a locked file descriptor that the process and its children inherit, so the lock is free only once
    all of them are gone. Call from the main thread: the kernel watches the thread that forked.
    """
    words = [str(word) for word in command]
    if os.geteuid() == 0 and namespaces_work():
        words = [*_UNSHARE, *words]
    nobody = NOBODY if becomes_nobody() else None
    with log.open("ab") as output:
        return subprocess.Popen(
            words,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=server_environment(),
            cwd="/",
            pass_fds=(keep,),
            start_new_session=True,
            user=nobody,
            group=nobody,
            extra_groups=[] if nobody else None,
            preexec_fn=_die_with_parent(death_signal, os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )


def server_environment() -> dict[str, str]:
    """A small environment for servers: none of the application's secrets or PG* settings."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "Asia/Ho_Chi_Minh"}


def stop(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn, waiting its number of seconds, until the process is gone."""
    for sign, seconds in steps:
        if process.poll() is not None:
            return
        process.send_signal(sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _die_with_parent(death_signal: signal.Signals, parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return prepare
