"""What else comes of taking something out of use."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from careplans.library.models import RedFlag
from careplans.library.shipped import shipped_red_flags


def consequences(version: Any) -> list[str]:
    """For the page that asks; empty where nothing more follows."""
    shipped = {flag.code for flag in shipped_red_flags()}
    if not isinstance(version, RedFlag) or version.code not in shipped:
        return []
    return [
        _(
            "This red flag comes with Careplans. While it is out of use, your clinic cannot publish any plan; what patients have already is not changed."
        )
    ]
