"""A workshop with two models in it, for the tests of the base classes: the addresses of a site of its own."""

from __future__ import annotations

from django.urls import include, path

from careplans.accounts.admin_site import ClinicAdminSite, ClinicInline, ClinicModelAdmin
from careplans.library.models import Component, ComponentVersion, Source
from careplans.urls import urlpatterns as all_urls

site = ClinicAdminSite(name="admin")


class SourceAdmin(ClinicModelAdmin):
    list_display = ("code", "title")
    search_fields = ("code", "title")


class VersionAdmin(ClinicModelAdmin):
    clinic_path = "component__clinic"
    fields = ("component", "author", "review_due_on")
    autocomplete_fields = ()


class VersionInline(ClinicInline):
    model = ComponentVersion
    clinic_path = "component__clinic"
    fields = ("author", "review_due_on")


class ComponentAdmin(ClinicModelAdmin):
    inlines = (VersionInline,)
    search_fields = ("code",)


site.register(Source, SourceAdmin)
site.register(Component, ComponentAdmin)
site.register(ComponentVersion, VersionAdmin)

urlpatterns = [
    path("admin/", site.urls),
    path("", include([one for one in all_urls if "admin" not in str(one.pattern)])),
]
