"""Behind the QR code of the handout: the open check-in, or when the next one comes and what to do until then."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from careplans.checkins import doors
from careplans.checkins.doors import PLAN_PURPOSE
from careplans.checkins.form_names import FIELD, YEAR_FOR_PLAN, name_form, read_name
from careplans.checkins.schedule import LINK_PURPOSE
from careplans.checkins.selectors import (
    has_plan_ended_long_ago,
    newest_open,
    newest_version,
    next_planned,
    plan_of_version,
    version_behind,
)
from careplans.checkins.views.confirm import ask_for_year
from careplans.checkins.views.patient_page import link_closed, patient_page, show, without_referrer
from careplans.plans.models import Plan


@patient_page
@require_safe
def plan_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the token of the handout for a cookie and an address without it."""
    version = version_behind(token)
    response = without_referrer(redirect("my-plan"))
    if version is None:
        doors.forget_link(response, purpose=PLAN_PURPOSE)
    else:
        doors.remember_link(response, purpose=PLAN_PURPOSE, pk=version.pk)
    return response


@patient_page
@require_http_methods(["GET", "HEAD", "POST"])
def my_plan_confirm(request: HttpRequest) -> HttpResponse:
    """Year of birth, of the patient whose page was open when it was sent."""
    named = read_name(YEAR_FOR_PLAN, request.POST.get(FIELD, ""))
    version_id = named.pk if named else doors.linked(request, purpose=PLAN_PURPOSE)
    plan = plan_of_version(version_id) if version_id else None
    if plan is None or version_id is None:
        return link_closed(request)
    if has_plan_ended_long_ago(plan, timezone.now()):
        return _ended(request, plan)
    door = doors.Door(
        about=f"plan:{plan.pk}",
        purpose=PLAN_PURPOSE,
        pk=version_id,
        form_name=name_form(YEAR_FOR_PLAN, version_id),
        patient=plan.patient,
        clinic=plan.clinic,
        language=newest_version(plan).document.language,
        leads_to=reverse("my-plan"),
    )
    return ask_for_year(request, door)


@patient_page
@require_safe
def my_plan(request: HttpRequest) -> HttpResponse:
    """Never the plan itself, which is on the handout: only what comes next and what to do when it gets worse."""
    plan = _linked(request)
    if plan is None:
        return link_closed(request)
    if has_plan_ended_long_ago(plan, timezone.now()):
        return _ended(request, plan)
    if not doors.is_confirmed(request, plan.patient):
        return redirect("my-plan-confirm")
    open_one = newest_open(plan, timezone.now())
    if open_one is not None:
        response = redirect("check-in")
        doors.remember_link(response, purpose=LINK_PURPOSE, pk=open_one.pk)
        return response
    document = newest_version(plan).document
    context = {
        "is_running": plan.state == Plan.State.ACTIVE,
        "next": next_planned(plan) if plan.state == Plan.State.ACTIVE else None,
        "is_mailed": plan.patient.can_be_mailed,
        "red_flags": document.red_flags,
    }
    return show(request, "checkins/my_plan.html", context, clinic=plan.clinic, language=document.language)


def _ended(request: HttpRequest, plan: Plan) -> HttpResponse:
    language = newest_version(plan).document.language
    return link_closed(request, clinic=plan.clinic, language=language, plan_id=plan.pk)


def _linked(request: HttpRequest) -> Plan | None:
    pk = doors.linked(request, purpose=PLAN_PURPOSE)
    return plan_of_version(pk) if pk else None
