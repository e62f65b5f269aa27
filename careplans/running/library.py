"""Loads the starter library at the start when its files or the clinics changed; reading it all takes a second."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from careplans.accounts.models import Clinic
from careplans.audit.record import SYSTEM
from careplans.library.load import STARTER_FOLDER, load_starter
from careplans.library.models import ComponentVersion, TemplateVersion

STAMP_NAME = ".library-loaded"


def load_when_changed(*, say: Callable[[str], None], now: datetime) -> None:
    """Bring new content into every clinic; it arrives for review where the clinic has a library already."""
    stamp = settings.DATA_DIR / STAMP_NAME
    if stamp.is_file() and stamp.read_text() == _fingerprint():
        return
    for clinic in Clinic.objects.all():
        report = load_starter(clinic=clinic, by=SYSTEM, now=now)
        if not report.is_unchanged:
            say(f"{clinic}: {report.approved} pieces of content added, {report.for_review} wait for review.")
    stamp.write_text(_fingerprint())


def _fingerprint() -> str:
    """Changes with the files, the clinics and what they hold, so that another database is not taken for loaded."""
    digest = hashlib.sha256()
    for path in sorted(STARTER_FOLDER.rglob("*.yaml")):
        facts = path.stat()
        digest.update(f"{path.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    clinics = sorted(str(pk) for pk in Clinic.objects.values_list("pk", flat=True))
    digest.update(f"{clinics} {ComponentVersion.objects.count()} {TemplateVersion.objects.count()}".encode())
    return digest.hexdigest()
