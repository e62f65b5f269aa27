"""Collects the static files when they changed; doing it at every start would cost seconds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP_NAME = ".collected"


def collect_when_changed() -> bool:
    """Bring STATIC_ROOT up to date; True when there was something to do. The stamp is written last."""
    stamp = settings.STATIC_ROOT / STAMP_NAME
    wanted = _fingerprint()
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)
    return True


def _fingerprint() -> str:
    """Changes with any static file's name, size or time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
