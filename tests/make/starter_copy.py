"""The starter library for one more clinic: loaded once a process, then its rows are copied.

Loading takes half a second, and most tests want a clinic with a library. What loading itself does is tested with
``load_starter``; that a copy is what loading gives has its own test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from careplans.accounts.models import Clinic
from careplans.audit.record import SYSTEM, record_change
from careplans.core.models import new_uuid
from careplans.library.load import load_starter
from careplans.library.models import Component, RedFlag, SafetyRule, Source, Template
from tests.factories import NOW

Row = tuple[Any, ...]
Tables = dict[tuple[type[models.Model], tuple[str, ...]], list[Row]]


@dataclass(frozen=True)
class Loaded:
    """What loading wrote for the first clinic. Rows are as the database gives them, by table and columns."""

    clinic: Any
    tables: Tables
    approved: int
    for_review: int


# None or one: the first clinic that was given a library in this process.
_loaded: list[Loaded] = []


@transaction.atomic
def give_starter(clinic: Clinic) -> None:
    """As ``load_starter`` does for a clinic that has nothing yet; one that has something is loaded."""
    has_some = any(
        model._default_manager.filter(clinic=clinic).exists()
        for model in (Component, Template, Source, SafetyRule, RedFlag)
    )
    if has_some:
        load_starter(clinic=clinic, by=SYSTEM, now=NOW)
    elif not _loaded:
        before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in _models()}
        report = load_starter(clinic=clinic, by=SYSTEM, now=NOW)
        _loaded.append(Loaded(_raw(clinic.pk), _read(before), report.approved, report.for_review))
    else:
        (loaded,) = _loaded
        _copy(loaded, clinic)
        details = {"approved": loaded.approved, "for_review": loaded.for_review}
        record_change(
            by=SYSTEM, action="library.loaded", subject=clinic, now=NOW, clinic_id=clinic.pk, details=details
        )


def _models() -> Iterator[type[models.Model]]:
    return apps.get_app_config("library").get_models(include_auto_created=True)


def _raw(key: Any) -> Any:
    return key if connection.features.has_native_uuid_field else key.hex


def _read(before: dict[type[models.Model], set[Any]]) -> Tables:
    """Every row that was not there; numbers that a table gives its rows itself are left out."""
    tables: Tables = {}
    for model, known in before.items():
        meta = model._meta
        columns = tuple(
            one.column for one in meta.concrete_fields if not isinstance(one, models.BigAutoField)
        )
        new = set(model._default_manager.values_list("pk", flat=True)) - known
        if not new:
            continue
        with connection.cursor() as cursor:
            key = _quoted([meta.pk.column])
            cursor.execute(
                f"SELECT {key}, {_quoted(columns)} FROM {_quoted([meta.db_table])} ORDER BY {key}"  # noqa: S608  # names of ours
            )
            wanted = {one if isinstance(one, int) else _raw(one) for one in new}
            tables[model, columns] = [row[1:] for row in cursor.fetchall() if row[0] in wanted]
    return tables


def _copy(loaded: Loaded, clinic: Clinic) -> None:
    """Every key is a new one, in the order of the old ones."""
    keys = {loaded.clinic: _raw(clinic.pk)}
    for (model, columns), rows in loaded.tables.items():
        if isinstance(model._meta.pk, models.UUIDField):
            at = columns.index(model._meta.pk.column)
            old = sorted(row[at] for row in rows)
            keys |= dict(zip(old, sorted(_raw(new_uuid()) for _ in old), strict=True))
    for (model, columns), rows in loaded.tables.items():
        is_key = [
            field.is_relation or field.primary_key
            for field in model._meta.concrete_fields
            if not isinstance(field, models.BigAutoField)
        ]
        _write(
            model._meta.db_table,
            columns,
            (tuple(keys.get(v, v) if k else v for v, k in zip(row, is_key, strict=True)) for row in rows),
        )


def _write(table: str, columns: tuple[str, ...], rows: Iterator[Row]) -> None:
    into = f"{_quoted([table])} ({_quoted(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({places})", list(rows))  # noqa: S608  # names of ours


def _quoted(names: Iterable[str]) -> str:
    """``when`` is a word of SQL."""
    return ", ".join(map(connection.ops.quote_name, names))
