"""What the plan verbs refuse, in words a clinician may read."""

from __future__ import annotations

from careplans.core.refusals import Refusal, StaleChange


class PlanRefusal(Refusal):
    """The plan cannot do that now."""


class StaleDraft(StaleChange):
    """Somebody else changed the draft; ``changes`` says what, in order."""

    def __init__(self, message: str, changes: tuple[str, ...]) -> None:
        super().__init__(message)
        self.changes = changes


class ImplausibleDose(PlanRefusal):
    """A dose that nobody can have meant."""


class FindingsUndecided(PlanRefusal):
    """Stops without a reason or cautions without an acknowledgement."""
