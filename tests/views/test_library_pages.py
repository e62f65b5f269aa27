"""The library read by clinicians: everything called as people call it, never by its code."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from tests.make.plans import make_library


def test_a_rule_names_what_it_is_for(clinic: Clinic, client_of: Callable[..., Client]) -> None:
    make_library(clinic)

    page = client_of(Role.CLINICIAN).get("/library/rules/")

    targets = {row.aim for row in page.context["rows"]}
    assert "Cyclobenzaprine (muscle relaxant)" in targets
    assert not any("med-" in target or "_" in target for target in targets)


def test_those_who_write_the_library_find_its_workshop(
    clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    for role in (Role.EDITOR, Role.REVIEWER):
        assert 'href="/admin/"' in client_of(role).get("/library/").content.decode()
    assert 'href="/admin/"' not in client_of(Role.CLINICIAN).get("/library/").content.decode()
