"""The moment a draft becomes a version nobody can change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import record_change
from careplans.core.tokens import derive_token, hash_token, new_nonce
from careplans.library.models import Component, ReviewState
from careplans.library.selectors import rules_of, wording_in
from careplans.library.shipped import missing_red_flags
from careplans.plans.assemble import draft_document
from careplans.plans.document import DocumentFinding, PlanDocument, canonical_data, sha256_of
from careplans.plans.drafting import claim_draft
from careplans.plans.holdings import remember_holdings
from careplans.plans.known import facts_of
from careplans.plans.lifecycle import can_move
from careplans.plans.models import Draft, DraftItem, Plan, PlanVersion
from careplans.plans.plausible import why_implausible
from careplans.plans.recheck import remember_known
from careplans.plans.refusals import FindingsUndecided, ImplausibleDose, PlanRefusal
from careplans.plans.safety import Finding
from careplans.plans.selectors import findings_of_draft


@transaction.atomic
def freeze_draft(*, draft: Draft, revision: int, by: User, now: datetime) -> PlanVersion:
    """Assess the draft once more and freeze it as the plan's next version.

    Raises ``StaleDraft``, ``FindingsUndecided`` or ``PlanRefusal``; nothing is written then.
    """
    draft = claim_draft(draft=draft, revision=revision, by=by, now=now)
    plan = Plan.objects.select_for_update().get(pk=draft.plan_id)
    if not can_move(plan.state, Plan.State.ACTIVE):
        raise PlanRefusal(_("This plan has ended. Start a new one."))
    today = now.astimezone(plan.clinic.zone).date()
    document = draft_document(draft, today=today)
    _refuse_unusable(draft, document)
    facts = facts_of(plan.patient, today)
    findings = findings_of_draft(draft, document, today, facts=facts)
    document = document.model_copy(update={"findings": _decided(draft, findings)})
    version = _add_version(draft, plan, document, by, now)
    remember_holdings(version=version, document=document)
    remember_known(version=version, facts=facts)
    Draft.objects.filter(pk=draft.pk).update(closed_at=now)
    Plan.objects.filter(pk=plan.pk).update(
        state=Plan.State.ACTIVE, title=document.title, ends_on=document.ends_on
    )
    details = {"number": version.number, "sha256": version.document_sha256}
    record_change(
        by=by,
        action="plan.published",
        subject=plan,
        now=now,
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        details=details,
    )
    return version


def _add_version(draft: Draft, plan: Plan, document: PlanDocument, by: User, now: datetime) -> PlanVersion:
    data = canonical_data(document)
    nonce = new_nonce()
    return PlanVersion.objects.create(
        plan=plan,
        number=document.version_number,
        draft=draft,
        document_data=data,
        document_sha256=sha256_of(data),
        published_at=now,
        published_by=by,
        link_nonce=nonce,
        link_token_hash=hash_token(derive_token(nonce, purpose="plan")),
    )


def _refuse_unusable(draft: Draft, document: PlanDocument) -> None:
    if not (document.clinic.phone.strip() and document.clinic.emergency_number.strip()):
        raise PlanRefusal(
            _(
                "Patients must know whom to call, and your clinic has no phone or emergency number yet. Ask an administrator to write them into the clinic's settings."
            )
        )
    unasked = missing_red_flags(draft.plan.clinic)
    if unasked:
        raise PlanRefusal(
            _(
                "No check-in would ask about: %(red_flags)s. These red flags come with Careplans and must be in use before a plan is published. Ask a reviewer of your clinic's library to bring them back."
            )
            % {"red_flags": "; ".join(unasked)}
        )
    if not document.items:
        raise PlanRefusal(_("The plan is empty. Add at least one component before publishing."))
    if document.ends_on < document.published_on:
        raise PlanRefusal(_("All phases of this plan are over. Start a new plan instead."))
    rules = rules_of(draft.plan.clinic)
    for item in document.items:
        code, tags = item.component_code, frozenset(item.tags)
        why = why_implausible(item.dose, title=item.title, code=code, tags=tags, rules=rules)
        if why:
            raise ImplausibleDose(why)
    _refuse_withdrawn(draft, document)


def _refuse_withdrawn(draft: Draft, document: PlanDocument) -> None:
    """A recall holds the components too (``library.recall``): it comes before or after this publishing, never between."""
    items = DraftItem.objects.filter(phase__draft=draft)
    # Named one by one: rows found by a join are held by whatever way the database goes through it.
    keys = set(items.values_list("component_version__component", flat=True))
    list(Component.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    gone = items.exclude(component_version__state=ReviewState.APPROVED)
    gone = gone.select_related("component_version__component")
    titles = sorted({wording_in(item.component_version, document.language).text.title for item in gone})
    if titles:
        raise PlanRefusal(
            _("No longer approved in your library: %(titles)s. Remove or replace before publishing.")
            % {"titles": ", ".join(titles)}
        )


def _decided(draft: Draft, findings: Iterable[Finding]) -> tuple[DocumentFinding, ...]:
    """Findings with the decisions on them; refuses while a stop has no reason or a caution no acknowledgement."""
    decisions = {decision.finding_key: decision for decision in draft.decisions.select_related("decided_by")}
    open_ones = [
        finding
        for finding in findings
        if finding.severity in ("stop", "caution")
        and (
            finding.key not in decisions or (finding.severity == "stop" and not decisions[finding.key].reason)
        )
    ]
    if open_ones:
        titles = ", ".join(sorted({finding.item_title for finding in open_ones}))
        raise FindingsUndecided(
            _(
                "Safety findings still need your answer: %(titles)s. Give a reason for each stop and confirm each caution."
            )
            % {"titles": titles}
        )
    return tuple(
        DocumentFinding(
            key=finding.key,
            severity=finding.severity,
            item_title=finding.item_title,
            message=finding.message,
            instead=finding.instead,
            source=finding.source,
            reason=decisions[finding.key].reason if finding.key in decisions else "",
            decided_by=decisions[finding.key].decided_by.name if finding.key in decisions else "",
        )
        for finding in findings
    )
