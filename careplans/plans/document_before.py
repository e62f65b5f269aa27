"""Reading what was stored under an older schema number. The stored version itself never changes. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any


def from_schema_1(data: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 froze no courses: readers counted from the first day of the phase.

    A first version told of nothing before it was published, so its courses begin no earlier than that. In a later
    version nobody knows when an item came in; the first day of its phase is the earliest it can have been, so that
    nothing is given for longer than was decided.
    """
    published_on = _day(data["published_on"])
    phases = []
    for phase in data["phases"]:
        begins = _day(phase["starts_on"])
        if data["version_number"] == 1 and _day(phase["ends_on"]) >= published_on:
            begins = max(begins, published_on)
        phases.append({**phase, "items": [_with_course(item, begins) for item in phase["items"]]})
    return {**data, "schema_number": 2, "phases": phases}


def _with_course(item: dict[str, Any], begins: date) -> dict[str, Any]:
    days = item["dose"].get("course_days") or item["dose"].get("for_days")
    if not days:
        return item
    return {**item, "course": {"starts_on": begins, "ends_on": begins + timedelta(days=days - 1)}}


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
