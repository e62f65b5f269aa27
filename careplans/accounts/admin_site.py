"""Django's admin, narrowed to one clinic: everybody sees and changes only what belongs to their own.

Rooms register their models on ``clinic_admin`` with a subclass of ``ClinicModelAdmin``. What a role may do comes from
the same table as everywhere else; Django's own permissions and the ``is_staff`` flag are not asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from careplans.accounts.authorise import note_denied
from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Permission
from careplans.accounts.selectors import people_of
from careplans.audit.record import record_change

if TYPE_CHECKING:  # Django's classes take no type argument when they run
    _ModelAdmin = admin.ModelAdmin[Any]
    _Inline = admin.StackedInline[Any, Any]
else:
    _ModelAdmin, _Inline = admin.ModelAdmin, admin.StackedInline

ENTRANCE = frozenset({Permission.EDIT_LIBRARY, Permission.REVIEW_LIBRARY, Permission.MANAGE_CLINIC})
# "view_on_site" redirects to any object of any clinic by its number, so it is left out.
LEFT_OUT = frozenset({"view_on_site"})


class ClinicAdminSite(admin.AdminSite):
    site_header = _("Library workshop")
    site_title = _("Careplans")
    index_title = _("What your clinic's plans are made of")
    site_url = "/"
    enable_nav_sidebar = True

    def has_permission(self, request: Any) -> bool:
        return bool(request.user.is_authenticated and ENTRANCE & request.permissions)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Signed in without the right is 403 here as everywhere, not a second sign-in page."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                note_denied(request, Permission.EDIT_LIBRARY)
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        guarded.csrf_exempt = getattr(inner, "csrf_exempt", False)  # type: ignore[attr-defined]  # kept as Django set it
        return guarded

    def get_urls(self) -> list[Any]:
        found: list[URLPattern | URLResolver] = super().get_urls()
        return [one for one in found if getattr(one, "name", None) not in LEFT_OUT]

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        where = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': where})}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account")


clinic_admin = ClinicAdminSite(name="admin")


class OfClinic:
    """For pages and inlines alike: rows and choices of the current clinic only."""

    # The lookup from the model to its clinic, e.g. "component__clinic". Empty: shared by all, so read only.
    clinic_path: ClassVar[str] = "clinic"
    see_with: ClassVar[Permission] = Permission.SEE_LIBRARY
    change_with: ClassVar[Permission] = Permission.EDIT_LIBRARY

    def get_queryset(self, request: Any) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]  # mixed into admin classes only
        return rows.filter(**{self.clinic_path: request.clinic}) if self.clinic_path else rows

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs["queryset"] = choices_of(db_field.remote_field.model, request, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs["queryset"] = choices_of(db_field.remote_field.model, request, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def has_module_permission(self, request: Any) -> bool:
        return bool({self.see_with, self.change_with} & request.permissions)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(self.clinic_path) and self.change_with in request.permissions

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(self.clinic_path) and self.change_with in request.permissions

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nothing clinical is deleted: it is retired."""
        return False


def choices_of(model: type[models.Model], request: Any, site: admin.AdminSite) -> Any:
    """What a relation may point to: rows of the clinic by the model's own admin, or by its ``clinic``; else none."""
    registered = site._registry.get(model)
    if registered is not None:
        return registered.get_queryset(request)
    if model is User:
        return people_of(request.clinic)
    names = {field.name for field in model._meta.get_fields()}
    manager = model._default_manager
    return manager.filter(clinic=request.clinic) if "clinic" in names else manager.none()


def form_of_clinic(base: type[forms.ModelForm[Any]], clinic: Clinic) -> type[forms.ModelForm[Any]]:
    class FormOfClinic(base):  # type: ignore[misc, valid-type]  # made from what the admin built
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.instance.clinic = clinic

        def _get_validation_exclusions(self) -> set[str]:
            return set(super()._get_validation_exclusions()) - {"clinic"}

    return FormOfClinic


class ClinicModelAdmin(OfClinic, _ModelAdmin):
    """Base of every page in the workshop. New rows belong to the clinic, every save is in the audit trail."""

    actions: Any = None
    save_on_top = False
    show_full_result_count = False

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """A list is called what it lists."""
        title = capfirst(self.model._meta.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def get_exclude(self, request: Any, obj: Any = None) -> Any:
        """The clinic is never a choice."""
        own = tuple(super().get_exclude(request, obj) or ())
        return (*own, "clinic") if self.clinic_path == "clinic" else own

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The clinic is known before the form is checked, so that a code used twice is an error beside its field."""
        base = super().get_form(request, obj, change=change, **kwargs)
        return form_of_clinic(base, request.clinic) if self.clinic_path == "clinic" else base

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Filters by address go no further than Django's own lists, and never through the clinic."""
        return "clinic" not in lookup and super().lookup_allowed(lookup, value, request)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            record_change(
                by=request.user,
                action=f"{obj._meta.model_name}.{'changed' if change else 'created'}_in_workshop",
                subject=obj,
                now=timezone.now(),
                clinic_id=request.clinic.pk,
                details={"fields": sorted(form.changed_data)},
            )


class ClinicInline(OfClinic, _Inline):
    """Rows within a page of the workshop; give ``clinic_path`` through the parent."""

    extra = 0
