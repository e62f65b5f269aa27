"""Day 0 and the days after surgery: what moves with them, what stays, and what is not asked twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from careplans.accounts.models import Clinic, User
from careplans.audit.models import AuditEvent
from careplans.builder.publish import publish_plan
from careplans.checkins.models import CheckIn
from careplans.plans import dates
from careplans.plans.assemble import draft_document
from careplans.plans.dates import set_dates
from careplans.plans.document import PlanDocument
from careplans.plans.drafting import decide_finding
from careplans.plans.models import Draft, Plan
from careplans.plans.refusals import PlanRefusal, StaleDraft
from careplans.plans.selectors import changes_since, findings_of
from careplans.plans.start import start_plan, start_revision
from patients.models import Episode
from patients.services import change_episode
from tests.factories import NOW
from tests.make.checkins import ask_next, make_answer
from tests.make.plans import component_of, make_draft, make_episode, make_patient, template_of

TODAY = NOW.date()


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    return make_draft(clinic, clinician)


def operated(
    clinic: Clinic, by: User, surgery: str = "discectomy", days_ago: int = 3, **fields: Any
) -> Draft:
    on = TODAY - timedelta(days=days_ago)
    episode = make_episode(make_patient(clinic, by), by, surgery_type=surgery, surgery_on=on)
    version = template_of(clinic, "after-spinal-surgery")
    return start_plan(episode=episode, template_version=version, by=by, now=NOW, **fields)


def move(draft: Draft, by: User, **fields: Any) -> Draft:
    draft.refresh_from_db()
    given: dict[str, Any] = {
        "anchor": "plan_start",
        "chosen_on": TODAY,
        "cold_to_heat_day": None,
        "clearance_day": None,
        "revision": draft.revision,
        "now": NOW,
    }
    return set_dates(draft=draft, by=by, **(given | fields))


def written(draft: Draft) -> PlanDocument:
    return draft_document(draft, today=TODAY)


def rules_that_hold(draft: Draft) -> set[str]:
    return {one.rule_code for one in findings_of(written(draft), draft.plan.patient, TODAY)}


def publish(draft: Draft, by: User, now: Any = NOW) -> Any:
    for finding in findings_of(draft_document(draft, today=now.date()), draft.plan.patient, now.date()):
        draft.refresh_from_db()
        decide_finding(
            draft=draft,
            finding=finding,
            reason="The surgeon agrees.",
            revision=draft.revision,
            by=by,
            now=now,
        )
    draft.refresh_from_db()
    return publish_plan(draft=draft, revision=draft.revision, by=by, now=now)


def test_moving_day_0_moves_phases_and_check_ins(draft: Draft, clinician: User) -> None:
    before = written(draft)

    moved = move(draft, clinician, chosen_on=TODAY + timedelta(days=3))

    after = written(moved)
    shift = timedelta(days=5)  # the spasm began two days ago
    old = {phase.code: phase for phase in before.phases}
    assert {code: phase.starts_on + shift for code, phase in old.items()}.items() <= {
        phase.code: phase.starts_on for phase in after.phases
    }.items()
    assert {one.due_on + shift for one in before.check_ins} <= {one.due_on for one in after.check_ins}


def test_phases_left_out_as_over_come_back_with_their_components(draft: Draft, clinician: User) -> None:
    assert next(phase.code for phase in draft.phases.all()) == "days-2-to-7"

    moved = move(draft, clinician)

    phases = list(moved.phases.all())
    assert [phase.position for phase in phases] == list(range(len(phases)))
    assert [phase.starts_on_day for phase in phases] == sorted(phase.starts_on_day for phase in phases)
    assert phases[0].code == "first-48-hours"
    assert phases[0].items.exists()
    again = move(moved, clinician)
    assert again.phases.count() == len(phases)


def test_onset_and_surgery_are_the_episodes(clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician)
    episode = draft.plan.episode

    assert move(draft, clinician, anchor="onset").anchor_on == episode.onset_on
    assert move(draft, clinician, anchor="surgery").anchor_on == episode.surgery_on


def test_a_corrected_episode_moves_the_plan_when_somebody_says_so(clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician)
    episode = Episode.objects.get(pk=draft.plan.episode_id)
    right = TODAY - timedelta(days=9)
    change_episode(episode=episode, version=1, fields={"surgery_on": right}, by=clinician, now=NOW)

    draft = Draft.objects.get(pk=draft.pk)
    assert draft.anchor_on != right
    assert move(draft, clinician, anchor="surgery").anchor_on == right


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"anchor": "surgery"}, "no date of surgery"),
        ({"chosen_on": TODAY - timedelta(days=400)}, "over already"),
        ({"chosen_on": TODAY + timedelta(days=366)}, "one year ahead"),
    ],
)
def test_days_that_cannot_be_are_refused(
    fields: dict[str, Any], says: str, draft: Draft, clinician: User
) -> None:
    with pytest.raises(PlanRefusal, match=says):
        move(draft, clinician, **fields)

    draft.refresh_from_db()
    assert (draft.revision, draft.anchor) == (1, "onset")


@pytest.mark.parametrize("day", [-1, 731])
def test_days_after_surgery_have_limits(day: int, clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician)
    for name in ("cold_to_heat_day", "clearance_day"):
        with pytest.raises(PlanRefusal, match="from 0 to 730"):
            move(draft, clinician, anchor="surgery", **{name: day})


def test_a_stale_change_of_dates_is_refused_and_told(draft: Draft, clinician: User) -> None:
    move(draft, clinician, chosen_on=TODAY + timedelta(days=1))

    with pytest.raises(StaleDraft):
        move(draft, clinician, revision=1)

    assert changes_since(draft.pk, 1) == ("Dr Ada Quill – dates changed: day 0 is 2026-03-03",)


def test_the_trail_says_from_what_to_what(draft: Draft, clinician: User) -> None:
    move(draft, clinician)

    event = AuditEvent.objects.get(action="draft.dates_changed")
    assert event.details["changed"] == {
        "anchor": ["onset", "plan_start"],
        "anchor_on": ["2026-02-28", "2026-03-02"],
    }
    assert event.patient_id == draft.plan.patient_id


def test_nothing_moves_when_the_audit_fails(
    draft: Draft, clinician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(dates, "record_on_draft", fail)

    with pytest.raises(RuntimeError):
        move(draft, clinician)

    draft.refresh_from_db()
    assert (draft.anchor, draft.revision, draft.phases.first().code) == ("onset", 1, "days-2-to-7")


# --- the days after surgery ---


def test_the_days_of_the_template_give_way_to_later_ones_of_the_type(clinic: Clinic, clinician: User) -> None:
    for surgery in ("discectomy", "fusion"):
        draft = operated(clinic, clinician, surgery)
        assert (draft.cold_to_heat_day, draft.clearance_day) == (None, None)  # the values of the type count


def test_the_surgeons_days_lead_over_the_usual_ones(clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician, "fusion", days_ago=60)
    assert "load-before-clearance" in rules_that_hold(draft)

    moved = move(draft, clinician, anchor="surgery", clearance_day=60, cold_to_heat_day=20)

    assert written(moved).clearance_on == TODAY
    assert "load-before-clearance" not in rules_that_hold(moved)
    later = move(moved, clinician, anchor="surgery", clearance_day=200)
    assert "load-before-clearance" in rules_that_hold(later)


def test_the_days_count_from_the_surgery_whatever_day_0_is(clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician, "fusion", days_ago=60)

    moved = move(draft, clinician, chosen_on=TODAY, clearance_day=42, cold_to_heat_day=10)

    assert written(moved).clearance_on == TODAY - timedelta(days=18)
    assert "load-before-clearance" not in rules_that_hold(moved)


def test_a_start_takes_day_0_and_the_days(clinic: Clinic, clinician: User) -> None:
    draft = operated(
        clinic, clinician, anchor="plan_start", chosen_on=TODAY + timedelta(days=2), clearance_day=42
    )

    assert (draft.anchor, draft.anchor_on) == ("plan_start", TODAY + timedelta(days=2))
    assert (draft.cold_to_heat_day, draft.clearance_day) == (None, 42)
    assert draft.phases.first().code == "protection"


def test_an_empty_plan_may_count_from_onset_unless_it_would_be_over(clinic: Clinic, clinician: User) -> None:
    patient = make_patient(clinic, clinician)
    recent = make_episode(patient, clinician)
    long_ago = make_episode(patient, clinician, onset_on=TODAY - timedelta(days=28))

    draft = start_plan(episode=recent, template_version=None, by=clinician, now=NOW, anchor="onset")
    with pytest.raises(PlanRefusal, match="four weeks"):
        start_plan(episode=long_ago, template_version=None, by=clinician, now=NOW, anchor="onset")

    assert draft.anchor_on == recent.onset_on
    assert Plan.objects.filter(patient=patient).count() == 1


# --- a plan that runs ---


def test_a_revision_keeps_what_day_0_is(draft: Draft, clinician: User) -> None:
    publish(draft, clinician)

    revision = start_revision(plan=draft.plan, by=clinician, now=NOW)

    assert (revision.anchor, revision.anchor_on) == (draft.anchor, draft.anchor_on)


def test_published_versions_stay_as_they_are(draft: Draft, clinician: User) -> None:
    version = publish(draft, clinician)
    told = version.document_data

    move(start_revision(plan=draft.plan, by=clinician, now=NOW), clinician, chosen_on=TODAY)

    version.refresh_from_db()
    assert version.document_data == told
    assert {one.version_id for one in draft.plan.check_ins.all()} == {version.pk}


def test_moving_day_0_of_a_running_plan_asks_nothing_twice(clinic: Clinic, clinician: User) -> None:
    draft = operated(clinic, clinician, days_ago=0)
    plan = draft.plan
    publish(draft, clinician)
    make_answer(ask_next(plan))  # day 1 of the first phase
    now = ask_next(plan).due_at + timedelta(hours=1)  # and day 3

    for shift in (4, 5):  # later twice: what was asked under the first day 0 stays asked under the third
        revision = start_revision(plan=plan, by=clinician, now=now)
        move(revision, clinician, chosen_on=TODAY + timedelta(days=shift), now=now)
        publish(Draft.objects.get(pk=revision.pk), clinician, now)

    # The end of the paracetamol course stays on its day and is no place of a phase.
    rows = plan.check_ins.exclude(state=CheckIn.State.CANCELLED).exclude(kind="course_end").order_by("due_on")
    first_phase = [(row.due_on - TODAY).days for row in rows if row.due_on < TODAY + timedelta(days=5 + 14)]
    assert first_phase == [1, 3, 5 + 6, 5 + 10, 5 + 13]
    assert [row.state for row in rows[:2]] == [CheckIn.State.ANSWERED, CheckIn.State.ASKED]


def test_a_medicine_course_that_runs_keeps_its_days(draft: Draft, clinic: Clinic, clinician: User) -> None:
    phase = draft.phases.get(code="days-2-to-7")
    version = component_of(clinic, "med-paracetamol")
    phase.items.create(component_version=version, dose_data=version.dose.model_dump(mode="json"), position=9)
    first = publish(draft, clinician)
    now = NOW + timedelta(days=1)

    revision = start_revision(plan=draft.plan, by=clinician, now=now)
    moved = move(revision, clinician, chosen_on=date(2026, 3, 3), now=now)

    def course(document: PlanDocument) -> Any:
        return next(one.course for one in document.items if one.component_code == "med-paracetamol")

    assert course(draft_document(moved, today=now.date())) == course(first.document)
