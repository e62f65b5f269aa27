"""System packages: which are missing, tried by really loading them, and apt to install those."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from steps import Stop, run_step


@dataclass(frozen=True)
class Package:
    name: str
    is_there: Callable[[], bool]
    # What is merely better to have must not stop somebody without rights.
    is_needed: bool = True


def loads(*libraries: str) -> Callable[[], bool]:
    """Whether the dynamic linker finds these libraries, wherever they come from."""

    def check() -> bool:
        try:
            for library in libraries:
                ctypes.CDLL(library)
        except OSError:
            return False
        return True

    return check


def has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def has_venv() -> bool:
    return importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None


def has_fonts() -> bool:
    """A font for Latin and one for Arabic. Handouts bring their own; these are for a name in yet another script."""
    if Path("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf").exists():
        return True
    if not shutil.which("fc-list"):
        return False
    listing = [
        subprocess.run(["fc-list", f":lang={lang}"], capture_output=True, check=False)
        for lang in ("en", "ar")
    ]
    return all(result.stdout.strip() for result in listing)


def has_certificates() -> bool:
    return any(
        Path(path).exists()
        for path in ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
    )


def has_postgresql() -> bool:
    return bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or shutil.which("initdb") is not None


def venv_package() -> str:
    """The package with venv for this Python: a second one on the machine has its own."""
    default = shutil.which("python3", path="/usr/bin")
    if default and os.path.realpath(default) == os.path.realpath(sys.executable):
        return "python3-venv"
    return f"python{sys.version_info.major}.{sys.version_info.minor}-venv"


def packages(purpose: str, *, has_browser: bool) -> list[Package]:
    found = [
        Package(venv_package(), has_venv),
        Package("ca-certificates", has_certificates, is_needed=False),
        Package("libpango-1.0-0", loads("libgobject-2.0.so.0", "libpango-1.0.so.0")),
        Package("libpangoft2-1.0-0", loads("libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1")),
        Package("libharfbuzz-subset0", loads("libharfbuzz-subset.so.0")),
        Package("fonts-noto-core", has_fonts, is_needed=False),
    ]
    if purpose == "test":
        found.append(Package("poppler-utils", has_program("pdftoppm")))
    if purpose == "test" and has_browser:
        has_chromium = has_program(os.environ.get("CHROMIUM") or "chromium")
        found += [
            Package("chromium", has_chromium),
            Package("postgresql", has_postgresql),
            Package("redis-server", has_program("redis-server")),
        ]
    return found


def install_missing(purpose: str, *, has_browser: bool, is_first: bool) -> None:
    """Install what is missing through apt, saying so; stop when that is not possible and it is needed.

    What is merely better to have is tried once, at the first set-up.
    """
    missing = [package for package in packages(purpose, has_browser=has_browser) if not package.is_there()]
    names = [package.name for package in missing]
    needed = [package for package in missing if package.is_needed]
    if not needed and not (missing and is_first):
        return
    prefix = apt_prefix()
    try:
        if prefix is None:
            raise Stop(how_to_install(names))
        apt_install(prefix, names)
    except Stop:
        if needed:
            raise
        print(f"Going on without {', '.join(names)}: better to have, not needed.", flush=True)
    still = [package.name for package in needed if not package.is_there()]
    if still:
        raise Stop(
            f"{' '.join(still)} is installed, but cannot be used. Repair it: apt-get install --reinstall {' '.join(still)}"
        )


def how_to_install(names: list[str]) -> str:
    if not shutil.which("apt-get"):
        return f"this system has no apt. Install what Debian calls {' '.join(names)}, then run this again."
    return f"system packages are missing, and you have no right to install them. Ask an administrator for: apt-get install {' '.join(names)}"


def apt_prefix() -> list[str] | None:
    """What to write before apt-get: nothing for root, sudo where it works, None without rights."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    if not sys.stdin.isatty():
        return None
    print("Careplans needs system packages; sudo asks for your password.", flush=True)
    return ["sudo", "-n"] if subprocess.run(["sudo", "-v"], check=False).returncode == 0 else None


def apt_install(prefix: list[str], names: list[str]) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "Acquire::Retries=1"]
    run_step("Reading apt's lists", [*apt, "update"], environment=quiet)
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    code, output = run_step(f"Installing system packages: {' '.join(names)}", command, environment=quiet)
    if code == 0:
        return
    if "Could not get lock" in output or "Unable to acquire the dpkg" in output:
        raise Stop("another program is installing packages at the moment. Wait for it, then run this again.")
    if "Unable to fetch" in output or "Temporary failure" in output or "Unable to locate" in output:
        raise Stop(
            f"apt could not download {' '.join(names)}. Check the network and apt's sources, then run this again."
        )
    errors = [line for line in output.splitlines() if line.startswith("E:")]
    raise Stop(
        f"apt could not install {' '.join(names)}. Mend this, then run again: {(errors or [output[-200:]])[-1]}"
    )
