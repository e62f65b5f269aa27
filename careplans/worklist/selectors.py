"""What needs a person: each section one query, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, Window

from careplans.accounts.models import Clinic, User
from careplans.checkins.models import Alert, AlertQuerySet, CheckIn
from careplans.checkins.selectors import open_alerts, phone_list
from careplans.library.models import ComponentVersion, RedFlag, ReviewState, SafetyRule, TemplateVersion
from careplans.outbox.lifecycle import State as MessageState
from careplans.outbox.models import Message
from careplans.plans.holdings import RUNNING, recalled_holdings
from careplans.plans.models import Draft, Holding, Plan
from patients.models import Patient

SHOWN = 50
MOST_SHOWN = 1000
ENDS_WITHIN = timedelta(days=7)
# A mail that could not be sent a month ago is no work of today; the list of messages keeps it.
UNREACHED_FOR = timedelta(days=30)
NOT_DELIVERED = (MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED)

Row = TypeVar("Row")
Shown = TypeVar("Shown")
AnyModel = TypeVar("AnyModel", bound=models.Model)


@dataclass(frozen=True)
class Section(Generic[Row]):
    """The first rows of a part of the worklist, and how many there are."""

    rows: tuple[Row, ...] = ()
    total: int = 0

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)

    def shown_as(self, presenter: Callable[[Row], Shown]) -> Section[Shown]:
        return Section(tuple(presenter(row) for row in self.rows), self.total)


@dataclass(frozen=True)
class Scope:
    """Whose work is listed: ``mine`` is one clinician's, otherwise the clinic's. ``whole`` names the sections
    that are not to be cut."""

    clinic: Clinic
    now: datetime
    mine: User | None = None
    whole: frozenset[str] = field(default_factory=frozenset)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.clinic.zone).date()

    def limit(self, section: str) -> int:
        return MOST_SHOWN if section in self.whole else SHOWN


def _section(rows: QuerySet[AnyModel], limit: int) -> Section[AnyModel]:
    """Rows and their full number in one query."""
    return _counted(tuple(rows.annotate(found=Window(Count("pk")))[:limit]))


def _counted(found: tuple[AnyModel, ...]) -> Section[AnyModel]:
    return Section(found, getattr(found[0], "found", 0) if found else 0)


def alerts_of(scope: Scope, *, red_flags: int) -> Section[Alert]:
    """Unresolved alerts: open ones first, by tier and age. ``red_flags``, as many as there are, are never cut off,
    and those of the whole clinic are in everybody's list."""
    alerts: AlertQuerySet = open_alerts(scope.clinic)
    if scope.mine:
        alerts = alerts.filter(Q(owner=scope.mine) | Q(tier=Alert.Tier.RED_FLAG, state=Alert.State.OPEN))
    # "open" sorts after "acknowledged".
    ordered = with_red_flags(alerts).order_by("-state", "tier", "raised_at")
    return _section(ordered, scope.limit("alerts") + red_flags)


def with_red_flags(alerts: AlertQuerySet) -> AlertQuerySet:
    """Beside each alert the red flags as its plan was published with them, so that no second query is needed and one
    that is retired since keeps its name."""
    return alerts.annotate(published_flags=F("check_in__version__document_data__red_flags"))


def calls_of(scope: Scope) -> Section[CheckIn]:
    rows = phone_list(scope.clinic, scope.now)
    if scope.mine:
        rows = rows.filter(plan__owner=scope.mine)
    return _section(rows, scope.limit("calls"))


def unreached_of(scope: Scope) -> Section[Patient]:
    """Patients whose newest mail did not arrive for all we know, and patients in treatment whose address was refused.

    The annotated ``message`` fields tell of that mail; they are empty where only the address is known to be bad.
    """
    since = scope.now - UNREACHED_FOR
    settled = Message.objects.of(scope.clinic).filter(settled_at__gte=since, patient_id__isnull=False)
    troubled = settled.filter(state__in=NOT_DELIVERED, try_at=None)
    newest = Message.objects.filter(patient_id=OuterRef("pk"), settled_at__gte=since)
    newest = newest.exclude(state=MessageState.CANCELLED).order_by("-settled_at")
    rows = Patient.objects.of(scope.clinic).annotate(
        **{
            f"message_{name}": Subquery(newest.values(name)[:1])
            for name in ("id", "state", "kind", "settled_at")
        }
    )
    is_troubled = Q(pk__in=troubled.values("patient_id"), message_state__in=NOT_DELIVERED)
    in_treatment = Plan.objects.of(scope.clinic).active().values("patient")
    has_bad_address = Q(email_state=Patient.EmailState.BOUNCED, email_opted_out_at=None, pk__in=in_treatment)
    rows = rows.filter(is_troubled | has_bad_address)
    if scope.mine:
        rows = rows.filter(clinician=scope.mine)
    return _section(rows.order_by(F("message_settled_at").desc(nulls_last=True)), scope.limit("unreached"))


def drafts_of(scope: Scope) -> Section[Draft]:
    """Drafts nobody has published, the oldest first: a patient is waiting for them."""
    rows = Draft.objects.filter(plan__clinic=scope.clinic, closed_at=None).select_related(
        "plan__patient", "changed_by"
    )
    if scope.mine:
        rows = rows.filter(Q(opened_by=scope.mine) | Q(changed_by=scope.mine))
    return _section(rows.order_by("changed_at"), scope.limit("drafts"))


def plans_of(scope: Scope) -> Section[Plan]:
    """Running plans that need a look: those that hold something recalled, those with findings since they were
    published, and those whose last day is near or past, so that somebody closes them or goes on.

    The annotated ``recalled_*`` tell of the first recalled component; they are empty where there is none.
    """
    ends = Q(ends_on__lte=scope.today + ENDS_WITHIN)
    needs_a_look = Q(state=Plan.State.ACTIVE) & (ends | Q(recheck__found_at__isnull=False))
    # From the few recalled versions to who holds them: asked of each plan, it would take seconds among 100,000.
    recalled_versions = ComponentVersion.objects.of(scope.clinic).filter(
        component__recalls__up_to_number__gte=F("number")
    )
    holders = Holding.objects.filter(component_version__in=recalled_versions.order_by().values("pk"))
    rows = Plan.objects.of(scope.clinic)
    rows = rows.filter(needs_a_look | Q(state__in=RUNNING, pk__in=holders.values("plan")))
    if scope.mine:
        rows = rows.filter(owner=scope.mine)
    recalled = recalled_holdings().filter(plan=OuterRef("pk"))
    since = {"recalled_at": Subquery(recalled.values("recalled_at")[:1])}
    # Recalls, then findings, the oldest on top: a long list of ends must not cut them off.
    order = (F("recalled_at").asc(nulls_last=True), F("recheck__found_at").asc(nulls_last=True), "ends_on")
    first = rows.annotate(**since).order_by(*order).values("pk")[: scope.limit("ending")]
    shown = Plan.objects.of(scope.clinic).filter(pk__in=first)
    shown = shown.annotate(
        **since,
        recalled_title=Subquery(recalled.values("title")[:1]),
        recalled_why=Subquery(recalled.values("reason")[:1]),
        recalled_component=Subquery(recalled.values("component_pk")[:1]),
        found=Subquery(rows.order_by().values("clinic").annotate(found=Count("pk")).values("found")),
    )
    return _counted(tuple(shown.order_by(*order).select_related("patient", "owner", "recheck")))


@dataclass(frozen=True)
class ContentDue:
    """Approved content whose review date has come."""

    kind: str
    subject_id: Any
    code: str
    due_on: date


def content_due_of(scope: Scope) -> Section[ContentDue]:
    """One query over four tables; as many rows as the library has at most, never as many as patients."""
    due = {"state": ReviewState.APPROVED, "review_due_on__lte": scope.today}
    parts = [
        _due_part(
            ComponentVersion.objects.filter(component__clinic=scope.clinic, **due), "component", "component"
        ),
        _due_part(
            TemplateVersion.objects.filter(template__clinic=scope.clinic, **due), "template", "template"
        ),
        _due_part(SafetyRule.objects.filter(clinic=scope.clinic, **due), "rule", ""),
        _due_part(RedFlag.objects.filter(clinic=scope.clinic, **due), "red_flag", ""),
    ]
    rows = [ContentDue(*row) for row in parts[0].union(*parts[1:], all=True).order_by("due_on", "what")]
    return Section(tuple(rows[: scope.limit("content")]), len(rows))


def _due_part(versions: QuerySet[Any], kind: str, parent: str) -> QuerySet[Any]:
    path = f"{parent}__" if parent else ""
    named: QuerySet[Any] = versions.order_by().annotate(
        section=Value(kind, output_field=CharField()),
        subject=F(f"{path}id"),
        what=F(f"{path}code"),
        due_on=F("review_due_on"),
    )
    return named.values_list("section", "subject", "what", "due_on")
