"""What publishing will do, said beforehand; and the handout as it would print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic
from careplans.handouts.render import RenderedPdf, RenderingFailed, render_document
from careplans.plans.course_words import courses_in_words
from careplans.plans.document import DocumentCheckIn, PlanDocument
from careplans.plans.models import Plan


class PreviewFailed(Exception):
    """The preview could not be made; the message says what to do."""


@dataclass(frozen=True)
class PublishingSummary:
    """Which version, which pages, which check-ins on which days, which mail."""

    version_number: int
    replaces: int | None
    language: str
    untranslated: tuple[str, ...]
    # What the clinician wrote for this patient, where the handout is in another language than the clinic's.
    notes_to_read: tuple[str, ...]
    courses: tuple[str, ...]
    phases: tuple[str, ...]
    component_count: int
    check_ins: tuple[DocumentCheckIn, ...]
    check_in_way: str
    mail: str
    changes: tuple[str, ...]


def publishing_summary(document: PlanDocument, plan: Plan, now: datetime) -> PublishingSummary:
    """Everything publishing will do if it happens at ``now``."""
    today = now.astimezone(plan.clinic.zone).date()
    number = document.version_number
    return PublishingSummary(
        version_number=number,
        replaces=number - 1 if number > 1 else None,
        language=get_language_info(document.language)["name_translated"],
        untranslated=_untranslated(document),
        notes_to_read=_notes_to_read(document, plan),
        courses=courses_in_words(document),
        phases=tuple(phase.name for phase in document.phases if phase.ends_on >= today),
        component_count=len({item.component_code for item in document.items}),
        check_ins=tuple(one for one in document.check_ins if one.due_on >= today),
        check_in_way=_check_in_way(plan),
        mail=_mail(plan, is_revision=number > 1),
        changes=document.changes,
    )


def preview_pdf(document: PlanDocument, clinic: Clinic) -> RenderedPdf:
    try:
        return render_document(document, link=f"{settings.SITE_URL}/", is_draft=True, clinic_id=clinic.pk)
    except RenderingFailed as failure:
        raise PreviewFailed(_("The preview could not be made: %(why)s") % {"why": failure}) from failure


def _untranslated(document: PlanDocument) -> tuple[str, ...]:
    titles = {item.title for item in document.items if item.text_language != document.language}
    signs = {flag.sign for flag in document.red_flags if flag.text_language != document.language}
    phases = [phase.name for phase in document.phases if phase.text_language]
    return (*([document.title] if document.text_language else []), *phases, *sorted(titles | signs))


def _notes_to_read(document: PlanDocument, plan: Plan) -> tuple[str, ...]:
    """Nobody translates them, and the patient's language may have changed since they were written."""
    if document.language == plan.clinic.language:
        return ()
    return tuple(dict.fromkeys(item.note for item in document.items if item.note))


def _check_in_way(plan: Plan) -> str:
    patient = plan.patient
    if patient.can_be_mailed:
        return _("by e-mail to %(address)s") % {"address": patient.email}
    return _("by phone: %(name)s has not agreed to e-mail or has no working address") % {
        "name": patient.full_name
    }


def _mail(plan: Plan, *, is_revision: bool) -> str:
    patient = plan.patient
    if not patient.can_be_mailed:
        return _("No e-mail is sent. Print the handout and give it to the patient.")
    what = _("“your plan has changed”") if is_revision else _("“your plan is ready”")
    if not settings.EMAIL_URL:
        return _(
            "An e-mail %(what)s for %(address)s is kept here and not sent: no mail server is set up."
        ) % {
            "what": what,
            "address": patient.email,
        }
    return _("An e-mail %(what)s goes to %(address)s now. It names no condition and no treatment.") % {
        "what": what,
        "address": patient.email,
    }
