"""What the pages show, said in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from careplans.checkins.models import Addition, Alert, AlertEntry, Answer, CheckIn
from careplans.checkins.questions import Barrier, SideEffect
from careplans.checkins.scoring import SINCE_FIRST, SINCE_LAST
from careplans.checkins.selectors import answer_of
from careplans.checkins.tiers import Tier
from careplans.checkins.told import Told, what_clinic_knows
from careplans.plans.document import DocumentRedFlag, PlanDocument


@dataclass(frozen=True)
class ActNow:
    """What to do for the red flags raised; without any of them by name, for signs we cannot read any more."""

    raised: tuple[DocumentRedFlag, ...]
    told: Told | None

    @property
    def is_emergency(self) -> bool:
        return not self.raised or any(flag.urgency == "emergency" for flag in self.raised)


@dataclass(frozen=True)
class Thanks(ActNow):
    """What a patient reads after answering; ``told`` only when a red flag was raised."""

    wants_call: bool
    is_complete: bool
    answered_at: datetime
    # When red flags were added to an answer that was there already.
    added_at: datetime | None = None


def flags_named(document: PlanDocument, codes: Collection[str]) -> tuple[DocumentRedFlag, ...]:
    """The plan's flags among ``codes``, emergencies first."""
    flags = [flag for flag in document.red_flags if flag.code in codes]
    return tuple(sorted(flags, key=lambda flag: flag.urgency != "emergency"))


def thanks_of(check_in: CheckIn) -> Thanks | None:
    """None while nothing has been answered."""
    answer = answer_of(check_in)
    if answer is None:
        return None
    raised = flags_named(check_in.version.document, answer.raised_flags)
    return Thanks(
        raised=raised,
        told=what_clinic_knows(check_in) if raised else None,
        wants_call=answer.wants_call,
        is_complete=answer.completed_at is not None or check_in.state == CheckIn.State.ANSWERED,
        answered_at=answer.completed_at or answer.answered_at,
        added_at=max((addition.said_at for addition in answer.additions.all()), default=None),
    )


def sentences_of(alert: Alert, document: PlanDocument, answer: Answer | None) -> list[str]:
    """One sentence a cause, in the clinician's words."""
    return [_sentence(alert, cause, document, answer) for cause in alert.causes]


def _sentence(alert: Alert, cause: str, document: PlanDocument, answer: Answer | None) -> str:
    if alert.tier == Tier.RED_FLAG:
        labels = {flag.code: flag.clinician_label for flag in document.red_flags}
        return _("%(sign)s: answered yes") % {"sign": labels.get(cause, cause)}
    if alert.tier == Tier.SIDE_EFFECT:
        return _("Side effect: %(effect)s") % {"effect": dict(SideEffect.choices).get(cause, cause)}
    pain = answer.pain_now if answer else None
    return {
        Tier.THRESHOLD: _("Pain now %(pain)s, the clinic's threshold is %(threshold)s")
        % {"pain": pain, "threshold": alert.clinic.pain_threshold},
        Tier.WORSENING: {
            SINCE_FIRST: _("Pain now %(pain)s, clearly more than at the first check-in of this plan")
            % {"pain": pain},
            SINCE_LAST: _("Pain now %(pain)s, clearly more than at the last check-in") % {"pain": pain},
        }.get(cause, cause),
        Tier.WANTS_CALL: _("Asked to be called"),
        Tier.SILENCE: _("Two check-ins in a row were not answered"),
    }[Tier(alert.tier)]


def rows_of(answer: Answer, document: PlanDocument) -> list[tuple[str, str]]:
    """Every field of an answer with what was said; what was not said says so."""
    none = _("not answered")
    scores = [
        (_("Pain now"), answer.pain_now),
        (_("Worst pain"), answer.pain_worst),
        (_("Function (0 not at all, 10 everything)"), answer.function),
    ]
    rows = [
        (label, none if score is None else _("%(score)s of 10") % {"score": score}) for label, score in scores
    ]
    effects = dict(SideEffect.choices)
    said = ", ".join(str(effects.get(code, code)) for code in answer.side_effects)
    barriers = dict(Barrier.choices)
    in_the_way = ", ".join(str(barriers.get(code, code)) for code in answer.barriers)
    # The second page may not have come yet: then nothing was denied, it was not asked.
    silent = (none,) * 3 if answer.completed_at is None else (_("none named"), _("no"), _("nothing written"))
    return [
        *rows,
        (_("Spasms"), str(answer.get_spasm_frequency_display()) or none),
        *((item.title, str(item.get_done_display())) for item in answer.items.all()),
        (_("What got in the way"), in_the_way or silent[0]),
        (_("Side effects"), said or silent[0]),
        (_("Wants a call"), _("yes") if answer.wants_call else silent[1]),
        (_("In the patient's words"), answer.comment or silent[2]),
        *(row for addition in answer.additions.all() for row in _added_rows(addition)),
    ]


def _added_rows(addition: Addition) -> list[tuple[str, str]]:
    """What else was said when red flags were added; the flags stand among the flags."""
    at = date_format(localtime(addition.said_at), "j M H:i")
    said = [
        (_("Pain now, added %(at)s"), addition.pain_now),
        (_("Worst pain, added %(at)s"), addition.pain_worst),
    ]
    rows = [
        (label % {"at": at}, _("%(score)s of 10") % {"score": score})
        for label, score in said
        if score is not None
    ]
    words = [(_("In the patient's words, added %(at)s") % {"at": at}, addition.comment)]
    return [*rows, *(words if addition.comment else [])]


@dataclass(frozen=True)
class FlagRow:
    """``added_at`` where the sign was not reported in the answer itself but later."""

    label: str
    is_yes: bool
    added_at: datetime | None = None


def flags_of(answer: Answer, document: PlanDocument) -> list[FlagRow]:
    """The flags that were asked and answered, raised ones first; what was added later stands beside what was said."""
    labels = {flag.code: flag.clinician_label for flag in document.red_flags}
    added = [
        FlagRow(labels.get(code, code), is_yes=True, added_at=addition.said_at)
        for addition in answer.additions.all()
        for code in addition.red_flags
    ]
    said = [FlagRow(labels.get(code, code), is_yes) for code, is_yes in answer.red_flags.items()]
    return sorted([*added, *said], key=lambda row: not row.is_yes)


def chart_points(course: list[CheckIn]) -> list[tuple[date, int | None, int | None]]:
    """Day, pain now and worst pain of each check-in; None where nothing was said."""
    points = []
    for check_in in course:
        answer: Answer | None = getattr(check_in, "answer", None)
        points.append(
            (check_in.due_on, answer.pain_now, answer.pain_worst) if answer else (check_in.due_on, None, None)
        )
    return points


@dataclass(frozen=True)
class HistoryRow:
    at: datetime
    text: str
    note: str


def history_of(alert: Alert) -> list[HistoryRow]:
    """What happened to an alert, oldest first."""
    entries = alert.entries.select_related("by", "owner")
    return [HistoryRow(entry.at, _told(entry), entry.note) for entry in entries]


def _told(entry: AlertEntry) -> str:
    words = {"owner": entry.owner.name, "by": entry.by.name if entry.by else ""}
    return {
        AlertEntry.Kind.RAISED: _("Raised, for %(owner)s"),
        AlertEntry.Kind.RAISED_AGAIN: _("Raised again with another cause, for %(owner)s"),
        AlertEntry.Kind.CLIMBED: _("Not acknowledged in time, passed on to %(owner)s"),
        AlertEntry.Kind.ACKNOWLEDGED: _("Acknowledged by %(by)s"),
        AlertEntry.Kind.RESOLVED: _("Resolved by %(by)s"),
    }[AlertEntry.Kind(entry.kind)] % words
