"""What a patient is told about a second red flag is what became of the notice about that one."""

from __future__ import annotations

from careplans.accounts.models import Clinic, User
from careplans.checkins.told import Told, what_clinic_knows
from careplans.outbox.models import Message
from tests.make.checkins import make_answer, make_asked, moment_of


def test_an_earlier_notice_says_nothing_of_a_later_cause(clinic: Clinic, clinician: User) -> None:
    check_in = make_asked(clinic, clinician)
    make_answer(check_in, red_flags={"leg_weakness": True}, is_complete=False)
    Message.objects.filter(kind="alert_notice").update(state="sent", try_at=None)
    assert what_clinic_knows(check_in) == Told.SENT

    later = moment_of(check_in, hours=2)
    make_answer(check_in, red_flags={"saddle_numbness": True}, is_complete=False, now=later)
    assert what_clinic_knows(check_in) == Told.ON_ITS_WAY

    Message.objects.filter(created_at=later).update(state="failed", failure="server", try_at=None)
    assert what_clinic_knows(check_in) == Told.NOT_SENT
