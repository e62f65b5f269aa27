"""What the patient's overview reads: five queries, whatever the number of answers, messages and looks."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from careplans.accounts.models import Clinic
from careplans.audit.models import AuditEvent
from careplans.checkins.models import Alert, AnswerItem, CheckIn
from careplans.checkins.selectors import open_alerts
from careplans.outbox.models import Message
from careplans.plans.holdings import recalled_holdings
from careplans.plans.models import Draft, Plan, PlanVersion
from careplans.worklist import trail
from careplans.worklist.json_rows import JsonRows
from patients.models import Episode, Patient

MESSAGES_SHOWN = 6
# Enough for every check-in of a long plan; older ones stand on the page of all answers.
CHECK_INS_READ = 80
RUNNING = (Plan.State.ACTIVE, Plan.State.PAUSED)


def patient_with_messages(clinic: Clinic) -> QuerySet[Patient]:
    """Patients of the clinic with what anybody at the desk may see: contact, and what became of the last e-mails."""
    messages = Message.objects.filter(patient_id=OuterRef("pk")).order_by("-created_at")[:MESSAGES_SHOWN]
    rows = JsonRows(messages, id="id", kind="kind", state="state", at="created_at", to="to_address")
    return cast(
        "QuerySet[Patient]",
        Patient.objects.of(clinic).select_related("clinic", "clinician").annotate(message_rows=rows),
    )


def patient_with_history(clinic: Clinic) -> QuerySet[Patient]:
    """The same with episodes, plans and who looked or changed last."""
    episodes = Episode.objects.filter(patient=OuterRef("pk")).order_by("-onset_on")
    drafts = Draft.objects.filter(plan=OuterRef("pk"), closed_at=None)
    plans = Plan.objects.filter(patient=OuterRef("pk")).order_by("-created_at")
    plans = plans.annotate(draft_id=Subquery(drafts.values("pk")[:1]))
    events = AuditEvent.objects.filter(patient_id=OuterRef("pk")).order_by("-at")[: trail.READ]
    return cast(
        "QuerySet[Patient]",
        patient_with_messages(clinic).annotate(
            episode_rows=JsonRows(
                episodes,
                id="id",
                diagnosis="diagnosis",
                region="body_region",
                onset_on="onset_on",
                surgery="surgery_type",
                surgery_on="surgery_on",
                closed_at="closed_at",
            ),
            plan_rows=JsonRows(
                plans,
                id="id",
                title="title",
                state="state",
                owner="owner__name",
                draft="draft_id",
                episode="episode_id",
            ),
            event_rows=JsonRows(events, at="at", who="actor_label", action="action", kind="kind"),
        ),
    )


def current_version(patient: Patient) -> PlanVersion | None:
    """The newest version of the plan that runs; without one, of the plan that ended last.

    The annotated ``recalled_at`` says since when something in it is recalled; it is empty where nothing is.
    """
    running_first = Case(When(plan__state__in=RUNNING, then=Value(0)), default=Value(1))
    versions = PlanVersion.objects.filter(plan__patient=patient).select_related(
        "plan__owner", "plan__episode", "handout"
    )
    recalled = recalled_holdings().filter(version=OuterRef("pk"), plan__state__in=RUNNING)
    versions = versions.annotate(recalled_at=Subquery(recalled.values("recalled_at")[:1]))
    return versions.order_by(running_first, "-published_at").first()


def check_ins_of(patient_id: UUID) -> QuerySet[CheckIn]:
    """Newest first, each with its answer, what was done, and who wrote a phone call down: one query."""
    done = AnswerItem.objects.filter(answer__check_in=OuterRef("pk")).order_by("pk")
    rows = CheckIn.objects.filter(patient=patient_id).exclude(state=CheckIn.State.CANCELLED)
    rows = rows.select_related("answer__taken_by").order_by("-due_at")
    return cast("QuerySet[CheckIn]", rows.annotate(done_rows=JsonRows(done, title="title", done="done")))


def alerts_of_patient(clinic: Clinic, patient: Patient) -> list[Alert]:
    """Unresolved ones, most urgent first."""
    return list(open_alerts(clinic).filter(patient=patient))


def json_of(row: Any, name: str) -> Any:
    """A column that ``annotate`` added."""
    return getattr(row, name, None)
