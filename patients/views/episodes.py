from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.once import once
from careplans.core.refusals import Refusal
from patients.changing import RecordChanged
from patients.episodes import FIELDS
from patients.forms import EpisodeForm
from patients.models import Episode
from patients.presenters import patient_url
from patients.services import change_episode, close_episode, open_episode
from patients.views.common import note_look, page_context, patient_of, today_at, typed_in
from patients.views.stale import render_stale, version_seen


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_CLINICAL)
@once
def episode_add(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down why the patient comes this time."""
    patient = patient_of(request, pk)
    now = note_look(request, patient, "patient.episodes_looked_at")
    form = EpisodeForm(typed_in(request), birth_date=patient.birth_date, today=today_at(request))
    if request.method == "POST" and form.is_valid():
        try:
            open_episode(patient=patient, **form.episode, by=request.user, now=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The episode is recorded."))
            return redirect(patient_url(patient))
    context = page_context(request, patient, title=_("Add an episode"), form=form)
    return render(request, "patients/episode_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_CLINICAL)
def episode_edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Correct an episode."""
    episode = _episode_of(request, pk)
    patient = episode.patient
    now = note_look(request, patient, "episode.looked_at", episode)
    initial = {name: getattr(episode, name) for name in FIELDS}
    form = EpisodeForm(
        typed_in(request), initial=initial, birth_date=patient.birth_date, today=today_at(request)
    )
    context = page_context(request, patient, title=_("Change the episode"), form=form, episode=episode)
    context["version"] = episode.version
    if request.method == "POST" and form.is_valid():
        version = version_seen(request)
        try:
            change_episode(episode=episode, version=version, fields=form.episode, by=request.user, now=now)
        except RecordChanged as stale:
            return render_stale(request, "patients/episode_form.html", context, stale)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(patient_url(patient))
    return render(request, "patients/episode_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_CLINICAL)
def episode_close(request: StaffRequest, pk: UUID) -> HttpResponse:
    """End an episode: what it was about is settled."""
    episode = _episode_of(request, pk)
    now = note_look(request, episode.patient, "episode.looked_at", episode)
    if request.method == "POST":
        try:
            close_episode(episode=episode, by=request.user, now=now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The episode is closed."))
        return redirect(patient_url(episode.patient))
    context = page_context(request, episode.patient, title=_("Close the episode"), episode=episode)
    return render(request, "patients/episode_close.html", context)


def _episode_of(request: StaffRequest, pk: UUID) -> Episode:
    return get_object_or_404(Episode.objects.of(request.clinic), pk=pk)
