"""`python -m tests.faults.machines`: workers on four hosts make one month; one is cut off inside its slice, one hangs.

The servers are this machine's; each host is a network namespace with a cable (or stands behind a proxy, see
`hosts.py`). The month is first made undisturbed, as the control. Then three hosts take a slice each and are held
inside it by a lock of ours, and at once
  - the cable of the first is pulled,
  - so is that of the second, whose connection lacks the project's settings: the positive control,
  - the third stops (SIGSTOP): its kernel still answers for it.
A fourth host is added. It must get the first's and the third's slice from nobody but the server's own timeouts, and
not the second's. When an administrator ends that connection, it gets this one too. What is made must be what the
undisturbed month made, and stay so after all three hosts have come back.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from tests.faults.hosts import Cabled, Proxied, namespaces_allowed
from tests.faults.processes import kill_group, spawn_worker
from tests.servers import Postgres, Valkey

UNNOTICED = "-c client_connection_check_interval=0"
Host = Cabled | Proxied


class Machines:
    """The servers, the hosts, and who works on them."""

    def __init__(self, folder: Path, *, kind: type[Cabled] | type[Proxied], size: int) -> None:
        self.folder, self.size = folder, size
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.hosts: dict[str, Host] = {}
        for number, name in enumerate(("cut", "control", "hanging", "added")):
            self.hosts[name] = kind(number)
        listening = sorted({host.listening for host in self.hosts.values()})
        self.postgres = Postgres(addresses=listening, port=_free_port())
        self.postgres.make()
        self.valkey = Valkey(addresses=sorted({"127.0.0.1", *listening}), port=_free_port(), folder=folder)
        self.urls = {name: self._urls(host) for name, host in self.hosts.items()}

    def _urls(self, host: Host) -> tuple[str, str]:
        ports = host.connect(dict.fromkeys((self.postgres.port, self.valkey.port), host.listening))
        database = f"postgresql://ansinh_app@{host.servers}:{ports[self.postgres.port]}/ansinh"
        return database, f"redis://{host.servers}:{ports[self.valkey.port]}/0"

    def environment(self) -> dict[str, str]:
        """For this process: the owner's database through its socket, and the broker."""
        return {
            "DATABASE_URL": self.postgres.url("ansinh_app"),
            "DATABASE_OWNER_URL": self.postgres.url("ansinh_owner"),
            "REDIS_URL": f"redis://127.0.0.1:{self.valkey.port}/0",
            "ANSINH_STATE": str(self.folder / "files"),
            "ANSINH_SLICE_PEOPLE": str(self.size),
            "ANSINH_DB_ROLE": "owner",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def work(self, name: str) -> None:
        """Start the worker of a host, as docs/operation.md says: two addresses and a command."""
        database, broker = self.urls[name]
        imports: tuple[str, ...] = ()
        if name == "control":
            imports = ("-I", "tests.faults.unlimited")
            database += f"?options={quote(UNNOTICED)}"
        environment = {key: value for key, value in os.environ.items() if key != "ANSINH_DB_ROLE"}
        environment.pop("DATABASE_OWNER_URL", None)
        self.workers[name] = spawn_worker(
            log=self.folder / f"{name}.log",
            environment=environment | {"DATABASE_URL": database, "REDIS_URL": broker},
            arguments=("-n", f"{name}@host", "--loglevel", "info", *imports),
            prefix=self.hosts[name].prefix,
        )

    def rest(self, name: str) -> None:
        """Its worker ends at once."""
        kill_group(self.workers.pop(name))

    def leave(self) -> None:
        for name in list(self.workers):
            os.killpg(self.workers[name].pid, signal.SIGCONT)
            self.rest(name)
        for host in self.hosts.values():
            host.remove()
        self.valkey.stop()
        self.postgres.stop()

    def said(self) -> str:
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in self.folder.glob("*.log"))


def _free_port() -> int:
    with socket.create_server(("", 0)) as found:
        return int(found.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--slice", type=int, default=40)
    parser.add_argument("--proxied", action="store_true", help="proxies, even where namespaces are allowed")
    asked = parser.parse_args()
    kind = Proxied if asked.proxied or not namespaces_allowed() else Cabled
    folder = Path(tempfile.mkdtemp(prefix="ansinh-machines-"))
    for name in ("ANSINH_TEST_SERVICES", "ANSINH_TEST_STATE"):
        os.environ.pop(name, None)
    machines = Machines(folder, kind=kind, size=asked.slice)
    try:
        os.environ |= machines.environment()
        # Settings and models are read only now that the environment names the servers.
        import django

        django.setup()
        from tests.faults import machines_trial

        found = {"hosts": kind.__name__.lower(), **machines_trial.play(machines, people=asked.people)}
    finally:
        machines.leave()
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
