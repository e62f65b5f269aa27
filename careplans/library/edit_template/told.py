"""What is kept of each change, and what somebody who came too late is told of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from careplans.accounts.models import User
from careplans.audit.models import AuditEvent
from careplans.library.models import Component, ComponentText, ReviewState, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.library.versions import record

SUBJECT = TemplateVersion._meta.label_lower
CHANGE_WORDS = {
    f"{TemplateVersion._meta.model_name}.{what}": words
    for what, words in {
        "general_changed": _("changed what the template says of itself"),
        "phase_added": _("added the phase: %(title)s"),
        "phase_changed": _("changed the phase: %(title)s"),
        "phase_moved": _("moved the phase: %(title)s"),
        "phase_removed": _("removed the phase: %(title)s"),
        "item_added": _("added: %(title)s"),
        "item_changed": _("changed: %(title)s"),
        "item_moved": _("moved: %(title)s"),
        "item_removed": _("removed: %(title)s"),
    }.items()
}


def note(what: str, version: TemplateVersion, by: User, now: datetime, **details: Any) -> None:
    """Into the trail, with the revision the change led to."""
    record(what, version, by, now, revision=version.revision, **details)


def changes_since(version_id: uuid.UUID, revision: int) -> tuple[str, ...]:
    """What others did to a draft after ``revision``, oldest first, e.g. "Ed Itor – removed: Walking"."""
    events = AuditEvent.objects.filter(
        subject_type=SUBJECT, subject_id=str(version_id), action__in=CHANGE_WORDS
    ).order_by("at", "id")
    return tuple(
        f"{event.actor_label} – {CHANGE_WORDS[event.action] % {'title': event.details.get('title', '')}}"
        for event in events
        if event.details.get("revision", 0) > revision
    )


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The names of what is another now."""
    return sorted(name for name in after if before.get(name) != after[name])


def title_of(component: Component) -> str:
    """What the component is called in English: in use, else in its newest version."""
    texts = ComponentText.objects.filter(version__component=component, language=FALLBACK_LANGUAGE)
    in_use = texts.filter(version__state=ReviewState.APPROVED)
    found = in_use.first() or texts.order_by("-version__number").first()
    return found.title if found else component.code
