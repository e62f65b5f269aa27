"""A backup holds what cannot be made again, and a restore sends nothing by itself."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.running.backup import NotRestorable, make_backup, pause_sending, unpack_backup
from tests.factories import NOW, make_clinic, make_staff
from tests.make.pictures import make_own_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA_DIR / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "handout.pdf").write_bytes(b"a handout")
    (settings.DATA_DIR / "secret-key").write_text("the key")


@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back_as_it_was(settings: Any, tmp_path: Path) -> None:
    clinic = make_clinic(name="Kept")
    kept = make_own_picture(clinic, make_staff(clinic, Role.EDITOR))
    file = make_backup(folder=tmp_path / "backups", now=NOW)
    settings.DATA_DIR = tmp_path / "elsewhere"

    unpack_backup(file=file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (settings.DATA_DIR / "media" / "handout.pdf").read_bytes() == b"a handout"
    picture = (settings.DATA_DIR / "media" / str(kept.file.name)).read_bytes()
    assert hashlib.sha256(picture).hexdigest() == kept.sha256
    assert (settings.DATA_DIR / "secret-key").read_text() == "the key"
    if connection.vendor == "sqlite":
        with sqlite3.connect(settings.DATA_DIR / "careplans.sqlite3") as restored:
            assert restored.execute("SELECT name FROM accounts_clinic").fetchall() == [("Kept",)]
            assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        restored.close()


def test_nothing_is_written_over(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "any.tar.gz"

    with pytest.raises(NotRestorable, match="holds data already"):
        unpack_backup(file=file)

    assert (settings.MEDIA_ROOT / "handout.pdf").exists()


def test_another_archive_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "empty"
    file = tmp_path / "other.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        archive.add(Path(__file__), "other.py")

    with pytest.raises(NotRestorable, match="is no backup"):
        unpack_backup(file=file)


def test_a_file_beyond_the_data_folder_is_left_out(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "empty"
    file = tmp_path / "made-by-somebody.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name in ("made-at", "../outside", "/absolute", "media/../../outside", "bin/tool"):
            archive.add(Path(__file__), name)

    unpack_backup(file=file)

    assert [path.name for path in settings.DATA_DIR.rglob("*")] == ["made-at"]
    assert not (tmp_path / "outside").exists()


def test_after_a_restore_no_clinic_sends() -> None:
    clinic = make_clinic()
    make_clinic(is_sending_paused=True)

    assert pause_sending(now=NOW) == 1

    clinic.refresh_from_db()
    assert clinic.is_sending_paused
    assert AuditEvent.objects.get(action="clinic.restored").subject_id == str(clinic.pk)
