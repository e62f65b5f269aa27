"""Why a handout could not be made, in sentences that say what to do."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Failure(TextChoices):
    TOO_SLOW = (
        "too_slow",
        _("Making the handout took too long and was stopped. Try again; if it stays so, shorten the plan."),
    )
    TOO_BIG = "too_big", _("The handout is too large to be made. Shorten the plan and publish it again.")
    MISSING_LETTER = (
        "missing_letter",
        _(
            "The plan holds a letter or sign that no font on this computer can print. Install its font, or write it otherwise."
        ),
    )
    MISSING_PART = (
        "missing_part",
        _("A picture or font of the handout could not be read. Ask whoever looks after Careplans."),
    )
    ALTERED = (
        "altered",
        _(
            "The stored plan is not what was published, so no handout is made of it. Tell whoever looks after Careplans at once."
        ),
    )
    BROKEN = (
        "broken",
        _("The handout could not be made. Try again; if it stays so, ask whoever looks after Careplans."),
    )
