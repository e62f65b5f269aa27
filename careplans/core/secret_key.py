"""The installation's own secret key, made once and kept beside its data when the environment gives none."""

from __future__ import annotations

import secrets
from pathlib import Path


def read_or_make_secret_key(folder: Path) -> str:
    """Return the key kept in ``folder``; two first starts at once agree on one, because only one can create it."""
    path = folder / "secret-key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")
