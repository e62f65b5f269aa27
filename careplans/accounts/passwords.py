"""Which passwords are refused beyond Django's own rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User

WORDS = frozenset(
    [
        "careplans",
        "careplan",
        "password",
        "passwort",
        "clinic",
        "klinik",
        "hospital",
        "physio",
        "physiotherapy",
        "therapy",
        "patient",
        "patients",
        "doctor",
        "nurse",
        "welcome",
        "letmein",
        "qwerty",
        "spine",
        "backpain",
        "health",
        "summer",
        "winter",
        "spring",
        "autumn",
    ]
)
MIN_OWN_CHARACTERS = 8
_ENDING = re.compile(r"[\W\d_]+$")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LOOK_ALIKES = str.maketrans("013457@$!", "oieastasi")
# Shorter ones stand in the list too, and happen to be left of good passwords.
MIN_CORE = 5


class ClinicWordValidator:
    """Refuse what anybody would try first here: the product, the clinic, the person, the season and a year."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.lower()
        for word in sorted(WORDS | _own_words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        has_such_words = len(rest) < len(password)
        if has_such_words and len(_ENDING.sub("", rest)) < MIN_OWN_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="password_of_clinic_words")

    def get_help_text(self) -> str:
        return _("Do not build it from names, words of the trade, or a year. Four random words are good.")


class CommonCoreValidator(CommonPasswordValidator):
    """Django's list holds the 20 000 passwords found most often in leaks, few of them as long as ours must be.

    So what is left of a long one without its digits and signs at both ends, without “1” for “i”, and said once when it
    is said twice, must not stand in the list either.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        if any(len(core) >= MIN_CORE and core in self.passwords for core in _cores(password.lower().strip())):
            raise ValidationError(self.get_help_text(), code="password_of_a_common_one")

    def get_help_text(self) -> str:
        return _("Do not lengthen a common password with digits or signs. Four random words are good.")


def _cores(password: str) -> Iterator[str]:
    for text in (password, password.translate(_LOOK_ALIKES)):
        for core in (text, _AROUND.sub("", text)):
            yield core
            half, rest = divmod(len(core), 2)
            if not rest and core[:half] == core[half:]:
                yield core[:half]
                yield _AROUND.sub("", core[:half])


def _own_words(user: User | None) -> set[str]:
    """Words of the person's name and address, and of the clinics where they work; at least three letters."""
    if user is None:
        return set()
    names = [user.name, user.email.partition("@")[0]]
    if not user._state.adding:
        names += Clinic.objects.filter(memberships__user=user).values_list("name", flat=True)
    return {word for name in names for word in re.findall(r"[^\W\d_]{3,}", name.lower())}
