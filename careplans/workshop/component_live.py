"""What stands beside the component editor: the patient's view, how hard it reads, what is not printed, what is missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from careplans.library.edit_component import PATIENT_WORDS, ComponentContent, changed_fields
from careplans.library.models import ComponentVersion
from careplans.library.whole import ENGLISH, problems_of_component, words_in
from careplans.workshop.component_forms import ComponentEditor, ComponentForm
from careplans.workshop.patient_view import (
    PatientView,
    Reading,
    dropped_in,
    patient_view,
    reading_of,
    with_own_picture,
)

PRINTED = (*PATIENT_WORDS, "clinician_text", "cautions", "effect_text")


@dataclass(frozen=True)
class Live:
    view: PatientView
    # Empty while its numbers are missing or wrong; ``wrong_dose`` says what is wrong of what was written.
    dose: str
    wrong_dose: tuple[str, ...]
    reading: Reading
    dropped: list[tuple[str, str]]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class StoredField:
    """What somebody else saved meanwhile, where it differs from what was typed."""

    label: str
    value: str


def live_of(editor: ComponentEditor, version: ComponentVersion) -> Live:
    """Of what stands in the form now, saved or not."""
    content = editor.so_far() if editor.form.is_bound else editor.content
    dose = editor.dose_so_far if editor.form.is_bound else content.dose
    own = editor.own.pictures.get(content.own_picture_id) if content.own_picture_id else None
    words = {name: getattr(content, name) for name in PATIENT_WORDS}
    doubts = editor.doubts_of_dose
    labels = {name: ComponentForm.base_fields[name].label for name in PRINTED}
    return Live(
        view=with_own_picture(patient_view(words, dose, content.picture, ENGLISH), own),
        dose=dose.in_words() if dose else "",
        wrong_dose=tuple(said for said, is_written in doubts if is_written),
        reading=reading_of(words),
        dropped=dropped_in({name: getattr(content, name) for name in PRINTED}, labels),
        missing=(
            *(_("Dose, %(what)s") % {"what": said} for said, _is_written in doubts),
            *_missing(content, version),
        ),
    )


def _missing(content: ComponentContent, version: ComponentVersion) -> Any:
    english = {name: getattr(content, name) for name in PATIENT_WORDS}
    return problems_of_component(
        version.component.clinic_id,
        texts=words_in(version.texts.all()) | {ENGLISH: english},
        to_clinicians=content.clinician_text,
        cautions_said=content.cautions,
        default_dose=content.dose.model_dump(mode="json"),
        sources_said=[asdict(one) for one in content.sources],
        tags=content.tags,
    )


def stored_now(stored: ComponentContent, typed: ComponentContent) -> list[StoredField]:
    """Each field in which what is stored says something else than what was typed."""
    labels = {name: str(field.label) for name, field in ComponentForm.base_fields.items()}
    labels |= {"dose": _("Dose"), "sources": _("Sources"), "own_picture_id": _("Own picture")}
    # The review date moves with the day the form was opened; it is no words of anybody.
    names = changed_fields(replace(typed, review_months=stored.review_months), stored)
    return [StoredField(labels[name], _in_words(name, getattr(stored, name))) for name in names]


def _in_words(name: str, value: Any) -> str:
    field: Any = ComponentForm.base_fields.get(name)
    choices = dict(getattr(field, "choices", ()))
    match value:
        case tuple() if name == "sources":
            said = "\n".join(f"{one.source}: {one.says}" for one in value)
        case tuple():
            said = "\n".join(str(choices.get(one, one)) for one in value)
        case _ if name == "dose":
            said = value.in_words()
        case _:
            said = str(choices.get(value, value if value is not None else ""))
    return said or "–"
