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
def running_redis(folder: Path) -> Iterator[str]:
    port = free_port()
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--dir",
        str(folder),
    ]
    with server(["redis-server", *options], folder / "redis.log", port, signal.SIGTERM):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def running_postgresql(folder: Path) -> Iterator[str]:
    binaries, port, data = postgresql_binaries(), free_port(), folder / "postgresql"
    data.mkdir()
    become: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        folder.chmod(0o755)
        os.chown(data, owner.pw_uid, owner.pw_gid)
        become = ["runuser", "-u", "postgres", "--"]
    init = [
        str(binaries / "initdb"),
        "-D",
        str(data),
        "-U",
        "careplans",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    ]
    made = subprocess.run([*become, *init], capture_output=True, text=True, cwd="/", check=False)
    if made.returncode:
        raise Stop(f"PostgreSQL could not make a database folder: {made.stderr.strip()[-300:]}")
    options = [part for option in FAST for part in ("-c", option)]
    command = [
        str(binaries / "postgres"),
        "-D",
        str(data),
        "-p",
        str(port),
        "-h",
        "127.0.0.1",
        "-k",
        str(data),
        *options,
    ]
    with server(
        [*become, *command], folder / "postgresql.log", port, signal.SIGINT, pid_file=data / "postmaster.pid"
    ):
        yield f"postgres://careplans@127.0.0.1:{port}/postgres"


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
