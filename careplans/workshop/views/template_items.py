"""Changes of a template's items: found, added, dosed, moved by button or by mouse, removed."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.library.dose import parse_dose
from careplans.library.edit_template import Step, add_item, change_item, place_item, remove_item, step_item
from careplans.library.edit_template.phases import name_of
from careplans.library.edit_template.told import title_of
from careplans.library.models import TemplateItem, TemplateVersion
from careplans.library.selectors import approved_components, rules_of
from careplans.library.versions import StaleVersion
from careplans.plans.plausible import why_implausible
from careplans.workshop.template_forms import ItemAddForm, MoveForm, RevisionForm, item_form
from careplans.workshop.template_page import item_of, phase_of, tags_of
from careplans.workshop.views.template_editor import (
    answer_form,
    answer_refusal,
    answer_with_editor,
    editor_context,
    gone,
    newest,
    of_draft,
    stale_form,
)


@require_GET
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_find(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    """What can be added to a phase: within its card, or the editor with the search open."""
    template = "workshop/_template_found.html" if request.htmx else "workshop/template_edit.html"
    return render(request, template, editor_context(request, version))


@require_POST
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_item_add(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    form = ItemAddForm(request.POST)
    if not form.is_valid():
        return answer_refusal(request, version, gone())
    given = form.cleaned_data
    phase = phase_of(version, given["phase"])
    if phase is None:
        return answer_refusal(request, version, gone())
    component = get_object_or_404(approved_components(request.clinic), component=given["component"])
    try:
        item = add_item(
            phase=phase,
            component_version=component,
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return answer_refusal(request, version, refusal)
    said = _("%(title)s was added to “%(phase)s”.") % {
        "title": title_of(item.component),
        "phase": name_of(phase),
    }
    return answer_with_editor(request, version, said=said, at=f"item-{item.pk}")


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_item(request: StaffRequest, version: TemplateVersion, item: uuid.UUID) -> HttpResponse:
    """The dose of one item and why it is there; keeps what was typed when it is refused."""
    stored = item_of(version, item)
    if stored is None:
        return _without(request, version)
    title, auto_id = title_of(stored.component), f"item_{item}_%s"
    form = item_form(parse_dose(stored.dose), request.POST or None, why=stored.why, auto_id=auto_id)
    revision = RevisionForm(request.POST or None)
    told: dict[str, Any] = {"revision": request.POST.get("revision", version.revision)}
    if request.method == "POST" and form.is_valid() and revision.is_valid():
        doubt = _implausible(request, stored, form.dose, title)
        if doubt:
            form.add_error("amount", doubt)
        else:
            try:
                change_item(
                    item=stored,
                    dose=form.dose,
                    why=form.cleaned_data["note"],
                    revision=revision.cleaned_data["revision"],
                    by=request.user,
                    now=timezone.now(),
                )
            except StaleVersion as refusal:
                version = newest(request, version)
                now_stored = item_of(version, item)
                if now_stored is None:
                    return answer_refusal(request, version, refusal, typed=form)
                shown = item_form(parse_dose(now_stored.dose), why=now_stored.why)
                told = stale_form(request, version, refusal, form, shown) | {"revision": version.revision}
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                said = _("The dose of %(title)s was changed.") % {"title": title}
                return answer_with_editor(request, version, said=said, at=f"item-{item}")
    context = {"form": form, "item": stored, "title": title, **told}
    return answer_form(request, version, "workshop/_template_item_form.html", f"#item-{item}-form", context)


@require_POST
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_item_remove(request: StaffRequest, version: TemplateVersion, item: uuid.UUID) -> HttpResponse:
    stored, form = item_of(version, item), RevisionForm(request.POST)
    if stored is None or not form.is_valid():
        return answer_refusal(request, version, gone())
    title, phase_pk = title_of(stored.component), stored.phase_id
    try:
        remove_item(item=stored, revision=form.cleaned_data["revision"], by=request.user, now=timezone.now())
    except Refusal as refusal:
        return answer_refusal(request, version, refusal)
    said = _("%(title)s was removed.") % {"title": title}
    return answer_with_editor(request, version, said=said, at=f"phase-{phase_pk}")


@require_POST
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_item_move(request: StaffRequest, version: TemplateVersion, item: uuid.UUID) -> HttpResponse:
    """One step by a button, or to a phase and place by the mouse."""
    stored, form = item_of(version, item), MoveForm(request.POST)
    if stored is None or not form.is_valid():
        return answer_refusal(request, version, gone())
    given = form.cleaned_data
    by_whom = {"revision": given["revision"], "by": request.user, "now": timezone.now()}
    try:
        if given["step"]:
            moved = step_item(item=stored, step=Step(given["step"]), **by_whom)
        else:
            phase = phase_of(version, given["phase"])
            if phase is None:
                return answer_refusal(request, version, gone())
            moved = place_item(item=stored, phase=phase, position=given["position"], **by_whom)
    except Refusal as refusal:
        return answer_refusal(request, version, refusal)
    said = _("%(title)s is now at place %(place)d of “%(phase)s”.") % {
        "title": title_of(moved.component),
        "place": moved.position + 1,
        "phase": name_of(moved.phase),
    }
    return answer_with_editor(request, version, said=said, at=f"item-{item}")


def _implausible(request: StaffRequest, item: TemplateItem, dose: Any, title: str) -> str:
    """As publishing would say it: a dose that cannot be meant is not kept for every plan to come."""
    if dose.kind != "medicine":
        return ""
    return why_implausible(
        dose,
        title=title,
        code=item.component.code,
        tags=tags_of(item.component),
        rules=rules_of(request.clinic),
    )


def _without(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    """The item was removed meanwhile."""
    if request.method == "POST" or request.htmx:
        return answer_refusal(request, version, gone())
    return redirect("template-edit", template=version.template_id, number=version.number)
