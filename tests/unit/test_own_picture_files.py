"""The files of own pictures: none is left behind by what was taken back, and none that is named ever goes."""

from __future__ import annotations

import os
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.bundle_in import BundleRefused, receive_file, take_in
from careplans.library.bundle_out import export_template
from careplans.library.edit_component import content_of, save_component
from careplans.library.models import ComponentVersion, OwnPicture
from careplans.library.own_picture_files import files_follow, is_stored
from careplans.library.review import start_version
from careplans.library.upload import NewPicture, clean_picture, keep_picture
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_library, template_of
from tests.unit.test_library_bundle import files_in, with_change
from tests.unit.test_picture_upload import picture

pytestmark = pytest.mark.django_db
ALTS = {"en": "A bridge"}


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def folder(settings: LazySettings) -> Path:
    return Path(settings.MEDIA_ROOT)


def files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def kept_by(editor: User, clinic: Clinic) -> OwnPicture:
    return keep_picture(clinic=clinic, picture=clean_picture(picture()), alts=ALTS, by=editor, now=NOW)


def test_a_save_that_is_taken_back_leaves_no_file(
    clinic: Clinic, editor: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = start_version(of=component_of(clinic, "ex-bridge"), by=editor, now=NOW)

    def refuse(*_given: object, **_named: object) -> None:
        assert len(files(folder)) == 1
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("careplans.library.edit_component.index_component", refuse)
    with pytest.raises(RuntimeError):
        save_component(
            version=draft,
            content=replace(content_of(draft), why="Other words."),
            revision=draft.revision,
            by=editor,
            now=NOW,
            upload=NewPicture(clean_picture(picture()), ALTS),
        )
    assert files(folder) == []
    assert not OwnPicture.objects.exists()


def test_a_file_of_content_that_is_refused_leaves_none_of_its_pictures(
    clinic: Clinic, other_clinic: Clinic, editor: User, folder: Path
) -> None:
    ComponentVersion.objects.filter(component__code="ex-bridge").update(own_picture=kept_by(editor, clinic))
    data = export_template(version=template_of(clinic, "recurrent-spasm"), by=editor, now=NOW)
    last = max(name for name in files_in(data) if name.startswith("components/"))
    bad = with_change(data, last, lambda one: one | {"picture": "none-such"})
    there = make_staff(other_clinic, Role.EDITOR)
    arriving = receive_file(clinic=other_clinic, name="theirs.zip", data=bad, by=there, now=NOW)
    with pytest.raises(BundleRefused):
        take_in(arriving=arriving, by=there, now=NOW)
    assert len(files(folder)) == 1


def test_where_the_database_broke_off_the_file_stays(clinic: Clinic, editor: User) -> None:
    """It may have stored the row before its answer was lost."""
    kept = []

    def keep_and_break_off() -> None:
        with files_follow():
            kept.append(kept_by(editor, clinic))
            raise OperationalError("server closed the connection") from ConnectionError()

    with pytest.raises(OperationalError):
        keep_and_break_off()
    assert is_stored(kept[0])


def test_old_files_that_nothing_names_go_and_no_other(clinic: Clinic, editor: User, folder: Path) -> None:
    kept = kept_by(editor, clinic)
    old, young = (folder / "pictures" / "2020" / name for name in ("old.png", "young.png"))
    old.parent.mkdir(parents=True)
    handout = folder / "handouts" / "1.pdf"
    handout.parent.mkdir()
    for path in (old, young, handout):
        path.write_bytes(b"x")
    noon = NOW.timestamp()
    for path in (old, handout, Path(kept.file.path)):
        os.utime(path, (noon - 86_401, noon - 86_401))
    os.utime(young, (noon - 86_000, noon - 86_000))
    said = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("remove_stray_pictures", stdout=said)
    assert said.getvalue() == "pictures/2020/old.png is gone.\n"
    assert (old.exists(), young.exists(), handout.exists(), is_stored(kept)) == (False, True, True, True)


def test_a_database_without_pictures_is_none_to_judge_by(folder: Path) -> None:
    path = folder / "pictures" / "old.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    with pytest.raises(CommandError, match="names no own picture"):
        call_command("remove_stray_pictures")
    assert path.exists()
