"""The verbs of this room under one name, for the rooms above."""

from careplans.accounts.clinics import change_clinic, open_clinic
from careplans.accounts.invitations import (
    accept_invitation,
    invite_administrator_of,
    invite_first_administrator,
    invite_staff,
    join_clinic,
    withdraw_invitation,
)
from careplans.accounts.qualified import set_languages
from careplans.accounts.staff import change_roles, end_membership, end_sessions, reset_second_factor

__all__ = [
    "accept_invitation",
    "change_clinic",
    "change_roles",
    "end_membership",
    "end_sessions",
    "invite_administrator_of",
    "invite_first_administrator",
    "invite_staff",
    "join_clinic",
    "open_clinic",
    "reset_second_factor",
    "set_languages",
    "withdraw_invitation",
]
