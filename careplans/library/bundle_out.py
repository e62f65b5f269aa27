"""Writing a clinic's approved library, or one template with all it needs, as a single file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel

from careplans.accounts.models import Clinic, User
from careplans.audit.record import record_change
from careplans.core.refusals import Refusal
from careplans.library.bundle import (
    FORMAT,
    MANIFEST,
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_ORIGINS,
    MOST_ROWS,
    BundledComponent,
    BundledRule,
    BundledSource,
    BundledTemplate,
    OriginFile,
    OwnPictureFile,
)
from careplans.library.models import (
    Component,
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    ReviewState,
    SafetyRule,
    Source,
    Template,
    TemplateItem,
    TemplateVersion,
)
from careplans.library.own_picture_files import stored_content
from careplans.library.pictures import picture_svg
from careplans.library.starter_schema import RedFlagFile
from careplans.library.upload import ENDINGS

DAYS_A_MONTH = 30.44
MOST_MONTHS = 120
# The same content gives the same file: a zip notes a time beside each entry, and the earliest there is says nothing.
NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass
class _Content:
    components: list[ComponentVersion] = field(default_factory=list)
    templates: list[TemplateVersion] = field(default_factory=list)
    rules: list[SafetyRule] = field(default_factory=list)
    red_flags: list[RedFlag] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def rows(self) -> int:
        parts: tuple[list[Any], ...] = (
            self.components,
            self.templates,
            self.rules,
            self.red_flags,
            self.sources,
        )
        return sum(len(part) for part in parts)

    def with_sources(self, clinic: Clinic) -> _Content:
        """And every source that is cited in it."""
        versions: list[Any] = [*self.components, *self.templates]
        citing: list[Any] = [*self.rules, *self.red_flags]
        cited = {one["source"] for version in versions for one in version.sources}
        cited |= {one.source.code for one in citing}
        self.sources = list(Source.objects.filter(clinic=clinic, code__in=cited).order_by("code"))
        return self


class CannotExport(Refusal):
    """No file is made, and none is on record."""


class TooMuchToExport(CannotExport):
    """The file would be larger than any clinic can take in."""


class PictureGone(CannotExport):
    """A picture of the clinic's own is not in the storage as it was kept: without it nobody would miss it in the file."""


def export_library(*, clinic: Clinic, by: User, now: datetime) -> bytes:
    """Everything that is approved, as a zip; raises ``CannotExport``."""
    with transaction.atomic():
        content = _Content(
            components=list(_components(clinic)),
            templates=list(_templates(clinic)),
            rules=list(
                SafetyRule.objects.filter(clinic=clinic, state=ReviewState.APPROVED).select_related("source")
            ),
            red_flags=list(
                RedFlag.objects.filter(clinic=clinic, state=ReviewState.APPROVED).select_related("source")
            ),
        ).with_sources(clinic)
    # Outside of a transaction, which on SQLite keeps everybody else from writing.
    data = _packed(content)
    with transaction.atomic():
        details = {"what": "all"}
        record_change(
            by=by, action="library.exported", subject=clinic, now=now, clinic_id=clinic.pk, details=details
        )
    return data


def export_template(*, version: TemplateVersion, by: User, now: datetime) -> bytes:
    """One approved template with its components, their sources and pictures, as a zip; raises ``CannotExport``."""
    clinic = version.template.clinic
    held = TemplateItem.objects.filter(phase__version=version).values("component")
    with transaction.atomic():
        content = _Content(
            components=list(_components(clinic).filter(component__in=held)),
            templates=list(_templates(clinic).filter(pk=version.pk)),
        ).with_sources(clinic)
    data = _packed(content)
    with transaction.atomic():
        details = {"what": version.template.code, "number": version.number}
        record_change(
            by=by, action="library.exported", subject=version, now=now, clinic_id=clinic.pk, details=details
        )
    return data


def component_file(version: ComponentVersion) -> BundledComponent:
    """A component version as its file says it; reads its component, texts and own picture."""
    names = ("title", "why", "steps", "feel", "watch_for", "stop_if")
    texts = sorted(version.texts.all(), key=_english_first)
    return BundledComponent(
        code=version.component.code,
        category=version.component.category,
        body_regions=version.body_regions,
        tags=version.tags,
        equipment=version.equipment,
        dose=version.dose,
        grade=version.grade,
        effect=version.effect,
        effect_text=version.effect_text,
        clinician_text=version.clinician_text,
        cautions=version.cautions,
        picture=version.picture,
        sources=version.sources,
        review_months=_months(version),
        texts={text.language: {name: getattr(text, name) for name in names} for text in texts},
        own_picture=_own_picture(version),
        origins=_origins(version.component),
    )


def template_file(version: TemplateVersion) -> BundledTemplate:
    """A template version as its file says it; reads its phases and their items."""
    return BundledTemplate(
        code=version.template.code,
        body_region=version.body_region,
        anchor=version.anchor,
        cold_to_heat_day=version.cold_to_heat_day,
        clearance_day=version.clearance_day,
        sources=version.sources,
        review_months=_months(version),
        texts=version.texts,
        phases=tuple(
            {
                "code": phase.code,
                "starts_on_day": phase.starts_on_day,
                "days": phase.days,
                "starts": phase.starts,
                "checkin_days": phase.check_in_days,
                "criteria": phase.criteria,
                "texts": phase.texts,
                "items": [
                    {"component": item.component.code, "dose": item.dose, "why": item.why}
                    for item in phase.items.all()
                ],
            }
            for phase in version.phases.all()
        ),
        origins=_origins(version.template),
    )


def rule_file(rule: SafetyRule) -> BundledRule:
    names = ("code", "components", "tags", "when", "severity", "message", "instead")
    return BundledRule(**{name: getattr(rule, name) for name in names}, source=rule.source.code)


def red_flag_file(flag: RedFlag) -> RedFlagFile:
    names = ("code", "asked", "urgency", "clinician_label", "texts")
    return RedFlagFile(**{name: getattr(flag, name) for name in names}, source=flag.source.code)


def source_file(source: Source) -> BundledSource:
    names = ("code", "title", "publisher", "published_on", "covers")
    return BundledSource(**{name: getattr(source, name) for name in names})


def _components(clinic: Clinic) -> Any:
    approved = ComponentVersion.objects.of(clinic).approved()
    return (
        approved.select_related("component__origin", "own_picture")
        .prefetch_related("texts")
        .order_by("component__code")
    )


def _templates(clinic: Clinic) -> Any:
    approved = TemplateVersion.objects.filter(template__clinic=clinic, state=ReviewState.APPROVED)
    return (
        approved.select_related("template__origin")
        .prefetch_related("phases__items__component")
        .order_by("template__code")
    )


def _origins(copy: Component | Template) -> tuple[OriginFile, ...]:
    """Safety rules and recalls of what it was copied from go for the copy too, in whichever clinic it is."""
    found: list[OriginFile] = []
    while copy.origin is not None and len(found) < MOST_ORIGINS:
        found.append(OriginFile(code=copy.origin.code, number=copy.origin_number))
        copy = copy.origin
    return tuple(found)


def _months(version: ReviewedContent) -> int:
    """From the day it was approved, or written, to its review."""
    since = (version.approved_at or version.created_at).date()
    months = round((version.review_due_on - since).days / DAYS_A_MONTH)
    return min(max(months, 1), MOST_MONTHS)


def _english_first(text: Any) -> tuple[bool, str]:
    return (text.language != "en", text.language)


def _own_picture(version: ComponentVersion) -> OwnPictureFile | None:
    own = version.own_picture
    if own is None:
        return None
    return OwnPictureFile(file=f"pictures/{own.code}.{ENDINGS[_media_type(own)]}", alts=own.alts)


def _media_type(own: Any) -> Any:
    return type(own).MediaType(own.media_type)


def _packed(content: _Content) -> bytes:
    files: dict[str, bytes] = {MANIFEST: _yaml({"format": FORMAT})}
    files["sources.yaml"] = _list(map(source_file, content.sources))
    for component in content.components:
        files[f"components/{component.component.code}.yaml"] = _yaml(_data(component_file(component)))
    for template in content.templates:
        files[f"templates/{template.template.code}.yaml"] = _yaml(_data(template_file(template)))
    if content.rules:
        files["rules.yaml"] = _list(map(rule_file, content.rules))
    if content.red_flags:
        files["red_flags.yaml"] = _list(map(red_flag_file, content.red_flags))
    files |= _pictures(content.components)
    data = _zipped(files)
    if len(data) > MOST_BYTES or len(files) > MOST_ENTRIES or content.rows > MOST_ROWS:
        raise TooMuchToExport(
            _(
                "This is more than one file may hold, and no clinic could take it in. Export template by template."
            )
        )
    return data


def _pictures(versions: Sequence[ComponentVersion]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    gone: list[str] = []
    for version in versions:
        drawn = picture_svg(version.picture) if version.picture else None
        if drawn:
            files[f"pictures/{version.picture}.svg"] = drawn.encode()
        own = _own_picture(version)
        if own and version.own_picture:
            content = stored_content(version.own_picture)
            if content is None:
                gone.append(version.component.code)
            else:
                files[own.file] = content
    if gone:
        raise PictureGone(
            _(
                "The picture your clinic uploaded for this is not in the storage any more: %(codes)s. Ask whoever runs Careplans to bring the file back from the backup, or approve a new version with another picture. Then export again."
            )
            % {"codes": ", ".join(gone)}
        )
    return files


def _data(model: BaseModel) -> Any:
    data = model.model_dump(mode="json", exclude_none=False)
    if not data.get("origins", True):
        del data["origins"]  # what is no copy reads as it did before files told of copies
    return data


def _list(models: Iterable[BaseModel]) -> bytes:
    return _yaml([_data(model) for model in models])


class _Plain(yaml.CSafeDumper):
    """Writes out what stands twice: a file that is read back may hold no part that stands for another."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(data: Any) -> bytes:
    text: str = yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, NO_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
