"""Safety rules as they are written."""

from __future__ import annotations

from typing import Any

from careplans.accounts.models import Clinic
from careplans.library.edit_rule import RuleSays
from careplans.library.models import SafetyRule, Source
from tests.make.plans import make_library


def rule_of(clinic: Clinic, code: str) -> SafetyRule:
    """The first version of a rule of the starter library."""
    make_library(clinic)
    return SafetyRule.objects.get(clinic=clinic, code=code, number=1)


def rule_says(clinic: Clinic, **given: Any) -> RuleSays:
    make_library(clinic)
    says: dict[str, Any] = {
        "name": "Heat and glaucoma",
        "components": [],
        "tags": ["heat"],
        "when": [{"kind": "fact", "any_of": ["glaucoma"]}],
        "severity": "caution",
        "message": "Glaucoma: no heat near the eyes.",
        "instead": "",
        "source": Source.objects.filter(clinic=clinic, code="usual-safety").get(),
    }
    return RuleSays(**(says | given))
