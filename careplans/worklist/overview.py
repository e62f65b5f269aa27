"""The patient's overview as one page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices

from careplans.accounts.permissions import Permission
from careplans.checkins.expected import Aim, Expected, aim_on, expected_course
from careplans.checkins.marks import marks_of
from careplans.checkins.models import Alert, CheckIn
from careplans.checkins.presenters import chart_points
from careplans.core.charts import Point
from careplans.core.timeline import Mark, PhaseSpan
from careplans.handouts.models import Handout
from careplans.outbox.models import Message
from careplans.plans.document import PlanDocument
from careplans.plans.models import Plan, PlanVersion
from careplans.worklist.alert_lines import AlertLine, alert_lines
from careplans.worklist.answers import AnswerBlock, answer_block
from careplans.worklist.json_rows import moment, rows_in
from careplans.worklist.overview_reads import RUNNING, json_of
from careplans.worklist.selectors import NOT_DELIVERED
from careplans.worklist.trail import TrailLine, trail_lines
from patients.models import Episode, Patient

ANSWERS_SHOWN = 5


@dataclass(frozen=True)
class MessageLine:
    pk: str
    kind: str
    state: str
    is_trouble: bool
    at: datetime


@dataclass(frozen=True)
class EpisodeLine:
    pk: str
    diagnosis: str
    region: str
    onset_on: date
    surgery: str
    surgery_on: date | None
    is_open: bool


@dataclass(frozen=True)
class PlanLine:
    pk: str
    title: str
    state: str
    state_label: str
    owner: str
    has_draft: bool

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


@dataclass(frozen=True)
class CurrentPlan:
    """The plan that runs, or the last one, as its newest version tells it."""

    pk: UUID
    title: str
    state_label: str
    is_running: bool
    diagnosis: str
    owner: str
    number: int
    published_at: datetime
    ends_on: date
    spans: tuple[PhaseSpan, ...]
    handout: Handout | None


def current_plan(version: PlanVersion, document: PlanDocument) -> CurrentPlan:
    plan = version.plan
    return CurrentPlan(
        pk=plan.pk,
        title=plan.title,
        state_label=str(plan.get_state_display()),
        is_running=plan.state in RUNNING,
        diagnosis=plan.episode.diagnosis,
        owner=plan.owner.name,
        number=version.number,
        published_at=version.published_at,
        ends_on=document.ends_on,
        spans=tuple(PhaseSpan(phase.name, phase.starts_on, phase.ends_on) for phase in document.phases),
        handout=getattr(version, "handout", None),
    )


@dataclass(frozen=True)
class Course:
    """The check-ins of the current plan: on the timeline, as a curve, and what comes next."""

    marks: tuple[Mark, ...]
    points: list[Point]
    expected: tuple[Expected, ...]
    aim: Aim | None
    phase_starts: list[date]


def course_of(check_ins: Sequence[CheckIn], version: PlanVersion, document: PlanDocument) -> Course:
    own = [check_in for check_in in check_ins if check_in.plan_id == version.plan_id]
    settled = [
        row
        for row in own
        if row.state in (CheckIn.State.ANSWERED, CheckIn.State.MISSED) or hasattr(row, "answer")
    ]
    asked = [row for row in settled if row.asked_at is not None]
    points = chart_points(sorted(asked, key=lambda row: row.due_on))
    return Course(
        marks=marks_of(own),
        points=points,
        expected=expected_course(document.phases, points),
        aim=aim_on(document.phases, max((point[0] for point in points), default=document.published_on)),
        phase_starts=[phase.starts_on for phase in document.phases],
    )


@dataclass(frozen=True)
class Overview:
    """Everything the page shows; what a person may not see is empty."""

    messages: tuple[MessageLine, ...]
    handout: Handout | None
    has_running_plan: bool
    # Something in the running plan is recalled: nobody hands it out as it is.
    is_recalled: bool
    next_check_in: CheckIn | None
    plan: CurrentPlan | None = None
    course: Course | None = None
    alerts: tuple[AlertLine, ...] = ()
    answers: tuple[AnswerBlock, ...] = ()
    answers_total: int = 0
    episodes: tuple[EpisodeLine, ...] = ()
    other_plans: tuple[PlanLine, ...] = ()
    draft_plan: str = ""
    trail: tuple[TrailLine, ...] = ()

    @property
    def open_episodes(self) -> tuple[EpisodeLine, ...]:
        return tuple(episode for episode in self.episodes if episode.is_open)


def overview_of(
    patient: Patient,
    *,
    permissions: Collection[Permission],
    version: PlanVersion | None,
    check_ins: Sequence[CheckIn],
    alerts: Sequence[Alert],
) -> Overview:
    """``patient`` from ``overview_reads``; ``alerts`` is empty for those who may not see clinical things."""
    running = version if version and version.plan.state in RUNNING else None
    shared: dict[str, Any] = {
        "messages": message_lines(rows_in(json_of(patient, "message_rows"))),
        "handout": getattr(running, "handout", None),
        "has_running_plan": running is not None,
        "is_recalled": json_of(running, "recalled_at") is not None if running else False,
        "next_check_in": next_planned(check_ins),
    }
    if Permission.SEE_CLINICAL not in permissions:
        return Overview(**shared)
    document = version.document if version else None
    labels = flag_labels(document)
    heard = [check_in for check_in in check_ins if is_history(check_in)]
    plans = plan_lines(rows_in(json_of(patient, "plan_rows")))
    return Overview(
        **shared,
        plan=current_plan(version, document) if version and document else None,
        course=course_of(check_ins, version, document) if version and document else None,
        alerts=alert_lines(alerts, labels),
        answers=tuple(answer_block(check_in, labels) for check_in in heard[:ANSWERS_SHOWN]),
        answers_total=len(heard),
        episodes=episode_lines(rows_in(json_of(patient, "episode_rows"))),
        other_plans=tuple(plan for plan in plans if not version or plan.pk != str(version.plan_id)),
        draft_plan=next((plan.pk for plan in plans if plan.has_draft), ""),
        trail=trail_lines(rows_in(json_of(patient, "event_rows"))),
    )


def is_history(check_in: CheckIn) -> bool:
    """Asked already; what is only planned has nothing to tell."""
    return check_in.state != CheckIn.State.SCHEDULED


def next_planned(check_ins: Sequence[CheckIn]) -> CheckIn | None:
    planned = [row for row in check_ins if row.state == CheckIn.State.SCHEDULED]
    return min(planned, key=lambda row: row.due_at, default=None)


def flag_labels(document: PlanDocument | None) -> dict[str, str]:
    return {flag.code: flag.clinician_label for flag in document.red_flags} if document else {}


def message_lines(rows: Sequence[dict[str, Any]]) -> tuple[MessageLine, ...]:
    return tuple(
        MessageLine(
            pk=str(UUID(row["id"])),
            kind=label_of(Message.Kind, row["kind"]),
            state=label_of(Message.State, row["state"]),
            is_trouble=row["state"] in NOT_DELIVERED,
            at=moment(row["at"]),
        )
        for row in rows
    )


def episode_lines(rows: Sequence[dict[str, Any]]) -> tuple[EpisodeLine, ...]:
    return tuple(
        EpisodeLine(
            pk=str(UUID(row["id"])),
            diagnosis=row["diagnosis"],
            region=label_of(Episode.BodyRegion, row["region"]),
            onset_on=date.fromisoformat(row["onset_on"]),
            surgery=label_of(Episode.SurgeryType, row["surgery"]) if row["surgery"] else "",
            surgery_on=date.fromisoformat(row["surgery_on"]) if row["surgery_on"] else None,
            is_open=row["closed_at"] is None,
        )
        for row in rows
    )


def plan_lines(rows: Sequence[dict[str, Any]]) -> tuple[PlanLine, ...]:
    return tuple(
        PlanLine(
            pk=str(UUID(row["id"])),
            title=row["title"],
            state=row["state"],
            state_label=label_of(Plan.State, row["state"]),
            owner=row["owner"],
            has_draft=row["draft"] is not None,
        )
        for row in rows
    )


def label_of(choices: type[TextChoices], value: str) -> str:
    return str(choices(value).label)
