"""A part of a page that cannot be fetched while the database is away is said to be so, until it can."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from playwright.sync_api import Page, expect

from careplans.accounts.models import Clinic
from careplans.accounts.permissions import Role
from tests.browser.conftest import assert_accessible, sign_in
from tests.factories import make_staff


def fail(*given: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.django_db(transaction=True)
def test_a_search_that_found_no_database_says_so(page: Page, site: str, clinic: Clinic) -> None:
    make_staff(clinic, Role.CLINICIAN, email="ada@clinic.example")
    sign_in(page, site, "ada@clinic.example")
    page.get_by_role("link", name="Patients").first.click()
    notice = page.get_by_role("alert").filter(has_text="cannot reach its records just now")

    with patch.object(CursorWrapper, "_execute", fail):
        page.get_by_role("searchbox").fill("Stone")
        expect(notice).to_be_visible()
    assert_accessible(page)
    page.get_by_role("searchbox").fill("Stones")

    expect(page.locator("#request-failed")).to_be_hidden()
