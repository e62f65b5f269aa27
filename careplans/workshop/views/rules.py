"""Safety rules: found, read, written. Their life (review, retiring) has pages of its own, shared with all kinds."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from careplans.library.edit_rule import new_rule, save_rule
from careplans.library.models import ReviewState, SafetyRule
from careplans.library.own_codes import NameTaken
from careplans.library.versions import StaleVersion
from careplans.workshop.condition_forms import kinds
from careplans.workshop.given_back import beside
from careplans.workshop.history import history_of
from careplans.workshop.list_forms import RuleListForm
from careplans.workshop.review_page import review_context
from careplans.workshop.rule_forms import RuleEditor
from careplans.workshop.rule_page import rows_of, rule_page, rules_in, with_words

PER_PAGE = 50


@require_safe
@requires(Permission.SEE_LIBRARY)
def rule_list(request: StaffRequest) -> HttpResponse:
    for_keepers = _keeps(request)
    form = RuleListForm(request.GET, for_keepers=for_keepers)
    asked = form.asked
    rules = rules_in(request.clinic, for_keepers=for_keepers).filter(**asked.filters)
    rows = rows_of(rules, request.clinic, for_keepers=for_keepers)
    page = Paginator(with_words(rows, asked.words), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Library"),
        "tab": "rules",
        "form": form,
        "rows": page.object_list,
        "page_obj": page,
        "for_keepers": for_keepers,
        "is_writer": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/rule_list.html", context)


@require_safe
@requires(Permission.SEE_LIBRARY)
def rule_detail(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    rule = _rule(request, pk)
    for_keepers = _keeps(request)
    page = rule_page(rule, for_keepers=for_keepers)
    context = {
        "title": page.name,
        "rule": rule,
        "page": page,
        "history": history_of(rule, for_keepers=for_keepers),
        "for_keepers": for_keepers,
        "is_due": rule.is_review_due(timezone.localdate(timezone=request.clinic.zone)),
        **review_context(rule, request),
    }
    return render(request, "workshop/rule_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@once
def rule_new(request: StaffRequest) -> HttpResponse:
    editor = RuleEditor(request.clinic, sent=request.POST if request.method == "POST" else None)
    if request.method == "POST" and not editor.is_step and editor.is_valid():
        try:
            rule = new_rule(clinic=request.clinic, says=editor.says, by=request.user, now=timezone.now())
        except Refusal as refusal:
            _refuse(editor, refusal)
        else:
            messages.success(request, _("The rule is saved as a draft. Try it, then submit it for review."))
            return redirect("rule-detail", pk=rule.pk)
    return _editor_page(request, editor, title=_("New safety rule"), cancel_url=reverse("rule-list"))


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
def rule_edit(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    rule = _rule(request, pk)
    if request.method == "GET" and rule.state != ReviewState.DRAFT:
        messages.info(request, _("Only a draft can be written in. Start a new version of this rule."))
        return redirect("rule-detail", pk=pk)
    editor = RuleEditor(request.clinic, rule=rule, sent=request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {}
    if request.method == "POST" and not editor.is_step and editor.is_valid():
        try:
            _save(request, rule, editor)
        except StaleVersion as refusal:
            stored = RuleEditor(request.clinic, rule=_rule(request, pk))
            told = {"refusal": str(refusal), "stored": stored, "beside": beside(editor.form, stored.form)}
        except Refusal as refusal:
            _refuse(editor, refusal)
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("rule-detail", pk=pk)
    title = _("Write a safety rule")
    return _editor_page(request, editor, title=title, cancel_url=reverse("rule-detail", args=[pk]), **told)


@require_POST
@requires(Permission.EDIT_LIBRARY)
def rule_said(request: StaffRequest) -> HttpResponse:
    """The sentence beside the form, as it is typed."""
    editor = RuleEditor(request.clinic, sent=request.POST)
    return render(request, "workshop/_rule_said.html", {"sentence": editor.sentence})


def _save(request: StaffRequest, rule: SafetyRule, editor: RuleEditor) -> None:
    save_rule(
        version=rule,
        says=editor.says,
        revision=editor.form.cleaned_data["revision"] or 0,
        by=request.user,
        now=timezone.now(),
    )


def _editor_page(request: StaffRequest, editor: RuleEditor, **context: Any) -> HttpResponse:
    """With ``stored`` somebody else was first: the form names the newest revision now, and saved again it counts."""
    stored: RuleEditor | None = context.get("stored")
    revision = editor.form["revision"].value()
    if stored is not None and stored.rule is not None:
        revision = stored.rule.revision
    context |= {
        "editor": editor,
        "form": editor.form,
        "kinds": kinds(),
        "revision": revision or "",
        "rule": editor.rule,
    }
    return render(request, "workshop/rule_edit.html", context, status=409 if stored else 200)


def _refuse(editor: RuleEditor, refusal: Refusal) -> None:
    is_of_name = isinstance(refusal, NameTaken) and "name" in editor.form.fields
    editor.form.add_error("name" if is_of_name else None, str(refusal))


def _rule(request: StaffRequest, pk: uuid.UUID) -> Any:
    return get_object_or_404(rules_in(request.clinic, for_keepers=_keeps(request)), pk=pk)


def _keeps(request: StaffRequest) -> bool:
    return Permission.KEEP_LIBRARY in request.permissions
