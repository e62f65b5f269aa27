from django.urls import URLPattern, URLResolver, path

from careplans.worklist.views.patient import patient_answers, patient_detail
from careplans.worklist.views.worklist import worklist

urlpatterns: list[URLPattern | URLResolver] = [
    path("worklist/", worklist, name="worklist"),
    path("patients/<uuid:pk>/", patient_detail, name="patient-detail"),
    path("patients/<uuid:pk>/answers/", patient_answers, name="patient-answers"),
]
