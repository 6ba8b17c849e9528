"""The embedded services, with real processes: shared, separate, killed, idle, as root and as a normal user."""

import contextlib
import fcntl
import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.services import postgres
from config.services.paths import State

PROJECT = Path(__file__).resolve().parents[2]
NOBODY = 65534
IDLE_SECONDS = 2.0

# Has the services running, runs each statement as its role, prints the first column of each result, and then
# lives until its standard input ends.
CLIENT = """
import json, os, sys
from config import services
services.ensure()
import psycopg, redis
found = services.urls(os.environ)
answers = []
for role, statement in json.loads(sys.argv[1]):
    with psycopg.connect(found.owner_url if role == "owner" else found.database_url, autocommit=True) as db:
        try:
            cursor = db.execute(statement)
            answers.append(str(cursor.fetchone()[0]) if cursor.description else "done")
        except psycopg.Error as error:
            answers.append(type(error).__name__)
answers.append(redis.from_url(found.redis_url).incr("clients"))
print(json.dumps(answers), flush=True)
sys.stdin.read()
"""
STARTED = ("owner", "SELECT pg_postmaster_start_time()")


class World:
    """One state folder and the commands that use it."""

    def __init__(self, folder: Path) -> None:
        self.state = State(Path(os.path.realpath(folder)))
        self.clients: list[subprocess.Popen[str]] = []
        self.prefix: list[str] = []
        self.directory = PROJECT
        self.env = {
            "PATH": os.environ["PATH"],
            "ANSINH_STATE": str(folder),
            "ANSINH_IDLE_SECONDS": str(IDLE_SECONDS),
        }

    def client(self, *statements: tuple[str, str]) -> subprocess.Popen[str]:
        found = subprocess.Popen(
            [*self.prefix, sys.executable, "-c", CLIENT, json.dumps(statements)],
            cwd=self.directory,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.clients.append(found)
        return found

    def run(self, *statements: tuple[str, str]) -> list[str | int]:
        """The answers of a client that runs these statements and ends."""
        return finish(self.client(*statements))

    def supervisor(self) -> int:
        return int((self.state.lock / "supervisor").read_text().split()[0])

    def is_supervised(self) -> bool:
        if not (self.state.lock / "supervisor").exists():
            return False
        with (self.state.lock / "supervisor").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def servers(self) -> dict[int, str]:
        """Every live process that works in the state folder: both servers with all their children."""
        found = {}
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                here = os.readlink(process / "cwd")
                if here.startswith(f"{self.state.root}/"):
                    found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        return found

    def postmaster(self) -> int:
        return int((self.state.postgres / "postmaster.pid").read_text().split()[0])

    def end(self) -> None:
        for client in self.clients:
            client.kill()
            client.communicate()
        if self.is_supervised():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.supervisor(), signal.SIGTERM)
            wait_until(lambda: not self.is_supervised())
        wait_until(lambda: not self.servers())
        shutil.rmtree(self.state.sockets, ignore_errors=True)


def answers(client: subprocess.Popen[str]) -> list[str | int]:
    """What a client printed; it stays alive."""
    assert client.stdout
    assert client.stderr
    readable, _, _ = select.select([client.stdout], [], [], 60)
    assert readable, "the command does not answer"
    line = client.stdout.readline()
    if not line:
        pytest.fail(client.stderr.read())
    found: list[str | int] = json.loads(line)
    return found


def finish(client: subprocess.Popen[str]) -> list[str | int]:
    found = answers(client)
    client.communicate()
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path / "state")
    yield found
    found.end()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="ansinh-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_commands_started_at_once_share_one_server(world: World):
    clients = [world.client(STARTED) for _ in range(6)]
    found = [finish(client) for client in clients]
    assert len({started for started, _ in found}) == 1
    assert sorted(number for _, number in found) == [1, 2, 3, 4, 5, 6]
    assert sum(" -D " in command for command in world.servers().values()) == 1


def test_two_states_live_side_by_side(world: World, tmp_path: Path):
    other = World(tmp_path / "other")
    try:
        world.run(("owner", "CREATE TABLE here ()"))
        assert other.run(("owner", "SELECT to_regclass('here')")) == ["None", 1]
        assert world.run(("owner", "SELECT to_regclass('here')")) == ["here", 2]
    finally:
        other.end()


def test_a_killed_supervisor_leaves_no_server_behind(world: World):
    client = world.client(STARTED)
    answers(client)
    assert len(world.servers()) >= 3
    os.kill(world.supervisor(), signal.SIGKILL)
    wait_until(lambda: not world.servers())


def test_a_command_right_after_the_supervisor_was_killed_gets_its_servers(world: World):
    before = world.run(STARTED)
    os.kill(world.supervisor(), signal.SIGKILL)
    after = world.run(STARTED)
    assert before[0] != after[0]
    assert after[1] == 2, "what Valkey answered for was lost"


def test_committed_work_survives_the_death_of_every_process(world: World):
    client = world.client(("owner", "CREATE TABLE paid AS SELECT 540000 AS amount"))
    answers(client)
    for pid in [client.pid, world.supervisor(), *world.servers()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert world.run(("owner", "SELECT amount FROM paid")) == ["540000", 2]


def test_it_starts_although_the_dead_postmasters_pid_now_belongs_to_another_process(world: World):
    world.run(STARTED)
    for pid in [world.supervisor(), *world.servers()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not world.servers())
    pid_file = world.state.postgres / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert world.run(("owner", "SELECT 1"))[0] == "1"


def test_a_killed_database_comes_back_while_its_clients_live(world: World):
    client = world.client(("owner", "CREATE TABLE paid AS SELECT 540000 AS amount"))
    answers(client)
    supervisor, first = world.supervisor(), world.postmaster()
    os.kill(first, signal.SIGKILL)
    assert world.run(("owner", "SELECT amount FROM paid"))[0] == "540000"
    assert world.supervisor() == supervisor
    assert world.postmaster() != first


def test_the_servers_stop_some_time_after_the_last_client(world: World):
    first, second = world.client(STARTED), world.client(STARTED)
    answers(second)
    finish(first)
    time.sleep(IDLE_SECONDS + 1.5)
    assert world.servers(), "one client's end stopped another's database"
    second.communicate()
    wait_until(lambda: not world.servers() and not world.is_supervised())


def test_a_first_start_that_was_cut_short_is_begun_again(world: World):
    half_made = world.state.root / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    assert world.run(("owner", "SELECT 1"))[0] == "1"


def test_the_application_changes_rows_and_no_tables(world: World):
    answered = world.run(
        *[
            ("owner", f"CREATE EXTENSION IF NOT EXISTS {name}")
            for name in ("btree_gist", "pg_trgm", "unaccent", "pg_stat_statements")
        ],
        ("owner", "CREATE TABLE paid (id int GENERATED ALWAYS AS IDENTITY, amount int)"),
        ("app", "INSERT INTO paid (amount) VALUES (540000)"),
        ("app", "UPDATE paid SET amount = 810000 RETURNING amount"),
        ("app", "DELETE FROM paid WHERE amount = 0"),
        ("app", "TRUNCATE paid"),
        ("app", "DROP TABLE paid"),
        ("app", "CREATE TABLE other ()"),
        ("app", "SELECT amount FROM paid"),
        ("app", "ANALYZE paid"),
        ("owner", "SELECT count(*) FROM pg_stats WHERE tablename = 'paid' AND attname = 'amount'"),
    )
    refused = "InsufficientPrivilege"
    assert answered[4:-1] == [
        "done",
        "done",
        "810000",
        "done",
        refused,
        refused,
        refused,
        "810000",
        "done",
        "1",
    ]
    assert answered[:4] == ["done"] * 4


def test_a_relative_state_folder_is_that_of_the_command(world: World, tmp_path: Path):
    world.env |= {"ANSINH_STATE": "state", "PYTHONPATH": str(PROJECT)}
    world.directory = tmp_path
    assert world.run(("owner", "SHOW data_directory"))[0] == str(tmp_path / "state" / "postgres")


def test_it_writes_everything_to_disk_outside_tests(world: World):
    names = ("fsync", "synchronous_commit", "full_page_writes")
    assert world.run(*[("owner", f"SHOW {name}") for name in names])[:3] == ["on", "on", "on"]


def test_it_runs_on_this_machine_only(world: World):
    assert world.run(("owner", "SHOW listen_addresses"))[0] == ""
    assert world.state.sockets.stat().st_mode & 0o777 == 0o700


def test_it_refuses_a_socket_folder_that_others_can_enter(world: World):
    world.state.sockets.mkdir(mode=0o755)
    client = world.client(STARTED)
    _, complaint = client.communicate()
    assert client.returncode == 1
    assert "is not a private folder of this user" in complaint


def test_a_failed_start_says_why(world: World, tmp_path: Path):
    world.env["PG_BINDIR"] = str(tmp_path)
    client = world.client(STARTED)
    _, complaint = client.communicate()
    assert f"No PostgreSQL server in {tmp_path}" in complaint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv")
def test_it_runs_as_a_normal_user(open_folder: Path):
    home = open_folder / "home"
    home.mkdir()
    user = pwd.getpwnam("daemon")
    os.chown(home, user.pw_uid, user.pw_gid)
    world = World(home / "state")
    # Only so that a checkout below root's private home can be read; nothing else of root's is kept.
    world.prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    world.prefix += ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    world.env["HOME"] = str(home)
    try:
        assert world.run(("app", "SELECT current_user")) == ["ansinh_app", 1]
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in world.servers()} == {user.pw_uid}
    finally:
        world.end()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must become another user")
def test_root_without_user_namespaces_becomes_nobody(open_folder: Path):
    readable = subprocess.run(
        ["test", "-x", postgres.binaries() / "initdb"], user=NOBODY, group=NOBODY, check=False
    )
    if readable.returncode:
        pytest.skip("the user nobody cannot read this checkout")
    world = World(open_folder / "state")
    world.env["PATH"] = str(open_folder)  # no `unshare` here
    try:
        assert world.run(("app", "SELECT current_user")) == ["ansinh_app", 1]
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in world.servers()} == {NOBODY}
        os.kill(world.supervisor(), signal.SIGKILL)
        wait_until(lambda: not world.servers())
    finally:
        world.end()


@pytest.mark.parametrize("command", ["check", "version", "migrate --help"])
def test_a_command_that_needs_no_server_starts_none(world: World, command: str):
    done = subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        cwd=PROJECT,
        env=world.env,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not world.state.lock.exists()


def test_stop_ends_the_servers_at_once(world: World):
    world.run(STARTED)
    done = subprocess.run(
        [sys.executable, "-m", "config.services", "stop"],
        cwd=PROJECT,
        env=world.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "stopped\n"
    assert not world.servers()
