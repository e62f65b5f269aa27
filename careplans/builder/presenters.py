"""What the builder's pages show, formatted once; no queries in here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from careplans.builder.dates import DatesView, dates_view
from careplans.core.timeline import Mark, PhaseSpan
from careplans.library.models import Anchor, Effect, TemplateVersion
from careplans.library.selectors import Wording, wording_in
from careplans.library.translations import Telling
from careplans.plans.document import PlanDocument
from careplans.plans.models import Draft, DraftItem, DraftPhase, FindingDecision
from careplans.plans.safety import Finding
from patients.models import Episode


@dataclass(frozen=True)
class FindingView:
    """A finding with the clinician's decision on it; the fields the finding card reads."""

    key: str
    severity: str
    subject: str
    message: str
    instead: str
    source: str
    item_keys: tuple[str, ...]
    decision: FindingDecision | None

    @property
    def is_open(self) -> bool:
        """Still needs an answer before publishing."""
        return self.severity in ("stop", "caution") and self.decision is None


@dataclass(frozen=True)
class ItemView:
    item: DraftItem
    title: str
    dose: str
    effect: str
    is_doubtful: bool
    is_untranslated: bool
    # Told in words that no qualified person has approved.
    is_unapproved: bool
    findings: tuple[FindingView, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class PhaseView:
    phase: DraftPhase
    starts_on: date
    ends_on: date
    is_over: bool
    is_current: bool
    items: tuple[ItemView, ...]
    check_ins: tuple[date, ...]


@dataclass(frozen=True)
class BuilderPage:
    draft: Draft
    document: PlanDocument
    phases: tuple[PhaseView, ...]
    findings: tuple[FindingView, ...]
    spans: tuple[PhaseSpan, ...]
    marks: tuple[Mark, ...]
    today: date
    dates: DatesView
    # English names of all that is told in words that no qualified person has approved.
    unapproved: tuple[str, ...] = ()

    @property
    def language_name(self) -> str:
        return str(get_language_info(self.document.language)["name_translated"])

    @property
    def open_findings(self) -> tuple[FindingView, ...]:
        return tuple(finding for finding in self.findings if finding.is_open)

    @property
    def answered_findings(self) -> tuple[FindingView, ...]:
        return tuple(finding for finding in self.findings if not finding.is_open)

    @property
    def item_count(self) -> int:
        return len(self.document.items)

    @property
    def has_untranslated(self) -> bool:
        return any(item.is_untranslated for phase in self.phases for item in phase.items) or any(
            flag.text_language != self.document.language for flag in self.document.red_flags
        )


@dataclass(frozen=True)
class TemplateChoice:
    """A template to start from; ``is_fitting`` when an episode of the patient has its body region and anchor date."""

    version: TemplateVersion
    is_fitting: bool
    lacks_surgery: bool


def template_choices(
    versions: Iterable[TemplateVersion], episodes: Sequence[Episode]
) -> list[TemplateChoice]:
    """Those that fit the patient first, those that cannot be used last."""
    regions = {episode.body_region for episode in episodes}
    has_surgery = any(episode.surgery_on for episode in episodes)
    choices = [
        TemplateChoice(
            version=version,
            is_fitting=version.body_region in regions and (version.anchor == Anchor.SURGERY) == has_surgery,
            lacks_surgery=version.anchor == Anchor.SURGERY and not has_surgery,
        )
        for version in versions
    ]
    return sorted(choices, key=lambda choice: (choice.lacks_surgery, not choice.is_fitting))


def builder_page(
    *,
    draft: Draft,
    document: PlanDocument,
    phases: Sequence[DraftPhase],
    findings: Sequence[Finding],
    decisions: Sequence[FindingDecision],
    today: date,
    telling: Telling,
    unapproved: tuple[str, ...] = (),
) -> BuilderPage:
    """Join the draft's rows with its document and findings. ``telling`` knows what was approved for staff to be told."""
    decided = {decision.finding_key: decision for decision in decisions}
    views = tuple(_finding_view(finding, decided.get(finding.key)) for finding in findings)
    return BuilderPage(
        draft=draft,
        document=document,
        phases=tuple(_phase_view(draft, phase, views, today, telling) for phase in phases),
        findings=views,
        spans=phase_spans(document),
        marks=check_in_marks(document),
        today=today,
        dates=dates_view(draft),
        unapproved=unapproved,
    )


def phase_spans(document: PlanDocument) -> tuple[PhaseSpan, ...]:
    """The document's phases as the timeline draws them."""
    return tuple(
        PhaseSpan(name=phase.name, starts_on=phase.starts_on, ends_on=phase.ends_on)
        for phase in document.phases
    )


def check_in_marks(document: PlanDocument) -> tuple[Mark, ...]:
    return tuple(Mark(on=one.due_on, kind="due", label=_("Check-in")) for one in document.check_ins)


def _finding_view(finding: Finding, decision: FindingDecision | None) -> FindingView:
    is_answered = decision is not None and (finding.severity != "stop" or bool(decision.reason))
    return FindingView(
        key=finding.key,
        severity=finding.severity,
        subject=finding.item_title,
        message=finding.message,
        instead=finding.instead,
        source=finding.source,
        item_keys=finding.item_keys,
        decision=decision if is_answered else None,
    )


def _phase_view(
    draft: Draft, phase: DraftPhase, findings: Sequence[FindingView], today: date, telling: Telling
) -> PhaseView:
    starts_on = draft.anchor_on + timedelta(days=phase.starts_on_day)
    ends_on = starts_on + timedelta(days=phase.days - 1)
    items = list(phase.items.all())
    return PhaseView(
        phase=phase,
        starts_on=starts_on,
        ends_on=ends_on,
        is_over=ends_on < today,
        is_current=starts_on <= today <= ends_on,
        items=tuple(
            _item_view(item, telling, findings, is_first=index == 0, is_last=index == len(items) - 1)
            for index, item in enumerate(items)
        ),
        check_ins=tuple(starts_on + timedelta(days=day) for day in phase.check_in_days),
    )


def _item_view(
    item: DraftItem, telling: Telling, findings: Sequence[FindingView], *, is_first: bool, is_last: bool
) -> ItemView:
    version = item.component_version
    wording: Wording = wording_in(version, telling.spoken(version))
    return ItemView(
        item=item,
        title=wording.text.title,
        dose=item.dose.in_words(),
        effect=str(Effect(version.effect).label),
        is_doubtful=version.effect in (Effect.NO_BENEFIT, Effect.DISPUTED),
        is_untranslated=wording.language != telling.language,
        is_unapproved=wording.language == telling.language and telling.is_unapproved(version),
        findings=tuple(finding for finding in findings if str(item.key) in finding.item_keys),
        is_first=is_first,
        is_last=is_last,
    )
