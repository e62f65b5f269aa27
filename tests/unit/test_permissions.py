"""The written table of who may do what, as the product promises it to clinics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.accounts.permissions import PERMISSIONS_OF, Permission, Role, permissions_of


def test_every_role_has_a_row() -> None:
    assert set(PERMISSIONS_OF) == set(Role)


def test_every_permission_is_somebodys() -> None:
    assert frozenset().union(*PERMISSIONS_OF.values()) == set(Permission)


def test_front_desk_sees_no_clinical_text() -> None:
    assert not PERMISSIONS_OF[Role.FRONT_DESK] & {Permission.SEE_CLINICAL, Permission.EDIT_CLINICAL}


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR])
def test_who_treats_nobody_sees_no_patient(role: Role) -> None:
    assert not PERMISSIONS_OF[role] & {
        Permission.SEE_PATIENTS,
        Permission.SEE_CLINICAL,
        Permission.SEE_WORKLIST,
    }


def test_only_administrators_manage() -> None:
    for permission in (Permission.MANAGE_STAFF, Permission.MANAGE_CLINIC):
        assert [role for role in Role if permission in PERMISSIONS_OF[role]] == [Role.ADMINISTRATOR]


def test_no_role_both_writes_and_approves() -> None:
    both = {Permission.EDIT_LIBRARY, Permission.REVIEW_LIBRARY}
    assert not [role for role in Role if both <= PERMISSIONS_OF[role]]


@given(st.lists(st.sampled_from(Role)))
def test_roles_add_up_and_never_take_away(roles: list[Role]) -> None:
    assert permissions_of(roles) == {permission for role in roles for permission in PERMISSIONS_OF[role]}
