"""Receiving an answer: the answer, its alerts, their first notices and the audit in one transaction, or nothing.

A raised red flag is never refused for its time: where the answer is there already it becomes an addition to it, and
a check-in that is over takes it as its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import PATIENT, record_change
from careplans.checkins.alerts import raise_alert
from careplans.checkins.models import Addition, Alert, Answer, AnswerItem, CheckIn
from careplans.checkins.questions import Barrier, Questions, SideEffect, questions_of
from careplans.checkins.refusals import AlreadyAnswered, AnswerNotUsable, CheckInNotOpen
from careplans.checkins.scoring import Before, Said, Signal, signals_of
from careplans.checkins.tiers import Tier
from careplans.core.refusals import Refusal
from careplans.outbox.queue import cancel_messages

MAX_COMMENT = 2000
SCORES = ("pain_now", "pain_worst", "function")


@dataclass(frozen=True)
class GivenAnswer:
    """What came in, as far as it came in; None and empty mean "not said". Scores 0–10.

    ``is_complete`` is false while more is to follow: the first page, or a form with a mistake in another field.
    """

    red_flags: Mapping[str, bool] = field(default_factory=dict)
    pain_now: int | None = None
    pain_worst: int | None = None
    function: int | None = None
    spasm_frequency: str = ""
    done: Mapping[str, str] = field(default_factory=dict)
    barriers: tuple[str, ...] = ()
    side_effects: tuple[str, ...] = ()
    wants_call: bool | None = None
    comment: str = ""
    is_complete: bool = True

    @property
    def raised(self) -> frozenset[str]:
        return frozenset(code for code, is_yes in self.red_flags.items() if is_yes)


@transaction.atomic
def record_answer(
    *, check_in: CheckIn, given: GivenAnswer, taken_by: User | None = None, now: datetime
) -> Answer:
    """Store what was said and raise what it calls for. A raised red flag is never taken back by a later part.

    Raises ``AlreadyAnswered`` or ``CheckInNotOpen``, unless a red flag is raised that was not known, or
    ``AnswerNotUsable``; nothing is written then.
    """
    check_in = _lock(check_in)
    why_late = _why_late(check_in, taken_by, now)
    if why_late and not given.raised:
        raise why_late
    questions = questions_of(check_in.version.document, check_in.due_on)
    _refuse_unusable(given, questions)
    if isinstance(why_late, AlreadyAnswered):
        return _add(check_in, given, taken_by, now)
    answer = _merge(check_in, given, taken_by, now)
    _store_items(answer, given, questions)
    alerts = _raise_alerts(check_in, answer, now)
    if given.is_complete or why_late:
        _settle(check_in, now)
    _audit(check_in, given, alerts, taken_by, now)
    return answer


def _lock(check_in: CheckIn) -> CheckIn:
    """Read again under lock, so that of two identical submissions the second sees the first."""
    rows = CheckIn.objects.select_for_update(of=("self",))
    return rows.select_related("plan__clinic", "plan__patient", "plan__owner", "clinic", "version").get(
        pk=check_in.pk
    )


def _why_late(check_in: CheckIn, taken_by: User | None, now: datetime) -> Refusal | None:
    """What to say when the check-in does not wait for an answer."""
    if check_in.state == CheckIn.State.ANSWERED:
        return AlreadyAnswered(_("This check-in has been answered already."))
    if check_in.state == CheckIn.State.ASKED and (taken_by or now < check_in.closes_at):
        return None
    # On the phone a missed check-in can still be asked: that is how a silent patient is heard again.
    if check_in.state == CheckIn.State.MISSED and taken_by:
        return None
    return CheckInNotOpen(_("This check-in is not open for answers."))


def _add(check_in: CheckIn, given: GivenAnswer, taken_by: User | None, now: datetime) -> Answer:
    """Keep red flags that the answer did not have beside it, and raise them; the same ones again change nothing."""
    answer = Answer.objects.get(check_in=check_in)
    new = sorted(given.raised.difference(answer.raised_flags))
    if not new:
        raise AlreadyAnswered(_("This check-in has been answered already."))
    answer.added_flags = [*answer.added_flags, *new]
    answer.save(update_fields=["added_flags"])
    Addition.objects.create(
        answer=answer,
        said_at=now,
        taken_by=taken_by,
        red_flags=new,
        pain_now=given.pain_now,
        pain_worst=given.pain_worst,
        comment=given.comment,
    )
    alert = raise_alert(check_in=check_in, signal=Signal(Tier.RED_FLAG, tuple(new)), now=now)
    _audit(check_in, given, [alert], taken_by, now, action="check_in.added_to")
    return answer


def _refuse_unusable(given: GivenAnswer, questions: Questions) -> None:
    scores = [getattr(given, name) for name in SCORES]
    usable = (
        all(score is None or 0 <= score <= 10 for score in scores)
        and set(given.red_flags) <= questions.flag_codes
        and set(given.done) <= questions.component_codes
        and set(given.done.values()) <= set(AnswerItem.Done.values)
        and set(given.barriers) <= set(Barrier.values)
        and set(given.side_effects) <= set(SideEffect.values)
        and given.spasm_frequency in {"", *Answer.SpasmFrequency.values}
        and len(given.comment) <= MAX_COMMENT
    )
    if not usable:
        raise AnswerNotUsable(_("The answer holds something that was not asked or lies outside its scale."))


def _merge(check_in: CheckIn, given: GivenAnswer, taken_by: User | None, now: datetime) -> Answer:
    """Add the new part to what is there; what was said and is not said again stays."""
    answer = Answer.objects.filter(check_in=check_in).first() or Answer(check_in=check_in, answered_at=now)
    answer.language = check_in.version.document.language
    answer.taken_by = taken_by or answer.taken_by
    raised = dict.fromkeys(answer.raised_flags, True)
    answer.red_flags = answer.red_flags | dict(given.red_flags) | raised
    for name in SCORES:
        if getattr(given, name) is not None:
            setattr(answer, name, getattr(given, name))
    answer.spasm_frequency = given.spasm_frequency or answer.spasm_frequency
    answer.barriers = sorted({*answer.barriers, *given.barriers})
    answer.side_effects = sorted({*answer.side_effects, *given.side_effects})
    answer.wants_call = answer.wants_call or bool(given.wants_call)
    answer.comment = given.comment or answer.comment
    answer.completed_at = now if given.is_complete else None
    answer.save()
    return answer


def _store_items(answer: Answer, given: GivenAnswer, questions: Questions) -> None:
    titles = {item.component_code: item.title for item in questions.items}
    AnswerItem.objects.bulk_create(
        [
            AnswerItem(answer=answer, component_code=code, title=titles[code], done=done)
            for code, done in given.done.items()
        ],
        update_conflicts=True,
        unique_fields=["answer", "component_code"],
        update_fields=["title", "done"],
    )


def _raise_alerts(check_in: CheckIn, answer: Answer, now: datetime) -> list[Alert]:
    said = Said(answer.red_flags, answer.pain_now, tuple(answer.side_effects), answer.wants_call)
    signals = signals_of(said, before=_before(answer), threshold=check_in.clinic.pain_threshold)
    return [raise_alert(check_in=check_in, signal=signal, now=now) for signal in signals]


def _before(answer: Answer) -> Before:
    """Pain in the earlier answers of the same plan."""
    earlier = Answer.objects.of_plan(answer.check_in.plan_id).exclude(pk=answer.pk).exclude(pain_now=None)
    scores = list(earlier.filter(answered_at__lte=answer.answered_at).values_list("pain_now", flat=True))
    return Before(first=scores[0], last=scores[-1]) if scores else Before()


def _settle(check_in: CheckIn, now: datetime) -> None:
    """Close it as answered, also one that was over or not asked yet: it has been heard."""
    row = CheckIn.objects.filter(pk=check_in.pk)
    if not _is_replaced(check_in):
        row.update(state=CheckIn.State.ANSWERED, settled_at=now, asked_at=check_in.asked_at or now)
    cancel_messages(keys=[check_in.mail_key, check_in.reminder_key], now=now)


def _is_replaced(check_in: CheckIn) -> bool:
    """Whether it was called back and its day is asked by another row: a plan asks once a day."""
    rivals = CheckIn.objects.filter(plan=check_in.plan_id, due_on=check_in.due_on).exclude(pk=check_in.pk)
    return (
        check_in.state == CheckIn.State.CANCELLED and rivals.exclude(state=CheckIn.State.CANCELLED).exists()
    )


def _audit(
    check_in: CheckIn,
    given: GivenAnswer,
    alerts: list[Alert],
    taken_by: User | None,
    now: datetime,
    *,
    action: str = "",
) -> None:
    part = "check_in.answered" if given.is_complete else "check_in.partly_answered"
    record_change(
        by=taken_by or PATIENT,
        action=action or part,
        subject=check_in,
        now=now,
        clinic_id=check_in.clinic_id,
        patient_id=check_in.patient_id,
        details={"alerts": [alert.tier_code for alert in alerts]},
    )
