"""Loads the starter library at the start when its files or the clinics changed; reading it all takes a second."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.management import call_command

from careplans.accounts.models import Clinic
from careplans.library.load import STARTER_FOLDER
from careplans.library.models import ComponentVersion, TemplateVersion

STAMP_NAME = ".library-loaded"


def load_when_changed() -> bool:
    """Bring new content into every clinic; True when there was something to look at."""
    stamp = settings.DATA_DIR / STAMP_NAME
    if stamp.is_file() and stamp.read_text() == _fingerprint():
        return False
    call_command("load_library")
    stamp.write_text(_fingerprint())
    return True


def _fingerprint() -> str:
    """Changes with the files, the clinics and what they hold, so that another database is not taken for loaded."""
    digest = hashlib.sha256()
    for path in sorted(STARTER_FOLDER.rglob("*.yaml")):
        facts = path.stat()
        digest.update(f"{path.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    clinics = sorted(str(pk) for pk in Clinic.objects.values_list("pk", flat=True))
    digest.update(f"{clinics} {ComponentVersion.objects.count()} {TemplateVersion.objects.count()}".encode())
    return digest.hexdigest()
