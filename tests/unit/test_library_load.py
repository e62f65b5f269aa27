"""Loading the starter library: complete, idempotent, and never over what a clinic has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from careplans.accounts.models import Clinic
from careplans.audit.models import AuditEvent
from careplans.audit.record import SYSTEM
from careplans.library.load import STARTER_FOLDER, load_starter
from careplans.library.models import (
    ApprovedVersionsNeverChange,
    ComponentVersion,
    RedFlag,
    ReviewState,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.selectors import approved_components, approved_templates, components_matching, rules_of
from tests.factories import NOW, make_clinic


def load(clinic: Clinic, folder: Path = STARTER_FOLDER) -> tuple[int, int]:
    report = load_starter(clinic=clinic, by=SYSTEM, now=NOW, folder=folder)
    return report.approved, report.for_review


@pytest.mark.django_db
def test_the_first_load_brings_everything_approved(clinic: Clinic) -> None:
    approved, for_review = load(clinic)

    assert approved == sum(
        model.objects.filter(state=ReviewState.APPROVED).count()
        for model in (ComponentVersion, TemplateVersion, SafetyRule, RedFlag)
    )
    assert for_review == 0
    assert approved_components(clinic).count() >= 45
    assert approved_templates(clinic).count() == 6
    assert AuditEvent.objects.filter(action="library.loaded", clinic_id=clinic.pk).count() == 1


@pytest.mark.django_db
def test_loading_again_changes_nothing(clinic: Clinic) -> None:
    load(clinic)

    assert load(clinic) == (0, 0)
    assert AuditEvent.objects.filter(action="library.loaded").count() == 1


@pytest.mark.django_db
def test_new_content_of_a_release_waits_for_review(clinic: Clinic, tmp_path: Path) -> None:
    load(clinic)
    before = ComponentVersion.objects.get(component__code="ex-walking", state=ReviewState.APPROVED)
    folder = tmp_path / "starter"
    shutil.copytree(STARTER_FOLDER, folder)
    walking = folder / "components" / "ex-walking.yaml"
    walking.write_text(walking.read_text().replace("review_months: 24", "review_months: 12"))

    assert load(clinic, folder) == (0, 1)

    newest = ComponentVersion.objects.filter(component__code="ex-walking").latest("number")
    assert (newest.number, newest.state) == (2, ReviewState.IN_REVIEW)
    before.refresh_from_db()
    assert before.state == ReviewState.APPROVED


@pytest.mark.django_db
def test_what_a_release_brings_for_the_first_time_waits_too(clinic: Clinic, tmp_path: Path) -> None:
    """Except for a rule, which can only warn."""
    folder = tmp_path / "starter"
    shutil.copytree(STARTER_FOLDER, folder)
    load(clinic, folder)
    later = tmp_path / "later"
    shutil.copytree(STARTER_FOLDER, later)
    brisk = (
        (later / "components" / "ex-walking.yaml").read_text().replace("code: ex-walking", "code: ex-brisk")
    )
    (later / "components" / "ex-brisk.yaml").write_text(brisk)
    rules = (later / "rules.yaml").read_text()
    new_rule = rules[rules.index("- code: sedating-drives") : rules.index("- code: sedating-two-together")]
    (later / "rules.yaml").write_text(rules + new_rule.replace("sedating-drives", "sedating-drives-too"))

    assert load(clinic, later) == (1, 1)

    assert ComponentVersion.objects.get(component__code="ex-brisk").state == ReviewState.IN_REVIEW
    assert "sedating-drives-too" in {rule.code for rule in rules_of(clinic)}


@pytest.mark.django_db
def test_each_clinic_has_its_own_copy(clinic: Clinic) -> None:
    other = make_clinic()
    load(clinic)

    assert not approved_components(other).exists()
    assert rules_of(other) == ()


@pytest.mark.django_db
def test_an_approved_version_never_changes(clinic: Clinic) -> None:
    load(clinic)
    version = ComponentVersion.objects.filter(component__code="ex-walking").get()
    version.clinician_text = "Something else"

    with pytest.raises(ApprovedVersionsNeverChange):
        version.save()
    with pytest.raises(ApprovedVersionsNeverChange):
        version.save(update_fields=["clinician_text"])


@pytest.mark.django_db
def test_search_needs_every_word(clinic: Clinic) -> None:
    load(clinic)

    assert components_matching(clinic, "moist heat", "")[0].component.code == "heat-moist"
    assert not components_matching(clinic, "moist xylophone", "").exists()
    assert not components_matching(clinic, "moist", "medicine").exists()
