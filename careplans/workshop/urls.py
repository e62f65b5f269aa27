"""Addresses of the workshop: each group of pages brings its own."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.workshop import copy_urls, picture_urls, rule_urls, template_urls, translation_urls
from careplans.workshop.views import (
    asked,
    comparing,
    component_edit,
    finding,
    reading,
    reviews,
    steps,
    updates,
    use,
)

# A step of the life of one version of any kind; ``kinds.KINDS`` has the words for <kind>.
VERSION = "library/versions/<str:kind>/<uuid:pk>"

review_urls: list[URLPattern | URLResolver] = [
    path("reviews/", reviews.review_list, name="review-list"),
    path("reviews/approve/", reviews.reviews_approve, name="reviews-approve"),
    path(f"{VERSION}/start/", steps.version_start, name="version-start"),
    path(f"{VERSION}/submit/", steps.version_submit, name="version-submit"),
    path(f"{VERSION}/approve/", steps.version_approve, name="version-approve"),
    path(f"{VERSION}/comment/", steps.version_comment, name="version-comment"),
    path(f"{VERSION}/send-back/", asked.version_send_back, name="version-send-back"),
    path(f"{VERSION}/retire/", asked.version_retire, name="version-retire"),
    path(f"{VERSION}/drop/", asked.version_drop, name="version-drop"),
    path(f"{VERSION}/propose/", asked.version_propose, name="version-propose"),
    path(f"{VERSION}/keep/", asked.version_keep, name="version-keep"),
    path(f"{VERSION}/ask-recall/", asked.version_ask_recall, name="version-ask-recall"),
    path("library/retirements/<uuid:pk>/confirm/", asked.retirement_confirm, name="retirement-confirm"),
    path("library/retirements/<uuid:pk>/withdraw/", steps.retirement_withdraw, name="retirement-withdraw"),
]

compare_urls: list[URLPattern | URLResolver] = [
    path(
        "library/templates/<uuid:pk>/compare/<int:old>/<int:new>/",
        comparing.template_compare,
        name="template-compare",
    ),
    path(
        "library/rules/<uuid:pk>/compare/<uuid:new>/",
        comparing.rule_compare,
        name="rule-compare",
    ),
    path(
        "library/red-flags/<uuid:pk>/compare/<uuid:new>/",
        comparing.red_flag_compare,
        name="red-flag-compare",
    ),
]

# A version of a component, by the number people know it by.
COMPONENT = "library/components/<uuid:pk>/<int:number>"

component_urls: list[URLPattern | URLResolver] = [
    path("library/", finding.library, name="library"),
    path("library/components/<uuid:pk>/", reading.component_detail, name="component-detail"),
    path(f"{COMPONENT}/", reading.component_version, name="component-version"),
    path(
        "library/components/<uuid:pk>/compare/<int:old>/<int:new>/",
        comparing.component_compare,
        name="component-compare",
    ),
    path("library/components/new/", component_edit.component_new, name="component-new"),
    path(f"{COMPONENT}/edit/", component_edit.component_edit, name="component-edit"),
    path(f"{COMPONENT}/live/", component_edit.component_live, name="component-live"),
    path(f"{COMPONENT}/dose/", component_edit.component_dose, name="component-dose"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *review_urls,
    *compare_urls,
    *component_urls,
    *template_urls.urlpatterns,
    *translation_urls.urlpatterns,
    *copy_urls.urlpatterns,
    *picture_urls.urlpatterns,
    *rule_urls.urlpatterns,
    path("library/components/<uuid:pk>/use/", use.component_use, name="component-use"),
    path("library/components/<uuid:pk>/recall/", use.component_recall, name="component-recall"),
    path("plans/<uuid:pk>/updates/", updates.plan_updates, name="plan-updates"),
]
