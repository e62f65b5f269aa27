"""Changes of what a template says of itself and of its phases."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.library.edit_template import add_phase, change_general, change_phase, move_phase, remove_phase
from careplans.library.edit_template.phases import name_of
from careplans.library.models import TemplateVersion
from careplans.library.selectors import source_titles
from careplans.library.versions import StaleVersion
from careplans.workshop.template_forms import NewPhaseForm, PhaseForm, PhaseMoveForm, RevisionForm
from careplans.workshop.template_general_forms import GeneralForm
from careplans.workshop.template_page import phase_of
from careplans.workshop.views.template_editor import (
    answer_form,
    answer_refusal,
    answer_with_editor,
    gone,
    naming_newest,
    newest,
    of_draft,
    stale_form,
)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_general(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    given: dict[str, Any] = {
        "version": version,
        "sources": source_titles(request.clinic),
        "auto_id": "general_%s",
    }
    form = GeneralForm(request.POST or None, **given)
    told: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            change_general(
                version=version,
                general=form.general,
                revision=form.cleaned_data["revision"],
                by=request.user,
                now=timezone.now(),
            )
        except StaleVersion as refusal:
            given["version"] = version = newest(request, version)
            form = GeneralForm(naming_newest(request, version), **given)
            told = stale_form(request, version, refusal, form, GeneralForm(**given))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("What the template says of itself was changed.")
            return answer_with_editor(request, version, said=said, at="general")
    context = {"form": form, "title": _("About this template"), **told}
    return answer_form(request, version, "workshop/_template_general_form.html", "#general-form", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_phase_add(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    form = NewPhaseForm(request.POST or None, initial={"revision": version.revision}, auto_id="new_phase_%s")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        last = version.phases.order_by("position").last()
        after = phase_of(version, given["after"] or (last.pk if last else None))
        if given["after"] and after is None:
            return answer_refusal(request, version, gone(), typed=form)
        try:
            phase = add_phase(
                version=version,
                says=form.says,
                after=after,
                revision=given["revision"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            return answer_refusal(request, version, refusal, typed=form)
        said = _("The phase “%(name)s” was added.") % {"name": given["name"]}
        return answer_with_editor(request, version, said=said, at=f"phase-{phase.pk}")
    context = {"form": form, "title": _("Add a phase")}
    return answer_form(request, version, "workshop/_template_new_phase_form.html", "#new-phase", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_phase(request: StaffRequest, version: TemplateVersion, phase: uuid.UUID) -> HttpResponse:
    stored = phase_of(version, phase)
    if stored is None:
        return _without(request, version)
    auto_id = f"phase_{phase}_%s"
    form = PhaseForm(request.POST or None, phase=stored, revision=version.revision, auto_id=auto_id)
    told: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            change_phase(
                phase=stored,
                says=form.says,
                revision=form.cleaned_data["revision"],
                by=request.user,
                now=timezone.now(),
            )
        except StaleVersion as refusal:
            version = newest(request, version)
            now_stored = phase_of(version, phase)
            if now_stored is None:
                return answer_refusal(request, version, refusal, typed=form)
            stored = now_stored
            form = PhaseForm(
                naming_newest(request, version), phase=stored, revision=version.revision, auto_id=auto_id
            )
            shown = PhaseForm(phase=stored, revision=version.revision)
            told = stale_form(request, version, refusal, form, shown)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("The phase “%(name)s” was changed.") % {"name": form.says.name}
            return answer_with_editor(request, version, said=said, at=f"phase-{phase}")
    context = {
        "form": form,
        "phase": stored,
        "title": _("Phase “%(name)s”") % {"name": name_of(stored)},
        **told,
    }
    return answer_form(
        request, version, "workshop/_template_phase_form.html", f"#phase-{phase}-form", context
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_phase_remove(request: StaffRequest, version: TemplateVersion, phase: uuid.UUID) -> HttpResponse:
    """What goes with the phase, then the one button that does it."""
    stored = phase_of(version, phase)
    if stored is None:
        return _without(request, version)
    form = RevisionForm(request.POST or None, initial={"revision": version.revision})
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            remove_phase(phase=stored, revision=revision, by=request.user, now=timezone.now())
        except Refusal as refusal:
            return answer_refusal(request, version, refusal)
        said = _("The phase “%(name)s” was removed.") % {"name": name_of(stored)}
        return answer_with_editor(request, version, said=said)
    context = {
        "title": _("Remove the phase “%(name)s”") % {"name": name_of(stored)},
        "version": version,
        "phase": stored,
        "items": stored.items.count(),
        "form": form,
        "is_grave": True,
        "confirm_label": _("Remove the phase"),
        "cancel_label": _("Keep it"),
        "cancel_url": reverse("template-edit", args=[version.template_id, version.number]),
    }
    return render(request, "workshop/template_phase_remove.html", context)


@require_POST
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_phase_move(request: StaffRequest, version: TemplateVersion, phase: uuid.UUID) -> HttpResponse:
    stored, form = phase_of(version, phase), PhaseMoveForm(request.POST)
    if stored is None or not form.is_valid():
        return answer_refusal(request, version, gone())
    given = form.cleaned_data
    try:
        moved = move_phase(
            phase=stored,
            earlier=given["step"] == "earlier",
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        return answer_refusal(request, version, refusal)
    said = _("“%(name)s” is now phase %(place)d.") % {"name": name_of(moved), "place": moved.position + 1}
    return answer_with_editor(request, version, said=said, at=f"phase-{phase}")


def _without(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    """The phase was removed meanwhile."""
    if request.method == "POST" or request.htmx:
        return answer_refusal(request, version, gone())
    return redirect("template-edit", template=version.template_id, number=version.number)
