"""The component editor: what is typed is kept, checked, shown as the patient reads it, and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.edit_component import content_of
from careplans.library.models import ComponentVersion, ReviewState
from careplans.library.review import submit_for_review
from tests.factories import NOW, make_staff
from tests.make.written import make_component_draft, typed


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> ComponentVersion:
    return make_component_draft(clinic, editor)


@pytest.fixture
def signed_in(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def address(version: ComponentVersion, page: str = "component-edit") -> str:
    return reverse(page, args=[version.component_id, version.number])


def stored(version: ComponentVersion) -> ComponentVersion:
    return ComponentVersion.objects.prefetch_related("texts").get(pk=version.pk)


def test_a_stranger_is_asked_to_sign_in(client: Client, draft: ComponentVersion) -> None:
    assert client.get(address(draft)).status_code == 302


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_write(client_of: Callable[..., Client], draft: ComponentVersion, role: Role) -> None:
    for page in ("component-edit", "component-dose"):
        assert client_of(role).get(address(draft, page)).status_code == 403
    assert client_of(role).post(address(draft, "component-live"), typed(draft)).status_code == 403
    assert client_of(role).post(address(draft), typed(draft)).status_code == 403
    assert stored(draft).revision == draft.revision


def test_another_clinics_draft_is_not_there(
    client_of: Callable[..., Client], other_clinic: Clinic, draft: ComponentVersion
) -> None:
    client = client_of(Role.EDITOR, at=other_clinic)
    assert client.get(address(draft)).status_code == 404
    assert client.post(address(draft), typed(draft)).status_code == 404
    assert client.post(address(draft, "component-live"), typed(draft)).status_code == 404


def test_the_draft_is_saved_and_the_change_is_on_record(signed_in: Client, draft: ComponentVersion) -> None:
    response = signed_in.post(address(draft), typed(draft))

    assert response.status_code == 302
    said = content_of(stored(draft))
    assert said.title == "Bridge, held longer"
    assert said.steps == ("Lie on your back.", "Lift your hips.")
    assert said.clinician_text == "Cue the gluteals.\n- not the back"
    assert said.tags == ("exercise", "strengthening")
    assert said.dose.in_words() == "12 times, hold for 5 seconds each, 2 sets, once a day, 5 days a week"
    assert [one.source for one in said.sources] == ["B1"]
    assert said.review_months == 12
    event = AuditEvent.objects.get(action="componentversion.edited")
    assert "title" in event.details["changed"]
    assert "picture" not in event.details["changed"]
    assert event.details["revision"] == draft.revision + 1


def test_other_languages_stay_as_they_are(signed_in: Client, draft: ComponentVersion) -> None:
    before = set(draft.texts.exclude(language="en").values_list("language", "title", "why"))
    signed_in.post(address(draft), typed(draft))
    assert set(draft.texts.exclude(language="en").values_list("language", "title", "why")) == before


def test_opening_and_saving_changes_nothing(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.get(address(draft))
    form, dose, rows = (page.context[name] for name in ("form", "dose_form", "sources"))
    sent = {
        bound.html_name: bound.value() for one in (form, dose, rows.management_form, *rows) for bound in one
    }
    sent = {name: "" if value is None else value for name, value in sent.items()}
    sent |= {
        name: "\n".join(sent[name])
        for name in ("steps", "cautions", "equipment")
        if not isinstance(sent[name], str)
    }

    response = signed_in.post(address(draft), sent | {"revision": draft.revision, "shown_kind": dose.kind})

    assert response.status_code == 302
    assert stored(draft).revision == draft.revision
    assert not AuditEvent.objects.filter(action="componentversion.edited").exists()


def test_a_half_written_draft_can_be_kept(signed_in: Client, draft: ComponentVersion) -> None:
    empty = dict.fromkeys(
        ("why", "steps", "feel", "clinician_text", "sources-0-source", "sources-0-says"), ""
    )
    assert signed_in.post(address(draft), typed(draft, **empty)).status_code == 302
    page = signed_in.get(address(draft)).content.decode()
    assert "English text, why: missing" in page
    assert "Sources: missing" in page


MISTAKES: list[tuple[dict[str, object], str]] = [
    ({"title": ""}, "Write a title."),
    ({"dose-reps": "0"}, "Write a whole number from 1 to 100."),
    ({"dose-reps": ""}, "Please fill this in."),
    ({"sources-1-says": "So it is."}, "Choose which source says this."),
    ({"sources-0-says": ""}, "Write what this source says."),
    ({"sources-0-source": "nowhere"}, "nowhere is not one of the available choices"),
    ({"tags": ["exercize"]}, "exercize is not one of the available choices"),
    ({"picture": "../secret"}, "../secret is not one of the available choices"),
    ({"review_months": "0"}, "Write a whole number from 1 to 24"),
    ({"review_months": "25"}, "after two years at most somebody reads it again"),
    ({"why": "turned \u202e around"}, "hidden character"),
    ({"steps": "x" * 401}, "at most 400 characters"),
    ({"steps": "\n".join(["Lie down."] * 21)}, "At most 20 lines."),
    ({"kind": "medicine"}, "Fill in the numbers of this kind of dose."),
]


def test_a_mistake_is_told_and_nothing_typed_is_lost(signed_in: Client, draft: ComponentVersion) -> None:
    """One library for all of them: loading it takes longer than any of the mistakes."""
    for wrong, told in MISTAKES:
        response = signed_in.post(address(draft), typed(draft, **wrong))

        page = response.content.decode()
        assert response.status_code == 422, wrong
        assert told in page, wrong
        assert "A cramp behind the thigh." in page
    assert stored(draft).revision == draft.revision


def test_somebody_else_saved_meanwhile(
    signed_in: Client, draft: ComponentVersion, client_of: Callable[..., Client]
) -> None:
    """Nothing is overwritten and nothing lost: mine stays typed, theirs stands beside it, and a second press counts."""
    client_of(Role.EDITOR).post(address(draft), typed(draft, why="Theirs came first.", equipment="chair"))

    refused = signed_in.post(address(draft), typed(draft, why="Mine came second."))
    again = signed_in.post(
        address(draft), typed(draft, why="Mine came second.", revision=refused.context["revision"])
    )

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Mine came second." in page
    assert [(one.label, one.value) for one in refused.context["stored"]] == [
        ("What it is for", "Theirs came first."),
        ("Equipment", "chair"),
    ]
    assert again.status_code == 302
    assert content_of(stored(draft)).why == "Mine came second."


def test_a_mistake_does_not_hide_that_somebody_else_saved(
    signed_in: Client, draft: ComponentVersion, client_of: Callable[..., Client]
) -> None:
    client_of(Role.EDITOR).post(address(draft), typed(draft, why="Theirs came first."))

    mistaken = signed_in.post(address(draft), typed(draft, title=""))
    mended = signed_in.post(address(draft), typed(draft, revision=mistaken.context["revision"]))

    assert mended.status_code == 409
    assert content_of(stored(draft)).why == "Theirs came first."


def test_what_was_typed_for_a_version_that_was_submitted_is_given_back(
    signed_in: Client, draft: ComponentVersion, editor: User
) -> None:
    submit_for_review(version=draft, by=editor, now=NOW)

    response = signed_in.post(address(draft), typed(draft, why="A late thought."))

    assert response.status_code == 409
    assert "A late thought." in response.content.decode()
    assert "no longer a draft" in response.content.decode()
    assert signed_in.get(address(draft)).status_code == 302
    assert stored(draft).state == ReviewState.IN_REVIEW


def test_beside_the_form_stands_what_the_patient_reads(signed_in: Client, draft: ComponentVersion) -> None:
    hard = (
        "Notwithstanding considerable biomechanical requirements, musculature surrounding the lumbar vertebrae "
        "necessitates systematic strengthening throughout rehabilitation, particularly following hospitalisation."
    )
    response = signed_in.post(
        address(draft, "component-live"),
        typed(draft, why=hard, feel="See [this](https://a.example) & <b>that</b>", **{"dose-reps": ""}),
        headers={"HX-Request": "true"},
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert "pictures/bridge.svg" in page
    assert "See this &amp; &lt;b&gt;that&lt;/b&gt;" in page
    assert "too hard, aim at 6 or below" in page
    assert "How it should feel: links: only their words are printed" in page
    assert "Not complete yet." in page
    assert stored(draft).revision == draft.revision


def test_an_easy_text_is_called_easy(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.post(address(draft, "component-live"), typed(draft)).content.decode()
    assert "easy enough" in page
    assert "<strong>seat</strong>" in page
    assert "Nothing is missing." in page


def test_nothing_dangerous_is_shown_beside_the_form(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.post(
        address(draft, "component-live"),
        typed(draft, title="<script>x</script>", why="<img src=x onerror=alert(1)>"),
    ).content.decode()
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror" in page


def test_another_kind_of_dose_has_other_fields(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.get(address(draft, "component-dose"), {"kind": "medicine"}).content.decode()
    assert 'name="dose-amount"' in page
    assert 'name="dose-note"' not in page
    own = signed_in.get(address(draft, "component-dose"), {"kind": "repetitions"}).content.decode()
    assert 'value="10"' in own
    assert (
        'name="dose-reps"' in signed_in.get(address(draft, "component-dose"), {"kind": "?"}).content.decode()
    )


def test_without_a_script_the_kind_changes_by_its_button(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.post(address(draft), typed(draft, kind="thermal", do="kind", why="Still here."))

    words = page.content.decode()
    assert page.status_code == 200
    assert 'name="dose-cold_minutes"' in words
    assert "Still here." in words
    assert "error-summary" not in words
    assert stored(draft).revision == draft.revision
    heat = typed(
        draft, kind="thermal", shown_kind="thermal", **{"dose-minutes": "20", "dose-times_a_day": "2"}
    )
    assert signed_in.post(address(draft), heat).status_code == 302
    assert stored(draft).dose.kind == "thermal"


def test_without_a_script_a_source_is_added_by_its_button(signed_in: Client, draft: ComponentVersion) -> None:
    page = signed_in.post(address(draft), typed(draft, do="source", why="Still here.")).content.decode()
    assert 'name="sources-2-source"' in page
    assert "Still here." in page
    assert "error-summary" not in page


@pytest.mark.parametrize("total", ["x", "999999", "", "-1"])
def test_a_tampered_number_of_rows_breaks_nothing(
    signed_in: Client, draft: ComponentVersion, total: str
) -> None:
    for do in ("source", "save"):
        sent = typed(draft, do=do) | {"sources-TOTAL_FORMS": total}
        assert signed_in.post(address(draft), sent).status_code in (200, 302, 422)


def test_a_list_in_a_field_of_the_title_is_plain_words(signed_in: Client, draft: ComponentVersion) -> None:
    signed_in.post(address(draft), typed(draft, title="**Bridge** [now](https://example.org)"))
    assert content_of(stored(draft)).title == "Bridge now"


def test_closing_leads_to_the_version(signed_in: Client, draft: ComponentVersion) -> None:
    response = signed_in.post(address(draft), typed(draft, do="close"))
    assert response.headers["Location"].endswith(f"{draft.component_id}/{draft.number}/")


def test_the_form_is_guarded(signed_in: Client, draft: ComponentVersion) -> None:
    assert "data-guard" in signed_in.get(address(draft)).content.decode()


def test_the_rules_that_go_by_each_tag_stand_under_the_tags(
    signed_in: Client, draft: ComponentVersion
) -> None:
    page = signed_in.get(reverse("component-edit", args=[draft.component_id, draft.number]))

    told = {one.tag: [name for name, _url in one.rules] for one in page.context["tag_rules"]}
    assert "NSAID renal" in told["NSAID"]
    # A rule about two that come together goes by the tag of the second one too.
    assert "Benzodiazepine with opioid" in told["Opioid"]
    assert "Which safety rules go by each tag" in page.content.decode()


def test_a_dose_that_is_not_whole_is_named_among_what_is_missing(
    signed_in: Client, draft: ComponentVersion
) -> None:
    def live(**numbers: str) -> str:
        sent = typed(draft) | {f"dose-{name}": number for name, number in numbers.items()}
        return signed_in.post(address(draft, "component-live"), sent).content.decode()

    empty = live(sets="")
    assert "Not complete yet." in empty
    assert "Dose, Sets: Please fill this in." in empty
    assert "Nothing is missing." not in empty
    large = live(hold_seconds="100000")
    assert large.count("Hold, seconds: too large. Write a whole number from 1 to 600.") == 2
    assert "Not complete yet." not in large
    assert "Nothing is missing." not in large
    assert "Dose, Repetitions: too small." in live(reps="0")
    assert "Nothing is missing." in live()
