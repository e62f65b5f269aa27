"""Taking an alert on, and closing it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.checkins.alerts import acknowledge_alert, resolve_alert
from careplans.checkins.models import Alert
from careplans.checkins.refusals import AlertMoved
from tests.make.checkins import make_answer, make_asked


@pytest.fixture
def alert(clinic: Clinic, clinician: User) -> Alert:
    make_answer(make_asked(clinic, clinician), red_flags={"leg_weakness": True})
    return Alert.objects.get()


def test_acknowledge_then_resolve(alert: Alert, client_of: Callable[..., Client]) -> None:
    client = client_of(Role.CLINICIAN)
    assert (
        client.post(f"/alerts/{alert.pk}/acknowledge/", {"note": "Called, sent to A&E."}).status_code == 302
    )
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Called, sent to A&amp;E." in page
    assert (
        client.post(f"/alerts/{alert.pk}/resolve/", {"resolution": "Seen, no cauda equina."}).status_code
        == 302
    )
    alert.refresh_from_db()
    assert (alert.state, alert.resolution) == ("resolved", "Seen, no cauda equina.")
    assert "Seen, no cauda equina." in client.get(f"/alerts/{alert.pk}/").content.decode()


@pytest.mark.parametrize(
    ("step", "words"),
    [("acknowledge", "Write down what you are doing about it"), ("resolve", "Write down what came of it")],
)
def test_words_are_needed(
    alert: Alert, client_of: Callable[..., Client], clinician: User, step: str, words: str
) -> None:
    if step == "resolve":
        acknowledge_alert(alert=alert, note="Calling.", by=clinician, now=alert.raised_at)
    page = client_of(Role.CLINICIAN).post(f"/alerts/{alert.pk}/{step}/", {})
    assert page.status_code == 200
    assert words in page.content.decode()


def test_not_resolved_before_acknowledged(alert: Alert, client_of: Callable[..., Client]) -> None:
    response = client_of(Role.CLINICIAN).post(f"/alerts/{alert.pk}/resolve/", {"resolution": "Fine."})
    assert response.status_code == 409
    assert "Fine.</textarea>" in response.content.decode()
    alert.refresh_from_db()
    assert alert.state == "open"


def test_the_second_is_told_who_was_first(
    alert: Alert, client_of: Callable[..., Client], clinician: User
) -> None:
    acknowledge_alert(alert=alert, note="Mine.", by=clinician, now=alert.raised_at)
    response = client_of(Role.CLINICIAN).post(
        f"/alerts/{alert.pk}/acknowledge/", {"note": "Rang her <at> 9."}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "Dr Ada Quill acknowledged this alert" in page
    assert "Rang her &lt;at&gt; 9.</textarea>" in page
    assert "What came of it?" in page  # the step that is possible now
    alert.refresh_from_db()
    assert alert.note == "Mine."


def test_a_resolution_that_came_second_can_be_copied(
    alert: Alert, client_of: Callable[..., Client], clinician: User
) -> None:
    acknowledge_alert(alert=alert, note="Mine.", by=clinician, now=alert.raised_at)
    resolve_alert(alert=alert, resolution="Seen.", by=clinician, now=alert.raised_at)
    response = client_of(Role.CLINICIAN).post(f"/alerts/{alert.pk}/resolve/", {"resolution": "All well."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Dr Ada Quill resolved this alert" in page
    assert "All well.</textarea>" in page


@pytest.mark.parametrize("note", ["x" * 2001, "Called."])
def test_a_form_that_is_offered_no_more_loses_nothing(
    alert: Alert, client_of: Callable[..., Client], clinician: User, note: str
) -> None:
    acknowledge_alert(alert=alert, note="Mine.", by=clinician, now=alert.raised_at)
    page = client_of(Role.CLINICIAN).post(f"/alerts/{alert.pk}/acknowledge/", {"note": note}).content.decode()
    assert f"{note}</textarea>" in page


def test_raised_again_meanwhile_keeps_what_was_typed(
    alert: Alert, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged by somebody and raised again between: the form applies, so it holds the note."""

    def refuse(**fields: object) -> None:
        raise AlertMoved("This alert was raised again with another cause.")

    monkeypatch.setattr("careplans.checkins.views.alert.acknowledge_alert", refuse)
    response = client_of(Role.CLINICIAN).post(f"/alerts/{alert.pk}/acknowledge/", {"note": "Called."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "raised again with another cause" in page
    assert page.count("Called.</textarea>") == 1
    assert "still stands in the form" in page


@pytest.mark.parametrize("step", ["acknowledge", "resolve"])
def test_who_may_not(alert: Alert, client_of: Callable[..., Client], other_clinic: Clinic, step: str) -> None:
    path = f"/alerts/{alert.pk}/{step}/"
    assert Client().post(path).status_code == 302
    assert client_of(Role.FRONT_DESK).post(path).status_code == 403
    assert client_of(Role.CLINICIAN, at=other_clinic).post(path, {"note": "x"}).status_code == 404
    assert client_of(Role.CLINICIAN).get(path).status_code == 405
    alert.refresh_from_db()
    assert alert.state == "open"


@pytest.mark.parametrize("step", ["acknowledge", "resolve"])
@pytest.mark.parametrize("nothing", ["\u200c", ".", "\u200bRang her", "ok"])
def test_a_step_without_words_is_asked_again(
    nothing: str, step: str, alert: Alert, client_of: Callable[..., Client], clinician: User
) -> None:
    if step == "resolve":
        acknowledge_alert(alert=alert, note="Calling.", by=clinician, now=alert.raised_at)
    before = Alert.objects.get(pk=alert.pk).state
    field = {"acknowledge": "note", "resolve": "resolution"}[step]

    response = client_of(Role.CLINICIAN).post(f"/alerts/{alert.pk}/{step}/", {field: nothing})

    assert response.context[f"{step}_form"].errors[field]
    assert Alert.objects.get(pk=alert.pk).state == before
