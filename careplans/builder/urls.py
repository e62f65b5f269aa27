from django.urls import path

from careplans.builder.views import dates, desk, items, plan, publish, upkeep

urlpatterns = [
    path("patients/<uuid:pk>/plans/new/", plan.plan_start, name="plan-start"),
    path("plans/<uuid:pk>/", plan.plan_detail, name="plan-detail"),
    path("plans/<uuid:pk>/build/", desk.plan_build, name="plan-build"),
    path("plans/<uuid:pk>/dates/", dates.plan_dates, name="plan-dates"),
    path("plans/<uuid:pk>/components/", items.component_find, name="component-find"),
    path("plans/<uuid:pk>/items/add/", items.item_add, name="item-add"),
    path("plans/<uuid:pk>/items/<uuid:key>/", items.item_edit, name="item-edit"),
    path("plans/<uuid:pk>/items/<uuid:key>/remove/", items.item_remove, name="item-remove"),
    path("plans/<uuid:pk>/items/<uuid:key>/move/", items.item_move, name="item-move"),
    path(
        "plans/<uuid:pk>/phases/<uuid:phase_pk>/check-ins/", publish.phase_check_ins, name="phase-check-ins"
    ),
    path("plans/<uuid:pk>/findings/", publish.finding_decide, name="finding-decide"),
    path("plans/<uuid:pk>/preview.pdf", publish.plan_preview, name="plan-preview"),
    path("plans/<uuid:pk>/publish/", publish.plan_publish, name="plan-publish"),
    path("plans/<uuid:pk>/discard/", plan.draft_discard, name="draft-discard"),
    path("plans/<uuid:pk>/revise/", plan.plan_revise, name="plan-revise"),
    path("plans/<uuid:pk>/without/<uuid:component_pk>/", upkeep.plan_without, name="plan-without"),
    path("plans/<uuid:pk>/end/", plan.plan_end, name="plan-end"),
]
