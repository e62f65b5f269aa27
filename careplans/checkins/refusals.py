"""What this room refuses; the messages are read by clinicians or patients."""

from __future__ import annotations

from careplans.core.refusals import Refusal, StaleChange


class CheckInNotOpen(Refusal):
    """The check-in is not waiting for an answer: not asked yet, over, or its plan has ended."""


class AlreadyAnswered(Refusal):
    """The answer is there already; nothing was written a second time."""


class AnswerNotUsable(Refusal):
    """The answer holds something that was not asked or lies outside its scale."""


class AlertMoved(StaleChange):
    """Somebody else acknowledged or resolved the alert first."""


class AlertNotReady(Refusal):
    """The step is not possible yet, or its reason is missing."""
