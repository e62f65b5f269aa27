"""Doses: how much of a component a patient does, typed by kind and able to say itself in words.

A dose is a rule (times a day, days a week), never a grid of calendar cells. Pure: no clock, no database.
The words are gettext messages, so they come out in the language that is active when ``in_words`` is called.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator


class _Dose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


TimesADay = Annotated[int, Field(ge=1, le=24)]
DaysAWeek = Annotated[int, Field(ge=1, le=7)]
Minutes = Annotated[int, Field(ge=1, le=240)]
Unit = Literal["mg", "g", "microgram", "ml"]
MICROGRAMS: dict[str, Decimal] = {"g": Decimal(1_000_000), "mg": Decimal(1000), "microgram": Decimal(1)}


class RepetitionsDose(_Dose):
    """Sets and repetitions of an exercise, with an optional hold in seconds."""

    kind: Literal["repetitions"] = "repetitions"
    sets: Annotated[int, Field(ge=1, le=20)] = 1
    reps: Annotated[int, Field(ge=1, le=100)]
    hold_seconds: Annotated[int, Field(ge=1, le=600)] | None = None
    times_a_day: TimesADay = 1
    days_a_week: DaysAWeek = 7

    def in_words(self) -> str:
        amount = [_times_each(self.reps)]
        if self.hold_seconds:
            amount.append(
                ngettext("hold for %(n)d second each", "hold for %(n)d seconds each", self.hold_seconds)
                % {"n": self.hold_seconds}
            )
        if self.sets > 1:
            amount.append(ngettext("%(n)d set", "%(n)d sets", self.sets) % {"n": self.sets})
        return _join(*amount, _times_a_day(self.times_a_day), _days_a_week(self.days_a_week))


class DurationDose(_Dose):
    """Minutes of an activity, a number of times a day or every so many waking hours."""

    kind: Literal["duration"] = "duration"
    minutes: Minutes
    times_a_day: TimesADay = 1
    every_hours: Annotated[int, Field(ge=1, le=12)] | None = None
    days_a_week: DaysAWeek = 7
    step_up_minutes: Annotated[int, Field(ge=1, le=60)] | None = None

    def in_words(self) -> str:
        if self.every_hours:
            how_often = ngettext(
                "every hour while you are awake", "every %(n)d hours while you are awake", self.every_hours
            ) % {"n": self.every_hours}
        else:
            how_often = _times_a_day(self.times_a_day)
        step = ""
        if self.step_up_minutes:
            step = ngettext(
                "%(n)d minute more each week", "%(n)d minutes more each week", self.step_up_minutes
            ) % {"n": self.step_up_minutes}
        return _join(_minutes(self.minutes), how_often, _days_a_week(self.days_a_week), step)


class ThermalDose(_Dose):
    """Heat, cold, or heat and cold in turn (``minutes`` warm, ``cold_minutes`` cold, ``rounds`` times)."""

    kind: Literal["thermal"] = "thermal"
    minutes: Annotated[int, Field(ge=1, le=480)]
    cold_minutes: Annotated[int, Field(ge=1, le=30)] | None = None
    rounds: Annotated[int, Field(ge=1, le=10)] | None = None
    times_a_day: TimesADay = 1
    for_days: Annotated[int, Field(ge=1, le=90)] | None = None
    before: Literal["", "mobility", "stretching"] = ""

    @model_validator(mode="after")
    def _contrast_is_whole(self) -> ThermalDose:
        if (self.cold_minutes is None) != (self.rounds is None):
            raise ValueError("Heat and cold in turn need both the minutes of cold and the rounds.")
        return self

    def in_words(self) -> str:
        if self.cold_minutes and self.rounds:
            amount = _contrast(self.minutes, self.cold_minutes, self.rounds)
        else:
            amount = _minutes(self.minutes)
        before = {
            "": "",
            "mobility": _("just before your movement exercises"),
            "stretching": _("just before you stretch"),
        }[self.before]
        for_days = ""
        if self.for_days:
            for_days = ngettext("for %(n)d day", "for %(n)d days", self.for_days) % {"n": self.for_days}
        return _join(amount, before, _times_a_day(self.times_a_day), for_days)


class SessionsDose(_Dose):
    """Sessions given by a professional or a group: how many a week, for how many weeks."""

    kind: Literal["sessions"] = "sessions"
    sessions_a_week: Annotated[int, Field(ge=1, le=14)]
    weeks: Annotated[int, Field(ge=1, le=52)]
    minutes: Minutes | None = None

    def in_words(self) -> str:
        sessions = ngettext("%(n)d session a week", "%(n)d sessions a week", self.sessions_a_week) % {
            "n": self.sessions_a_week
        }
        weeks = ngettext("for %(n)d week", "for %(n)d weeks", self.weeks) % {"n": self.weeks}
        each = ""
        if self.minutes:
            each = ngettext("%(n)d minute each", "%(n)d minutes each", self.minutes) % {"n": self.minutes}
        return _join(sessions, weeks, each)


class MedicineDose(_Dose):
    """What the prescriber decided: amount in ``unit``, times a day, and the course in days.

    The amount is a decimal and is printed exactly as it was entered: "2.5" never becomes "25" or "2,50".
    """

    kind: Literal["medicine"] = "medicine"
    amount: Annotated[Decimal, Field(gt=0, le=Decimal(10000), max_digits=8, decimal_places=3)]
    unit: Unit = "mg"
    times_a_day: TimesADay = 1
    course_days: Annotated[int, Field(ge=1, le=365)]
    when: Literal["", "bedtime", "with_food"] = ""
    as_needed: bool = False

    def amount_in_words(self) -> str:
        return f"{self.amount:f} {unit_in_words(self.unit)}"

    def each_in(self, unit: Unit) -> Decimal | None:
        """One amount in another unit of weight; None where that needs the strength of a liquid."""
        if self.unit == unit:
            return self.amount
        if "ml" in (self.unit, unit):
            return None
        return self.amount * MICROGRAMS[self.unit] / MICROGRAMS[unit]

    def in_words(self) -> str:
        course = ngettext("for %(n)d day at most", "for %(n)d days at most", self.course_days) % {
            "n": self.course_days
        }
        return _join(self.without_its_days(), course)

    def without_its_days(self) -> str:
        """For a medicine that must not end from one day to the next: "at most" would tell the patient to stop."""
        when = {"": "", "bedtime": _("at bedtime"), "with_food": _("with food")}[self.when]
        only = _("only when you need it") if self.as_needed else ""
        if self.as_needed:
            often = ngettext("at most %(n)d time a day", "at most %(n)d times a day", self.times_a_day) % {
                "n": self.times_a_day
            }
        else:
            often = _times_a_day(self.times_a_day)
        return _join(self.amount_in_words(), often, when, only)


class AdviceDose(_Dose):
    """Advice that is kept to: every day, whenever it applies, or every so many minutes."""

    kind: Literal["advice"] = "advice"
    frequency: Literal["daily", "when_it_applies", "every_minutes"] = "daily"
    every_minutes: Annotated[int, Field(ge=5, le=240)] | None = None

    @model_validator(mode="after")
    def _minutes_when_needed(self) -> AdviceDose:
        if (self.frequency == "every_minutes") != (self.every_minutes is not None):
            raise ValueError("Say how many minutes, and only for advice that repeats every so many minutes.")
        return self

    def in_words(self) -> str:
        if self.frequency == "every_minutes":
            minutes = self.every_minutes or 0
            return ngettext("every %(n)d minute", "every %(n)d minutes", minutes) % {"n": minutes}
        return {"daily": _("every day"), "when_it_applies": _("whenever it applies")}[self.frequency]


Dose = Annotated[
    RepetitionsDose | DurationDose | ThermalDose | SessionsDose | MedicineDose | AdviceDose,
    Field(discriminator="kind"),
]
dose_adapter: TypeAdapter[Dose] = TypeAdapter(Dose)


def parse_dose(data: object) -> Dose:
    """Read a dose from its stored form; raises ``pydantic.ValidationError`` with one entry per wrong field."""
    return dose_adapter.validate_python(data)


def days_of(dose: Dose) -> int | None:
    """For how many days it was decided; None for what goes on as long as its phase does."""
    match dose:
        case MedicineDose():
            return dose.course_days
        case ThermalDose():
            return dose.for_days
        case _:
            return None


def _times_each(reps: int) -> str:
    return ngettext("%(n)d time", "%(n)d times", reps) % {"n": reps}


def unit_in_words(unit: str) -> str:
    """A Latin "mg" inside Arabic would reorder the numbers around it, so units are words of the language."""
    return {"mg": _("mg"), "g": _("g"), "microgram": _("microgram"), "ml": _("ml")}[unit]


def _contrast(warm: int, cold: int, rounds: int) -> str:
    return _join(
        ngettext("%(n)d minute warm", "%(n)d minutes warm", warm) % {"n": warm},
        ngettext("then %(n)d minute cold", "then %(n)d minutes cold", cold) % {"n": cold},
        ngettext("%(n)d round", "%(n)d rounds", rounds) % {"n": rounds},
    )


def _minutes(minutes: int) -> str:
    """Whole hours from two hours on: nobody counts 240 minutes."""
    hours, rest = divmod(minutes, 60)
    if hours >= 2 and not rest:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _times_a_day(times: int) -> str:
    return ngettext("once a day", "%(n)d times a day", times) % {"n": times}


def _days_a_week(days: int) -> str:
    if days == 7:
        return ""
    return ngettext("%(n)d day a week", "%(n)d days a week", days) % {"n": days}


def _join(*parts: str) -> str:
    return pgettext("between the parts of a dose", ", ").join(part for part in parts if part)
