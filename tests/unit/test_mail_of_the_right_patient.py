"""Each mail goes to its own patient with that patient's own link."""

from __future__ import annotations

from careplans.accounts.models import Clinic, User
from careplans.checkins.selectors import check_in_behind
from careplans.outbox.mail import link_of, mail_bytes
from careplans.outbox.models import Message
from tests.factories import NOW
from tests.make.checkins import make_asked


def test_address_and_link_belong_to_one_patient(clinic: Clinic, clinician: User) -> None:
    check_ins = [make_asked(clinic, clinician, days=(1,)) for _number in range(20)]
    for check_in in check_ins:
        message = Message.objects.get(key=check_in.mail_key)
        mail = mail_bytes(message, now=NOW).decode()
        others = {one.patient.email for one in check_ins if one != check_in}
        assert (message.patient_id, message.to_address) == (check_in.patient_id, check_in.patient.email)
        assert check_in_behind(link_of(message).rstrip("/").rpartition("/")[2]) == check_in
        assert f"To: {check_in.patient.email}" in mail
        assert not [address for address in others if address in mail]
