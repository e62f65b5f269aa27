"""A PostgreSQL and a Redis of the test's own, to be killed and started again, made by what ``bin/test`` uses."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

sys.path.append(str(Path(settings.BASE_DIR) / "bin"))

from services import Cluster, make_cluster, postgresql_binaries, running_redis

from tests.sink import free_port

# Unlike the suite's own, this one forgets nothing when it is killed: with the machine alive, fsync adds nothing to that.
KEEPS_WHAT_IS_COMMITTED = ["fsync=off", "max_connections=60"]


@contextmanager
def own_folder() -> Iterator[Path]:
    """pytest's own are closed to the user PostgreSQL runs as, and their names too long for its socket."""
    with tempfile.TemporaryDirectory(prefix="careplans-faults-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def own_postgresql(folder: Path) -> Cluster:
    return make_cluster(folder, KEEPS_WHAT_IS_COMMITTED)


class OwnRedis:
    """Holds nothing on disk: what it knew is gone with each kill."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def until_killed(self) -> AbstractContextManager[str]:
        return running_redis(self._folder, port=self._port, stop_with=signal.SIGKILL)


def copy_test_database(cluster: Cluster, folder: Path) -> None:
    """What the test has made so far, tables and all; takes a second, migrations take twenty."""
    at, script, bin_ = connection.settings_dict, folder / "copy.sql", postgresql_binaries()
    source = [f"--host={at['HOST']}", f"--port={at['PORT']}", f"--username={at['USER']}", at["NAME"]]
    target = ["--host=127.0.0.1", f"--port={cluster.port}", "--username=careplans", "postgres"]
    for command in (
        [bin_ / "pg_dump", "--no-owner", "-f", script, *source],
        [bin_ / "psql", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", script, *target],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=60)


@contextmanager
def reading_from(cluster: Cluster) -> Iterator[None]:
    """The test itself looks into the other database for a while."""
    ours: dict[str, Any] = connection.settings_dict
    theirs = {"HOST": "127.0.0.1", "PORT": cluster.port, "NAME": "postgres", "USER": "careplans"}
    connection.close()
    connection.settings_dict = ours | theirs
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = ours
