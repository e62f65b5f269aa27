"""What a patient must never miss: nobody watches all the time, and the numbers to call. In every mail, page, handout."""

from __future__ import annotations

from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.handouts.compose import drawing_of
from careplans.outbox.compose import compose
from tests.factories import NOW
from tests.make.checkins import link_of, make_asked
from tests.make.handouts import small_document, starter_document

MAILS = ["checkins/mail/check_in", "checkins/mail/reminder", "builder/mail/plan_published"]
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("prefix", MAILS)
def test_every_mail_to_a_patient_names_both_numbers(prefix: str, language: str) -> None:
    clinic = Clinic(name="Clinic", phone="+44 20 7946 0000", emergency_number="999")
    mail = compose(prefix, {"clinic": clinic, "closes_on": NOW.date(), "is_revision": True}, language)
    for part in (mail.text, unescape(mail.html)):
        assert "+44 20 7946 0000" in part
        assert "999" in part
    if language == "en":
        assert "obody watches" in mail.text
        assert "obody watches" in mail.html
        assert "This mailbox is not read" in mail.text


def test_every_handout_says_it() -> None:
    for document in (starter_document(), small_document(), small_document(check_ins=(), red_flags=())):
        html = unescape(drawing_of(document, link="https://x.example/p/y/").html)
        assert "Nobody watches the answers all the time." in html
        assert f"In an emergency call {document.clinic.emergency_number}." in html
        assert document.clinic.phone in html


def test_the_questions_say_it_before_anything_is_answered(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician)
    client = Client()
    client.get(link_of(check_in))
    for year in ("1111", "1980"):
        page = client.post("/check-in/confirm/", {"year": year}, follow=True).content.decode()
        assert "Nobody watches the answers all the time." in page
        assert clinic.phone in page
        assert clinic.emergency_number in page
