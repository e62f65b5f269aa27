"""The red flags that come with the product. A clinic may say them in other words, but not leave one out."""

from __future__ import annotations

from functools import cache

from careplans.accounts.models import Clinic
from careplans.library.load import STARTER_FOLDER
from careplans.library.models import RedFlag, ReviewState
from careplans.library.starter_schema import RedFlagFile, read_red_flags


@cache
def shipped_red_flags() -> tuple[RedFlagFile, ...]:
    """Read once a process, from the one file."""
    return read_red_flags(STARTER_FOLDER)


def missing_red_flags(clinic: Clinic) -> list[str]:
    """Those the clinic has no approved version of, or asks of fewer patients: no check-in would find them."""
    approved = RedFlag.objects.filter(clinic=clinic, state=ReviewState.APPROVED)
    asked = dict(approved.order_by().values_list("code", "asked"))
    return [
        flag.clinician_label
        for flag in shipped_red_flags()
        if asked.get(flag.code) not in (RedFlag.Asked.ALWAYS, flag.asked)
    ]
