"""Why an answer, or its absence, needs a person. Pure: the order is the order of urgency."""

from __future__ import annotations

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Tier(IntegerChoices):
    RED_FLAG = 1, _("Red flag")
    THRESHOLD = 2, _("High pain")
    WORSENING = 3, _("Getting worse")
    SIDE_EFFECT = 4, _("Side effect")
    WANTS_CALL = 5, _("Wants a call")
    SILENCE = 6, _("No answer")
