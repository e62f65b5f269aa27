"""The installation's own secret key, made once and kept beside its data when the environment gives none."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_make_secret_key(folder: Path) -> str:
    """Return the key kept in ``folder``; two first starts at once agree on one, because only one can place it."""
    path = folder / "secret-key"
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    """Written whole under another name first: nobody can read half a key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"secret-key.{os.getpid()}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
