"""What a patient answers to a check-in: the course of the story, with chance from its own seed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from random import Random

from careplans.checkins.answer import GivenAnswer
from careplans.checkins.questions import Questions
from careplans.demo.story import Course, Moment, Words

HURTS_TOO_MUCH = 6
SPASMS = ("none", "none", "some", "some", "daily", "daily", "constant")


@dataclass(frozen=True)
class Asked:
    """The check-in that is answered: days since the plan began, and the pain said last time."""

    day: int
    last_pain: int | None
    questions: Questions
    language: str


def usual_pain(course: Course, asked: Asked, chance: Random) -> int:
    """On its way from start to end; never up by itself, for a rise is an event that stories tell of."""
    expected = course.end + (course.start - course.end) * exp(-3 * asked.day / course.days)
    pain = round(expected + chance.uniform(-0.8, 0.6))
    return min(max(pain, 0), 10 if asked.last_pain is None else asked.last_pain)


def reply(course: Course, moment: Moment, asked: Asked, words: Words, chance: Random) -> GivenAnswer:
    pain = usual_pain(course, asked, chance) if moment.pain is None else moment.pain
    worst = min(pain + chance.choice([0, 1, 1, 2, 2]), 10)
    function = min(max(10 - pain - chance.choice([0, 1, 1, 2]), 0), 10)
    done = {code: _done(course.does, chance) for code in sorted(asked.questions.component_codes)}
    return GivenAnswer(
        red_flags={flag.code: flag.code in moment.flags for flag in asked.questions.red_flags},
        pain_now=pain,
        pain_worst=worst,
        function=function,
        spasm_frequency=SPASMS[min(pain, 6)],
        done=done,
        barriers=_barriers(done, pain),
        side_effects=moment.side_effects,
        wants_call=moment.wants_call,
        comment=moment.comment or _comment(pain, asked, words, chance),
    )


def _done(share: float, chance: Random) -> str:
    luck = chance.random()
    return "as_planned" if luck < share else "some" if luck < share + (1 - share) * 0.7 else "not"


def _barriers(done: Mapping[str, str], pain: int) -> tuple[str, ...]:
    """Who left something out altogether says why."""
    if "not" not in done.values():
        return ()
    return ("pain",) if pain >= HURTS_TOO_MUCH else ("better",) if pain <= 1 else ("no_time",)


def _comment(pain: int, asked: Asked, words: Words, chance: Random) -> str:
    """Most people leave the field empty."""
    if chance.random() > 0.2 or asked.last_pain is None:
        return ""
    mood = "better" if pain < asked.last_pain else "same"
    return chance.choice(words.comments[asked.language][mood])
