"""The template editor: a draft on one screen. Every change is a POST of its own and answers with the editor as it is then."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRedirect, retarget

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.library.edit_template import changes_since
from careplans.library.models import ReviewState, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE, components_matching, wording_in
from careplans.library.versions import StaleVersion
from careplans.workshop.given_back import beside, typed_in
from careplans.workshop.template_forms import FindForm, NewPhaseForm, sent_words
from careplans.workshop.template_page import template_page, to_mend, visible_versions, with_parts
from careplans.workshop.template_reading import readings_of

MOST_FOUND = 20
View = Callable[..., HttpResponse]


def of_draft(view: View) -> View:
    """For views of the editor: the draft in place of its address; what is no draft any more is not lost behind a 404."""

    @wraps(view)
    def inner(request: StaffRequest, template: uuid.UUID, number: int, **given: Any) -> HttpResponse:
        versions = visible_versions(request.clinic, request.permissions)
        version = get_object_or_404(versions, template=template, number=number)
        if version.state == ReviewState.DRAFT:
            return view(request, version, **given)
        where = reverse("template-version", args=[template, number])
        if request.method == "POST":
            return answer_closed(request, where)
        return HttpResponseClientRedirect(where) if request.htmx else redirect(where)

    return inner


@require_GET
@requires(Permission.EDIT_LIBRARY)
@of_draft
def template_edit(request: StaffRequest, version: TemplateVersion) -> HttpResponse:
    return render(request, "workshop/template_edit.html", editor_context(request, version))


def editor_context(request: StaffRequest, version: TemplateVersion) -> dict[str, Any]:
    """The editor as the draft is now, with the search that was open when the change came."""
    versions = visible_versions(request.clinic, request.permissions)
    whole = get_object_or_404(with_parts(versions), pk=version.pk)
    page = template_page(whole)
    return {
        "title": page.words["title"],
        "page": page,
        "version": whole,
        "to_mend": to_mend(whole),
        "readings": readings_of(page),
        "new_phase": NewPhaseForm(initial={"revision": whole.revision}, auto_id="new_phase_%s"),
        "back_url": reverse("template-version", args=[whole.template_id, whole.number]),
        **find_context(request, request.POST if request.method == "POST" else request.GET, whole),
    }


def find_context(request: StaffRequest, sent: QueryDict, version: TemplateVersion) -> dict[str, Any]:
    """Components that match, at most ``MOST_FOUND``, for the phase whose search is open; nothing where none is."""
    form = FindForm(sent)
    if "q" not in sent or not form.is_valid():
        return {"find_phase": None, "find_form": form, "found": ()}
    phase = next((one for one in version.phases.all() if one.pk == form.cleaned_data["phase"]), None)
    if phase is None:
        return {"find_phase": None, "find_form": form, "found": ()}
    given = form.cleaned_data
    versions = components_matching(request.clinic, given["q"], given["category"])[:MOST_FOUND]
    held = {item.component_id for item in phase.items.all()}
    found = [
        (one, wording_in(one, FALLBACK_LANGUAGE).text.title, one.dose.in_words(), one.component_id in held)
        for one in versions
    ]
    return {"find_phase": phase.pk, "find_form": form, "found": found}


def answer_with_editor(
    request: StaffRequest, version: TemplateVersion, *, said: str, at: str = ""
) -> HttpResponse:
    """After a change, saying what was done: the editor alone for htmx, else back to it, at what was changed."""
    if request.htmx:
        context = editor_context(request, version) | {"said": said}
        return _in_place_of_editor(request, "workshop/_template_editor.html", context)
    messages.success(request, said)
    where = reverse("template-edit", args=[version.template_id, version.number])
    return redirect(where + (f"#{at}" if at else ""))


def answer_refusal(
    request: StaffRequest, version: TemplateVersion, refusal: Refusal, *, typed: forms.BaseForm | None = None
) -> HttpResponse:
    """Why nothing was changed, above the draft as it stands now."""
    current = visible_versions(request.clinic, request.permissions).get(pk=version.pk)
    if current.state != ReviewState.DRAFT:
        where = reverse("template-version", args=[current.template_id, current.number])
        return answer_closed(request, where, typed)
    told = {
        "refusal": str(refusal),
        "changes": changes_seen(request, version, refusal),
        "typed": typed_in(typed) if typed else (),
        "said": str(refusal) if request.htmx else "",
    }
    context = editor_context(request, version) | told
    if request.htmx:
        # htmx shows only answers of status 200; the sentence on top says that nothing was saved.
        return _in_place_of_editor(request, "workshop/_template_editor.html", context)
    status = 409 if isinstance(refusal, StaleVersion) else 422
    return render(request, "workshop/template_edit.html", context, status=status)


def answer_closed(request: StaffRequest, where: str, typed: forms.BaseForm | None = None) -> HttpResponse:
    """It was submitted or dropped meanwhile: why, what was typed, and the way to it."""
    context = {
        "text": _("This version is no longer a draft. Nothing of yours was saved."),
        "typed": typed_in(typed) if typed else sent_words(request.POST),
        "reload_url": where,
    }
    if request.htmx:
        return _in_place_of_editor(request, "workshop/_template_closed.html", context)
    return render(request, "409.html", context, status=409)


def _in_place_of_editor(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Every form is aimed at the editor already; a link that opens one is aimed at its own row."""
    response = render(request, template, context)
    return response if request.method == "POST" else retarget(response, "#editor")


def answer_form(
    request: StaffRequest, version: TemplateVersion, part: str, target: str, context: Mapping[str, Any]
) -> HttpResponse:
    """A form of the editor: within the page for htmx, else a page of its own. ``context``: form, title, and more."""
    # Only a kept change replaces the editor; what is refused is said where it was typed.
    filled = {
        "version": version,
        "part": part,
        "cancel_url": reverse("template-edit", args=[version.template_id, version.number]),
        **context,
    }
    if request.htmx:
        return retarget(render(request, part, filled), target)
    status = 409 if "refusal" in context else 200
    # There is no editor around it that an answer could take the place of: it is sent as any form is.
    alone = filled | {"is_alone": True}
    return render(request, "workshop/template_part.html", alone, status=status)


def stale_form(
    request: StaffRequest, version: TemplateVersion, refusal: StaleVersion, typed: Any, stored: Any
) -> dict[str, Any]:
    """The form as typed, naming the newest revision so that it counts when it is sent again; beside it what is stored."""
    return {
        "refusal": str(refusal),
        "changes": changes_seen(request, version, refusal),
        "beside": beside(typed, stored),
    }


def naming_newest(request: StaffRequest, version: TemplateVersion) -> QueryDict:
    """What was sent, with the newest revision in place of the one that was overtaken."""
    sent = request.POST.copy()
    sent["revision"] = str(version.revision)
    return sent


def newest(request: StaffRequest, version: TemplateVersion) -> TemplateVersion:
    """The version as it is stored now."""
    versions = visible_versions(request.clinic, request.permissions)
    return get_object_or_404(versions, pk=version.pk)


def changes_seen(request: StaffRequest, version: TemplateVersion, refusal: Refusal) -> tuple[str, ...]:
    """What others changed since the revision that was sent, where that is why it was refused."""
    sent = request.POST.get("revision", "")
    if not isinstance(refusal, StaleVersion) or not (sent.isascii() and sent.isdigit() and len(sent) < 9):
        return ()
    return changes_since(version.pk, int(sent))


def gone() -> Refusal:
    return Refusal(_("That is no longer in this template. Here is the template as it is now."))
