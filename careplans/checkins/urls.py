"""Addresses of the check-ins room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from careplans.checkins.views.alert import alert_acknowledge, alert_detail, alert_resolve
from careplans.checkins.views.check_in import (
    check_in,
    check_in_confirm,
    check_in_link,
    check_in_more,
    check_in_thanks,
)
from careplans.checkins.views.my_plan import my_plan, my_plan_confirm, plan_link
from careplans.checkins.views.new_link import new_link
from careplans.checkins.views.phone import check_in_phone
from careplans.checkins.views.send_now import check_in_send_now

urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<str:token>/", check_in_link, name="check-in-link"),
    path("check-in/", check_in, name="check-in"),
    path("check-in/confirm/", check_in_confirm, name="check-in-confirm"),
    path("check-in/more/", check_in_more, name="check-in-more"),
    path("check-in/thanks/", check_in_thanks, name="check-in-thanks"),
    path("check-in/new-link/", new_link, name="new-link"),
    path("p/<str:token>/", plan_link, name="plan-link"),
    path("my-plan/", my_plan, name="my-plan"),
    path("my-plan/confirm/", my_plan_confirm, name="my-plan-confirm"),
    path("alerts/<uuid:pk>/", alert_detail, name="alert-detail"),
    path("alerts/<uuid:pk>/acknowledge/", alert_acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:pk>/resolve/", alert_resolve, name="alert-resolve"),
    path("check-ins/<uuid:pk>/phone/", check_in_phone, name="check-in-phone"),
    path("check-ins/<uuid:pk>/send-now/", check_in_send_now, name="check-in-send-now"),
]
