"""A PostgreSQL and a Redis for the length of a test run: on free ports, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from steps import Stop

# Speed over safety: whatever is in there is made up and thrown away.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"]
START_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql_and_redis() -> Iterator[dict[str, str]]:
    """Both servers, as the variables that lead to them."""
    with (
        tempfile.TemporaryDirectory(prefix="careplans-test-", ignore_cleanup_errors=True) as name,
        running_redis(Path(name)) as redis_url,
        running_postgresql(Path(name)) as database_url,
    ):
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


@contextmanager
def running_redis(
    folder: Path, *, port: int | None = None, stop_with: signal.Signals = signal.SIGTERM
) -> Iterator[str]:
    port = port or free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with server(["redis-server", *options, "--dir", str(folder)], folder / "redis.log", port, stop_with):
        yield f"redis://127.0.0.1:{port}/0"


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of our own that can be started, and after a stop or a crash started again."""

    command: list[str]
    is_ready: list[str]
    data: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgres://careplans@127.0.0.1:{self.port}/postgres"

    @contextmanager
    def running(self, *, stop_with: signal.Signals = signal.SIGINT) -> Iterator[None]:
        """SIGINT ends it in order, SIGQUIT as a crash does: what was committed is read back at the next start."""
        log, pid_file = self.data.parent / "postgresql.log", self.data / "postmaster.pid"
        with server(self.command, log, self.port, stop_with, pid_file=pid_file):
            self._wait_until_ready()
            yield

    def _wait_until_ready(self) -> None:
        """It listens before it lets anybody in, longest after a crash."""
        give_up_at = time.monotonic() + START_SECONDS
        while subprocess.run(self.is_ready, capture_output=True, check=False).returncode:
            if time.monotonic() > give_up_at:
                raise Stop(f"PostgreSQL let nobody in within {START_SECONDS} s.")
            time.sleep(0.05)


@contextmanager
def running_postgresql(folder: Path) -> Iterator[str]:
    cluster = make_cluster(folder, FAST)
    with cluster.running():
        yield cluster.url


def make_cluster(folder: Path, options: list[str]) -> Cluster:
    """A fresh one in ``folder``, not running yet."""
    binaries, port, data = postgresql_binaries(), free_port(), folder / "postgresql"
    data.mkdir()
    become: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        folder.chmod(0o755)
        os.chown(data, owner.pw_uid, owner.pw_gid)
        become = ["runuser", "-u", "postgres", "--"]
    init = [str(binaries / "initdb"), "-D", str(data), "-U", "careplans", "-A", "trust", "-E", "UTF8"]
    made = subprocess.run(
        [*become, *init, "--locale=C", "-N"], capture_output=True, text=True, cwd="/", check=False
    )
    if made.returncode:
        raise Stop(f"PostgreSQL could not make a database folder: {made.stderr.strip()[-300:]}")
    program = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1"]
    settings = [part for option in options for part in ("-c", option)]
    is_ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return Cluster([*become, *program, "-k", str(data), *settings], is_ready, data, port)


def postgresql_binaries() -> Path:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = newest[-1] if newest else shutil.which("initdb")
    if not found:
        raise Stop("PostgreSQL is missing. Install it: apt-get install postgresql.")
    return Path(found).parent


@contextmanager
def server(
    command: list[str], log: Path, port: int, stop_with: signal.Signals, pid_file: Path | None = None
) -> Iterator[None]:
    """Run a server until the block ends, also when it ends in an error."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd="/", start_new_session=True)
        try:
            wait_for(port, process, log)
            yield
        finally:
            # runuser does not hand on every signal, so the server itself is told.
            pid = int(pid_file.read_text().split()[0]) if pid_file and pid_file.exists() else process.pid
            if process.poll() is None:
                os.kill(pid, stop_with)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Stop(f"{log.stem} did not start: {log.read_text(errors='replace')[-400:]}")
