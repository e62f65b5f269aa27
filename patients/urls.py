from django.urls import URLPattern, URLResolver, path

from patients.views.edit import patient_edit
from patients.views.episodes import episode_add, episode_close, episode_edit
from patients.views.facts import fact_withdraw, patient_facts
from patients.views.list import patient_list
from patients.views.register import patient_register

urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/", patient_list, name="patient-list"),
    path("patients/register/", patient_register, name="patient-register"),
    path("patients/<uuid:pk>/edit/", patient_edit, name="patient-edit"),
    path("patients/<uuid:pk>/facts/", patient_facts, name="patient-facts"),
    path("patients/<uuid:pk>/episodes/add/", episode_add, name="episode-add"),
    path("patients/facts/<uuid:pk>/withdraw/", fact_withdraw, name="fact-withdraw"),
    path("patients/episodes/<uuid:pk>/edit/", episode_edit, name="episode-edit"),
    path("patients/episodes/<uuid:pk>/close/", episode_close, name="episode-close"),
]
