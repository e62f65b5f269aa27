from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "careplans.core"
