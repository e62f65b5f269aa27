"""The safety-rule editor: what a rule aims at and says, and its conditions as rows that are added and taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.accounts.models import Clinic
from careplans.library import whole
from careplans.library.condition_words import rule_in_words
from careplans.library.conditions import Condition, TogetherCondition, condition_adapter
from careplans.library.edit_rule import CODE_LENGTH, TEXT_LENGTH, RuleSays
from careplans.library.models import SafetyRule, Severity, Source
from careplans.library.own_codes import may_be_renamed
from careplans.workshop.condition_forms import (
    CONDITION_FORMS,
    CodesField,
    ConditionForm,
    TogetherForm,
    read,
    tags_field,
)
from careplans.workshop.picker import Picker, picker, titles_by_code
from careplans.workshop.written import WordsField
from patients.forms.fields import LineField, PickField

SEVERITIES = [
    (Severity.STOP, gettext_lazy("Stop: nothing is published until a clinician has written down a reason")),
    (Severity.CAUTION, gettext_lazy("Caution: a clinician must confirm that they have considered it")),
    (Severity.INFORM, gettext_lazy("For information: it is shown, and nothing is asked")),
]
# More conditions than that nobody reads as one sentence. What a rule already has is kept, however many.
MOST_ROWS = 12
# Of what is sent at once; more is refused as a whole and never cut.
MOST_READ = 50
# Names of buttons that change the form and save nothing. A field called "remove" would hide the form's own method.
ADD, REMOVE, FIND = "do-add", "do-remove", "do-find"
# Back from the test bench, with what was typed before.
BACK = "do-back"


class RuleForm(forms.Form):
    """Everything but the conditions."""

    use_required_attribute = False

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = LineField(
        label=gettext_lazy("Short name"),
        max_length=CODE_LENGTH,
        help_text=gettext_lazy(
            "What it is about in a few words, such as “cyclobenzaprine and glaucoma”. Becomes the code of the rule, which is settled when the rule is submitted for review."
        ),
    )
    severity = PickField(label=gettext_lazy("What it does"), choices=SEVERITIES, widget=forms.RadioSelect)
    components = CodesField(label=gettext_lazy("Components"), required=False)
    tags = tags_field(
        gettext_lazy("Tags"),
        gettext_lazy("Every component with one of these tags, those to come too."),
    )
    message = WordsField(
        label=gettext_lazy("What it says"),
        rows=3,
        max_length=TEXT_LENGTH,
        required=True,
        error_messages={"required": gettext_lazy("Write what the clinician has to know.")},
        help_text=gettext_lazy("The clinician reads this beside the component: what is the matter, and why."),
    )
    instead = WordsField(
        label=gettext_lazy("What to do instead"),
        rows=3,
        max_length=TEXT_LENGTH,
        help_text=gettext_lazy("What is safer, or how it can be made safe."),
    )
    source = forms.ModelChoiceField(
        Source.objects.none(),
        label=gettext_lazy("Source"),
        empty_label=gettext_lazy("Choose a source"),
        error_messages={"required": gettext_lazy("Choose where this comes from.")},
    )

    def __init__(self, *args: Any, clinic: Clinic, rule: SafetyRule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        sources: Any = self.fields["source"]
        sources.queryset = Source.objects.filter(clinic=clinic)
        if rule is not None:
            self.initial = initial_of(rule)
            if not may_be_renamed(rule):
                del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("components") and not cleaned.get("tags"):
            self.add_error("components", _("Name at least one component or tag: the rule would never apply."))
        for problem in whole.unknown_components(self.clinic.pk, cleaned.get("components", ())):
            self.add_error("components", f"{capfirst(problem)}.")
        return cleaned


def initial_of(rule: SafetyRule) -> dict[str, Any]:
    return {
        "revision": rule.revision,
        "name": rule.code,
        "severity": rule.severity,
        "components": rule.components,
        "tags": rule.tags,
        "message": rule.message,
        "instead": rule.instead,
        "source": rule.source_id,
    }


@dataclass(frozen=True)
class ConditionRow:
    """``key`` names the row in the form; ``picker`` is for those that name components."""

    key: str
    form: ConditionForm
    picker: Picker | None
    is_new: bool = False


class RuleEditor:
    """The whole form as stored or as sent. ``is_step``: a button was pressed that changes the form and saves nothing."""

    def __init__(
        self, clinic: Clinic, *, rule: SafetyRule | None = None, sent: QueryDict | None = None
    ) -> None:
        self.clinic, self.rule, self.sent = clinic, rule, sent
        self.form = RuleForm(sent, clinic=clinic, rule=rule)
        self.is_step = sent is not None and any(name in sent for name in (ADD, REMOVE, FIND, BACK))
        self.is_cut = False
        self.conditions = self._stored_forms() if sent is None else self._sent_forms(sent)
        if self.is_step:
            for form in self.forms:
                be_quiet(form)

    def is_valid(self) -> bool:
        """Every part is asked, so that all that is wrong is said at once. A step is nothing to be saved."""
        if self.is_step:
            return False
        are_valid = [form.is_valid() for form in self.forms]
        if self.is_cut:
            told = _(
                "A rule has at most %(most)d conditions. Nothing was saved: write a second rule for the others."
            )
            self.form.add_error(None, told % {"most": MOST_READ})
        if not self.conditions:
            self.form.add_error(
                None, _("Add at least one condition. “Always” is one, where the rule needs no other.")
            )
        self._refuse_unknown()
        return all(are_valid) and not self.has_errors

    @property
    def forms(self) -> list[forms.Form]:
        """The rule's own one, then one for each condition."""
        return [self.form, *self.conditions.values()]

    @property
    def has_errors(self) -> bool:
        return any(form.is_bound and form.errors for form in self.forms)

    @property
    def says(self) -> RuleSays:
        """After ``is_valid``."""
        given = self.form.cleaned_data
        when = [form.condition.model_dump(mode="json") for form in self.conditions.values()]
        return RuleSays(
            name=given.get("name", ""),
            components=given["components"],
            tags=given["tags"],
            when=when,
            severity=given["severity"],
            message=given["message"],
            instead=given["instead"],
            source=given["source"],
        )

    @cached_property
    def when(self) -> list[Condition | None]:
        """The conditions as far as they can be read."""
        return read(self.conditions.values())

    @property
    def sentence(self) -> str:
        """The rule said back, with what is missing left open."""
        components, tags = self._chosen("components"), self._chosen("tags")
        codes = {*components, *_codes_in(self.when)}
        return rule_in_words(
            severity=str(self.form["severity"].value() or ""),
            components=components,
            tags=[tag for tag in tags if tag in whole.TAGS],
            when=self.when,
            titles=titles_by_code(self.clinic, codes),
        )

    @property
    def full(self) -> str:
        """Why no condition can be added any more; empty where one can."""
        if len(self.conditions) < MOST_ROWS:
            return ""
        return _(
            "Conditions are added up to %(most)d. What is here stays; before you add another, take one out, or write a second rule."
        ) % {"most": MOST_ROWS}

    @property
    def picker(self) -> Picker:
        return self._picker("components")

    @property
    def rows(self) -> list[ConditionRow]:
        newest = (
            max(map(int, self.conditions), default=0) if self.sent is not None and ADD in self.sent else -1
        )
        return [
            ConditionRow(
                key,
                form,
                self._picker(form.add_prefix("components")) if isinstance(form, TogetherForm) else None,
                is_new=int(key) == newest,
            )
            for key, form in self.conditions.items()
        ]

    def _picker(self, name: str) -> Picker:
        words = self.sent.get(f"{name}-find", "") if self.sent is not None else ""
        return picker(self.clinic, name=name, codes=self._chosen(name), words=words)

    def _chosen(self, name: str) -> list[str]:
        if self.sent is not None:
            return list(dict.fromkeys(self.sent.getlist(name)))
        prefix, _dash, field = name.rpartition("-")
        form: Any = self.conditions[prefix.removeprefix("c")] if prefix else self.form
        return list(form.initial.get(field, ()))

    def _stored_forms(self) -> dict[str, ConditionForm]:
        stored = self.rule.when if self.rule is not None else []
        conditions = [condition_adapter.validate_python(one) for one in stored]
        return {
            str(number): CONDITION_FORMS[one.kind](prefix=f"c{number}", condition=one)
            for number, one in enumerate(conditions)
        }

    def _sent_forms(self, sent: QueryDict) -> dict[str, ConditionForm]:
        keys = [key for key in dict.fromkeys(sent.getlist("row")) if _is_key(key)]
        self.is_cut = len(keys) > MOST_READ
        keys = keys[:MOST_READ]
        found = {key: sent.get(f"c{key}-kind", "") for key in keys if key != sent.get(REMOVE)}
        if sent.get(ADD) in CONDITION_FORMS and len(found) < MOST_ROWS:
            found[str(max(map(int, keys), default=-1) + 1)] = str(sent[ADD])
        return {
            key: CONDITION_FORMS[kind](sent, prefix=f"c{key}")
            for key, kind in found.items()
            if kind in CONDITION_FORMS
        }

    def _refuse_unknown(self) -> None:
        for form in self.conditions.values():
            if isinstance(form, TogetherForm) and form.is_valid():
                for problem in whole.unknown_components(self.clinic.pk, form.cleaned_data["components"]):
                    form.add_error("components", f"{capfirst(problem)}.")


def be_quiet(form: forms.Form) -> None:
    """Keep what was typed and say nothing of it yet."""
    quiet: Any = form
    quiet._errors, quiet.cleaned_data = ErrorDict(), {}


def _is_key(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 4


def _codes_in(when: list[Condition | None]) -> list[str]:
    return [code for one in when if isinstance(one, TogetherCondition) for code in one.components]
