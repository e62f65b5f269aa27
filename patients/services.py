"""Everything that writes about patients, in one place to import from."""

from __future__ import annotations

from patients.clinical_facts import end_fact, record_fact, withdraw_fact
from patients.contact import change_patient, opt_out_of_email, record_email_consent
from patients.episodes import change_episode, close_episode, open_episode
from patients.register import register_patient, register_with_history

__all__ = [
    "change_episode",
    "change_patient",
    "close_episode",
    "end_fact",
    "open_episode",
    "opt_out_of_email",
    "record_email_consent",
    "record_fact",
    "register_patient",
    "register_with_history",
    "withdraw_fact",
]
