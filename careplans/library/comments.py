"""What author and reviewer say to one another about a version: kept for good beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from careplans.accounts.models import Membership, User
from careplans.accounts.permissions import Role
from careplans.core.text import LETTERS_OF_A_NOTE, LETTERS_OF_A_REASON, plain_words
from careplans.library.models import ComponentVersion, Recall, ReviewComment, ReviewedContent, ReviewState
from careplans.library.retire import FIELDS
from careplans.library.talk import COMMENT_LENGTH
from careplans.library.versions import ReviewRefusal, clinic_id_of, hold, record


@transaction.atomic
def comment_on(*, version: ReviewedContent, text: str, by: User, now: datetime) -> ReviewComment:
    """A remark beside a version that is being written, reviewed or used. It moves nothing.

    Beside a retired one only where a recall was asked for: that is answered there, whatever came of the version.
    """
    if version.state == ReviewState.RETIRED and not _recall_was_asked(version):
        raise ReviewRefusal(_("This version is retired. Comment on the one that replaced it."))
    ask = _("Write your comment in a few words.")
    comment = keep_comment(version, plain_words(text, letters=LETTERS_OF_A_NOTE, ask=ask), by, now)
    record("commented", version, by, now, comment=str(comment.pk))
    return comment


@transaction.atomic
def ask_for_recall(*, version: ReviewedContent, text: str, by: User, now: datetime) -> ReviewComment:
    """Why a component in use may hurt somebody, for the reviewers: they alone recall it. Nothing is withdrawn by this."""
    refuse_asking(hold(version) or version, by=by)  # of two sent at once the second finds the first
    why = plain_words(
        text,
        letters=LETTERS_OF_A_REASON,
        ask=_("Write what is wrong, so that a reviewer can decide at once."),
    )
    comment = keep_comment(version, why, by, now, ReviewComment.Kind.RECALL)
    record("recall_asked", version, by, now, comment=str(comment.pk))
    return comment


def refuse_asking(version: ReviewedContent, *, by: User) -> None:
    """It is for what is in use, and once: a second request of the same person would only stand beside the first."""
    if not isinstance(version, ComponentVersion) or version.state != ReviewState.APPROVED:
        raise ReviewRefusal(_("Only a component that is in use is recalled."))
    if open_asks().filter(said_by=by, component_version__component=version.component_id).exists():
        raise ReviewRefusal(
            _(
                "You have asked for a recall of this already, and no reviewer has answered yet. If it cannot wait, call one."
            )
        )


def open_asks() -> QuerySet[ReviewComment]:
    """Requests for a recall that no reviewer has decided yet.

    Such a request is about the component: a newer version, or retiring this one, withdraws nothing that plans hold. It
    ends with a recall, or when a reviewer other than the asker answers beside the version it is about.
    """
    was_reviewer = Membership.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=OuterRef("said_at")),
        user=OuterRef("said_by"),
        clinic=OuterRef("clinic"),
        role=Role.REVIEWER,
        created_at__lte=OuterRef("said_at"),
    )
    answers = ReviewComment.objects.filter(
        Exists(was_reviewer),
        component_version=OuterRef("component_version"),
        kind=ReviewComment.Kind.REMARK,
        said_at__gt=OuterRef("said_at"),
    ).exclude(said_by=OuterRef("said_by"))
    recalls = Recall.objects.filter(
        component=OuterRef("component_version__component"), recalled_at__gte=OuterRef("said_at")
    )
    return ReviewComment.objects.filter(~Exists(answers), ~Exists(recalls), kind=ReviewComment.Kind.RECALL)


def _recall_was_asked(version: ReviewedContent) -> bool:
    return isinstance(version, ComponentVersion) and (
        version.comments.filter(kind=ReviewComment.Kind.RECALL).exists()
    )


def what_to_change(text: str) -> str:
    """The comment a version is sent back with, checked: its author has to know what to do."""
    ask = _("Write what should be changed, so that the author knows what to do.")
    return plain_words(text, letters=LETTERS_OF_A_REASON, ask=ask)


def keep_comment(
    version: ReviewedContent,
    text: str,
    by: User,
    now: datetime,
    kind: ReviewComment.Kind = ReviewComment.Kind.REMARK,
) -> ReviewComment:
    """Write one down; for verbs that have checked the text and note the step in the trail themselves."""
    if len(text) > COMMENT_LENGTH:
        raise ReviewRefusal(
            _("The comment is too long: at most %(most)d characters.") % {"most": COMMENT_LENGTH}
        )
    about: dict[str, Any] = {FIELDS[type(version)]: version}
    return ReviewComment.objects.create(
        clinic_id=clinic_id_of(version), kind=kind, text=text, said_by=by, said_at=now, **about
    )
