"""Approving translations: the word of somebody qualified, who wrote none of it, that a text says what its English says."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.accounts.qualified import may_judge
from careplans.audit.record import record_change
from careplans.library.models import (
    Component,
    ComponentVersion,
    ReviewedContent,
    Template,
    TemplateVersion,
    TranslationReview,
)
from careplans.library.translations import (
    ENGLISH,
    KIND_OF,
    READABLE,
    Words,
    code_of,
    languages,
    missing_in,
    sha_of,
    words_of,
)
from careplans.library.versions import ReviewRefusal, clinic_id_of, hold, record


@transaction.atomic
def approve_translation(
    *, version: ReviewedContent, language: str, sha256: str, has_compared: bool, by: User, now: datetime
) -> TranslationReview:
    """A qualified person's word that the translation says what the English says. ``sha256``: of what they read.

    Who is qualified, an administrator of the clinic says; nobody says it of themselves by approving.
    """
    if not has_compared:
        raise ReviewRefusal(_("Only somebody who compared both texts can approve the translation."))
    stored = hold(version)
    if stored is None or stored.state not in READABLE:
        raise ReviewRefusal(
            _("A draft still changes. Translations are approved once it is in review or in use.")
        )
    said = words_of(stored)
    _refuse_unless_whole(said, language)
    if not may_judge(clinic=clinic_id_of(version), user=by, language=language):
        raise ReviewRefusal(not_qualified_note(language))
    if sha256 != sha_of(said[ENGLISH], said[language]):
        raise ReviewRefusal(_("The texts are not what you read any more. Compare them again."))
    if by.pk in writers_of(stored, language, sha256):
        raise ReviewRefusal(
            _(
                "You wrote some of these words, or in this version. Somebody else has to approve the translation."
            )
        )
    clinic_id = clinic_id_of(stored)
    same = TranslationReview.objects.standing().filter(clinic=clinic_id, language=language, sha256=sha256)
    if same.exists():
        raise ReviewRefusal(_("This translation is approved already."))
    review = TranslationReview.objects.create(
        clinic_id=clinic_id,
        of_kind=KIND_OF[type(stored)],
        of_code=code_of(stored),
        language=language,
        sha256=sha256,
        approved_by=by,
        approved_at=now,
    )
    record("translation_approved", stored, by, now, language=language, sha256=sha256)
    return review


@transaction.atomic
def withdraw_approval(*, review: TranslationReview, by: User, now: datetime) -> None:
    """The word is taken back: from now on the text counts as not approved."""
    taken = TranslationReview.objects.standing().filter(pk=review.pk)
    if not taken.update(withdrawn_by=by, withdrawn_at=now):
        raise ReviewRefusal(_("Somebody else was first: this approval was withdrawn already."))
    record_change(
        by=by,
        action="translationreview.withdrawn",
        subject=review,
        now=now,
        clinic_id=review.clinic_id,
        details={
            "of": f"{review.of_kind} {review.of_code}",
            "language": review.language,
            "sha256": review.sha256,
        },
    )


def standing_review(version: ReviewedContent, language: str) -> TranslationReview | None:
    """The approval that stands of what this version says."""
    said = words_of(version)
    if ENGLISH not in said or language not in said:
        return None
    sha256 = sha_of(said[ENGLISH], said[language])
    found = TranslationReview.objects.standing().filter(
        clinic=clinic_id_of(version), language=language, sha256=sha256
    )
    return found.select_related("approved_by").first()


def writers_of(version: ReviewedContent, language: str, sha256: str) -> set[uuid.UUID]:
    """Who wrote in this version, in one with these words in that language, or in one where any line of them was written:
    of the same thing or of its originals.
    """
    own = words_of(version).get(language, {})
    family = _with_originals(version)
    words = {one.pk: words_of(one) for one in family}
    writers: set[uuid.UUID] = set()
    for one in family:
        said = words[one.pk]
        is_same = language in said and (
            said[language] == own or (ENGLISH in said and sha_of(said[ENGLISH], said[language]) == sha256)
        )
        base = words.get(one.based_on_id, {})
        written = _lines(said.get(language, {})) - _lines(base.get(language, {}))
        if one.pk == version.pk or is_same or written & _lines(own):
            writers |= {writer.pk for writer in one.writers.all()}
            writers |= {one.author_id} if one.author_id else set()
    return writers


def _lines(words: Words) -> set[tuple[str, str]]:
    """Each line that says something, with its passage."""
    passages = ((key, value if isinstance(value, list) else [value]) for key, value in words.items())
    return {(key, line) for key, lines in passages for line in lines if line}


def _with_originals(version: ReviewedContent) -> list[Any]:
    """Every version of the same thing, of what it was copied from, and so on: whatever its words can come from."""
    found: list[Any] = list(version.versions().prefetch_related("writers"))
    thing: Component | Template | None = None
    match version:
        case ComponentVersion():
            thing = version.component.origin
        case TemplateVersion():
            thing = version.template.origin
    while thing is not None:
        found += thing.versions.prefetch_related("writers")
        thing = thing.origin
    return found


def not_qualified_note(language: str) -> str:
    return _(
        "Your clinic's administrator has not named you as qualified to judge %(language)s. They do that under Staff, with “Languages to judge”."
    ) % {"language": get_language_info(language)["name_translated"]}


def _refuse_unless_whole(said: dict[str, Words], language: str) -> None:
    if language == ENGLISH or language not in languages():
        raise ReviewRefusal(_("This language is not one your clinic offers a translation in."))
    if language not in said or ENGLISH not in said or missing_in(said[language], said[ENGLISH]):
        raise ReviewRefusal(_("The translation is not complete yet: something is said in English only."))
