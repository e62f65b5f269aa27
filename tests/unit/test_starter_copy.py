"""Most tests get a copied library: it must be the one that loading gives."""

from __future__ import annotations

from typing import Any

import pytest

from careplans.accounts.models import Clinic
from careplans.audit.models import AuditEvent
from careplans.audit.record import SYSTEM
from careplans.library.index import ComponentIndex, IndexedComponent, IndexWord
from careplans.library.load import load_starter
from careplans.library.models import (
    Component,
    ComponentText,
    ComponentVersion,
    RedFlag,
    SafetyRule,
    Source,
    Template,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from tests.factories import NOW, make_clinic
from tests.make import starter_copy
from tests.make.starter_copy import give_starter

# What each belongs to, and by what it is known.
LIBRARY: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Source, "clinic", ("code",)),
    (Component, "clinic", ("code",)),
    (ComponentVersion, "component__clinic", ("component__code",)),
    (ComponentText, "version__component__clinic", ("version__component__code", "version__number")),
    (Template, "clinic", ("code",)),
    (TemplateVersion, "template__clinic", ("template__code",)),
    (TemplatePhase, "version__template__clinic", ("version__template__code", "version__number")),
    (
        TemplateItem,
        "phase__version__template__clinic",
        ("phase__version__template__code", "phase__position", "component__code"),
    ),
    (SafetyRule, "clinic", ("code", "source__code")),
    (RedFlag, "clinic", ("code", "source__code")),
    (IndexWord, "clinic", ("word",)),
    (ComponentIndex, "clinic", ("component__code",)),
    (IndexedComponent, "clinic", ("component__code",)),
)


def rows_of(clinic: Clinic, model: Any, path: str, names: tuple[str, ...]) -> list[str]:
    """Every row of the clinic's, with what it belongs to by code and without keys."""
    plain = [one.attname for one in model._meta.concrete_fields if not (one.primary_key or one.is_relation)]
    return sorted(map(str, model._default_manager.filter(**{path: clinic}).values_list(*names, *plain)))


@pytest.fixture
def first(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """The clinic whose library is loaded; every other one gets a copy."""
    monkeypatch.setattr(starter_copy, "_loaded", [])
    give_starter(clinic)
    return clinic


def test_a_copy_is_what_loading_gives(first: Clinic) -> None:
    second = make_clinic()
    give_starter(second)

    for model, path, names in LIBRARY:
        loaded = rows_of(first, model, path, names)
        assert loaded, model
        assert rows_of(second, model, path, names) == loaded, model


def test_every_table_that_loading_writes_is_compared(first: Clinic) -> None:
    (loaded,) = starter_copy._loaded
    assert {model for model, _columns in loaded.tables} == {one[0] for one in LIBRARY}


def test_a_copy_is_noted_and_loading_it_again_changes_nothing(first: Clinic) -> None:
    second = make_clinic()
    give_starter(second)

    noted = AuditEvent.objects.filter(action="library.loaded").values_list("clinic_id", "details")
    assert [one[1] for one in noted.filter(clinic_id=first.pk)] == [
        one[1] for one in noted.filter(clinic_id=second.pk)
    ]
    assert load_starter(clinic=second, by=SYSTEM, now=NOW).is_unchanged


def test_a_clinic_that_has_something_is_loaded(first: Clinic) -> None:
    second = make_clinic()
    Component.objects.create(clinic=second, code="ex-own", category="exercise")

    give_starter(second)

    versions = ComponentVersion.objects.filter(component__clinic=second)
    assert set(versions.values_list("state", flat=True)) == {"in_review"}
