"""Why a change to staff, invitations or the clinic is refused; each message may be read by the administrator."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from careplans.accounts.permissions import Role
from careplans.core.refusals import Refusal, StaleChange


class LastAdministrator(Refusal):
    """A clinic without an administrator could never invite anybody again."""

    def __str__(self) -> str:
        return _(
            "This is the clinic's only administrator. Make somebody else an administrator first, then try again."
        )


class AlreadyOnStaff(Refusal):
    """The invited person has that role here already."""

    def __str__(self) -> str:
        return _("This person already has that role in your clinic. Change their roles under Staff.")


class InvitationNotOpen(Refusal):
    """Used, withdrawn, replaced or too old. All four read the same on purpose."""

    def __str__(self) -> str:
        return _("This invitation can no longer be used. Ask the clinic to send you a new one.")


class AddressTaken(Refusal):
    """Somebody with that address has an account and must prove it by signing in."""

    def __str__(self) -> str:
        return _(
            "There is an account with this e-mail address already. Sign in with it, or use another address."
        )


class WrongPerson(Refusal):
    """Signed in as somebody else than the one who was invited."""

    def __str__(self) -> str:
        return _("This invitation is for another e-mail address. Sign out, then open the link again.")


class NotOnStaff(Refusal):
    """The person left the clinic in the meantime."""

    def __str__(self) -> str:
        return _("This person does not work in your clinic any more.")


class NoRoleLeft(Refusal):
    """Without a role somebody could sign in and do nothing."""

    def __str__(self) -> str:
        return _("Choose at least one role, or end the person's access instead.")


class HasAdministrator(Refusal):
    """Whoever runs the installation lets the first one in; that one lets in all others."""

    def __str__(self) -> str:
        return _("This clinic has an administrator already, who invites people under Staff.")


class RolesChanged(StaleChange):
    """Somebody else changed the roles of the same person while the form was open."""

    def __init__(self, now: Collection[Role]) -> None:
        super().__init__()
        self.now = sorted(now)

    def __str__(self) -> str:
        names = ", ".join(str(role.label) for role in self.now)
        return _("Somebody else changed these roles while you had them open. They are now: %(roles)s.") % {
            "roles": names
        }


class NotAReviewer(Refusal):
    """Approving a translation is a reviewer's work."""

    def __str__(self) -> str:
        return _("Only reviewers approve translations. Give this person the role first.")


class NamesThemselves(Refusal):
    """That somebody is qualified is another person's word."""

    def __str__(self) -> str:
        return _(
            "Nobody says of themselves that they are qualified. Ask another administrator of your clinic to tick the language for you."
        )


class LanguagesChanged(StaleChange):
    """Somebody else changed the languages of the same person while the form was open."""

    def __init__(self, now: Collection[str]) -> None:
        super().__init__()
        self.now = sorted(now)

    def __str__(self) -> str:
        names = ", ".join(str(get_language_info(code)["name_translated"]) for code in self.now)
        return _(
            "Somebody else changed these languages while you had them open. They are now: %(names)s."
        ) % {"names": names or _("none")}


class WorksElsewhereToo(Refusal):
    """One clinic must not lower the protection of another clinic's records."""

    def __str__(self) -> str:
        return _(
            "This person works in another clinic too, so you cannot take away their second factor. "
            "They can use a recovery code, or ask whoever runs this installation."
        )


class NotAClinicianHere(Refusal):
    """Alerts climb to the clinical lead, who must be able to act on them."""

    def __str__(self) -> str:
        return _("The clinical lead must be a clinician who works in this clinic.")
