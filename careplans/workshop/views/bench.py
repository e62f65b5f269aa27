"""The test bench of the safety rules. Sent by POST for its length alone: nothing is written, and no patient is in it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.library.models import ReviewState, SafetyRule
from careplans.library.rules import Rule
from careplans.library.selectors import rules_of
from careplans.workshop.bench_forms import BenchEditor, facts_asked_lately
from careplans.workshop.bench_page import bench_page
from careplans.workshop.bench_parts import (
    all_conditions,
    codes_to_begin_with,
    rule_as_stored,
    rule_as_typed,
)
from careplans.workshop.picker import titles_by_code
from careplans.workshop.rule_forms import RuleEditor
from careplans.workshop.rule_page import rule_choices, rules_in

TYPED = "typed"
# Fields of the rule editor, carried along while a rule is tried that is not saved.
OF_THE_RULE = re.compile(r"(revision|name|severity|components|tags|message|instead|source|row|c\d+-[a-z_]+)")


@dataclass(frozen=True)
class Tested:
    """The rule under test: as stored, or as it is being typed. ``problems``: why it cannot be tried yet."""

    rule: Rule | None
    version: SafetyRule | None
    sentence: str = ""
    is_typed: bool = False
    problems: tuple[str, ...] = ()

    @property
    def is_draft(self) -> bool:
        return self.is_typed or (self.version is not None and self.version.state != ReviewState.APPROVED)


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LIBRARY)
def rule_bench(request: StaffRequest) -> HttpResponse:
    tested = _tested(request)
    rules = rules_of(request.clinic)
    all_rules = [*rules, *([tested.rule] if tested.rule else [])]
    bench = BenchEditor(
        request.clinic,
        today=timezone.localdate(timezone=request.clinic.zone),
        lately=facts_asked_lately(all_conditions(all_rules)),
        sent=request.POST if request.method == "POST" else None,
        begin=codes_to_begin_with(request.clinic, tested.rule) if tested.rule else (),
    )
    page = None
    if bench.trial is not None:
        titles = titles_by_code(request.clinic, _codes_in(tested.rule))
        page = bench_page(bench.trial, rules, tested=tested.rule, is_draft=tested.is_draft, titles=titles)
    context = {
        "title": _("Test bench"),
        "bench": bench,
        "tested": tested,
        "page": page,
        "choices": rule_choices(request.clinic),
        "carried": list(_carried(request)) if tested.is_typed else [],
        "back_url": _back_url(tested),
    }
    return render(request, "workshop/rule_bench.html", context)


def _tested(request: StaffRequest) -> Tested:
    """The rule named in the address or chosen on the page; with ``typed``, as it stands in the editor's form."""
    version = _version(request)
    is_typed = request.method == "POST" and TYPED in request.POST
    if not is_typed or Permission.EDIT_LIBRARY not in request.permissions:
        return _stored(version)
    editor = RuleEditor(request.clinic, rule=version, sent=request.POST)
    sentence = editor.sentence
    if not editor.is_valid():
        problems = tuple(_problems(editor))
        return Tested(None, version, sentence, is_typed=True, problems=problems)
    code = version.code if version else "…"
    return Tested(rule_as_typed(editor.says, code=code), version, sentence, is_typed=True)


def _stored(version: SafetyRule | None) -> Tested:
    if version is None:
        return Tested(None, None)
    rule = rule_as_stored(version)
    editor = RuleEditor(version.clinic, rule=version)
    return Tested(rule, version, editor.sentence)


def _version(request: StaffRequest) -> Any:
    chosen = request.POST.get("b-rule", request.GET.get("rule", ""))
    if not chosen:
        return None
    try:
        pk = uuid.UUID(chosen)
    except ValueError as error:
        raise Http404 from error
    found = rules_in(request.clinic, for_keepers=True).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _problems(editor: RuleEditor) -> Iterator[str]:
    for form in editor.forms:
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            yield from (f"{label}: {error}" if label else str(error) for error in errors)


def _carried(request: StaffRequest) -> Iterator[tuple[str, str]]:
    """What was typed in the editor, for the way back. Only its own fields: the rest of a page is not repeated."""
    for name, values in request.POST.lists():
        if OF_THE_RULE.fullmatch(name):
            yield from ((name, str(value)) for value in values)


def _codes_in(rule: Rule | None) -> set[str]:
    if rule is None:
        return set()
    named = {code for one in rule.when for code in getattr(one, "components", ())}
    return {*rule.components, *named}


def _back_url(tested: Tested) -> str:
    if tested.is_typed:
        return reverse("rule-edit", args=[tested.version.pk]) if tested.version else reverse("rule-new")
    return reverse("rule-detail", args=[tested.version.pk]) if tested.version else reverse("rule-list")
