"""Reads settings from the environment. A wrong value is noted, never raised: the start then names them all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
}
NO_DATABASE = {"ENGINE": ENGINES["sqlite"], "NAME": ":memory:"}


@dataclass(frozen=True)
class Problem:
    """A variable that cannot be used as it is; ``wrong`` ends without a full stop, ``cure`` is a sentence."""

    variable: str
    wrong: str
    cure: str


class Environment:
    """Typed values of variables. An empty variable counts as not set."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(name, "").strip() or default

    def words(self, name: str, default: list[str]) -> list[str]:
        """A list written with commas."""
        given = [word.strip() for word in self.text(name).split(",") if word.strip()]
        return given or default

    def yes_no(self, name: str, *, default: bool) -> bool:
        given = self.text(name).lower()
        if given and given not in YES | NO:
            self.note(name, f"is “{given}”", "Set it to 1 (yes) or 0 (no).")
        return given in YES if given in YES | NO else default

    def choice(self, name: str, allowed: list[str], *, default: str) -> str:
        given = self.text(name).upper()
        if given and given not in allowed:
            self.note(name, f"is “{given}”", f"Set it to one of {', '.join(allowed)}.")
        return given if given in allowed else default

    def whole(self, name: str, *, default: int, at_least: int, at_most: int) -> int:
        """A whole number within limits."""
        given = self.text(name)
        if not given:
            return default
        if given.isascii() and given.isdigit() and at_least <= int(given) <= at_most:
            return int(given)
        self.note(name, f"is “{given}”", f"Set it to a whole number from {at_least} to {at_most}.")
        return default

    def database(self, name: str, *, default: str, folder: Path) -> dict[str, Any]:
        """Django's settings of the database at this address; an empty one in memory when it makes no sense.

        A file without a folder of its own lies in ``folder``, which the backup takes along and nobody else may read.
        """
        url = self.text(name, default)
        scheme = url.partition(":")[0]
        cure = "Write sqlite:////folder/file.sqlite3 or postgres://user:password@host:5432/name."
        if scheme not in ENGINES:
            self.note(name, f"begins with “{scheme}”, which is neither sqlite nor postgres", cure)
            return dict(NO_DATABASE)
        try:
            config: dict[str, Any] = environ.Env.db_url_config(url, engine=ENGINES[scheme])
        except (ValueError, ImproperlyConfigured) as error:
            self.note(name, f"cannot be read ({error})", cure)
            return dict(NO_DATABASE)
        if not config["NAME"] or config["NAME"] == ":memory:":
            self.note(name, "names no database", cure)
        elif scheme == "sqlite":
            config["NAME"] = self._within(name, config["NAME"], folder)
        return config

    def _within(self, name: str, given: str, folder: Path) -> str:
        """``given`` as a path; one that is relative counts from ``folder`` and may not lead out of it."""
        path = (folder / given).resolve()
        if not Path(given).is_absolute() and not path.is_relative_to(folder.resolve()):
            self.note(name, f"leads out of {folder}", "Write the whole path: sqlite:////folder/file.sqlite3.")
        return str(path)

    def address(self, name: str, *, default: str) -> str:
        """The http(s) address where others reach this site, without a slash at the end."""
        given = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(given)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in ("http", "https") and parts.hostname and not parts.path and not parts.query:
            return given
        self.note(name, f"is “{given}”", "Write only scheme and host, such as https://plans.clinic.example.")
        return default

    def note(self, name: str, wrong: str, cure: str) -> None:
        """Keep a problem for the checks at the start."""
        self.problems.append(Problem(name, wrong, cure))


def url_host(host: str) -> str:
    """``host`` as it stands in an address on this machine: 127.0.0.1 for "every interface", brackets for IPv6."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def host_of(url: str) -> str:
    """The host of an address, as Django's ALLOWED_HOSTS wants it."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host
