"""Red flags as they are written."""

from __future__ import annotations

from typing import Any

from careplans.accounts.models import Clinic
from careplans.library.edit_red_flag import RedFlagSays
from careplans.library.models import RedFlag, Source
from tests.make.plans import make_library


def flag_of(clinic: Clinic, code: str = "saddle_numbness") -> RedFlag:
    """The first version of a red flag of the starter library."""
    make_library(clinic)
    return RedFlag.objects.get(clinic=clinic, code=code, number=1)


def flag_says(clinic: Clinic, **given: Any) -> RedFlagSays:
    make_library(clinic)
    says: dict[str, Any] = {
        "name": "swollen calf",
        "clinician_label": "Possible deep-vein thrombosis",
        "asked": "always",
        "urgency": "call_today",
        "position": 40,
        "source": Source.objects.filter(clinic=clinic, code="usual-safety").get(),
        "question": "Is one calf swollen and sore?",
        "sign": "One calf swollen and sore",
        "what_to_do": "Call us today. Do not rub the leg.",
    }
    return RedFlagSays(**(says | given))
