from django.apps import AppConfig


class HandoutsConfig(AppConfig):
    name = "careplans.handouts"
