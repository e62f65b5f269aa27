"""Refusals: what a verb raises when it will not do as asked. The message may be read by a clinician."""

from __future__ import annotations


class Refusal(Exception):
    """Something was asked that the rules of the domain do not allow; ``str()`` says why and what to do."""


class StaleChange(Refusal):
    """Somebody else changed the same record meanwhile; nothing was written."""
