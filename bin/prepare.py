"""Prepares the machine for bin/run and bin/test: system libraries, .venv and the pinned packages.

Needs only the standard library. Whatever stops it is one sentence saying what to do, exit 1, and nothing half done.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steps import Stop, run_step
from system import install_missing

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLD_VENV = ROOT / ".venv.old"
LOCK = ROOT / ".venv.lock"
STAMP = VENV / "careplans-installed.json"
REQUIREMENTS = {"run": "requirements.txt", "test": "requirements-dev.txt"}
NO_NETWORK = (
    "name resolution",
    "Failed to establish a new connection",
    "Network is unreachable",
    "No route to host",
    "ConnectTimeout",
    "Read timed out",
    "NewConnectionError",
    "Could not find a version",
)


def main() -> int:
    purpose = sys.argv[1]
    try:
        if purpose == "run":
            check_port(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
        with alone():
            install_missing(purpose, has_browser="--quick" not in sys.argv, is_first=not read_stamp())
            prepare_venv(purpose)
    except Stop as stop:
        print(f"Careplans: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start begins this step again.", file=sys.stderr)
        return 130
    return 0


@contextmanager
def alone() -> Iterator[None]:
    """Two starts at once must not build the same .venv; the lock ends with its process, however that ends."""
    try:
        lock = LOCK.open("w")
    except OSError as error:
        raise Stop(
            f"this user may not write in {ROOT}. Give it that right, or clone into a folder of its own."
        ) from error
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is preparing this folder: waiting for it …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check_port(host: str, port: str) -> None:
    """Stop early when the address is taken. One just left by a killed server frees itself within seconds."""
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise Stop(f"PORT is “{port}”. Set it to a whole number from 1 to 65535.")
    give_up_at = time.monotonic() + 3
    while refusal := refused_address(host, int(port)):
        if time.monotonic() > give_up_at or "taken" not in refusal:
            raise Stop(refusal)
        time.sleep(0.2)


def refused_address(host: str, port: int) -> str:
    """Why this address cannot be served, or nothing."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except PermissionError:
        return f"PORT {port} needs root's rights. Set PORT to a number above 1023, such as PORT=8000 bin/run."
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno not in (98, 48):
            return f"HOST is “{host}”, which is no address of this machine. Leave it out, or set one that is."
        return f"PORT {port} is taken by another program. Stop that one, or choose another: PORT={port + 1} bin/run."
    return ""


def prepare_venv(purpose: str) -> None:
    """Bring .venv to the pinned packages. The stamp, written last, tells a whole one from one left half done."""
    recover_old_venv()
    wanted = {name: digest(name) for name in ("requirements.txt", REQUIREMENTS[purpose])}
    have = read_stamp()
    if wanted.items() <= have.items():
        return
    if have.get("requirements.txt") == wanted["requirements.txt"]:
        install(REQUIREMENTS[purpose])  # the checks' packages on top of what runs already
        write_stamp({**have, **wanted})
        return
    if have:
        VENV.rename(OLD_VENV)
    else:
        shutil.rmtree(VENV, ignore_errors=True)
    try:
        make_venv()
        install(REQUIREMENTS[purpose])
        write_stamp(wanted)
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        recover_old_venv()
        raise
    shutil.rmtree(OLD_VENV, ignore_errors=True)


def recover_old_venv() -> None:
    """An upgrade that did not come to its end leaves the packages as they were before."""
    if not OLD_VENV.exists():
        return
    if read_stamp():
        shutil.rmtree(OLD_VENV)
        return
    shutil.rmtree(VENV, ignore_errors=True)
    OLD_VENV.rename(VENV)


def read_stamp() -> dict[str, str]:
    """What .venv holds; nothing when it is unfinished or its Python has gone."""
    if not (VENV / "bin" / "python").exists():
        return {}
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return dict(stamp) if isinstance(stamp, dict) else {}


def write_stamp(installed: dict[str, str]) -> None:
    draft = STAMP.with_suffix(".draft")
    draft.write_text(json.dumps(installed))
    draft.replace(STAMP)


def digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def make_venv() -> None:
    code, output = run_step("Making .venv", [sys.executable, "-m", "venv", str(VENV)])
    if code:
        raise Stop(f"could not make {VENV}: {last_line(output)}")


def install(requirements: str) -> None:
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    options = ["--progress-bar", "off", "--retries", "2", "--require-hashes", "-r", requirements]
    count = sum(1 for line in (ROOT / requirements).read_text().splitlines() if "==" in line)
    label = f"Installing the Python packages of {requirements}"
    code, output = run_step(label, pip + options, counts="Collecting ", of=count)
    if code == 0:
        return
    if any(sign in output for sign in NO_NETWORK):
        raise Stop(
            "pip could not download the Python packages. Check the network (or the proxy), then run this again."
        )
    raise Stop(f"installing the Python packages failed. Mend this, then run again: {last_line(output)}")


def last_line(output: str) -> str:
    """What went wrong, in one line of a tool's output."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "e:"))]
    return (errors or lines or ["it said nothing"])[-1]


if __name__ == "__main__":
    sys.exit(main())
