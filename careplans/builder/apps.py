from django.apps import AppConfig


class BuilderConfig(AppConfig):
    name = "careplans.builder"
