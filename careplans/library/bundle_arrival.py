"""One pass over a file of library content: each thing in it written as a version that waits for review, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.core.refusals import Refusal
from careplans.library.bundle import (
    Bundle,
    BundledComponent,
    BundledRule,
    BundledSource,
    BundledTemplate,
    Entry,
)
from careplans.library.bundle_origin import (
    origin_in,
    originals_first,
    told_of_component,
    told_of_recalls,
    told_of_template,
)
from careplans.library.bundle_out import component_file, red_flag_file, rule_file, template_file
from careplans.library.bundle_report import BAD, BUSY, KEPT, NEW, NEXT, SAME, Report, Row, read_otherwise
from careplans.library.edit_source import note_added
from careplans.library.load import months_later
from careplans.library.models import (
    ArrivingFile,
    Component,
    ComponentText,
    ComponentVersion,
    OwnPicture,
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
from careplans.library.own_codes import hold_codes
from careplans.library.own_picture_files import is_stored
from careplans.library.pictures import picture_codes
from careplans.library.review import submit_for_review
from careplans.library.search import indexed_at_the_end
from careplans.library.starter_schema import RedFlagFile
from careplans.library.translations import check_all
from careplans.library.upload import UnusablePicture, clean_picture, keep_picture, told_alts
from careplans.library.versions import record

RULE_REVIEW_MONTHS = 24


class BundleRefused(Refusal):
    """Something in the file cannot be used, so nothing of it was taken in."""


@dataclass(frozen=True)
class Told:
    """An outcome, and what has to be said with it."""

    outcome: str
    told: tuple[str, ...]


class Arrival:
    """One pass over a file: sources before what cites them, components before the templates that hold them."""

    def __init__(
        self, arriving: ArrivingFile, bundle: Bundle, by: User, now: datetime, *, for_good: bool
    ) -> None:
        self.clinic, self.bundle, self.by, self.now, self.for_good = (
            arriving.clinic,
            bundle,
            by,
            now,
            for_good,
        )
        self.brought_by = arriving.brought_by

    def report(self) -> Report:
        """Everything it will write is held first, the clinic before all: two who wait for one another crosswise would
        both be thrown out. Rehearsing makes nothing that others could find, and keeps nobody from the clinic."""
        if self.for_good:
            hold_codes(self.clinic)
        self._hold()
        with indexed_at_the_end(for_good=self.for_good):
            return Report(tuple(self._rows()))

    def _hold(self) -> None:
        """In order of their keys, as a recall does: components, what they were copied from, templates, rules, flags."""
        named = self.bundle
        copies = [one.content for one in named.components if one.content]
        components = {copy.code for copy in copies} | {one.code for copy in copies for one in copy.origins}
        models: tuple[tuple[Any, set[str]], ...] = (
            (Component, components),
            (Template, _codes(named.templates)),
            (SafetyRule, _codes(named.rules)),
            (RedFlag, _codes(named.red_flags)),
        )
        for model, codes in models:
            known = model._default_manager.filter(clinic=self.clinic).values_list("pk", "code")
            keys = [pk for pk, code in known if code in codes]
            list(model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk"))

    def _rows(self) -> Iterator[Row]:
        for name in self.bundle.strangers:
            yield Row("file", name, name, BAD, (_("does not belong in such a file"),))
        yield from self._each("source", self.bundle.sources, self._source)
        yield from self._each("component", originals_first(self.bundle.components), self._component)
        yield from self._each("template", originals_first(self.bundle.templates), self._template)
        yield from self._each("rule", self.bundle.rules, self._rule)
        yield from self._each("red-flag", self.bundle.red_flags, self._red_flag)

    def _each(
        self, kind: str, entries: Iterable[Entry[Any]], take: Callable[[Any], str | Told]
    ) -> Iterator[Row]:
        for entry in entries:
            if entry.content is None:
                yield Row(kind, entry.name, entry.name, BAD, entry.problems)
                continue
            code, title = entry.content.code, _title(entry.content)
            try:
                with transaction.atomic():
                    outcome = take(entry.content)
            except Refusal as refusal:
                yield Row(kind, code, title, BAD, (str(refusal),))
            else:
                named = outcome if isinstance(outcome, Told) else Told(outcome, ())
                yield Row(kind, code, title, named.outcome, named.told)

    def _source(self, file: BundledSource) -> str | Told:
        stored = Source.objects.filter(clinic=self.clinic, code=file.code).first()
        if stored is not None:
            told = tuple(read_otherwise(stored, file))
            return Told(KEPT, told) if told else SAME
        note_added(_save(Source(clinic=self.clinic, **file.model_dump())), self.by, self.now)
        return NEW

    def _component(self, file: BundledComponent) -> Told:
        component = Component.objects.filter(clinic=self.clinic, code=file.code).first()
        if component and component.category != file.category:
            raise BundleRefused(
                _("your library has it under “%(category)s”, and that cannot change")
                % {"category": component.get_category_display()}
            )
        if file.picture and file.picture not in picture_codes():
            raise BundleRefused(_("the drawn picture “%(code)s” is not known here") % {"code": file.picture})
        before = self._versions(ComponentVersion, component=component) if component else None
        origin = origin_in(self.clinic, Component, file.origins)
        told = told_of_component(origin, component)
        if before and before.is_busy:
            return Told(BUSY, told)
        if before and before.approved and self._says_the_same(before.approved, file):
            return Told(SAME, told)
        component = component or _save(
            Component(
                clinic=self.clinic,
                code=file.code,
                category=file.category,
                origin=origin.known,
                origin_number=origin.number,
            )
        )
        others = {"code", "category", "dose", "review_months", "texts", "own_picture", "origins"}
        data = file.model_dump(mode="json", exclude=others)
        version = ComponentVersion(
            component=component,
            default_dose=file.dose.model_dump(mode="json"),
            own_picture=self._own_picture(file),
            **data,
            **self._fields(before, file.review_months),
        )
        _save(version)
        for language, text in file.texts.items():
            _save(ComponentText(version=version, language=language, **text.model_dump(mode="json")))
        return Told(self._submitted(version, before), (*told, *told_of_recalls(version)))

    def _says_the_same(self, ours: ComponentVersion, file: BundledComponent) -> bool:
        """Words, doses and the picture of one's own: of that the file itself, and what is said of it."""
        own = ours.own_picture
        if not _same(component_file(ours), file):
            return False
        if own is None or file.own_picture is None:
            return own is None and file.own_picture is None
        data = self.bundle.pictures.get(file.own_picture.file, b"")
        return own.alts == told_alts(file.own_picture.alts) and own.sha256 in _digests(data)

    def _own_picture(self, file: BundledComponent) -> OwnPicture | None:
        """Checked each time; written to the storage only for good, where no transaction can take it back."""
        if file.own_picture is None:
            return None
        data = self.bundle.pictures.get(file.own_picture.file)
        if data is None:
            raise BundleRefused(_("its picture “%(name)s” is missing") % {"name": file.own_picture.file})
        clean = clean_picture(data)
        alts = told_alts(file.own_picture.alts)
        if not self.for_good:
            return None
        # One that left here comes back as itself: a JPEG written anew is another file.
        digests = (hashlib.sha256(data).hexdigest(), clean.sha256)
        same = OwnPicture.objects.filter(clinic=self.clinic, sha256__in=digests)
        # What it shows is part of it: those who do not see it have nothing else.
        known = next((one for one in same if one.alts == alts and is_stored(one)), None)
        return known or keep_picture(clinic=self.clinic, picture=clean, alts=alts, by=self.by, now=self.now)

    def _template(self, file: BundledTemplate) -> str | Told:
        template = Template.objects.filter(clinic=self.clinic, code=file.code).first()
        before = self._versions(TemplateVersion, template=template) if template else None
        if before and before.is_busy:
            return BUSY
        components = self._components_of(file)
        file = _with_doses(file, components)
        if before and before.approved and _same(template_file(before.approved), file):
            return SAME
        origin = origin_in(self.clinic, Template, file.origins)
        told = () if template else told_of_template(origin)
        template = template or _save(
            Template(clinic=self.clinic, code=file.code, origin=origin.known, origin_number=origin.number)
        )
        data = file.model_dump(mode="json", exclude={"code", "phases", "review_months", "origins"})
        version = TemplateVersion(template=template, **data, **self._fields(before, file.review_months))
        _save(version)
        for position, phase_file in enumerate(file.phases):
            fields = phase_file.model_dump(mode="json", exclude={"items", "checkin_days"})
            days = list(phase_file.checkin_days)
            phase = TemplatePhase(version=version, position=position, check_in_days=days, **fields)
            _save(phase)
            for place, item in enumerate(phase_file.items):
                dose = item.dose.model_dump(mode="json") if item.dose else None
                component = components[item.component].component
                _save(TemplateItem(phase=phase, position=place, component=component, dose=dose, why=item.why))
        return Told(self._submitted(version, before), told)

    def _components_of(self, file: BundledTemplate) -> dict[str, ComponentVersion]:
        """The newest version of each component the template names: the file's own, if it brought one."""
        codes = {item.component for phase in file.phases for item in phase.items}
        versions = ComponentVersion.objects.of(self.clinic).filter(component__code__in=codes)
        newest = {one.component.code: one for one in versions.select_related("component").order_by("number")}
        missing = sorted(codes - newest.keys())
        if missing:
            raise BundleRefused(
                _("not in your library and not in this file: %(codes)s") % {"codes": ", ".join(missing)}
            )
        return newest

    def _rule(self, file: BundledRule) -> str:
        before = self._versions(SafetyRule, clinic=self.clinic, code=file.code)
        if before and before.is_busy:
            return BUSY
        if before and before.approved and _same(rule_file(before.approved), file):
            return SAME
        rule = SafetyRule(
            clinic=self.clinic,
            source=self._cited(file.source),
            **file.model_dump(mode="json", exclude={"source"}),
            **self._fields(before, RULE_REVIEW_MONTHS),
        )
        _save(rule)
        return self._submitted(rule, before)

    def _red_flag(self, file: RedFlagFile) -> str:
        before = self._versions(RedFlag, clinic=self.clinic, code=file.code)
        if before and before.is_busy:
            return BUSY
        if before and before.approved and _same(red_flag_file(before.approved), file):
            return SAME
        last = RedFlag.objects.filter(clinic=self.clinic).aggregate(last=Max("position"))["last"] or 0
        flag = RedFlag(
            clinic=self.clinic,
            source=self._cited(file.source),
            position=before.newest.position if before else last + 1,
            **file.model_dump(mode="json", exclude={"source"}),
            **self._fields(before, RULE_REVIEW_MONTHS),
        )
        _save(flag)
        return self._submitted(flag, before)

    def _versions(self, model: Any, **identity: Any) -> _Before | None:
        """What the library has of it; taken in for good, nobody begins a version of it meanwhile."""
        versions = model._default_manager.filter(**identity)
        if self.for_good:
            for name in identity.values():
                if isinstance(name, Component | Template):
                    name.held().first()  # before its versions, as whoever begins one does
            list(versions.select_for_update().order_by("number"))
        rows = list(versions.order_by("number"))  # asked again: one that was waited for stands there now
        if not rows:
            return None
        approved = next((one for one in rows if one.state == ReviewState.APPROVED), None)
        busy = any(one.state in (ReviewState.DRAFT, ReviewState.IN_REVIEW) for one in rows)
        return _Before(rows[-1], approved, busy)

    def _cited(self, code: str) -> Source:
        source = Source.objects.filter(clinic=self.clinic, code=code).first()
        if source is None:
            raise BundleRefused(_("its source “%(code)s” is not in this file") % {"code": code})
        return source

    def _fields(self, before: _Before | None, review_months: int) -> dict[str, Any]:
        return {
            "number": before.newest.number + 1 if before else 1,
            "state": ReviewState.DRAFT,
            "author": self.by,
            "based_on": before.approved if before else None,
            "created_at": self.now,
            "review_due_on": months_later(self.now.date(), review_months),
        }

    def _submitted(self, version: ReviewedContent, before: _Before | None) -> str:
        """As if its writer had submitted it: what is not whole is refused."""
        version.writers.add(self.by, self.brought_by)
        record("imported", version, self.by, self.now)
        check_all(version)
        submit_for_review(version=version, by=self.by, now=self.now)
        return NEXT if before else NEW


@dataclass(frozen=True)
class _Before:
    """What the library has of a thing already."""

    newest: Any
    approved: Any
    is_busy: bool


def _codes(entries: Iterable[Entry[Any]]) -> set[str]:
    return {one.content.code for one in entries if one.content}


Stored = TypeVar("Stored", bound=Model)


def _save(row: Stored) -> Stored:
    """PostgreSQL fails on a text that is too long for its column, SQLite keeps it: refused on both, in words."""
    for field in row._meta.concrete_fields:
        value, most = getattr(row, field.attname), getattr(field, "max_length", None)
        if isinstance(value, str) and most and len(value) > most:
            told = {"field": field.verbose_name, "most": most}
            raise BundleRefused(_("“%(field)s” is longer than %(most)d characters") % told)
    row.save()
    return row


def _with_doses(file: BundledTemplate, components: dict[str, ComponentVersion]) -> BundledTemplate:
    """An item without a dose has its component's."""
    phases = tuple(
        phase.model_copy(
            update={
                "items": tuple(
                    item if item.dose else item.model_copy(update={"dose": components[item.component].dose})
                    for item in phase.items
                )
            }
        )
        for phase in file.phases
    )
    return file.model_copy(update={"phases": phases})


def _same(ours: Any, theirs: Any) -> bool:
    """Whether both say the same; for how long it was good, each clinic decides, and copies are told of apart."""
    left, right = (one.model_dump(mode="json") for one in (ours, theirs))
    for one in (left, right):
        one.pop("review_months", None)
        one.pop("own_picture", None)
        one.pop("origins", None)
    return bool(left == right)


def _digests(data: bytes) -> set[str]:
    """Of the file as it came, and as we would write it anew: a JPEG written anew is another file."""
    try:
        anew = {clean_picture(data).sha256}
    except UnusablePicture:
        anew = set()
    return {hashlib.sha256(data).hexdigest(), *anew}


def _title(content: Any) -> str:
    texts = getattr(content, "texts", None)
    if texts:
        english = texts["en"]
        return str(getattr(english, "title", "") or getattr(english, "sign", "") or content.code)
    return str(getattr(content, "title", "") or getattr(content, "message", "") or content.code)
