"""The small process that owns both servers: starts them, restarts a dead one, stops them when no client is left.

Run as `python -m config.services.supervisor LOCK_FD`, with LOCK_FD the inherited, locked descriptor of the state's
supervisor lock file, in which it reports `ready`, `failed: why` or another word.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections import deque
from types import FrameType

from . import postgres, process, valkey
from .locks import try_lock
from .paths import ServicesError, State, state_of

_POLL_SECONDS = 0.5
_PREDECESSOR_SECONDS = 90.0
_RESTARTS_A_MINUTE = 5


class Supervisor:
    """Owns the servers of one state; `run` returns when they are stopped for good."""

    def __init__(self, state: State, report_fd: int, idle_seconds: float) -> None:
        self.state = state
        self.report_fd = report_fd
        self.idle_seconds = idle_seconds
        self.clients_fd = os.open(state.lock / "clients", os.O_RDWR | os.O_CREAT, 0o600)
        self.servers_fd = os.open(state.lock / "servers", os.O_RDWR | os.O_CREAT, 0o600)
        self.stopping = False
        self.restarts: deque[float] = deque(maxlen=_RESTARTS_A_MINUTE)
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Start, watch and stop the servers. Raises ServicesError when one cannot be started."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._wait_for_predecessors()
            process.hand_over(self.state.sockets)
            self.servers["valkey"] = valkey.start(self.state, self.servers_fd)
            self.servers["postgres"] = postgres.start(self.state, self.servers_fd)
            self.report("ready")
            self._watch()
        finally:
            self.report("stopping")
            self._stop_servers()

    def report(self, text: str) -> None:
        """Write `text` for the waiting clients, after this process's id."""
        os.ftruncate(self.report_fd, 0)
        os.pwrite(self.report_fd, f"{os.getpid()} {text}".encode(), 0)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _wait_for_predecessors(self) -> None:
        # A killed supervisor's servers are on their way out; they hold this lock until the last of them is gone.
        deadline = time.monotonic() + _PREDECESSOR_SECONDS
        while not try_lock(self.servers_fd, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise ServicesError(f"Servers of an earlier supervisor still run on {self.state.root}")
            time.sleep(0.05)

    def _watch(self) -> None:
        last_client = time.monotonic()
        while not self.stopping:
            time.sleep(_POLL_SECONDS)
            for name, server in self.servers.items():
                if server.poll() is not None:
                    self._restart(name)
            if not try_lock(self.clients_fd, fcntl.LOCK_EX):
                last_client = time.monotonic()
                continue
            if time.monotonic() - last_client >= self.idle_seconds:
                # The lock stays with us: a client that comes now waits, and then starts a new supervisor.
                return
            fcntl.flock(self.clients_fd, fcntl.LOCK_UN)

    def _restart(self, name: str) -> None:
        now = time.monotonic()
        if len(self.restarts) == _RESTARTS_A_MINUTE and now - self.restarts[0] < 60:
            raise ServicesError(f"{name} keeps dying; see {self.state.log}")
        self.restarts.append(now)
        print(f"{name} ended with {self.servers[name].returncode}: starting it again", flush=True)
        self.report("restarting")
        starter = postgres.start if name == "postgres" else valkey.start
        self.servers[name] = starter(self.state, self.servers_fd)
        self.report("ready")

    def _stop_servers(self) -> None:
        if "postgres" in self.servers:
            postgres.stop(self.servers["postgres"])
        if "valkey" in self.servers:
            valkey.stop(self.servers["valkey"])


def main() -> int:
    supervisor = Supervisor(
        state_of(os.environ), int(sys.argv[1]), float(os.environ.get("ANSINH_IDLE_SECONDS", "60"))
    )
    os.set_inheritable(supervisor.report_fd, False)
    supervisor.report("starting")
    try:
        supervisor.run()
    except ServicesError as error:
        print(error, flush=True)
        supervisor.report(f"failed: {error}")
        return 1
    supervisor.report("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
