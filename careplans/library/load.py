"""Bring the starter library into a clinic. Idempotent; what a clinic has is never overwritten.

The first load arrives approved: it comes reviewed with the product. Content of a later release waits for the clinic's
review, whether it is another version or wholly new. Only a safety rule or red flag that is wholly new is in use at once:
it can but warn and ask, and until somebody has looked at it nobody would be protected by it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction
from pydantic import BaseModel

from careplans.accounts.models import Clinic
from careplans.audit.record import Actor, record_change
from careplans.library.models import (
    Component,
    ComponentText,
    ComponentVersion,
    RedFlag,
    ReviewedContent,
    ReviewState,
    SafetyRule,
    Source,
    Template,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.search import index_components
from careplans.library.starter_schema import ComponentFile, Starter, TemplateFile, read_starter

STARTER_FOLDER = Path(__file__).parent / "starter"
DAYS_A_MONTH = 30.44
# Rules and red flags carry no review time of their own in the files.
RULE_REVIEW_MONTHS = 24

Content = TypeVar("Content", bound=ReviewedContent)


@dataclass(frozen=True)
class LoadReport:
    """How many versions came in: ``approved`` at a first load, ``for_review`` later."""

    approved: int
    for_review: int

    @property
    def is_unchanged(self) -> bool:
        return not (self.approved or self.for_review)


@transaction.atomic
def load_starter(*, clinic: Clinic, by: Actor, now: datetime, folder: Path = STARTER_FOLDER) -> LoadReport:
    """Add what the starter files hold and the clinic has not seen yet; raises ``StarterError`` on a wrong file."""
    loader = _Loader(clinic, now)
    loader.load(_starter_in(folder))
    report = LoadReport(loader.approved, loader.for_review)
    if not report.is_unchanged:
        details = {"approved": report.approved, "for_review": report.for_review}
        record_change(
            by=by, action="library.loaded", subject=clinic, now=now, clinic_id=clinic.pk, details=details
        )
    return report


@cache
def _starter_in(folder: Path) -> Starter:
    """Read once a process: an installation with many clinics loads the same files for each."""
    return read_starter(folder)


class _Loader:
    def __init__(self, clinic: Clinic, now: datetime) -> None:
        self.clinic, self.now = clinic, now
        self.is_first_load = not Component.objects.filter(clinic=clinic).exists()
        self.approved = self.for_review = 0

    def load(self, starter: Starter) -> None:
        self.default_doses = {file.code: file.dose for file in starter.components}
        self.sources = self._load_sources(starter)
        self.components = self._load_components(starter)
        for template in starter.templates:
            self._load_template(template)
        self._load_rules(starter)
        self._load_red_flags(starter)

    def _load_sources(self, starter: Starter) -> dict[str, Source]:
        have = set(Source.objects.filter(clinic=self.clinic).values_list("code", flat=True))
        Source.objects.bulk_create(
            Source(clinic=self.clinic, **source.model_dump())
            for source in starter.sources
            if source.code not in have
        )
        return {source.code: source for source in Source.objects.filter(clinic=self.clinic)}

    def _load_components(self, starter: Starter) -> dict[str, Component]:
        have = set(Component.objects.filter(clinic=self.clinic).values_list("code", flat=True))
        Component.objects.bulk_create(
            Component(clinic=self.clinic, code=file.code, category=file.category)
            for file in starter.components
            if file.code not in have
        )
        components = {component.code: component for component in Component.objects.filter(clinic=self.clinic)}
        known = _Known(ComponentVersion.objects.filter(component__clinic=self.clinic), "component__code")
        versions, texts = [], []
        for file in starter.components:
            version = self._component_version(file, components[file.code], known)
            if version:
                versions.append(version)
                texts += [
                    ComponentText(version=version, language=language, **text.model_dump(mode="json"))
                    for language, text in file.texts.items()
                ]
        ComponentVersion.objects.bulk_create(versions)
        ComponentText.objects.bulk_create(texts)
        index_components({version.component_id for version in versions})
        return components

    def _component_version(
        self, file: ComponentFile, component: Component, known: _Known
    ) -> ComponentVersion | None:
        if known.has(file.code, _hash(file)):
            return None
        data = file.model_dump(mode="json", exclude={"code", "category", "dose", "review_months", "texts"})
        return ComponentVersion(
            component=component,
            default_dose=file.dose.model_dump(mode="json"),
            **data,
            **self._review_fields(known.next_number(file.code), file.review_months, _hash(file)),
        )

    def _load_template(self, file: TemplateFile) -> None:
        template, _created = Template.objects.get_or_create(clinic=self.clinic, code=file.code)
        known = _Known(TemplateVersion.objects.filter(template=template), "template__code")
        if known.has(file.code, _hash(file)):
            return
        data = file.model_dump(mode="json", exclude={"code", "phases", "review_months"})
        version = TemplateVersion.objects.create(
            template=template,
            **data,
            **self._review_fields(known.next_number(file.code), file.review_months, _hash(file)),
        )
        phases, items = [], []
        for position, phase_file in enumerate(file.phases):
            fields = phase_file.model_dump(mode="json", exclude={"items", "checkin_days"})
            check_in_days = list(phase_file.checkin_days)
            phase = TemplatePhase(version=version, position=position, check_in_days=check_in_days, **fields)
            phases.append(phase)
            for item_position, item in enumerate(phase_file.items):
                dose = item.dose or self.default_doses[item.component]
                items.append(
                    TemplateItem(
                        phase=phase,
                        position=item_position,
                        component=self.components[item.component],
                        dose=dose.model_dump(mode="json"),
                        why=item.why,
                    )
                )
        TemplatePhase.objects.bulk_create(phases)
        TemplateItem.objects.bulk_create(items)

    def _load_rules(self, starter: Starter) -> None:
        known = _Known(SafetyRule.objects.filter(clinic=self.clinic), "code")
        SafetyRule.objects.bulk_create(
            SafetyRule(
                clinic=self.clinic,
                source=self.sources[file.source],
                **file.model_dump(mode="json", exclude={"source"}),
                **self._review_fields(
                    known.next_number(file.code), RULE_REVIEW_MONTHS, _hash(file), protects=True
                ),
            )
            for file in starter.rules
            if not known.has(file.code, _hash(file))
        )

    def _load_red_flags(self, starter: Starter) -> None:
        known = _Known(RedFlag.objects.filter(clinic=self.clinic), "code")
        RedFlag.objects.bulk_create(
            RedFlag(
                clinic=self.clinic,
                position=position,
                source=self.sources[file.source],
                **file.model_dump(mode="json", exclude={"source"}),
                **self._review_fields(
                    known.next_number(file.code), RULE_REVIEW_MONTHS, _hash(file), protects=True
                ),
            )
            for position, file in enumerate(starter.red_flags)
            if not known.has(file.code, _hash(file))
        )

    def _review_fields(
        self, number: int, review_months: int, sha256: str, *, protects: bool = False
    ) -> dict[str, Any]:
        is_in_use = number == 1 and (self.is_first_load or protects)
        self.approved += is_in_use
        self.for_review += not is_in_use
        return {
            "number": number,
            "state": ReviewState.APPROVED if is_in_use else ReviewState.IN_REVIEW,
            "created_at": self.now,
            "submitted_at": self.now,
            "approved_at": self.now if is_in_use else None,
            "review_due_on": months_later(self.now.date(), review_months),
            "starter_sha256": sha256,
        }


class _Known:
    """Which starter contents and numbers are there already, by code; one query."""

    def __init__(self, versions: models.QuerySet[Any], code_field: str) -> None:
        self._hashes: set[tuple[str, str]] = set()
        self._numbers: dict[str, int] = {}
        for code, sha256, number in versions.values_list(code_field, "starter_sha256", "number"):
            self._hashes.add((code, sha256))
            self._numbers[code] = max(number, self._numbers.get(code, 0))

    def has(self, code: str, sha256: str) -> bool:
        return (code, sha256) in self._hashes

    def next_number(self, code: str) -> int:
        return self._numbers.get(code, 0) + 1


def _hash(file: BaseModel) -> str:
    return hashlib.sha256(file.model_dump_json().encode()).hexdigest()


def months_later(day: date, months: int) -> date:
    return day + timedelta(days=round(months * DAYS_A_MONTH))
