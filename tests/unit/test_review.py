"""The life of reviewed content: who may take which step, and that approved versions stay as they are."""

from __future__ import annotations

from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.core.models import new_uuid
from careplans.library.models import (
    ApprovedVersionsNeverChange,
    ComponentText,
    ComponentVersion,
    RedFlag,
    ReviewState,
    SafetyRule,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.retire import retire_version
from careplans.library.review import (
    ReviewRefusal,
    approve_version,
    send_back,
    start_version,
    submit_for_review,
)
from careplans.library.whole import problems_of
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, template_of


@pytest.fixture
def author(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER)


@pytest.fixture
def draft(clinic: Clinic, author: User) -> ComponentVersion:
    return start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)


def test_a_new_version_begins_with_what_the_old_one_says(clinic: Clinic, draft: ComponentVersion) -> None:
    old = component_of(clinic, "ex-walking")

    assert (draft.number, draft.state) == (old.number + 1, ReviewState.DRAFT)
    assert draft.default_dose == old.default_dose
    assert {text.title for text in draft.texts.all()} == {text.title for text in old.texts.all()}
    before, after = (set(version.texts.values_list("pk", flat=True)) for version in (old, draft))
    assert len(before) == len(after) > 1
    assert before.isdisjoint(after)


def test_a_template_is_copied_whole(clinic: Clinic, author: User) -> None:
    old = template_of(clinic)

    draft = start_version(of=old, by=author, now=NOW)

    def shape(version: TemplateVersion) -> list[tuple[str, list[str]]]:
        return [
            (phase.code, [item.component.code for item in phase.items.all()])
            for phase in version.phases.all()
        ]

    assert shape(draft) == shape(old)


def test_approving_retires_the_one_before(
    clinic: Clinic, draft: ComponentVersion, author: User, reviewer: User
) -> None:
    old = component_of(clinic, "ex-walking")
    submit_for_review(version=draft, by=author, now=NOW)

    approve_version(version=draft, by=reviewer, now=NOW)

    old.refresh_from_db()
    assert old.state == ReviewState.RETIRED
    assert component_of(clinic, "ex-walking") == draft
    assert (draft.approved_by, draft.approved_at) == (reviewer, NOW)
    actions = list(
        AuditEvent.objects.filter(subject_id=str(draft.pk))
        .order_by("at", "id")
        .values_list("action", flat=True)
    )
    steps = ("started", "writer_noted", "submitted", "approved")
    assert actions == [f"componentversion.{step}" for step in steps]


def test_the_author_cannot_approve(draft: ComponentVersion, author: User) -> None:
    submit_for_review(version=draft, by=author, now=NOW)

    with pytest.raises(ReviewRefusal, match="Somebody else"):
        approve_version(version=draft, by=author, now=NOW)


def test_a_draft_cannot_skip_its_review(draft: ComponentVersion, reviewer: User) -> None:
    with pytest.raises(ReviewRefusal, match="submitted"):
        approve_version(version=draft, by=reviewer, now=NOW)


def test_of_two_who_decide_at_once_one_is_late(draft: ComponentVersion, author: User, reviewer: User) -> None:
    submit_for_review(version=draft, by=author, now=NOW)
    same = ComponentVersion.objects.get(pk=draft.pk)
    send_back(version=draft, comment="Say how long each time.", by=reviewer, now=NOW)

    with pytest.raises(ReviewRefusal, match="somebody else was first"):
        approve_version(version=same, by=reviewer, now=NOW)


def test_one_newer_version_at_a_time(clinic: Clinic, draft: ComponentVersion, author: User) -> None:
    with pytest.raises(ReviewRefusal, match="already"):
        start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)


@pytest.mark.parametrize("model", [SafetyRule, RedFlag])
def test_rules_and_red_flags_live_the_same_life(
    model: type[SafetyRule] | type[RedFlag], clinic: Clinic, author: User, reviewer: User
) -> None:
    template_of(clinic)
    old = model.objects.filter(clinic=clinic).first()
    assert old is not None

    draft = start_version(of=old, by=author, now=NOW)
    submit_for_review(version=draft, by=author, now=NOW)
    approve_version(version=draft, by=reviewer, now=NOW)

    old.refresh_from_db()
    assert (old.state, draft.state) == (ReviewState.RETIRED, ReviewState.APPROVED)


def test_retired_is_the_end(clinic: Clinic, reviewer: User) -> None:
    version = component_of(clinic, "ex-walking")
    retire_version(version=version, reason="Nobody uses it any more", by=reviewer, now=NOW)

    with pytest.raises(ReviewRefusal):
        submit_for_review(version=version, by=reviewer, now=NOW)


def test_a_component_without_english_is_not_submitted(draft: ComponentVersion, author: User) -> None:
    draft.texts.filter(language="en").delete()

    with pytest.raises(ReviewRefusal, match="English text: missing"):
        submit_for_review(version=draft, by=author, now=NOW)

    draft.refresh_from_db()
    assert draft.state == ReviewState.DRAFT


def test_what_lost_its_text_during_the_review_is_not_approved(
    draft: ComponentVersion, author: User, reviewer: User
) -> None:
    submit_for_review(version=draft, by=author, now=NOW)
    draft.texts.all().delete()

    with pytest.raises(ReviewRefusal, match="English text: missing"):
        approve_version(version=draft, by=reviewer, now=NOW)

    assert component_of(draft.component.clinic, "ex-walking").state == ReviewState.APPROVED


def test_everything_missing_is_named(draft: ComponentVersion, author: User) -> None:
    draft.texts.update(why=" ", steps=[], feel="")
    draft.default_dose = {"kind": "duration", "minutes": 9000}

    with pytest.raises(ReviewRefusal) as refused:
        submit_for_review(version=draft, by=author, now=NOW)

    said = str(refused.value)
    assert "English text, why: missing" in said
    assert "English text, steps: missing" in said
    assert "dose, duration, minutes: cannot be used" in said
    assert "feel" not in said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"texts": {}}, "phase “first-48-hours”, English text: missing"),
        ({"texts": {"en": {"name": "First"}}}, "English text, step back when: missing"),
        ({"check_in_days": [2]}, "from 0 to 1"),
        ({"criteria": {"pain_at_most": 11}}, "criteria, pain at most: cannot be used"),
        (
            {"days": 1, "check_in_days": []},
            "phase “Days 2 to 7” does not begin where “First 48 hours” ends",
        ),
    ],
)
def test_a_template_whose_phase_is_not_whole(
    clinic: Clinic, author: User, changed: dict[str, Any], said: str
) -> None:
    draft = start_version(of=template_of(clinic), by=author, now=NOW)
    draft.phases.filter(position=0).update(**changed)

    with pytest.raises(ReviewRefusal, match=said):
        submit_for_review(version=draft, by=author, now=NOW)


def test_a_template_plans_nothing_for_longer_than_its_phase(clinic: Clinic, author: User) -> None:
    draft = start_version(of=template_of(clinic), by=author, now=NOW)
    wrap = TemplateItem.objects.get(phase__version=draft, phase__position=0, component__code="heat-wrap")
    TemplateItem.objects.filter(pk=wrap.pk).update(dose=wrap.dose | {"for_days": 5})

    with pytest.raises(ReviewRefusal, match="“Heat wrap” is for 5 days, but the phase has 2"):
        submit_for_review(version=draft, by=author, now=NOW)


def test_a_template_without_phases(clinic: Clinic, author: User) -> None:
    draft = start_version(of=template_of(clinic), by=author, now=NOW)
    TemplateItem.objects.filter(phase__version=draft).delete()
    draft.phases.all().delete()

    with pytest.raises(ReviewRefusal, match="phases: missing"):
        submit_for_review(version=draft, by=author, now=NOW)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"de": {}}, "English text: missing"),
        (
            {"en": {"question": "Numb?", "sign": "Numbness", "what_to_do": ""}},
            "English text, what to do: missing",
        ),
    ],
)
def test_a_red_flag_that_could_not_be_asked(
    clinic: Clinic, author: User, texts: dict[str, Any], said: str
) -> None:
    template_of(clinic)
    draft = start_version(of=RedFlag.objects.filter(clinic=clinic)[0], by=author, now=NOW)
    RedFlag.objects.filter(pk=draft.pk).update(texts=texts)

    with pytest.raises(ReviewRefusal, match=said):
        submit_for_review(version=RedFlag.objects.get(pk=draft.pk), by=author, now=NOW)


def test_a_rule_nobody_could_read(clinic: Clinic, author: User) -> None:
    template_of(clinic)
    draft = start_version(of=SafetyRule.objects.filter(clinic=clinic)[0], by=author, now=NOW)
    draft.when, draft.components, draft.tags = [], [], []

    with pytest.raises(ReviewRefusal, match="conditions: missing; components or tags: missing"):
        submit_for_review(version=draft, by=author, now=NOW)


def test_the_whole_starter_library_is_complete(clinic: Clinic) -> None:
    template_of(clinic)

    versions = [
        version
        for model in (ComponentVersion, TemplateVersion, SafetyRule, RedFlag)
        for version in model._default_manager.all()
    ]

    assert {str(version): problems_of(version) for version in versions if problems_of(version)} == {}


def parts_of(clinic: Clinic) -> list[ComponentText | TemplatePhase | TemplateItem]:
    phase = template_of(clinic).phases.all()[0]
    return [phase, phase.items.all()[0], component_of(clinic, "ex-walking").texts.all()[0]]


@pytest.mark.parametrize("which", range(3))
def test_parts_of_approved_versions_never_change(clinic: Clinic, which: int) -> None:
    part = parts_of(clinic)[which]

    with pytest.raises(ApprovedVersionsNeverChange):
        part.save()
    with pytest.raises(ApprovedVersionsNeverChange):
        part.delete()
    part.pk, part._state.adding = new_uuid(), True
    with pytest.raises(ApprovedVersionsNeverChange):
        part.save()


def test_a_phase_moves_neither_into_nor_out_of_an_approved_version(clinic: Clinic, author: User) -> None:
    approved = template_of(clinic)
    draft = start_version(of=approved, by=author, now=NOW)
    into, out_of = draft.phases.all()[0], approved.phases.all()[0]
    into.version, out_of.version = approved, draft

    for moved in (into, out_of):
        with pytest.raises(ApprovedVersionsNeverChange):
            moved.save()


def test_parts_of_a_draft_change(clinic: Clinic, author: User) -> None:
    phase = start_version(of=template_of(clinic), by=author, now=NOW).phases.all()[0]
    phase.check_in_days = [0]

    phase.save()
    phase.items.all()[0].delete()

    assert TemplatePhase.objects.get(pk=phase.pk).check_in_days == [0]
