"""What the application sees: the addresses of its services, and `ensure`, which has them running."""

import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from . import postgres
from .locks import try_lock
from .paths import PROJECT, ServicesError, State, prepare, state_of

_START_SECONDS = 180.0
_ATTEMPTS = 3
_PASSED_ON = ("PATH", "HOME", "PG_BINDIR", "ANSINH_TEST_SERVICES")

_held: dict[Path, int] = {}
_held_guard = threading.Lock()


@dataclass(frozen=True)
class Services:
    """Addresses: the application's database role, the owner's (migrations), and Redis."""

    database_url: str
    owner_url: str
    redis_url: str

    @property
    def broker_url(self) -> str:
        """The Redis address as Celery writes it: unix:///x?db=1 is redis+socket:///x?virtual_host=1 there."""
        if not self.redis_url.startswith("unix://"):
            return self.redis_url
        return self.redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def urls(env: Mapping[str, str]) -> Services:
    """The addresses that `env` names, or those of the embedded servers; starts nothing.

    Raises ServicesError when only the owner's database is named: migrations would go to another database.
    """
    state = state_of(env)
    host = quote(str(state.sockets), safe="")
    named = env.get("DATABASE_URL")
    if env.get("DATABASE_OWNER_URL") and not named:
        raise ServicesError("DATABASE_OWNER_URL is set without DATABASE_URL")
    return Services(
        database_url=named or f"postgresql://{postgres.APPLICATION}@{host}/{postgres.DATABASE}",
        owner_url=env.get("DATABASE_OWNER_URL")
        or named
        or f"postgresql://{postgres.OWNER}@{host}/{postgres.DATABASE}",
        redis_url=env.get("REDIS_URL") or f"unix://{state.valkey_socket}?db=0",
    )


def ensure() -> None:
    """Have the services running that the environment does not name, for as long as this process lives.

    Idempotent; safe from many processes at once, and harmless in forked children, which share their parent's
    hold. Raises ServicesError with the reason when the servers cannot be started.
    """
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    state = state_of(os.environ)
    with _held_guard:
        prepare(state)
        if state.root not in _held:
            _held[state.root] = _hold(state)
        _start_once(state)


def state_dir(env: Mapping[str, str]) -> Path:
    """The state folder that `env` names: the servers' data, and whatever else this installation keeps."""
    return state_of(env).root


def stop() -> bool:
    """Ask the supervisor of the environment's state to stop its servers now; whether one was running."""
    state = state_of(os.environ)
    if not state.lock.exists():
        return False
    descriptor = _open(state, "supervisor")
    try:
        if try_lock(descriptor, fcntl.LOCK_EX):
            return False
        pid, _ = _reported(descriptor)
        os.kill(pid, 15)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return True
    finally:
        os.close(descriptor)


def _hold(state: State) -> int:
    descriptor = _open(state, "clients")
    # Waits while a supervisor is stopping its servers for want of clients.
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _start_once(state: State) -> None:
    """Return with a ready supervisor: the running one, or one started here. Starters go one at a time."""
    starters = _open(state, "starters")
    try:
        fcntl.flock(starters, fcntl.LOCK_EX)
        deadline = time.monotonic() + _START_SECONDS
        started = 0
        while time.monotonic() < deadline:
            lock = _open(state, "supervisor")
            try:
                if try_lock(lock, fcntl.LOCK_EX):
                    _refuse_repeats(state, started, _reported(lock)[1])
                    os.ftruncate(lock, 0)
                    _spawn(state, lock)
                    started += 1
                elif _reported(lock)[1] == "ready" and _listens(state):
                    return
            finally:
                os.close(lock)
            time.sleep(0.02)
        raise ServicesError(f"The embedded services did not start in {_START_SECONDS:.0f} s; see {state.log}")
    finally:
        os.close(starters)


def _refuse_repeats(state: State, started: int, last_words: str) -> None:
    if started and last_words.startswith("failed: "):
        raise ServicesError(last_words.removeprefix("failed: "))
    if started >= _ATTEMPTS:
        raise ServicesError(f"The supervisor of the embedded services ends at once; see {state.log}")


def _spawn(state: State, lock: int) -> None:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # Absolute: the supervisor works in another directory.
    environment["ANSINH_TEST_STATE" if state.volatile else "ANSINH_STATE"] = str(state.root)
    environment["ANSINH_IDLE_SECONDS"] = os.environ.get("ANSINH_IDLE_SECONDS", "60")
    with (state.log / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "config.services.supervisor", str(lock)],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(lock,),
            start_new_session=True,
        )
    # It outlives this process, which therefore never waits for it.
    supervisor.returncode = 0


def _listens(state: State) -> bool:
    """Whether both servers take connections: one may have died so lately that its supervisor does not know yet."""
    try:
        for path in (state.postgres_socket, state.valkey_socket):
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
    except OSError:
        return False
    return True


def _reported(descriptor: int) -> tuple[int, str]:
    pid, _, text = os.pread(descriptor, 4096, 0).decode(errors="replace").partition(" ")
    return int(pid or 0), text


def _open(state: State, name: str) -> int:
    return os.open(state.lock / name, os.O_RDWR | os.O_CREAT, 0o600)
