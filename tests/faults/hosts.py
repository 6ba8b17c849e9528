"""Hosts on which workers run: network namespaces with a cable each, or, where these are forbidden, proxies.

A cut is silent in both: nobody is told, no connection closes. From a namespace no packet comes any more, not even a
receipt; behind a proxy the other end still acknowledges what it gets, as a host does that hangs.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field

_NET = "198.18"  # RFC 2544: for trials between machines, used by nobody else


def namespaces_allowed() -> bool:
    """Whether this process may make network namespaces and the cables to them."""
    name = f"as{os.getpid()}t"
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    try:
        _ip("netns", "add", name)
        _ip("link", "add", f"{name}0", "type", "veth", "peer", "name", "cable", "netns", name)
    except subprocess.CalledProcessError:
        return False
    finally:
        _remove(name, f"{name}0")
    return True


@dataclass
class Cabled:
    """A network namespace: `servers` is the address at which it sees this machine."""

    number: int
    drops_packets = True

    def __post_init__(self) -> None:
        self.name = f"as{os.getpid()}n{self.number}"
        net = f"{_NET}.{os.getpid() % 250}"
        self.servers, self.address = f"{net}.{4 * self.number + 1}", f"{net}.{4 * self.number + 2}"
        self.prefix = ["ip", "netns", "exec", self.name]
        here = f"{self.name}h"
        _ip("netns", "add", self.name)
        _ip("link", "add", here, "type", "veth", "peer", "name", "cable", "netns", self.name)
        _ip("addr", "add", f"{self.servers}/30", "dev", here)
        _ip("link", "set", here, "up")
        _ip("-n", self.name, "addr", "add", f"{self.address}/30", "dev", "cable")
        _ip("-n", self.name, "link", "set", "cable", "up")
        _ip("-n", self.name, "link", "set", "lo", "up")

    @property
    def listening(self) -> str:
        """The address of this machine on which the servers must listen for it."""
        return self.servers

    def connect(self, ports: dict[int, str]) -> dict[int, int]:
        """The ports at which it reaches the servers' ports."""
        return {port: port for port in ports}

    def cut(self) -> None:
        _ip("-n", self.name, "link", "set", "cable", "down")

    def mend(self) -> None:
        _ip("-n", self.name, "link", "set", "cable", "up")

    def remove(self) -> None:
        _remove(self.name, f"{self.name}h")


@dataclass
class Proxied:
    """This machine under another loopback address, with a proxy between it and the servers."""

    number: int
    drops_packets = False
    prefix: list[str] = field(default_factory=list)
    listening: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.servers = self.address = f"127.0.0.{10 + self.number}"
        self._open = threading.Event()
        self._open.set()
        self._sockets: list[socket.socket] = []

    def connect(self, ports: dict[int, str]) -> dict[int, int]:
        """One proxy for each port of the servers, at an address of this host's."""
        return {port: self._listen(port, address) for port, address in ports.items()}

    def cut(self) -> None:
        self._open.clear()

    def mend(self) -> None:
        self._open.set()

    def remove(self) -> None:
        self._open.set()
        for each in self._sockets:
            with suppress(OSError):
                each.close()

    def _listen(self, port: int, address: str) -> int:
        listener = socket.create_server((self.servers, 0))
        self._sockets.append(listener)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near = listener.accept()[0]
                    far = socket.create_connection((address, port))
                    self._sockets += [near, far]
                    self._relay(near, far)
                    self._relay(far, near)

        threading.Thread(target=accept, daemon=True).start()
        return int(listener.getsockname()[1])

    def _relay(self, source: socket.socket, target: socket.socket) -> None:
        def relay() -> None:
            with suppress(OSError):
                while data := source.recv(65_536):
                    self._open.wait()
                    target.sendall(data)
            self._open.wait()
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        threading.Thread(target=relay, daemon=True).start()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _remove(namespace: str, cable: str) -> None:
    for words in (("link", "del", cable), ("netns", "del", namespace)):
        with suppress(subprocess.CalledProcessError):
            _ip(*words)
