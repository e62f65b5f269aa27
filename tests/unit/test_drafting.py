"""Drafts and versions: what the verbs write, what they refuse, and that a stale change never lands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.core.text import TooFewWords
from careplans.library.dose import parse_dose
from careplans.library.models import ComponentText, ReviewState
from careplans.plans import drafting, freeze
from careplans.plans.assemble import draft_document
from careplans.plans.drafting import (
    add_item,
    change_item,
    decide_finding,
    discard_draft,
    move_item,
    remove_item,
)
from careplans.plans.freeze import freeze_draft
from careplans.plans.models import Draft, DraftItem, Plan, PlanVersion, PublishedVersionsNeverChange
from careplans.plans.refusals import FindingsUndecided, PlanRefusal, StaleDraft
from careplans.plans.selectors import findings_of
from careplans.plans.start import start_plan, start_revision
from patients.services import record_fact
from tests.factories import NOW
from tests.make.plans import component_of, make_draft, make_episode, make_library, make_patient, template_of


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician, facts=("hepatic_impairment_mild",))


def test_phases_that_are_over_are_left_out(draft: Draft) -> None:
    document = draft_document(draft, today=NOW.date())

    assert document.phases[0].code == "days-2-to-7"
    assert document.phases[0].starts_on == date(2026, 3, 2)
    assert all(phase.ends_on >= NOW.date() for phase in document.phases)


def test_a_template_that_counts_from_surgery_needs_one(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic, clinician), clinician)

    with pytest.raises(PlanRefusal, match="date of surgery"):
        start_plan(
            episode=episode,
            template_version=template_of(clinic, "after-spinal-surgery"),
            by=clinician,
            now=NOW,
        )

    assert not Plan.objects.exists()


def test_a_template_that_is_all_over_is_refused(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic, clinician), clinician, onset_on=date(2025, 1, 1))

    with pytest.raises(PlanRefusal, match="over already"):
        start_plan(episode=episode, template_version=template_of(clinic), by=clinician, now=NOW)


def test_an_empty_plan_has_one_phase(clinic: Clinic, clinician: User) -> None:
    make_library(clinic)
    episode = make_episode(make_patient(clinic, clinician), clinician)

    draft = start_plan(episode=episode, template_version=None, by=clinician, now=NOW)

    assert draft.phases.count() == 1
    with pytest.raises(PlanRefusal, match="empty"):
        freeze_draft(draft=draft, revision=1, by=clinician, now=NOW)


def add(draft: Draft, clinic: Clinic, code: str, by: User, **dose: object) -> DraftItem:
    draft.refresh_from_db()
    version = component_of(clinic, code)
    return add_item(
        phase=draft.phases.first(),
        component_version=version,
        dose=parse_dose(version.default_dose | dose),
        revision=draft.revision,
        by=by,
        now=NOW,
    )


def test_a_component_goes_into_a_phase_once(draft: Draft, clinic: Clinic, clinician: User) -> None:
    add(draft, clinic, "heat-moist", clinician)

    with pytest.raises(PlanRefusal, match="in this phase already"):
        add(draft, clinic, "heat-moist", clinician)


def test_the_dose_keeps_its_kind(draft: Draft, clinic: Clinic, clinician: User) -> None:
    item = add(draft, clinic, "heat-moist", clinician)
    draft.refresh_from_db()

    with pytest.raises(PlanRefusal, match="kind"):
        change_item(
            item=item,
            dose=parse_dose({"kind": "advice"}),
            note="",
            revision=draft.revision,
            by=clinician,
            now=NOW,
        )


def test_moving_swaps_neighbours(draft: Draft, clinician: User) -> None:
    phase = draft.phases.first()
    first, second, *_rest = list(phase.items.all())

    move_item(item=second, up=True, revision=1, by=clinician, now=NOW)

    assert [item.pk for item in phase.items.all()][:2] == [second.pk, first.pk]


def test_a_stale_change_is_refused_with_what_changed(draft: Draft, clinic: Clinic, clinician: User) -> None:
    add(draft, clinic, "heat-moist", clinician)
    item = draft.phases.first().items.first()

    with pytest.raises(StaleDraft) as refused:
        remove_item(item=item, revision=1, by=clinician, now=NOW)

    assert DraftItem.objects.filter(pk=item.pk).exists()
    assert refused.value.changes == (f"{clinician.name} – added: {heat_title(clinic)}",)


def heat_title(clinic: Clinic) -> str:
    return component_of(clinic, "heat-moist").texts.get(language="en").title


def test_a_stop_needs_its_reason_before_publishing(draft: Draft, clinic: Clinic, clinician: User) -> None:
    add(draft, clinic, "med-cyclobenzaprine", clinician, course_days=28)
    draft.refresh_from_db()

    with pytest.raises(FindingsUndecided):
        freeze_draft(draft=draft, revision=draft.revision, by=clinician, now=NOW)
    draft.refresh_from_db()
    assert not PlanVersion.objects.exists()

    with pytest.raises(TooFewWords, match="Write in words why"):
        decide_all(draft, clinician, reason="  ")
    decide_all(draft, clinician, reason="Severe flare, review in two weeks.")
    version = freeze_draft(draft=draft, revision=draft.revision, by=clinician, now=NOW)

    stop = next(one for one in version.document.findings if one.severity == "stop")
    assert stop.reason == "Severe flare, review in two weeks."
    assert stop.decided_by == clinician.name


def decide_all(draft: Draft, by: User, reason: str) -> None:
    document = draft_document(draft, today=NOW.date())
    for finding in findings_of(document, draft.plan.patient, NOW.date()):
        if finding.severity != "inform":
            draft.refresh_from_db()
            decide_finding(
                draft=draft, finding=finding, reason=reason, revision=draft.revision, by=by, now=NOW
            )
    draft.refresh_from_db()


def test_publishing_assesses_again(draft: Draft, clinic: Clinic, clinician: User) -> None:
    """A fact learnt after the last look at the builder still stops the plan."""
    record_fact(patient=draft.plan.patient, code="deep_vein_thrombosis", by=clinician, now=NOW)

    with pytest.raises(FindingsUndecided):
        freeze_draft(draft=draft, revision=1, by=clinician, now=NOW)


def test_a_published_version_never_changes(draft: Draft, clinician: User) -> None:
    version = publish(draft, clinician)

    with pytest.raises(PublishedVersionsNeverChange):
        version.save()
    with pytest.raises(PublishedVersionsNeverChange):
        version.delete()


def publish(draft: Draft, by: User) -> PlanVersion:
    decide_all(draft, by, reason="Considered.")
    return freeze_draft(draft=draft, revision=draft.revision, by=by, now=NOW)


def test_the_document_survives_storage(draft: Draft, clinician: User) -> None:
    version = publish(draft, clinician)
    stored = PlanVersion.objects.get(pk=version.pk)

    assert stored.document == version.document
    assert stored.document.version_number == 1
    assert stored.document.changes == ()


def test_version_2_says_what_changed(draft: Draft, clinic: Clinic, clinician: User) -> None:
    publish(draft, clinician)
    second = start_revision(plan=draft.plan, by=clinician, now=NOW)
    walking = DraftItem.objects.get(
        phase__draft=second, phase__position=0, component_version__component__code="ex-walking"
    )
    change_item(
        item=walking,
        dose=parse_dose(walking.dose_data | {"minutes": 5}),
        note="Only on flat ground.",
        revision=second.revision,
        by=clinician,
        now=NOW,
    )
    add(second, clinic, "heat-moist", clinician)
    breaks = DraftItem.objects.filter(phase__draft=second, component_version__component__code="ergo-breaks")
    for item in breaks:
        second.refresh_from_db()
        remove_item(item=item, revision=second.revision, by=clinician, now=NOW)
    second.refresh_from_db()

    changes = publish(second, clinician).document.changes

    assert any("Walking" in change and "before:" in change for change in changes)
    assert any("Only on flat ground." in change for change in changes)
    assert any(change.startswith("New in your plan") for change in changes)
    assert any(change.startswith("No longer part of your plan") for change in changes)


def test_one_open_draft_a_plan(draft: Draft, clinician: User) -> None:
    assert start_revision(plan=draft.plan, by=clinician, now=NOW) == draft
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(
            plan=draft.plan, title="x", language="en", anchor_on=NOW.date(), opened_at=NOW, opened_by=clinician,
            changed_at=NOW, changed_by=clinician,
        )  # fmt: skip


def test_a_course_end_has_its_check_in(draft: Draft, clinic: Clinic, clinician: User) -> None:
    add(draft, clinic, "med-cyclobenzaprine", clinician, course_days=10)

    document = draft_document(draft, today=NOW.date())

    course_end = document.phases[0].starts_on + timedelta(days=9)
    assert [(one.due_on, one.kind) for one in document.check_ins if one.kind == "course_end"] == [
        (course_end, "course_end")
    ]


def test_a_retired_component_cannot_be_published(draft: Draft, clinic: Clinic, clinician: User) -> None:
    version = component_of(clinic, "ex-walking")
    version.state = ReviewState.RETIRED
    version.save(update_fields=["state"])

    with pytest.raises(PlanRefusal, match="No longer approved"):
        publish(draft, clinician)


def test_an_untranslated_text_says_it_is_english(clinic: Clinic, clinician: User) -> None:
    draft = make_draft(clinic, clinician, language="es")
    ComponentText.objects.filter(language="es").delete()

    document = draft_document(draft, today=NOW.date())

    assert {item.text_language for item in document.items} == {"en"}
    assert document.language == "es"


def test_taking_out_of_one_phase_is_told(draft: Draft, clinic: Clinic, clinician: User) -> None:
    publish(draft, clinician)
    second = start_revision(plan=draft.plan, by=clinician, now=NOW)
    code = "component_version__component__code"
    walking = DraftItem.objects.get(phase__draft=second, phase__position=0, **{code: "ex-walking"})
    remove_item(item=walking, revision=second.revision, by=clinician, now=NOW)
    second.refresh_from_db()
    second.phases.filter(position=1).update(check_in_days=[3])

    changes = publish(second, clinician).document.changes

    assert any("no longer in “Days 2 to 7”" in change for change in changes)
    assert not any(change.startswith("No longer part of your plan") for change in changes)
    assert "The days on which we ask how you are have changed." in changes


def test_a_discarded_revision_is_not_what_the_next_one_begins_with(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    published = publish(draft, clinician)
    second = start_revision(plan=draft.plan, by=clinician, now=NOW)
    item = DraftItem.objects.filter(phase__draft=second).first()
    assert item is not None
    remove_item(item=item, revision=second.revision, by=clinician, now=NOW)
    second.refresh_from_db()
    discard_draft(draft=second, revision=second.revision, by=clinician, now=NOW)

    third = start_revision(plan=draft.plan, by=clinician, now=NOW)

    assert DraftItem.objects.filter(phase__draft=third).count() == len(published.document.items)


def test_starting_twice_gives_one_plan(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic, clinician), clinician)
    first, second = (
        start_plan(episode=episode, template_version=template_of(clinic), by=clinician, now=NOW)
        for _n in range(2)
    )

    assert first == second
    assert Plan.objects.count() == 1


def test_nobody_is_asked_on_the_day_of_publishing(draft: Draft) -> None:
    draft.phases.filter(position=0).update(check_in_days=[0, 2])

    document = draft_document(draft, today=NOW.date())

    assert document.check_ins[0].due_on == NOW.date() + timedelta(days=2)


@pytest.mark.parametrize("module", [drafting, freeze])
def test_nothing_is_written_when_the_audit_fails(
    module: object, draft: Draft, clinic: Clinic, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_all(draft, clinician, reason="Considered.")

    def fail(**_kwargs: object) -> None:
        raise RuntimeError("audit is down")

    monkeypatch.setattr(module, "record_change", fail)
    before = (
        AuditEvent.objects.count(),
        DraftItem.objects.count(),
        PlanVersion.objects.count(),
        draft.revision,
    )

    with pytest.raises(RuntimeError):
        change(module, draft, clinic, clinician)

    draft.refresh_from_db()
    after = (
        AuditEvent.objects.count(),
        DraftItem.objects.count(),
        PlanVersion.objects.count(),
        draft.revision,
    )
    assert after == before


def change(module: object, draft: Draft, clinic: Clinic, by: User) -> None:
    if module is drafting:
        add(draft, clinic, "heat-moist", by)
    else:
        freeze_draft(draft=draft, revision=draft.revision, by=by, now=NOW)
