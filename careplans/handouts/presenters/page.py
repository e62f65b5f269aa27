"""The whole handout as values. Texts come from the frozen document, the words between them from gettext. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from careplans.handouts.colour import Brand, brand_of
from careplans.handouts.pictures import Picture
from careplans.handouts.presenters.cards import CardGroup, anchor_of, card_groups, numbered
from careplans.handouts.presenters.courses import carried_into, is_over, last_day_in_words, over_in_words
from careplans.handouts.presenters.diary import (
    DiaryWeek,
    GlanceDay,
    diary,
    first_day,
    glance,
    medicine_ends,
)
from careplans.handouts.words import (
    date_range,
    day_month_year,
    direction_of,
    length_in_words,
    weekday_day_month,
)
from careplans.plans.document import (
    DocumentClinic,
    DocumentItem,
    DocumentPatient,
    DocumentPhase,
    DocumentRedFlag,
    PlanDocument,
)


@dataclass(frozen=True)
class PhaseRow:
    number: int
    title: str
    dose: str
    note: str
    anchor: str
    # Empty, or the sentence with its last day.
    until: str
    # Its days were over when this version was published.
    is_over: bool


@dataclass(frozen=True)
class PhaseBlock:
    number: int
    name: str
    # Empty where its words are in the language of the page.
    language: str
    dates: str
    length: str
    remark: str
    aims: tuple[str, ...]
    rows: tuple[PhaseRow, ...]
    avoid: tuple[str, ...]
    move_on_when: tuple[str, ...]
    step_back_when: tuple[str, ...]


@dataclass(frozen=True)
class FollowUp:
    day: str
    what: str


@dataclass(frozen=True)
class HandoutPage:
    language: str
    # Of title and purpose; empty where it is the language of the page.
    words_language: str
    direction: str
    brand: Brand
    clinic: DocumentClinic
    address: tuple[str, ...]
    patient: DocumentPatient
    born_on: str
    title: str
    for_patient: str
    clinician: str
    version: int
    replaces: int | None
    published_on: str
    published_at: str
    runs: str
    changes: tuple[str, ...]
    emergencies: tuple[DocumentRedFlag, ...]
    calls: tuple[DocumentRedFlag, ...]
    start: PhaseBlock
    # Empty where the week has nothing to tell: one part, and no event in it.
    glance: tuple[GlanceDay, ...]
    phases: tuple[PhaseBlock, ...]
    groups: tuple[CardGroup, ...]
    follow_ups: tuple[FollowUp, ...]
    diary: tuple[DiaryWeek, ...]
    has_several_parts: bool
    check_code: str


def handout_page(
    document: PlanDocument, *, published_at: str, check_code: str, pictures: Mapping[str, Picture]
) -> HandoutPage:
    """Needs the document's language to be active. ``check_code``: the beginning of the document's hash."""
    blocks = tuple(_phase(number, phase, document) for number, phase in enumerate(document.phases, start=1))
    week = glance(document)
    return HandoutPage(
        language=document.language,
        words_language=document.text_language,
        direction=direction_of(document.language),
        brand=brand_of(document.clinic.brand_colour),
        clinic=document.clinic,
        address=tuple(line.strip() for line in document.clinic.address.splitlines() if line.strip()),
        patient=document.patient,
        born_on=day_month_year(document.patient.birth_date),
        title=document.title,
        for_patient=document.for_patient,
        clinician=document.clinician,
        version=document.version_number,
        replaces=document.version_number - 1 if document.version_number > 1 else None,
        published_on=day_month_year(document.published_on),
        published_at=published_at,
        runs=date_range(document.starts_on, document.ends_on, with_year=True),
        changes=document.changes,
        emergencies=tuple(flag for flag in document.red_flags if flag.urgency == "emergency"),
        calls=tuple(flag for flag in document.red_flags if flag.urgency == "call_today"),
        start=_start(document, blocks),
        glance=week if len(blocks) > 1 or any(day.events for day in week) else (),
        phases=blocks,
        groups=card_groups(document, pictures),
        follow_ups=_follow_ups(document),
        diary=diary(document),
        has_several_parts=len(blocks) > 1,
        check_code=check_code,
    )


def _start(document: PlanDocument, blocks: tuple[PhaseBlock, ...]) -> PhaseBlock:
    """The part that runs on the patient's first day, or the next one with something to do; only what is to be done."""
    day = first_day(document)
    for phase, block in zip(document.phases, blocks, strict=True):
        rows = tuple(row for row in block.rows if not row.is_over)
        if phase.ends_on >= day and rows:
            return replace(block, rows=rows)
    return blocks[0]


def _phase(number: int, phase: DocumentPhase, document: PlanDocument) -> PhaseBlock:
    remark = ""
    if phase.ends_on < document.published_on:
        remark = _("These days are over; what you learned in them still helps.")
    elif phase.starts == "by_decision":
        remark = _("This part begins when your clinician says so. The dates are our best guess today.")
    numbers = numbered(document)
    return PhaseBlock(
        number=number,
        name=phase.name,
        language=phase.text_language,
        dates=date_range(phase.starts_on, phase.ends_on),
        length=length_in_words((phase.ends_on - phase.starts_on).days + 1),
        remark=remark,
        aims=phase.aims,
        rows=(
            *(_row(item, numbers, document) for item in phase.items),
            *(_carried(item, numbers, document) for item in carried_into(phase, document)),
        ),
        avoid=phase.avoid,
        move_on_when=phase.move_on_when,
        step_back_when=phase.step_back_when,
    )


def _row(item: DocumentItem, numbers: Mapping[str, int], document: PlanDocument) -> PhaseRow:
    over, anchor = is_over(item, document), anchor_of(item)
    dose = over_in_words(item) if over else item.dose_in_words
    until, note = last_day_in_words(document, item), "" if over else item.note
    return PhaseRow(numbers[anchor], item.title, dose, note, anchor, until, over)


def _carried(item: DocumentItem, numbers: Mapping[str, int], document: PlanDocument) -> PhaseRow:
    """The same course, not another one of as many days."""
    row = _row(item, numbers, document)
    return replace(row, until=" ".join(filter(None, [_("It goes on from the part before."), row.until])))


def _follow_ups(document: PlanDocument) -> tuple[FollowUp, ...]:
    return tuple(
        FollowUp(weekday_day_month(check_in.due_on), ", ".join(medicine_ends(document, check_in.due_on)))
        for check_in in document.check_ins
        if check_in.due_on >= document.published_on
    )
