"""Phases: each begins where the one before ends, so a longer one moves those that come after it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.core.text import plain_line
from careplans.library import whole
from careplans.library.edit_template.general import CODE_LENGTH, free_code
from careplans.library.edit_template.order import lay_phases
from careplans.library.edit_template.told import changed, note
from careplans.library.models import PhaseStart, TemplateItem, TemplatePhase, TemplateVersion
from careplans.library.selectors import FALLBACK_LANGUAGE
from careplans.library.starter_schema import Criteria
from careplans.library.versions import ReviewRefusal, hold_draft

LAST_DAY = 3650
NAME_LENGTH = 120
CODE = re.compile(r"^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$")
LISTS = ("aims", "avoid", "move_on_when", "step_back_when")


@dataclass(frozen=True)
class PhaseSays:
    """What a phase says in English. ``check_in_days`` count from its first day, which is 0."""

    name: str
    days: int
    starts: str = PhaseStart.BY_DATE
    code: str = ""  # empty: made of the name when it is new, else as it was
    aims: list[str] = field(default_factory=list)
    avoid: list[str] = field(default_factory=list)
    move_on_when: list[str] = field(default_factory=list)
    step_back_when: list[str] = field(default_factory=list)
    criteria: dict[str, Any] = field(default_factory=dict)
    check_in_days: list[int] = field(default_factory=list)

    @property
    def words(self) -> dict[str, Any]:
        return {"name": self.name, **{name: list(getattr(self, name)) for name in LISTS}}


@transaction.atomic
def add_phase(
    *,
    version: TemplateVersion,
    says: PhaseSays,
    after: TemplatePhase | None,
    revision: int,
    by: User,
    now: datetime,
) -> TemplatePhase:
    """A phase behind ``after``, or as the first one."""
    draft = hold_draft(version=version, revision=revision, by=by, now=now)
    phases = list(draft.phases.all())
    places = [phase.pk for phase in phases]
    _refuse_unless_there(after, places)
    fields = _fields(says, _code_of(says, phases))
    first_day = phases[0].starts_on_day if phases else 0
    last = max((phase.position for phase in phases), default=-1)
    phase = TemplatePhase(
        version=draft, position=last + 1, starts_on_day=0, texts={FALLBACK_LANGUAGE: says.words}, **fields
    )
    phase.save()
    phases.insert(places.index(after.pk) + 1 if after else 0, phase)
    _lay(phases, first_day)
    note("phase_added", draft, by, now, title=says.name, days=says.days)
    return phase


@transaction.atomic
def change_phase(
    *, phase: TemplatePhase, says: PhaseSays, revision: int, by: User, now: datetime
) -> TemplatePhase:
    """Everything a phase says but its place and its items; those after it begin earlier or later with its length."""
    draft = hold_draft(version=phase.version, revision=revision, by=by, now=now)
    phases = list(draft.phases.all())
    first_day = phases[0].starts_on_day if phases else 0
    stored = _own(phase, phases)
    before = _as_data(stored)
    fields = _fields(says, _code_of(says, phases, stored))
    for name, value in fields.items():
        setattr(stored, name, value)
    stored.texts = {**stored.texts, FALLBACK_LANGUAGE: says.words}
    stored.save()
    _lay(phases, first_day)
    note("phase_changed", draft, by, now, title=says.name, changed=changed(before, _as_data(stored)))
    return stored


@transaction.atomic
def move_phase(
    *, phase: TemplatePhase, earlier: bool, revision: int, by: User, now: datetime
) -> TemplatePhase:
    """Change places with the phase before or after it; at the end of the row nothing happens."""
    draft = hold_draft(version=phase.version, revision=revision, by=by, now=now)
    phases = list(draft.phases.all())
    stored = _own(phase, phases)
    first_day, place = phases[0].starts_on_day, phases.index(stored)
    other = place + (-1 if earlier else 1)
    if 0 <= other < len(phases):
        phases[place], phases[other] = phases[other], phases[place]
        _lay(phases, first_day)
    note("phase_moved", draft, by, now, title=name_of(stored), place=stored.position)
    return stored


@transaction.atomic
def remove_phase(*, phase: TemplatePhase, revision: int, by: User, now: datetime) -> TemplateVersion:
    """Take a phase out of the draft, with its items. Versions that are in use keep theirs."""
    draft = hold_draft(version=phase.version, revision=revision, by=by, now=now)
    phases = list(draft.phases.all())
    stored = _own(phase, phases)
    first_day = phases[0].starts_on_day
    held = list(stored.items.select_related("component"))
    title, codes = name_of(stored), [item.component.code for item in held]
    TemplateItem.objects.filter(pk__in=[item.pk for item in held]).delete()
    phases.remove(stored)
    stored.delete()
    _lay(phases, first_day)
    note("phase_removed", draft, by, now, title=title, components=codes)
    return draft


def code_for(name: str, phases: list[TemplatePhase]) -> str:
    """The code proposed for a phase of this name."""
    return free_code(name, {phase.code for phase in phases}, "phase")


def name_of(phase: TemplatePhase) -> str:
    return str(phase.texts.get(FALLBACK_LANGUAGE, {}).get("name") or phase.code)


def _own(phase: TemplatePhase, phases: list[TemplatePhase]) -> TemplatePhase:
    """The row as it is stored now."""
    for one in phases:
        if one.pk == phase.pk:
            return one
    raise ReviewRefusal(_("That phase is no longer in this template. Here is the template as it is now."))


def _refuse_unless_there(after: TemplatePhase | None, places: list[Any]) -> None:
    if after is not None and after.pk not in places:
        raise ReviewRefusal(_("That phase is no longer in this template. Here is the template as it is now."))


def _lay(phases: list[TemplatePhase], first_day: int) -> None:
    if first_day + sum(phase.days for phase in phases) > LAST_DAY:
        raise ReviewRefusal(
            _("All phases together may have %(most)d days. Shorten one of them.") % {"most": LAST_DAY}
        )
    lay_phases(phases, first_day=first_day)


def _code_of(says: PhaseSays, phases: list[TemplatePhase], stored: TemplatePhase | None = None) -> str:
    others = [phase for phase in phases if phase is not stored]
    code = says.code or (stored.code if stored else code_for(says.name, others))
    if len(code) > CODE_LENGTH or not CODE.match(code):
        raise ReviewRefusal(_("A code has letters, digits and hyphens, such as early-mobility."))
    if code in {phase.code for phase in others}:
        raise ReviewRefusal(_("Another phase of this template has this code. Choose another one."))
    return code


def _fields(says: PhaseSays, code: str) -> dict[str, Any]:
    """What a phase stores besides its words and place; refused where plans could not use it."""
    if not plain_line(says.name) or len(says.name) > NAME_LENGTH:
        raise ReviewRefusal(_("Write a name of at most %(most)d characters.") % {"most": NAME_LENGTH})
    if says.starts not in PhaseStart.values:
        raise ReviewRefusal(_("Choose how the phase starts."))
    problems = [
        whole.problem_of_days(says.days, says.check_in_days),
        *whole.wrong_in(whole.criteria, says.criteria, _("criteria")),
    ]
    for problem in filter(None, problems):
        raise ReviewRefusal(problem)
    return {
        "code": code,
        "days": says.days,
        "starts": says.starts,
        "check_in_days": list(says.check_in_days),
        "criteria": Criteria(**says.criteria).model_dump(mode="json", exclude_none=True),
    }


def _as_data(phase: TemplatePhase) -> dict[str, Any]:
    names = ("code", "days", "starts", "check_in_days")
    criteria = Criteria(**phase.criteria).model_dump(mode="json", exclude_none=True)
    own = {name: getattr(phase, name) for name in names}
    return {**phase.texts.get(FALLBACK_LANGUAGE, {}), **own, "criteria": criteria}
