"""Changes of a draft's items, each its own POST."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import retarget

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.builder.forms import ItemAddForm, MoveForm, RevisionForm
from careplans.builder.selectors import item_of
from careplans.builder.views.desk import (
    answer_refusal,
    answer_with_desk,
    desk_context,
    find_context,
    gives_back_typed,
    load_draft,
)
from careplans.core.refusals import Refusal
from careplans.library.dose_forms import dose_form
from careplans.library.selectors import approved_components, wording_in
from careplans.plans.drafting import add_item, change_item, gone_item, move_item, remove_item
from careplans.plans.models import Draft
from careplans.plans.refusals import ImplausibleDose, StaleDraft
from patients.presenters import patient_header


@require_GET
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def component_find(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Search results beside the desk; a page of their own without JavaScript."""
    draft = load_draft(request, pk, is_look=not request.htmx)
    template = "builder/_found.html" if request.htmx else "builder/plan_build.html"
    return render(request, template, desk_context(request, draft) | find_context(request, draft, request.GET))


@require_POST
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def item_add(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    draft = load_draft(request, pk)
    form = ItemAddForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    phase = get_object_or_404(draft.phases, pk=given["phase"])
    version = get_object_or_404(approved_components(request.clinic), component_id=given["component"])
    try:
        item = add_item(
            phase=phase,
            component_version=version,
            dose=version.dose,
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return answer_refusal(request, pk, refusal)
    title = wording_in(version, draft.language).text.title
    said = _("%(title)s was added to “%(phase)s”.") % {"title": title, "phase": phase.name}
    return answer_with_desk(request, pk, said=said, at=f"item-{item.key}")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def item_edit(request: StaffRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    """The dose and the note of one item; keeps what was typed when it is refused."""
    draft = load_draft(request, pk)
    item = item_of(draft, key)
    if item is None:
        return _gone(request, pk, draft)
    form = dose_form(item.dose, request.POST or None, note=item.note, auto_id=f"id_{key}_%s")
    revision = RevisionForm(request.POST or None)
    told: dict[str, Any] = {"revision": request.POST.get("revision", draft.revision)}
    if request.method == "POST" and form.is_valid() and revision.is_valid():
        try:
            change_item(
                item=item,
                dose=form.dose,
                note=form.cleaned_data["note"],
                revision=revision.cleaned_data["revision"],
                by=request.user,
                now=timezone.now(),
            )
        except StaleDraft as refusal:
            # The form stays as typed and now names the newest revision: saved again, it counts.
            draft = load_draft(request, pk)
            told = {"refusal": str(refusal), "changes": refusal.changes, "revision": draft.revision}
        except ImplausibleDose as refusal:
            form.add_error("amount", str(refusal))
        except Refusal as refusal:
            return answer_refusal(request, pk, refusal)
        else:
            return answer_with_desk(request, pk, said=_("The dose was changed."), at=f"item-{key}")
    title = wording_in(item.component_version, draft.language).text.title
    today = timezone.localdate(timezone=request.clinic.zone)
    context = {
        "form": form,
        "item": item,
        "item_title": title,
        "draft": draft,
        "title": title,
        "patient": patient_header(draft.plan.patient, permissions=request.permissions, today=today),
    }
    template = "builder/_item_form.html" if request.htmx else "builder/item_edit.html"
    response = render(
        request,
        template,
        context | {"plan": draft.plan, **told},
        status=409 if "refusal" in told and not request.htmx else 200,
    )
    # Only a kept change replaces the desk; what is refused is said in the row, with the plan still around it.
    return retarget(response, f"#item-{key}-form") if request.htmx else response


@require_POST
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def item_remove(request: StaffRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    draft = load_draft(request, pk)
    form = RevisionForm(request.POST)
    item = item_of(draft, key)
    if item is None or not form.is_valid():
        return _gone(request, pk, draft)
    try:
        remove_item(item=item, revision=form.cleaned_data["revision"], by=request.user, now=timezone.now())
    except Refusal as refusal:
        return answer_refusal(request, pk, refusal)
    title = wording_in(item.component_version, draft.language).text.title
    return answer_with_desk(
        request, pk, said=_("%(title)s was removed.") % {"title": title}, at=f"phase-{item.phase_id}"
    )


@require_POST
@requires(Permission.EDIT_CLINICAL)
@gives_back_typed
def item_move(request: StaffRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    draft = load_draft(request, pk)
    form = MoveForm(request.POST)
    item = item_of(draft, key)
    if item is None or not form.is_valid():
        return _gone(request, pk, draft)
    given = form.cleaned_data
    try:
        move_item(
            item=item,
            up=given["direction"] == "up",
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return answer_refusal(request, pk, refusal)
    return answer_with_desk(request, pk, said=_("Moved."), at=f"item-{key}")


def _gone(request: StaffRequest, pk: uuid.UUID, draft: Draft) -> HttpResponse:
    """Somebody else removed the item, or the form was tampered with: say what changed, show what is there."""
    seen = request.POST.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else draft.revision
    gone = gone_item(draft=draft, revision=revision)
    return answer_refusal(request, pk, gone)
