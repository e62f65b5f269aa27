"""The life of a handout: asked for once, made once by one process, kept with its hash, never given out when altered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.handouts import services
from careplans.handouts.failures import Failure
from careplans.handouts.models import Handout
from careplans.handouts.render import RenderedPdf, RenderingFailed
from careplans.handouts.renderer import pool
from careplans.handouts.services import HandoutDamaged
from careplans.handouts.tasks import render_waiting
from careplans.plans.models import PlanVersion
from tests.factories import NOW
from tests.make.documents import make_plan, make_version
from tests.make.plans import make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _no_child_is_left() -> Iterator[None]:
    yield
    pool.close()


@pytest.fixture
def handout(clinic: Clinic, clinician: User) -> Handout:
    version = make_version(make_plan(make_patient(clinic, clinician), clinician))
    return services.request_handout(version=version, by=clinician, now=NOW)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Draws nothing, and counts how often it was asked to."""
    asked: list[str] = []

    def draw(document: Any, **options: Any) -> RenderedPdf:
        asked.append(options["link"])
        return RenderedPdf(pdf=b"%PDF-1.7 stand-in", pages=3)

    monkeypatch.setattr(services, "render_document", draw)
    return asked


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Any, **options: Any) -> RenderedPdf:
        raise RenderingFailed(Failure.MISSING_LETTER, "U+F0123")

    monkeypatch.setattr(services, "render_document", fail)


def actions() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="handout.")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_asking_twice_gives_one_handout(handout: Handout, clinician: User) -> None:
    again = services.request_handout(version=handout.version, by=clinician, now=NOW)
    assert again == handout
    assert handout.state == Handout.State.PENDING
    assert actions() == ["handout.requested"]


def test_it_is_made_and_kept_with_its_hash(handout: Handout) -> None:
    made = services.ensure_rendered(handout=handout, now=NOW)
    assert made.state == Handout.State.READY
    assert made.pages > 1
    assert services.read_pdf(handout=made, now=NOW).startswith(b"%PDF-")
    assert handout.version.plan.patient.family_name not in made.pdf.name
    event = AuditEvent.objects.get(action="handout.made")
    assert event.details == {"sha256": made.sha256, "pages": made.pages}
    assert event.patient_id == handout.version.plan.patient_id


def test_what_is_ready_is_never_drawn_again(handout: Handout, drawings: list[str]) -> None:
    for _ in range(3):
        services.ensure_rendered(handout=handout, now=NOW)
    assert len(drawings) == 1
    assert drawings[0].split("/p/")[1].strip("/").isascii()


def test_while_another_process_draws_it_waits_for_a_moment_only(
    handout: Handout, drawings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PATIENCE_SECONDS", 0.2)
    services._claim(handout, NOW)
    assert services.ensure_rendered(handout=handout, now=NOW).state == Handout.State.RENDERING
    assert drawings == []


def test_a_lease_that_ran_out_is_taken_over_and_the_late_one_changes_nothing(
    handout: Handout, drawings: list[str]
) -> None:
    late = services._claim(handout, NOW)
    later = NOW + services.LEASE + timedelta(seconds=1)
    made = services.ensure_rendered(handout=handout, now=later)
    first_hash = made.sha256
    assert late is not None
    services._settle_ready(handout, late, RenderedPdf(pdf=b"another", pages=9), later)
    made.refresh_from_db()
    assert (made.state, made.sha256, made.pages) == (Handout.State.READY, first_hash, 3)
    assert actions().count("handout.made") == 1


def test_what_kills_its_process_each_time_is_given_up(handout: Handout, drawings: list[str]) -> None:
    now = NOW
    for _ in range(services.MOST_ATTEMPTS):
        services._claim(handout, now)
        now += services.LEASE + timedelta(seconds=1)
    tried = services.ensure_rendered(handout=handout, now=now)
    assert (tried.state, tried.error) == (Handout.State.FAILED, Failure.TOO_BIG)
    assert drawings == []


@pytest.mark.usefixtures("broken")
def test_a_failure_says_why_and_can_be_tried_again(handout: Handout, clinician: User) -> None:
    failed = services.ensure_rendered(handout=handout, now=NOW)
    assert (failed.state, failed.error, failed.error_detail) == (
        Handout.State.FAILED,
        Failure.MISSING_LETTER,
        "U+F0123",
    )
    services.retry_handout(handout=handout, by=clinician, now=NOW)
    failed.refresh_from_db()
    assert (failed.state, failed.error, failed.attempts) == (Handout.State.PENDING, "", 0)
    assert actions() == ["handout.requested", "handout.failed", "handout.retried"]


def test_retrying_what_is_ready_changes_nothing(
    handout: Handout, clinician: User, drawings: list[str]
) -> None:
    made = services.ensure_rendered(handout=handout, now=NOW)
    services.retry_handout(handout=made, by=clinician, now=NOW)
    made.refresh_from_db()
    assert made.state == Handout.State.READY
    assert "handout.retried" not in actions()


@pytest.mark.usefixtures("drawings")
@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_an_altered_file_is_not_given_out(handout: Handout, harm: str) -> None:
    made = services.ensure_rendered(handout=handout, now=NOW)
    if harm == "changed":
        Path(made.pdf.path).write_bytes(b"%PDF-1.7 10 mg instead of 1.0 mg")
    else:
        Path(made.pdf.path).unlink()
    with pytest.raises(HandoutDamaged):
        services.read_pdf(handout=made, now=NOW)
    made.refresh_from_db()
    assert made.state == Handout.State.DAMAGED
    assert actions()[-1] == "handout.damaged"


@pytest.mark.usefixtures("drawings")
def test_a_damaged_one_is_made_anew_from_the_published_version(handout: Handout, clinician: User) -> None:
    made = services.ensure_rendered(handout=handout, now=NOW)
    before = made.sha256
    Path(made.pdf.path).unlink()
    with pytest.raises(HandoutDamaged):
        services.read_pdf(handout=made, now=NOW)
    services.retry_handout(handout=made, by=clinician, now=NOW)
    anew = services.ensure_rendered(handout=made, now=NOW)
    assert (anew.state, anew.sha256) == (Handout.State.READY, before)


def test_a_version_that_was_altered_in_the_database_is_not_printed(
    handout: Handout, drawings: list[str]
) -> None:
    data = handout.version.document_data | {"title": "Something else"}
    PlanVersion.objects.filter(pk=handout.version_id).update(document_data=data)
    handout = Handout.objects.get(pk=handout.pk)
    failed = services.ensure_rendered(handout=handout, now=NOW)
    assert (failed.state, failed.error) == (Handout.State.FAILED, Failure.ALTERED)
    assert drawings == []


def test_the_minutes_work_makes_what_waits_oldest_first(
    clinic: Clinic, clinician: User, drawings: list[str]
) -> None:
    for minutes in (5, 1, 3):
        version = make_version(make_plan(make_patient(clinic, clinician), clinician))
        services.request_handout(version=version, by=clinician, now=NOW - timedelta(minutes=minutes))
    assert services.render_all_waiting(now=NOW, limit=2) == 2
    left = Handout.objects.exclude(state=Handout.State.READY).get()
    assert left.requested_at == NOW - timedelta(minutes=1)
    render_waiting()
    left.refresh_from_db()
    assert left.state == Handout.State.READY


@pytest.mark.usefixtures("drawings")
def test_it_is_not_made_without_its_record(handout: Handout, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**fields: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(services, "record_change", refuse)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.ensure_rendered(handout=handout, now=NOW)
    assert Handout.objects.get(pk=handout.pk).state != Handout.State.READY


@pytest.mark.parametrize(
    "fields",
    [{"state": "ready"}, {"state": "rendering"}, {"state": "failed"}],
    ids=["ready without file", "in hands without lease", "failed without reason"],
)
def test_the_database_holds_no_impossible_handout(handout: Handout, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Handout.objects.filter(pk=handout.pk).update(**fields)
