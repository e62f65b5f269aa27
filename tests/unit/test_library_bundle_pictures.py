"""Own pictures and sources in a file of library content: none is lost unsaid, none keeps words that were changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import OperationalError

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.bundle_in import receive_file, rehearse, take_in
from careplans.library.bundle_out import PictureGone, export_library
from careplans.library.models import ComponentVersion, Source
from careplans.library.own_picture_files import files_follow, is_stored
from careplans.library.review import approve_version
from careplans.library.upload import clean_picture, keep_picture
from tests.factories import NOW, make_staff
from tests.make.bundles import small_bundle
from tests.unit.test_library_bundle import with_change
from tests.unit.test_picture_upload import picture

pytestmark = pytest.mark.django_db
CODE = "ex-small"
COMPONENT = b"""{code: ex-small, category: exercise, body_regions: [low_back], tags: [], equipment: [],
dose: {kind: duration, minutes: 5, times_a_day: 2}, grade: low, effect: not_stated, cautions: [], picture: '',
sources: [{source: X1, says: so}], review_months: 12,
texts: {en: {title: Small, why: For strength., steps: [Lift.]}}}"""


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def version(clinic: Clinic, editor: User) -> ComponentVersion:
    """One approved component with a picture of its own."""
    take(clinic, small_bundle(**{f"components__{CODE}": COMPONENT}), editor)
    version = ComponentVersion.objects.get(component__code=CODE)
    approve_version(version=version, by=make_staff(clinic, Role.REVIEWER), now=NOW)
    own = keep_picture(
        clinic=clinic, picture=clean_picture(picture()), alts={"en": "A bridge"}, by=editor, now=NOW
    )
    ComponentVersion.objects.filter(pk=version.pk).update(own_picture=own)
    version.refresh_from_db()
    return version


def take(clinic: Clinic, data: bytes, by: User) -> None:
    take_in(arriving=receive_file(clinic=clinic, name="a.zip", data=data, by=by, now=NOW), by=by, now=NOW)


def test_an_export_without_a_picture_that_is_gone_is_refused_by_name_and_not_on_record(
    clinic: Clinic, editor: User, version: ComponentVersion
) -> None:
    assert version.own_picture
    Path(version.own_picture.file.path).unlink()
    with pytest.raises(PictureGone, match=f"not in the storage any more: {CODE}"):
        export_library(clinic=clinic, by=editor, now=NOW)
    assert not AuditEvent.objects.filter(action="library.exported").exists()


def test_other_words_for_the_same_picture_come_with_it_and_are_the_same_then(
    clinic: Clinic, editor: User, version: ComponentVersion
) -> None:
    def said_better(one: dict[str, dict[str, object]]) -> object:
        one["own_picture"]["alts"] = {"en": "A patient lifts the hips"}
        return one

    data = with_change(
        export_library(clinic=clinic, by=editor, now=NOW), f"components/{CODE}.yaml", said_better
    )
    take(clinic, data, editor)
    newer = ComponentVersion.objects.get(component__code=CODE, number=2)
    assert newer.own_picture
    assert newer.own_picture.alts == {"en": "A patient lifts the hips"}
    approve_version(version=newer, by=make_staff(clinic, Role.REVIEWER), now=NOW)
    arriving = receive_file(clinic=clinic, name="a.zip", data=data, by=editor, now=NOW)
    assert {row.outcome for row in rehearse(arriving=arriving, by=editor, now=NOW).rows} == {"same"}


def test_a_source_that_came_in_a_file_is_on_record_as_any(clinic: Clinic, editor: User) -> None:
    take(clinic, small_bundle(), editor)
    source = Source.objects.get(clinic=clinic)
    event = AuditEvent.objects.get(action="source.added")
    assert (event.subject_id, event.actor_id, event.clinic_id) == (str(source.pk), editor.pk, clinic.pk)


class ThrownOut(Exception):  # as the driver's own
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_what_the_database_took_back_itself_leaves_no_file(
    clinic: Clinic, editor: User, sqlstate: str
) -> None:
    kept = []

    def keep_and_be_thrown_out() -> None:
        with files_follow():
            clean = clean_picture(picture())
            kept.append(keep_picture(clinic=clinic, picture=clean, alts={"en": "A"}, by=editor, now=NOW))
            raise OperationalError("deadlock detected") from ThrownOut(sqlstate)

    with pytest.raises(OperationalError):
        keep_and_be_thrown_out()
    assert not is_stored(kept[0])
