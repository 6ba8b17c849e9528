"""Where the embedded services keep their files: one state folder, one private socket folder."""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
NOBODY = 65534
_SOCKET_LIMIT = 103  # bytes: sun_path is 108 on Linux and 104 on macOS, with its final NUL


class ServicesError(RuntimeError):
    """The services cannot be started or reached; the message says why and what to do."""


@dataclass(frozen=True)
class State:
    """One independent set of servers: its folder, and whether it may lose data in a power cut (tests)."""

    root: Path
    volatile: bool = False

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def sockets(self) -> Path:
        """Folder of both sockets: short, and the same for every process that names the same state."""
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return _temporary() / f"ansinh-{digest}"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"


def state_of(env: Mapping[str, str]) -> State:
    """The state that `env` names: ANSINH_STATE, or .local/; with ANSINH_TEST_SERVICES=1 the tests' own."""
    if env.get("ANSINH_TEST_SERVICES") == "1":
        folder, volatile = env.get("ANSINH_TEST_STATE") or PROJECT / ".local" / "test", True
    else:
        folder, volatile = env.get("ANSINH_STATE") or PROJECT / ".local", False
    return State(Path(os.path.realpath(folder)), volatile)


def prepare(state: State) -> None:
    """Make the state's folders, private to this user. Raises ServicesError when another user owns them."""
    if len(os.fsencode(state.postgres_socket)) > _SOCKET_LIMIT:
        raise ServicesError(f"The socket path {state.postgres_socket} is too long")
    for folder in (state.root, state.lock, state.log):
        try:
            folder.mkdir(mode=0o755 if folder == state.root else 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ServicesError(
                f"Cannot make {folder}: {error}. ANSINH_STATE may name another folder"
            ) from error
    if state.root.stat().st_uid != os.geteuid():
        raise ServicesError(f"{state.root} belongs to another user; ANSINH_STATE may name another folder")
    verify_sockets(state)


def verify_sockets(state: State) -> None:
    """Make the socket folder, or check that it is ours alone: the system's temporary folder is everybody's."""
    with contextlib.suppress(FileExistsError):
        state.sockets.mkdir(mode=0o700)
    found = state.sockets.lstat()
    # Root without user namespaces hands the folder to nobody, who then runs the servers.
    owners = {os.geteuid()} | ({NOBODY} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or stat.S_IMODE(found.st_mode) != 0o700:
        raise ServicesError(f"{state.sockets} is not a private folder of this user: remove it and try again")


def _temporary() -> Path:
    # Not TMPDIR: two shells with different settings must find the same sockets.
    return Path("/tmp") if os.path.isdir("/tmp") else Path(tempfile.gettempdir())
