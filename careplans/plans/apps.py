from django.apps import AppConfig

from careplans.library.known_facts import say_facts
from patients.facts import FactCode


class PlansConfig(AppConfig):
    name = "careplans.plans"

    def ready(self) -> None:
        """Plans join patients and library: from here on rules may ask for what can be recorded."""
        say_facts({fact.value: fact.label for fact in FactCode})
