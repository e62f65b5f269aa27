"""Links cannot be guessed, and no table holds one."""

from __future__ import annotations

import base64
from typing import Any

from django.core.management import call_command

from careplans.accounts.models import Clinic, User
from careplans.core.tokens import derive_token, hash_token, new_nonce
from tests.make.checkins import link_of, make_asked


def test_a_token_has_192_bits_and_a_nonce_128() -> None:
    nonces = {new_nonce() for _number in range(1000)}
    tokens = {derive_token(nonce, purpose="check-in") for nonce in nonces}
    assert len(tokens) == 1000
    assert {len(base64.urlsafe_b64decode(nonce.partition(".")[2] + "==")) for nonce in nonces} == {16}
    assert max(len(nonce) for nonce in nonces) <= 32
    assert {len(base64.urlsafe_b64decode(token)) for token in tokens} == {24}


def test_a_token_is_for_one_purpose_and_one_key(settings: Any) -> None:
    nonce = new_nonce()
    first = derive_token(nonce, purpose="check-in")
    assert derive_token(nonce, purpose="plan") != first
    settings.SECRET_KEY = "another key"
    assert derive_token(nonce, purpose="check-in") != first


def test_a_link_sent_after_the_key_was_changed_still_opens(settings: Any) -> None:
    nonce = new_nonce()
    token_hash = hash_token(derive_token(nonce, purpose="check-in"))

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key, put in place while the check-in was waiting to be asked"

    assert hash_token(derive_token(nonce, purpose="check-in")) == token_hash


def test_the_database_holds_only_its_hash(clinic: Clinic, clinician: User, capsys: Any) -> None:
    token = link_of(make_asked(clinic, clinician)).split("/")[2]
    call_command("dumpdata", "checkins", "outbox", "plans", "audit")
    dumped = capsys.readouterr().out
    assert token not in dumped
    assert hash_token(token) in dumped
