"""The page of an alert."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.checkins.models import Alert
from careplans.checkins.tiers import Tier
from tests.make.checkins import ask_next, make_answer, make_scheduled


@pytest.fixture
def alert(clinic: Clinic, clinician: User) -> Alert:
    plan = make_scheduled(clinic, clinician).plan
    make_answer(ask_next(plan), pain_now=4)
    make_answer(
        ask_next(plan),
        red_flags={"leg_weakness": True, "saddle_numbness": False},
        pain_now=8,
        pain_worst=9,
        done={"ex-pelvic-tilt": "some"},
        side_effects=("dry_mouth",),
        comment="It <b>shoots</b> down my leg.",
    )
    return Alert.objects.get(tier=Tier.RED_FLAG)


def path(alert: Alert) -> str:
    return f"/alerts/{alert.pk}/"


def test_shows_cause_answer_course_and_steps(alert: Alert, client_of: Callable[..., Client]) -> None:
    page = client_of(Role.CLINICIAN).get(path(alert)).content.decode()
    for words in (
        alert.patient.full_name,
        "New or worsening leg weakness: answered yes",
        "8 of 10",
        "Now and then",
        "Dry mouth",
        "It &lt;b&gt;shoots&lt;/b&gt; down my leg.",
        "Acknowledge",
        "Goes to the next person",
        "Raised, for Dr Ada Quill",
    ):
        assert words in page, words
    assert "<svg" in page


@pytest.mark.parametrize(
    ("tier", "sentence"),
    [
        (Tier.THRESHOLD, "Pain now 8, the clinic&#x27;s threshold is 7"),
        (Tier.WORSENING, "clearly more than at the last check-in"),
        (Tier.SIDE_EFFECT, "Side effect: Dry mouth"),
    ],
)
def test_a_sentence_for_each_cause(
    alert: Alert, client_of: Callable[..., Client], tier: Tier, sentence: str
) -> None:
    other = Alert.objects.get(check_in=alert.check_in, tier=tier)
    assert sentence in client_of(Role.CLINICIAN).get(path(other)).content.decode()


def test_what_to_do_comes_before_the_answer(alert: Alert, client_of: Callable[..., Client]) -> None:
    page = client_of(Role.CLINICIAN).get(path(alert)).content.decode()
    assert page.index("What happens now") < page.index("Answer to the check-in")


def test_the_other_alerts_of_the_answer_are_reached(alert: Alert, client_of: Callable[..., Client]) -> None:
    others = Alert.objects.filter(check_in=alert.check_in).exclude(pk=alert.pk)
    page = client_of(Role.CLINICIAN).get(path(alert)).content.decode()
    assert others
    for other in others:
        assert f'<a href="{path(other)}">Go to this alert</a>' in page


def test_the_look_is_in_the_trail(alert: Alert, client_of: Callable[..., Client]) -> None:
    client_of(Role.CLINICIAN).get(path(alert))
    event = AuditEvent.objects.get(action="alert.looked_at")
    assert (event.kind, event.patient_id) == ("look", alert.patient_id)


def test_who_may_not(alert: Alert, client_of: Callable[..., Client], other_clinic: Clinic) -> None:
    assert Client().get(path(alert)).status_code == 302
    for role in (Role.FRONT_DESK, Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR):
        assert client_of(role).get(path(alert)).status_code == 403
    assert client_of(Role.CLINICIAN, at=other_clinic).get(path(alert)).status_code == 404
