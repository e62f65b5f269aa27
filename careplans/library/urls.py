from django.urls import path

from careplans.library import views

urlpatterns = [
    path("library/", views.library, name="library"),
    path("library/components/<uuid:pk>/", views.component_detail, name="component-detail"),
    path("library/rules/", views.rule_list, name="rule-list"),
]
