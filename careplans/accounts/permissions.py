"""What each role may do. Pure: the one written table of function access; the matrix test checks every route by it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    CLINICIAN = "clinician", _("Clinician")
    FRONT_DESK = "front_desk", _("Front desk")
    EDITOR = "editor", _("Content editor")
    REVIEWER = "reviewer", _("Reviewer")
    ADMINISTRATOR = "administrator", _("Clinic administrator")


class Permission(TextChoices):
    SEE_WORKLIST = "see_worklist", _("See the worklist")
    SEE_PATIENTS = "see_patients", _("See who the patients are and how to reach them")
    EDIT_PATIENTS = "edit_patients", _("Register patients, change contact and consent")
    SEE_CLINICAL = "see_clinical", _("See facts, plans and answers")
    EDIT_CLINICAL = "edit_clinical", _("Change facts and episodes, build and publish plans, handle alerts")
    PRINT_HANDOUTS = "print_handouts", _("Open, print and send handouts")
    SEE_LIBRARY = "see_library", _("Read the library")
    KEEP_LIBRARY = "keep_library", _("See drafts and reviews, comment on them, propose to retire")
    EDIT_LIBRARY = "edit_library", _("Write components, templates and rules")
    REVIEW_LIBRARY = "review_library", _("Approve components, templates and rules")
    SEE_MESSAGES = "see_messages", _("See what was sent and what became of it")
    MANAGE_STAFF = "manage_staff", _("Invite staff and change roles")
    MANAGE_CLINIC = "manage_clinic", _("Change the clinic's settings")


P = Permission
PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.CLINICIAN: frozenset(
        {P.SEE_WORKLIST, P.SEE_PATIENTS, P.EDIT_PATIENTS, P.SEE_CLINICAL, P.EDIT_CLINICAL, P.PRINT_HANDOUTS}
        | {P.SEE_LIBRARY, P.SEE_MESSAGES}
    ),
    Role.FRONT_DESK: frozenset(
        {P.SEE_WORKLIST, P.SEE_PATIENTS, P.EDIT_PATIENTS, P.PRINT_HANDOUTS, P.SEE_MESSAGES}
    ),
    Role.EDITOR: frozenset({P.SEE_LIBRARY, P.KEEP_LIBRARY, P.EDIT_LIBRARY}),
    Role.REVIEWER: frozenset({P.SEE_LIBRARY, P.KEEP_LIBRARY, P.REVIEW_LIBRARY}),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_STAFF, P.MANAGE_CLINIC, P.SEE_LIBRARY}),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that somebody with these roles may do."""
    return frozenset().union(*(PERMISSIONS_OF[Role(role)] for role in roles))
