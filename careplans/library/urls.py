from django.urls import path

from careplans.library import views

urlpatterns = [
    path("library/rules/", views.rule_list, name="rule-list"),
]
