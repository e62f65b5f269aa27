from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "careplans.core"

    def ready(self) -> None:
        # What a form says of an empty field that has no better words of its own.
        Field.default_error_messages["required"] = _("Please fill this in.")
