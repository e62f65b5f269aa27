"""Sentences for staff about alerts and answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from careplans.checkins.models import Alert, Answer
from careplans.checkins.questions import Barrier, SideEffect
from careplans.checkins.scoring import SINCE_FIRST, SINCE_LAST

Tier = Alert.Tier


def alert_sentence(alert: Alert, answer: Answer | None, flag_labels: Mapping[str, str]) -> str:
    """Why this alert stands, in one line; ``flag_labels`` are the clinician's names of red flags by code."""
    causes = list(alert.causes)
    if alert.tier == Tier.RED_FLAG:
        return joined(flag_labels.get(code, plain(code)) for code in causes)
    if alert.tier == Tier.SIDE_EFFECT:
        return joined(side_effect_labels(causes))
    if alert.tier == Tier.THRESHOLD:
        return pain_words(answer)
    if alert.tier == Tier.WORSENING:
        return _worse_words(answer, causes)
    return {
        Tier.WANTS_CALL: _("Asks to be called back"),
        Tier.SILENCE: _("Did not answer the last two check-ins"),
    }.get(Tier(alert.tier), "")


def side_effect_labels(codes: Iterable[str]) -> list[str]:
    known = {str(value): str(label) for value, label in SideEffect.choices}
    return [known.get(code, plain(code)) for code in codes]


def barrier_labels(codes: Iterable[str]) -> list[str]:
    known = {str(value): str(label) for value, label in Barrier.choices}
    return [known.get(code, plain(code)) for code in codes]


def pain_words(answer: Answer | None) -> str:
    if answer is None or answer.pain_now is None:
        return _("Pain has risen")
    if answer.pain_worst is None:
        return _("Pain %(now)d of 10") % {"now": answer.pain_now}
    return _("Pain %(now)d of 10, worst %(worst)d") % {"now": answer.pain_now, "worst": answer.pain_worst}


def _worse_words(answer: Answer | None, causes: Iterable[str]) -> str:
    pain = {"now": answer.pain_now if answer else None}
    since = set(causes)
    if since >= {SINCE_FIRST, SINCE_LAST}:
        return _("Pain %(now)s of 10, more than at the start and than last time") % pain
    if SINCE_FIRST in since:
        return _("Pain %(now)s of 10, more than at the start") % pain
    return _("Pain %(now)s of 10, more than last time") % pain


def joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def plain(code: str) -> str:
    """A code nobody has a label for any more, made readable."""
    return code.replace("_", " ").replace("-", " ").capitalize()
