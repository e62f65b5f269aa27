from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "careplans.worklist"
