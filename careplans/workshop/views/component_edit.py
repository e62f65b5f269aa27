"""The component editor: a first draft, the draft itself, and what stands beside it while it is written."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal, StaleChange
from careplans.core.uploads import takes_file
from careplans.library.dose_forms import FORM_OF, part_of_form
from careplans.library.edit_component import CodeTaken, content_of, new_component, save_component
from careplans.library.models import ComponentVersion, ReviewState
from careplans.library.own_picture_files import latest_pictures
from careplans.library.pictures import picture_codes
from careplans.library.translations import standing_of
from careplans.library.upload import MOST_BYTES
from careplans.library.versions import StaleVersion
from careplans.workshop.component_forms import ComponentEditor, NewComponentForm
from careplans.workshop.component_live import live_of, stored_now
from careplans.workshop.forms import RevisionForm
from careplans.workshop.places import version_url
from careplans.workshop.rule_page import rules_by_tag
from careplans.workshop.selectors import sources_of
from careplans.workshop.translation_page import language_lines

# Of the pictures the clinic uploaded.
MOST_TO_CHOOSE = 12
# Buttons that show the form again with what was typed in it, for browsers without a script.
LOOKS = frozenset({"look", "kind", "source"})


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def component_new(request: StaffRequest) -> HttpResponse:
    form = NewComponentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            version = new_component(
                clinic=request.clinic, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except CodeTaken as refusal:
            form.add_error("code", str(refusal))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("component-edit", pk=version.component_id, number=version.number)
    context = {
        "title": _("A new component"),
        "form": form,
        "submit_label": _("Begin to write it"),
        "cancel_url": reverse("library"),
    }
    return render(request, "workshop/component_new.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@takes_file(MOST_BYTES)
def component_edit(request: StaffRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """Write a draft. What was typed is never lost: not to a mistake in it, and not to somebody who saved meanwhile."""
    version = version_of(request, pk, number)
    if request.method != "POST":
        if version.state != ReviewState.DRAFT:
            messages.info(
                request, _("Only a draft can be changed. Start a new version to change what it says.")
            )
            return redirect(version_url(version) or reverse("component-detail", args=[pk]))
        return _page(request, version, _editor(version), {})
    sent = request.POST
    if sent.get("do") in LOOKS:
        return _page(request, version, _editor(version, _with_row(sent)), {})
    editor, revision = _editor(version, sent, request.FILES), RevisionForm(sent)
    if not editor.is_valid() or not revision.is_valid():
        return _page(request, version, editor, {}, status=422)
    try:
        save_component(
            version=version,
            content=editor.saved(),
            upload=editor.own.upload,
            revision=revision.cleaned_data["revision"] or 0,
            by=request.user,
            now=timezone.now(),
        )
    except (StaleVersion, StaleChange) as refusal:
        # The form stays as typed and now names the newest revision: saved again, it counts.
        newest = version_of(request, pk, number)
        told = {
            "refusal": str(refusal),
            "stored": stored_now(content_of(newest), editor.saved()),
            "revision": newest.revision,
        }
        return _page(request, newest, editor, told, status=409)
    except Refusal as refusal:
        return _page(request, version_of(request, pk, number), editor, {"refusal": str(refusal)}, status=409)
    messages.success(request, _("The draft is saved."))
    if sent.get("do") == "close" and version_url(version):
        return redirect(version_url(version))
    return redirect("component-edit", pk=pk, number=number)


@require_POST
@requires(Permission.EDIT_LIBRARY)
def component_live(request: StaffRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """What stands beside the form, of what is typed in it now. Nothing is stored."""
    version = version_of(request, pk, number)
    editor = _editor(version, request.POST)
    return render(request, "workshop/_component_live.html", {"live": live_of(editor, version)})


@require_safe
@requires(Permission.EDIT_LIBRARY)
def component_dose(request: StaffRequest, pk: uuid.UUID, number: int) -> HttpResponse:
    """The fields of another kind of dose."""
    version = version_of(request, pk, number)
    kind = request.GET.get("kind", "")
    form = part_of_form(kind if kind in FORM_OF else version.dose.kind, dose=version.dose)
    return render(request, "workshop/_component_dose.html", {"dose_form": form})


def version_of(request: StaffRequest, pk: uuid.UUID, number: int) -> ComponentVersion:
    """One version of a component of this clinic, or 404."""
    found = ComponentVersion.objects.of(request.clinic).select_related("component__clinic")
    return get_object_or_404(found.prefetch_related("texts"), component_id=pk, number=number)


def _editor(version: ComponentVersion, sent: QueryDict | None = None, files: Any = None) -> ComponentEditor:
    clinic = version.component.clinic
    pictures = latest_pictures(clinic, most=MOST_TO_CHOOSE, besides=version.own_picture_id)
    return ComponentEditor(content_of(version), sources_of(clinic), sent, pictures=pictures, files=files)


def _with_row(sent: QueryDict) -> QueryDict:
    """One more row for a source, where that was asked for."""
    total = sent.get("sources-TOTAL_FORMS", "")
    if sent.get("do") != "source" or not (total.isascii() and total.isdigit() and len(total) < 3):
        return sent
    more = sent.copy()
    more["sources-TOTAL_FORMS"] = str(int(total) + 1)
    return more


def _page(
    request: StaffRequest,
    version: ComponentVersion,
    editor: ComponentEditor,
    told: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    live = live_of(editor, version)
    drawn = str(editor.form["picture"].value() or "")
    context = {
        "title": live.view.card.title or version.component.code,
        "version": version,
        # A mistake in the form is no reason to write over what somebody else saved meanwhile.
        "revision": request.POST.get("revision", version.revision),
        "component": version.component,
        "editor": editor,
        "form": editor.form,
        "dose_form": editor.dose,
        "sources": editor.sources,
        "own": editor.own,
        "drawn": drawn if drawn in picture_codes() else "",
        # No page can put a file back into its form.
        "file_again": bool(request.FILES),
        "live": live,
        "translations": language_lines(version, standing_of(request.clinic)),
        "known_pictures": picture_codes(),
        "tag_rules": rules_by_tag(request.clinic),
        "is_draft": version.state == ReviewState.DRAFT,
        "close_url": version_url(version) or reverse("component-detail", args=[version.component_id]),
        **told,
    }
    if request.POST.get("do") in LOOKS:
        _forget_errors(editor)
    return render(request, "workshop/component_edit.html", context, status=status)


def _forget_errors(editor: ComponentEditor) -> None:
    """Nobody asked to save: what is not finished yet is no mistake."""
    for form in editor.forms:
        form.errors.clear()
