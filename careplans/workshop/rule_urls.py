"""Addresses of safety rules with their test bench, of red flags, and of sources."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.workshop.views import bench, red_flags, rules, sources

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/rules/", rules.rule_list, name="rule-list"),
    path("library/rules/new/", rules.rule_new, name="rule-new"),
    path("library/rules/said/", rules.rule_said, name="rule-said"),
    path("library/rules/bench/", bench.rule_bench, name="rule-bench"),
    path("library/rules/<uuid:pk>/", rules.rule_detail, name="rule-detail"),
    path("library/rules/<uuid:pk>/edit/", rules.rule_edit, name="rule-edit"),
    path("library/red-flags/", red_flags.red_flag_list, name="red-flag-list"),
    path("library/red-flags/new/", red_flags.red_flag_new, name="red-flag-new"),
    path("library/red-flags/asked/", red_flags.red_flag_asked, name="red-flag-asked"),
    path("library/red-flags/<uuid:pk>/", red_flags.red_flag_detail, name="red-flag-detail"),
    path("library/red-flags/<uuid:pk>/edit/", red_flags.red_flag_edit, name="red-flag-edit"),
    path("library/sources/", sources.source_list, name="source-list"),
    path("library/sources/new/", sources.source_new, name="source-new"),
    path("library/sources/<uuid:pk>/", sources.source_detail, name="source-detail"),
    path("library/sources/<uuid:pk>/edit/", sources.source_edit, name="source-edit"),
]
