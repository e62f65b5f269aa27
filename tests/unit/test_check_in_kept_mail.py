"""Without a mail server nothing leaves: outside the demo the patient is phoned instead, and never silently skipped."""

from __future__ import annotations

import pytest

from careplans.accounts.models import Clinic, User
from careplans.checkins.bounces import take_note_of_failures
from careplans.checkins.models import CheckIn
from careplans.outbox.deliver import deliver_due
from careplans.outbox.models import Message
from tests.make.checkins import make_asked, moment_of


@pytest.mark.parametrize(
    ("is_demo", "channel"), [(False, CheckIn.Channel.PHONE), (True, CheckIn.Channel.EMAIL)]
)
@pytest.mark.django_db(transaction=True)
def test_a_mail_that_stays_here_becomes_a_phone_call(
    clinic: Clinic, clinician: User, is_demo: bool, channel: str
) -> None:
    Clinic.objects.update(is_demo=is_demo)
    clinic.refresh_from_db()
    check_in = make_asked(clinic, clinician)
    deliver_due(now=moment_of(check_in))
    assert Message.objects.get(key=check_in.mail_key).state == Message.State.KEPT

    take_note_of_failures(now=moment_of(check_in))

    check_in.refresh_from_db()
    assert check_in.channel == channel
    assert check_in.patient.email_state == "ok"
    assert take_note_of_failures(now=moment_of(check_in)) == 0
