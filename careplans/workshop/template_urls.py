"""Addresses of templates: read, edited, previewed."""

from __future__ import annotations

from django.urls import URLPattern, path

from careplans.workshop.views import (
    template_editor,
    template_items,
    template_phases,
    template_preview,
    templates,
)

VERSION = "library/templates/<uuid:template>/<int:number>/"
EDIT = f"{VERSION}edit/"

urlpatterns: list[URLPattern] = [
    path("library/templates/", templates.template_list, name="template-list"),
    path("library/templates/new/", templates.template_new, name="template-new"),
    path("library/templates/<uuid:pk>/", templates.template_detail, name="template-detail"),
    path("library/templates/<uuid:pk>/copy/", templates.template_copy, name="template-copy"),
    path(VERSION, templates.template_version, name="template-version"),
    path(f"{VERSION}preview/", template_preview.template_preview, name="template-preview"),
    path(f"{VERSION}preview.pdf", template_preview.template_preview_pdf, name="template-preview-pdf"),
    path(EDIT, template_editor.template_edit, name="template-edit"),
    path(f"{EDIT}general/", template_phases.template_general, name="template-general"),
    path(f"{EDIT}components/", template_items.template_find, name="template-find"),
    path(f"{EDIT}phases/add/", template_phases.template_phase_add, name="template-phase-add"),
    path(f"{EDIT}phases/<uuid:phase>/", template_phases.template_phase, name="template-phase"),
    path(
        f"{EDIT}phases/<uuid:phase>/remove/",
        template_phases.template_phase_remove,
        name="template-phase-remove",
    ),
    path(f"{EDIT}phases/<uuid:phase>/move/", template_phases.template_phase_move, name="template-phase-move"),
    path(f"{EDIT}items/add/", template_items.template_item_add, name="template-item-add"),
    path(f"{EDIT}items/<uuid:item>/", template_items.template_item, name="template-item"),
    path(
        f"{EDIT}items/<uuid:item>/remove/", template_items.template_item_remove, name="template-item-remove"
    ),
    path(f"{EDIT}items/<uuid:item>/move/", template_items.template_item_move, name="template-item-move"),
]
