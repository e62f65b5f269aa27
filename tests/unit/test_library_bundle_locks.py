"""Taking a file in holds what it writes in one order from the start, and writes the index once, at the end."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library import search
from careplans.library.bundle_in import receive_file, take_in
from careplans.library.models import ComponentIndex
from tests.factories import NOW, make_staff
from tests.make.bundles import small_bundle
from tests.unit.test_library_bundle_pictures import COMPONENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


def two() -> bytes:
    other = COMPONENT.replace(b"ex-small", b"ex-other")
    return small_bundle(**{"components__ex-small": COMPONENT, "components__ex-other": other})


def test_all_that_comes_is_indexed_once_and_what_is_rehearsed_never(
    clinic: Clinic, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    index = search._index

    def counted(keys: list[object]) -> None:
        written.append(len(keys))
        index(keys)

    monkeypatch.setattr(search, "_index", counted)
    arriving = receive_file(clinic=clinic, name="a.zip", data=two(), by=editor, now=NOW)
    assert written == []
    take_in(arriving=arriving, by=editor, now=NOW)
    assert written == [2]
    assert ComponentIndex.objects.filter(clinic=clinic, for_keepers=True).count() == 2


def test_the_clinic_and_the_components_are_held_before_anything_is_written(
    clinic: Clinic, editor: User
) -> None:
    arriving = receive_file(clinic=clinic, name="a.zip", data=two(), by=editor, now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        take_in(arriving=arriving, by=editor, now=NOW)
    sql = [one["sql"] for one in asked]
    first_write = next(at for at, one in enumerate(sql) if re.match("INSERT|UPDATE|DELETE", one))
    clinics = next(at for at, one in enumerate(sql) if 'FROM "accounts_clinic"' in one)
    held = next(at for at, one in enumerate(sql) if 'FROM "library_component"' in one)
    assert clinics < held < first_write
