"""Who may judge a translation: a clinic's administrator says so, person by person and language by language.

It stands beside the reviewer's role and ends with it. Whoever is given the role anew is asked about anew. Nobody says it of
themselves, except a clinic's only administrator: there nobody else could, and the audit tells who said it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import models, transaction

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.accounts.refusals import LanguagesChanged, NamesThemselves, NotAReviewer
from careplans.audit.record import record_change

ENGLISH = "en"


def judged_languages() -> list[tuple[str, str]]:
    """(code, name) of everything that is translated into."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if code != ENGLISH]


def languages_of(clinic: Clinic | uuid.UUID, user: User) -> list[str]:
    """The languages whose translations this person is qualified to judge in the clinic."""
    found = _reviewing(clinic, user).values_list("languages", flat=True).first()
    return sorted(found or [])


def may_judge(*, clinic: Clinic | uuid.UUID, user: User, language: str) -> bool:
    return language in languages_of(clinic, user)


def may_name(*, clinic: Clinic, user: User, by: User) -> bool:
    """Whether ``by`` may say that ``user`` is qualified; of themselves only where the clinic has no other administrator."""
    if by != user:
        return True
    administrators = Membership.objects.active().of(clinic).with_role(Role.ADMINISTRATOR)
    return not administrators.exclude(user=by).exists()


@transaction.atomic
def set_languages(
    *,
    clinic: Clinic,
    user: User,
    seen: Collection[str],
    languages: Collection[str],
    by: User,
    now: datetime,
) -> None:
    """From now on ``user`` may judge translations into exactly these. ``seen``: those that ``by`` decided on.

    What was approved before stays approved; a reviewer withdraws it where it should not.
    """
    membership = _reviewing(clinic, user).select_for_update(of=("self",)).first()
    if membership is None:
        raise NotAReviewer
    before, after = sorted(membership.languages), sorted(set(languages))
    if set(before) != set(seen):
        raise LanguagesChanged(before)
    if before == after:
        return
    # To give a language up is everybody's own affair.
    if not set(after) <= set(before) and not may_name(clinic=clinic, user=user, by=by):
        raise NamesThemselves
    membership.languages = after
    membership.save(update_fields=["languages"])
    record_change(
        by=by,
        action="staff.languages_changed",
        subject=user,
        now=now,
        clinic_id=clinic.pk,
        details={"before": before, "after": after},
    )


def _reviewing(clinic: Clinic | uuid.UUID, user: User) -> models.QuerySet[Membership]:
    return Membership.objects.active().filter(clinic=clinic, user=user, role=Role.REVIEWER)
