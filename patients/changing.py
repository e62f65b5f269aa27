"""Two people at one record: a change names the version it saw, and a stale one is refused with what changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from careplans.audit.models import AuditEvent
from careplans.core.refusals import StaleChange

Versioned = TypeVar("Versioned", bound=models.Model)


@dataclass(frozen=True)
class FieldChange:
    """One field that somebody else changed: what it says now, and what the refused change wanted."""

    field: str
    label: str
    now: str
    yours: str
    by: str
    at: datetime


class RecordChanged(StaleChange):
    """Somebody else saved this record meanwhile; ``changes`` tells what, who and when."""

    def __init__(self, record: models.Model, changes: tuple[FieldChange, ...]) -> None:
        super().__init__(_("Somebody else changed this in the meantime. Nothing of yours was saved yet."))
        self.record = record
        self.changes = changes


def lock_current(record: Versioned, *, version: int, wanted: Mapping[str, Any]) -> Versioned:
    """The record as it is now, locked until the transaction ends; refused when it is not at ``version`` any more."""
    manager: models.Manager[Versioned] = type(record)._default_manager
    current = manager.select_for_update().get(pk=record.pk)
    if current.version != version:  # type: ignore[attr-defined]  # both versioned models have the field
        raise RecordChanged(current, _changes_since(current, version, wanted))
    return current


def changed_fields(record: models.Model, wanted: Mapping[str, Any]) -> list[str]:
    return sorted(name for name, value in wanted.items() if getattr(record, name) != value)


def _changes_since(record: models.Model, version: int, wanted: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    events = AuditEvent.objects.filter(
        kind=AuditEvent.Kind.CHANGE, subject_id=str(record.pk), details__version__gt=version
    ).order_by("at")
    last_event = {name: event for event in events for name in event.details.get("fields", ())}
    return tuple(
        FieldChange(
            field=name,
            label=_label(record, name),
            now=_in_words(record, name, getattr(record, name)),
            yours=_in_words(record, name, wanted.get(name, getattr(record, name))),
            by=event.actor_label,
            at=event.at,
        )
        for name, event in last_event.items()
    )


# Names in the trail that are no fields of a model.
LABELS: dict[str, Callable[[], str]] = {"has_email_consent": lambda: _("consent to e-mail")}


def _label(record: models.Model, name: str) -> str:
    if name in LABELS:
        return LABELS[name]()
    return str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # no relations pointing here


def _in_words(record: models.Model, name: str, value: Any) -> str:
    """A value as the forms show it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "j M Y")
    choices: dict[Any, Any] = {} if name in LABELS else _choices(record, name)
    words = value if isinstance(value, list) else [value] if value else []
    return ", ".join(str(choices.get(word, word)) for word in words) or _("nothing")


def _choices(record: models.Model, name: str) -> dict[Any, Any]:
    """Code → label; a model with a list of codes keeps the labels of the list beside it in ``list_choices``."""
    of_lists: Mapping[str, list[tuple[Any, Any]]] = getattr(record, "list_choices", {})
    return dict(of_lists.get(name) or getattr(record._meta.get_field(name), "flatchoices", None) or ())
