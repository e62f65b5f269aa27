"""What the signed-in person can do with one version now: the steps of its life, as buttons and links of its page.

The rules themselves stand in the verbs of ``library.review`` and ``library.retire``; this only spares people buttons
that would be refused, and says why where they might look for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from careplans.accounts.permissions import Permission
from careplans.library.models import (
    RedFlag,
    Retirement,
    ReviewComment,
    ReviewedContent,
    ReviewState,
    SafetyRule,
)
from careplans.library.recalled_before import day_of, recall_said_again, recalls_before
from careplans.library.retire import waiting_for
from careplans.library.translations import outdated_note
from careplans.workshop.history import began_with_retired, retirement_of_beginning
from careplans.workshop.kinds import kind_of
from careplans.workshop.places import edit_url, step_url


@dataclass(frozen=True)
class Step:
    """``asks``: a page comes first. Otherwise the step is one POST, which names the revision that was seen."""

    name: str
    label: str
    url: str
    icon: str
    look: str = "secondary"
    asks: bool = False


@dataclass(frozen=True)
class Steps:
    version: ReviewedContent
    kind: str
    steps: tuple[Step, ...]
    # Where it stands, in sentences: what waits for whom, and why this person cannot take a step others could.
    notes: tuple[str, ...]
    # A proposal to retire that waits for its second person.
    waiting: Retirement | None
    comments: tuple[ReviewComment, ...]
    # Empty for who may not comment.
    comment_url: str


def steps_for(version: Any, request: Any) -> Steps:
    """``request`` is a ``StaffRequest``; a few queries, the more recalls the more."""
    kind, may = kind_of(version).code, request.permissions
    if Permission.KEEP_LIBRARY not in may:
        return Steps(version, kind, (), (), None, (), "")
    has_written = _has_written(version, request.user)
    is_safety_in_use = isinstance(version, SafetyRule | RedFlag) and version.state == ReviewState.APPROVED
    waiting = waiting_for(version).select_related("proposed_by").first() if is_safety_in_use else None
    steps = (
        *_of_writer(version, kind, may),
        *_of_reviewer(version, kind, may, has_written=has_written),
        *_to_retire(version, kind, may, waiting=waiting),
        *_of_retirement(waiting, request.user, may),
    )
    comments = tuple(version.comments.select_related("said_by"))
    return Steps(
        version=version,
        kind=kind,
        steps=steps,
        notes=(
            *_sent_back(version, comments),
            *_recalled(version),
            *_notes(version, may, waiting, has_written=has_written),
        ),
        waiting=waiting,
        comments=comments,
        comment_url=step_url("comment", kind, version) if _may_be_answered(version, comments) else "",
    )


def _of_writer(version: Any, kind: str, may: frozenset[Permission]) -> Iterator[Step]:
    if Permission.EDIT_LIBRARY not in may:
        return
    if version.state == ReviewState.DRAFT:
        label = _("Go on writing")
        yield Step("edit", label, edit_url(version), "pencil-square", "primary", asks=True)
        yield Step("submit", _("Submit for review"), step_url("submit", kind, version), "send")
        yield Step(
            "drop", _("Drop this draft"), step_url("drop", kind, version), "trash3", "quiet", asks=True
        )
    elif version.state != ReviewState.IN_REVIEW and not _open_version_of(version):
        label = _("Write a new version")
        yield Step("start", label, step_url("start", kind, version), "pencil-square", "primary")


def _of_reviewer(version: Any, kind: str, may: frozenset[Permission], *, has_written: bool) -> Iterator[Step]:
    if Permission.REVIEW_LIBRARY not in may:
        return
    if version.state == ReviewState.IN_REVIEW:
        if not has_written and recall_said_again(version) is None:
            url = step_url("approve", kind, version)
            yield Step("approve", _("Approve"), url, "check2-circle", "primary")
        url = step_url("send-back", kind, version)
        yield Step("send-back", _("Send back"), url, "arrow-return-left", asks=True)
    if version.state == ReviewState.APPROVED and not has_written:
        url = step_url("keep", kind, version)
        yield Step("keep", _("Confirm that it is still right"), url, "calendar2-check", asks=True)


def _to_retire(
    version: Any, kind: str, may: frozenset[Permission], *, waiting: Retirement | None
) -> Iterator[Step]:
    if version.state == ReviewState.RETIRED or waiting is not None:
        return
    if isinstance(version, SafetyRule | RedFlag) and version.state == ReviewState.APPROVED:
        url = step_url("propose", kind, version)
        yield Step("propose", _("Propose to retire"), url, "archive", "quiet", asks=True)
    elif Permission.REVIEW_LIBRARY in may and not _drops(version, may):
        url = step_url("retire", kind, version)
        icon = "archive" if version.approved_at else "trash3"
        yield Step("retire", retire_label(version), url, icon, "quiet", asks=True)


def retire_label(version: Any) -> str:
    """What never was in use is dropped; only what was is retired."""
    if version.approved_at:
        return _("Retire")
    return _("Drop this draft") if version.state == ReviewState.DRAFT else _("Drop this version")


def _drops(version: Any, may: frozenset[Permission]) -> bool:
    """Whether it stands among the writer's steps already."""
    return version.state == ReviewState.DRAFT and Permission.EDIT_LIBRARY in may


def _of_retirement(waiting: Retirement | None, user: Any, may: frozenset[Permission]) -> Iterator[Step]:
    if waiting is None:
        return
    is_own = waiting.proposed_by_id == user.pk
    if Permission.REVIEW_LIBRARY in may and not is_own:
        url = reverse("retirement-confirm", args=[waiting.pk])
        yield Step("confirm", _("Confirm: take out of use"), url, "archive", asks=True)
    label = _("Withdraw the proposal") if is_own else _("Turn the proposal down")
    yield Step("withdraw", label, reverse("retirement-withdraw", args=[waiting.pk]), "x-circle")


def _may_be_answered(version: Any, comments: Sequence[ReviewComment]) -> bool:
    """A retired version has nobody to write in it; but who asked for its recall is owed an answer."""
    is_asked = any(one.kind == ReviewComment.Kind.RECALL for one in comments)
    return version.state != ReviewState.RETIRED or is_asked


def _sent_back(version: Any, comments: Sequence[ReviewComment]) -> Iterator[str]:
    """What the reviewer asked for, before anything else on the page of the draft."""
    asked = [one for one in comments if one.kind == ReviewComment.Kind.SENT_BACK]
    if version.state == ReviewState.DRAFT and asked:
        yield _("%(name)s sent this back: %(text)s") % {
            "name": asked[-1].said_by.name,
            "text": asked[-1].text,
        }


def _recalled(version: Any) -> Iterator[str]:
    """What whoever writes or approves the next version has to know: why an earlier one was taken away."""
    if version.state not in (ReviewState.DRAFT, ReviewState.IN_REVIEW):
        return
    recalls = recalls_before(version)
    for recall in recalls:
        if recall.component_id == version.component_id:
            told = _(
                "An earlier version was recalled on %(day)s by %(name)s: %(reason)s Look whether this one puts that right."
            )
        else:
            told = _(
                "What this was copied from was recalled on %(day)s by %(name)s: %(reason)s Look whether this one puts that right."
            )
        yield told % {"day": day_of(recall), "name": recall.recalled_by.name, "reason": _ended(recall.reason)}
    ended = retirement_of_beginning(version)
    if ended is not None and ended.reason not in {one.reason for one in recalls}:
        yield began_with_retired(ended)
    if recall_said_again(version) is not None:
        yield _(
            "So far it says word for word what was recalled. It can be approved once the patient's text, the dose, the text for clinicians or the cautions say something else."
        )


def _notes(
    version: Any, may: frozenset[Permission], waiting: Retirement | None, *, has_written: bool
) -> Iterator[str]:
    is_reviewer = Permission.REVIEW_LIBRARY in may
    outdated = outdated_note(version) if version.state == ReviewState.DRAFT else ""
    if outdated:
        yield outdated
    if version.state == ReviewState.IN_REVIEW and is_reviewer and has_written:
        yield _("You wrote in this version. Somebody else has to approve it.")
    elif version.state == ReviewState.IN_REVIEW and not is_reviewer:
        yield _("It waits for a reviewer, and cannot be changed until it is approved or sent back.")
    if version.state == ReviewState.APPROVED and is_reviewer and has_written:
        yield _(
            "You wrote in this version. Somebody else confirms at its review date that it is still right."
        )
    if waiting is not None:
        yield _(
            "%(name)s proposes to retire this: %(reason)s It stays in use until a second person confirms."
        ) % {
            "name": waiting.proposed_by.name,
            "reason": _ended(waiting.reason),
        }


def approved_before(version: Any) -> Any:
    """The approved version a draft or a version in review would replace; None for all others."""
    if version.state not in (ReviewState.DRAFT, ReviewState.IN_REVIEW):
        return None
    return version.versions().filter(state=ReviewState.APPROVED).first()


def _has_written(version: Any, user: Any) -> bool:
    return bool(version.author_id == user.pk or version.writers.filter(pk=user.pk).exists())


def _open_version_of(version: Any) -> bool:
    is_open = [ReviewState.DRAFT, ReviewState.IN_REVIEW]
    return bool(version.versions().filter(state__in=is_open).exists())


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "؟")) else f"{sentence}."
