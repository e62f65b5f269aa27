"""The builder's desk: the draft on one screen. Every change answers with the desk as it is then."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.looks import note_look
from careplans.accounts.permissions import Permission
from careplans.builder.forms import ComponentFindForm
from careplans.builder.selectors import open_draft_of, page_of
from careplans.builder.typed import typed_in
from careplans.core.refusals import Refusal, StaleChange
from careplans.library.selectors import components_matching, wording_in
from careplans.plans.models import Draft, Plan
from patients.presenters import patient_header

MOST_FOUND = 30
View = Callable[..., HttpResponse]


class DraftGone(Http404):
    """The plan is this clinic's, and nothing is being drafted any more."""


def gives_back_typed(view: View) -> View:
    """What was sent for a draft that was published or discarded meanwhile is shown again, not lost behind a 404."""

    @wraps(view)
    def inner(request: StaffRequest, pk: uuid.UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, *args, **kwargs)
        except DraftGone:
            if request.method != "POST":
                where = reverse("plan-detail", args=[pk])  # as after the back button
                return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
            closed = Refusal(
                _("This draft was published or discarded in the meantime. Nothing of yours was saved.")
            )
            return answer_refusal(request, pk, closed)

    return inner


@require_GET
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def plan_build(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    draft = load_draft(request, pk)
    return render(request, "builder/plan_build.html", desk_context(request, draft))


def load_draft(request: StaffRequest, pk: uuid.UUID, *, is_look: bool = True) -> Draft:
    """The open draft of a plan of this clinic, or 404; opening it is noted where its page ``is_look``."""
    draft = open_draft_of(pk, request.clinic)
    if draft is None:
        raise DraftGone(get_object_or_404(Plan.objects.of(request.clinic), pk=pk).pk)
    if is_look:
        note_draft_look(request, draft)
    return draft


def naming_newest(request: StaffRequest, draft: Draft) -> QueryDict:
    """What was sent, with the newest revision in place of the one that was overtaken: sent again, it counts."""
    sent = request.POST.copy()
    sent["revision"] = str(draft.revision)
    return sent


def note_draft_look(request: StaffRequest, draft: Draft) -> None:
    plan = draft.plan
    note_look(request, action="plan.opened_for_building", subject=plan, patient_id=plan.patient_id)


def desk_context(request: StaffRequest, draft: Draft) -> dict[str, Any]:
    """The desk as it is now, with the search that was on when the change came."""
    page = page_of(draft, timezone.now())
    return {
        "title": page.draft.title,
        "page": page,
        "plan": draft.plan,
        "patient": patient_header(draft.plan.patient, permissions=request.permissions, today=page.today),
        **find_context(request, draft, request.POST),
    }


def find_context(request: StaffRequest, draft: Draft, words: QueryDict) -> dict[str, Any]:
    """Components that match the words, at most ``MOST_FOUND``; nothing while nobody searches."""
    form = ComponentFindForm(words)
    if not form.is_valid() or not any(form.cleaned_data.values()):
        return {"find_form": form, "found": [], "has_searched": False}
    given = form.cleaned_data
    versions = components_matching(request.clinic, given["q"], given["category"])[:MOST_FOUND]
    found = [(version, wording_in(version, draft.language).text) for version in versions]
    return {
        "find_form": form,
        "found": found,
        "has_searched": True,
        "chosen_phase": words.get("phase", ""),
    }


def answer_with_desk(request: StaffRequest, pk: uuid.UUID, *, said: str = "", at: str = "") -> HttpResponse:
    """After a change: the desk alone for htmx, the whole page for everybody else."""
    if request.htmx:
        return render(
            request, "builder/_desk.html", desk_context(request, load_draft(request, pk)) | {"said": said}
        )
    return redirect(reverse("plan-build", args=[pk]) + (f"#{at}" if at else ""))


def answer_refusal(request: StaffRequest, pk: uuid.UUID, refusal: Refusal) -> HttpResponse:
    """Show why nothing was changed, above the draft as it is now and with everything that was typed."""
    told: dict[str, Any] = {
        "refusal": str(refusal),
        "changes": getattr(refusal, "changes", ()),
        "typed": typed_in(request.POST),
    }
    draft = open_draft_of(pk, request.clinic)
    if draft is None:
        return _answer_gone(request, pk, told)
    context = desk_context(request, draft) | told
    finding = request.POST.get("finding", "")
    if finding in {one.key for one in context["page"].open_findings}:
        # Its form is still there and takes the reason back.
        context |= {"typed": (), "typed_finding": finding, "typed_reason": request.POST.get("reason", "")}
    if request.htmx:
        # htmx shows only answers of status 200; the sentence on top says that nothing was saved.
        return render(request, "builder/_desk.html", context)
    status = 409 if isinstance(refusal, StaleChange) else 422
    return render(request, "builder/plan_build.html", context, status=status)


def _answer_gone(request: StaffRequest, pk: uuid.UUID, told: dict[str, Any]) -> HttpResponse:
    """Nothing is being drafted: why, what was typed, and the way to the plan."""
    context = told | {"reload_url": reverse("plan-detail", args=[pk])}
    if request.htmx:
        return render(request, "builder/_gone.html", context)
    return render(request, "409.html", context | {"text": told["refusal"]}, status=409)
