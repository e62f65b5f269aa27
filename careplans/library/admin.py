"""The library workshop: a clinic's own content in Django's admin. Drafts are edited, everything else is read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.accounts.admin_site import ClinicInline, ClinicModelAdmin, clinic_admin
from careplans.library import retire, review
from careplans.library.models import (
    Component,
    ComponentText,
    ComponentVersion,
    RedFlag,
    Retirement,
    ReviewState,
    SafetyRule,
    Source,
    Template,
    TemplateItem,
    TemplatePhase,
    TemplateVersion,
)
from careplans.library.selectors import FALLBACK_LANGUAGE, wording_in
from careplans.library.versions import next_number
from careplans.library.workshop_forms import (
    ComponentTextForm,
    ComponentVersionForm,
    RedFlagForm,
    SafetyRuleForm,
    TemplateItemForm,
    TemplatePhaseForm,
    TemplateVersionForm,
)
from careplans.library.workshop_steps import PROPOSE, RETIREMENT_STEPS, REVIEW_STEPS, allowed

# Set by the verbs, never typed.
KEPT_BY_VERBS = ("number", "state", "author", "approved_by", "approved_at", "created_at", "review_due_on")
# What a page of a version begins with.
SAID_FIRST = ("number", "state", "written_by", "approved_by", "review_due_on", "retirement")


def _is_draft(version: Any) -> bool:
    return version is None or version.state == ReviewState.DRAFT


def stands(retirement: Retirement) -> str:
    if retirement.is_waiting:
        return _("Proposed, waits for a second person")
    return _("Retired") if retirement.confirmed_at else _("Withdrawn, stays in use")


class KnownByName:
    """What others ask for is read, not written, once a version of it was submitted."""

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)  # type: ignore[misc]  # a mixin
        if obj is None or not obj.is_settled():
            return own
        settled = (obj._meta.get_field(name).name for name in obj.identity)
        return (*own, *(name for name in settled if name != "clinic"))


class HeldWhileSaving:
    """Nobody submits or approves a version while somebody saves something in it."""

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]  # a mixin
        if found is None or request.method != "POST":
            return found
        version = found.version if isinstance(found, TemplatePhase) else found
        version.held().first()
        return super().get_object(request, object_id, from_field)  # type: ignore[misc]


class OfDrafts:
    """For parts of a version: changed only while the version is a draft."""

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]  # a mixin

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_draft(obj)  # type: ignore[misc]


class ReviewedAdmin(HeldWhileSaving, KnownByName, OfDrafts, ClinicModelAdmin):
    """Content with a life cycle."""

    actions: Any = REVIEW_STEPS
    exclude = KEPT_BY_VERBS
    list_filter: ClassVar[tuple[str, ...]] = ("state",)

    def get_actions(self, request: Any) -> Any:
        return allowed(self.actions, request)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        own = super().get_readonly_fields(request, obj)
        return own if obj is None else (*SAID_FIRST, *own)

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """What it is and where it stands come before what it says."""
        fields = self.get_fields(request, obj)
        read = [name for name in self.get_readonly_fields(request, obj) if name in fields]
        first = [name for name in read if name not in SAID_FIRST]
        first += [name for name in read if name in SAID_FIRST]
        rest = [name for name in fields if name not in first]
        return [(None, {"fields": part}) for part in (first, rest) if part]

    @admin.display(description=gettext_lazy("Written by"))
    def written_by(self, version: Any) -> str:
        names = sorted(version.writers.values_list("name", flat=True))
        return ", ".join(names) or _("Came with Careplans")

    @admin.display(description=gettext_lazy("Retirement"))
    def retirement(self, version: Any) -> str:
        last = version.retirements.select_related("proposed_by").first()
        return f"{stands(last)}. {last.proposed_by.name}: {last.reason}" if last else "-"

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if not change:
            now = timezone.now()
            obj.author, obj.created_at, obj.state = request.user, now, ReviewState.DRAFT
            obj.review_due_on = now.date() + review.REVIEW_EVERY
            obj.number = next_number(obj)
        super().save_model(request, obj, form, change)
        review.note_writer(version=obj, by=request.user, now=timezone.now())


class ComponentTextInline(OfDrafts, ClinicInline):
    model = ComponentText
    form = ComponentTextForm
    clinic_path = "version__component__clinic"


class TemplatePhaseInline(OfDrafts, ClinicInline):
    model = TemplatePhase
    form = TemplatePhaseForm
    clinic_path = "version__template__clinic"
    show_change_link = True


class TemplateItemInline(ClinicInline):
    model = TemplateItem
    form = TemplateItemForm
    clinic_path = "phase__version__template__clinic"

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or _is_draft(obj.version))

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_draft(obj.version))


@admin.register(ComponentVersion, site=clinic_admin)
class ComponentVersionAdmin(ReviewedAdmin):
    clinic_path = "component__clinic"
    form = ComponentVersionForm
    inlines = (ComponentTextInline,)
    list_display = ("called", "component", "number", "state", "effect", "grade", "review_due_on")
    list_filter: ClassVar[tuple[str, ...]] = ("state", "effect", "grade")
    search_fields = ("component__code", "texts__title", "clinician_text")
    list_select_related = ("component",)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=gettext_lazy("Title"))
    def called(self, version: ComponentVersion) -> str:
        return wording_in(version, FALLBACK_LANGUAGE).text.title


@admin.register(TemplateVersion, site=clinic_admin)
class TemplateVersionAdmin(ReviewedAdmin):
    clinic_path = "template__clinic"
    form = TemplateVersionForm
    inlines = (TemplatePhaseInline,)
    list_display = ("template", "number", "state", "anchor", "review_due_on")
    search_fields = ("template__code",)
    list_select_related = ("template",)


@admin.register(TemplatePhase, site=clinic_admin)
class TemplatePhaseAdmin(HeldWhileSaving, ClinicModelAdmin):
    clinic_path = "version__template__clinic"
    form = TemplatePhaseForm
    inlines = (TemplateItemInline,)
    list_display = ("code", "version", "position", "starts_on_day", "days")
    search_fields = ("code", "version__template__code")
    list_select_related = ("version__template",)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """A phase stays with its version."""
        own = super().get_readonly_fields(request, obj)
        return own if obj is None else (*own, "version")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "version":
            field.queryset = field.queryset.filter(state=ReviewState.DRAFT)
        return field

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _is_draft(obj.version))

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        review.note_writer(version=obj.version, by=request.user, now=timezone.now())


class ProtectingAdmin(ReviewedAdmin):
    """What protects patients: two people take it out of use."""

    actions = (*REVIEW_STEPS, PROPOSE)

    def get_queryset(self, request: Any) -> Any:
        waiting = Retirement.objects.waiting().filter(**{retire.FIELDS[self.model]: OuterRef("pk")})
        return super().get_queryset(request).annotate(is_proposed=Exists(waiting))

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def stands(self, version: Any) -> str:
        state = str(version.get_state_display())
        return _("%(state)s, proposed to retire") % {"state": state} if version.is_proposed else state


@admin.register(SafetyRule, site=clinic_admin)
class SafetyRuleAdmin(ProtectingAdmin):
    form = SafetyRuleForm
    list_display = ("code", "number", "stands", "severity", "message")
    list_filter: ClassVar[tuple[str, ...]] = ("state", "severity")
    search_fields = ("code", "message")


@admin.register(RedFlag, site=clinic_admin)
class RedFlagAdmin(ProtectingAdmin):
    form = RedFlagForm
    list_display = ("clinician_label", "number", "stands", "urgency", "asked")
    search_fields = ("code", "clinician_label")


@admin.register(Component, site=clinic_admin)
class ComponentAdmin(KnownByName, ClinicModelAdmin):
    list_display = ("code", "category")
    list_filter = ("category",)
    search_fields = ("code",)


@admin.register(Template, site=clinic_admin)
class TemplateAdmin(KnownByName, ClinicModelAdmin):
    list_display = ("code",)
    search_fields = ("code",)


@admin.register(Source, site=clinic_admin)
class SourceAdmin(KnownByName, ClinicModelAdmin):
    list_display = ("code", "title", "publisher")
    search_fields = ("code", "title")


@admin.register(Retirement, site=clinic_admin)
class RetirementAdmin(ClinicModelAdmin):
    """Read only: retirements come from the lists of what is retired, and end by the steps of this one."""

    actions: Any = RETIREMENT_STEPS
    list_display = ("what", "stands", "reason", "people", "proposed_at")
    # What waits comes first.
    ordering = (
        F("confirmed_at").asc(nulls_first=True),
        F("withdrawn_at").asc(nulls_first=True),
        "-proposed_at",
    )
    list_select_related = ("proposed_by", "confirmed_by", "withdrawn_by", "safety_rule", "red_flag")
    search_fields = ("reason",)

    def get_queryset(self, request: Any) -> Any:
        targets = ("component_version__component", "template_version__template")
        return super().get_queryset(request).select_related(*targets)

    def get_actions(self, request: Any) -> Any:
        return allowed(self.actions, request)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("What"))
    def what(self, retirement: Retirement) -> str:
        version = retirement.version
        return f"{capfirst(version._meta.verbose_name)}: {version} ({version.number})"

    @admin.display(description=gettext_lazy("Where it stands"))
    def stands(self, retirement: Retirement) -> str:
        return stands(retirement)

    @admin.display(description=gettext_lazy("Who"))
    def people(self, retirement: Retirement) -> str:
        ended = retirement.confirmed_by or retirement.withdrawn_by
        names = dict.fromkeys(one.name for one in (retirement.proposed_by, ended) if one)
        return ", ".join(names)
