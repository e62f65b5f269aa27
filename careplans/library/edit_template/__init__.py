"""Everything that changes a template's draft. Each verb names the revision it saw; an older one is refused.

Only English is written here. Texts in other languages stay as they are, and what was approved of them is void by itself
as soon as the English says something else.
"""

from careplans.library.edit_template.general import General, change_general, new_template
from careplans.library.edit_template.items import (
    Step,
    add_item,
    change_item,
    place_item,
    remove_item,
    step_item,
)
from careplans.library.edit_template.phases import (
    LAST_DAY,
    PhaseSays,
    add_phase,
    change_phase,
    code_for,
    move_phase,
    remove_phase,
)
from careplans.library.edit_template.told import changes_since

__all__ = [
    "LAST_DAY",
    "General",
    "PhaseSays",
    "Step",
    "add_item",
    "add_phase",
    "change_general",
    "change_item",
    "change_phase",
    "changes_since",
    "code_for",
    "move_phase",
    "new_template",
    "place_item",
    "remove_item",
    "remove_phase",
    "step_item",
]
