"""PostgreSQL and Valkey of a test's own, which listen where it says: for tests that cut cables and kill servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from config.services import postgres, postgres_programs, process, valkey
from config.services.paths import State, prepare

PATIENCE = 90.0
_HBA = """local all all trust
local replication all trust
host all all samenet trust
host all all 127.0.0.0/8 trust
"""


class Postgres:
    """One cluster below a folder of its own, with both roles and an empty database; `stop` takes all of it away."""

    def __init__(self, *, addresses: Sequence[str] = (), port: int = 5432) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="ansinh-pg-"))
        self.state = State(self.root / "state", volatile=True)
        prepare(self.state)
        process.hand_over(self.state.sockets)
        if process.becomes_nobody():
            self.root.chmod(0o755)
        self.port = port
        self.settings = {"listen_addresses": ",".join(addresses), "port": str(port), "max_connections": "60"}
        self._keep = os.open(self.state.lock / "keep", os.O_RDWR | os.O_CREAT, 0o600)
        self._running: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """A new cluster, started."""
        postgres._make_cluster(self.state, self._keep)
        (self.state.postgres / "pg_hba.conf").write_text(_HBA)
        self.start()
        self._psql(Path(postgres.__file__).with_name("roles.sql").read_text())

    def copy_of(self, primary: Postgres) -> None:
        """A streaming replica of `primary`, started."""
        command = ["-h", str(primary.state.sockets), "-p", str(primary.port), "-U", "postgres"]
        command += ["-D", str(self.state.postgres), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
        copying = process.spawn(
            [postgres_programs() / "pg_basebackup", *command],
            log=self.state.log / "postgres.log",
            keep=self._keep,
            death_signal=signal.SIGTERM,
        )
        assert copying.wait(PATIENCE) == 0, process.tail(self.state.log / "postgres.log")
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        words: list[str | Path] = [postgres_programs() / "postgres", "-D", self.state.postgres]
        for name, value in (postgres.settings(self.state) | self.settings).items():
            words += ["-c", f"{name}={value}"]
        log = self.state.log / "postgres.log"
        self._running = process.spawn(words, log=log, keep=self._keep, death_signal=signal.SIGQUIT)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self.connect(dbname="postgres"):
                    return
            except psycopg.OperationalError:
                assert self._running.poll() is None, process.tail(log)
                assert time.monotonic() < deadline, process.tail(log)
                time.sleep(0.05)

    def kill(self) -> None:
        """Without a word to anybody, as when the power goes."""
        if self._running is not None:
            self._running.send_signal(signal.SIGQUIT)
            self._running.wait(PATIENCE)

    def stop(self) -> None:
        self.kill()
        os.close(self._keep)
        shutil.rmtree(self.state.sockets, ignore_errors=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def url(self, role: str, address: str | None = None, name: str = postgres.DATABASE) -> str:
        """Its address for a role: over TCP where an address is named, else through the socket."""
        if address:
            return f"postgresql://{role}@{address}:{self.port}/{name}"
        return f"postgresql://{role}@/{name}?host={self.state.sockets}&port={self.port}"

    def connect(self, *, user: str = "postgres", dbname: str = postgres.DATABASE) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.state.sockets), port=self.port, user=user, dbname=dbname, autocommit=True
        )

    def _psql(self, script: str) -> None:
        command = [postgres_programs() / "psql", "-qAtX", "-h", self.state.sockets, "-p", str(self.port)]
        done = subprocess.run(
            [*command, "-U", "postgres", "-d", "template1"],
            input=script.encode(),
            env=process.server_environment(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()


class Valkey:
    """A broker that keeps nothing, on these addresses of this host."""

    def __init__(self, *, addresses: Sequence[str], port: int, folder: Path) -> None:
        self.port = port
        words = [valkey._binary(), "--port", str(port), "--bind", *addresses, "--protected-mode", "no"]
        words += ["--save", "", "--appendonly", "no", "--dir", "/tmp", "--maxmemory-policy", "noeviction"]
        self._keep = os.open(folder / "valkey.lock", os.O_RDWR | os.O_CREAT, 0o600)
        self._running = process.spawn(
            words, log=folder / "valkey.log", keep=self._keep, death_signal=signal.SIGKILL
        )

    def stop(self) -> None:
        self._running.kill()
        self._running.wait(PATIENCE)
        os.close(self._keep)
