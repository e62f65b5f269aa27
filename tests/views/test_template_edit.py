"""The template editor: who may open it, what each change does, and what a refused one says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library import edit_template as edit
from careplans.library.models import TemplateVersion
from careplans.library.review import submit_for_review
from tests.factories import NOW, make_staff
from tests.make.plans import component_of
from tests.make.templates import (
    codes_of,
    items_of,
    make_template_draft,
    phase_at,
    phases_of,
    revision_of,
    says,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR, name="Ed Itor")


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> TemplateVersion:
    return make_template_draft(clinic, editor)


@pytest.fixture
def signed_in(client_of: Callable[..., Client]) -> Client:
    return client_of(Role.EDITOR)


def address(name: str, draft: TemplateVersion, **more: Any) -> str:
    return reverse(name, kwargs={"template": draft.template_id, "number": draft.number, **more})


def editor_of(draft: TemplateVersion, at: str = "") -> str:
    return address("template-edit", draft) + (f"#{at}" if at else "")


def sent(draft: TemplateVersion, **more: Any) -> dict[str, Any]:
    return {"revision": revision_of(draft), **more}


def phase_fields(draft: TemplateVersion, **more: Any) -> dict[str, Any]:
    usual = {
        "name": "First steps",
        "days": 5,
        "starts": "by_date",
        "code": "first-steps",
        "aims": "Move.\r\n\r\nBreathe.",
        "avoid": "Lifting.",
        "move_on_when": "You walk.",
        "step_back_when": "It hurts more.",
        "pain_at_most": "5",
        "clinician_confirms": "on",
        "check_in_days": "2; 4, 4",
    }
    return sent(draft) | usual | more


def by_somebody_else(draft: TemplateVersion, editor: User) -> None:
    edit.move_phase(phase=phase_at(draft, 0), earlier=False, revision=revision_of(draft), by=editor, now=NOW)


def test_anonymous_is_asked_to_sign_in(draft: TemplateVersion) -> None:
    assert reverse("account_login") in Client().get(editor_of(draft))["Location"]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.FRONT_DESK, Role.REVIEWER, Role.ADMINISTRATOR])
def test_only_editors_write(role: Role, draft: TemplateVersion, client_of: Callable[..., Client]) -> None:
    client = client_of(role)
    assert client.get(editor_of(draft)).status_code == 403
    assert client.post(address("template-item-add", draft), sent(draft)).status_code == 403


def test_another_clinics_draft_is_not_there(
    draft: TemplateVersion, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    stranger, phase = client_of(Role.EDITOR, at=other_clinic), phase_at(draft, 0)

    assert stranger.get(editor_of(draft)).status_code == 404
    path = address("template-phase-remove", draft, phase=phase.pk)
    assert stranger.post(path, sent(draft)).status_code == 404
    assert phase_at(draft, 0).pk == phase.pk


def test_the_editor_shows_phases_days_doses_and_what_is_missing(
    signed_in: Client, draft: TemplateVersion
) -> None:
    TemplateVersion.objects.filter(pk=draft.pk).update(sources=[])

    page = signed_in.get(editor_of(draft)).content.decode()

    for words in ("Days 1 to 2", "Days 3 to 7", "10 minutes, 2 times a day", "Before it can be submitted"):
        assert words in page, words


def test_what_is_in_use_is_read_and_not_edited(signed_in: Client, draft: TemplateVersion) -> None:
    first = address("template-edit", draft).replace("/2/", "/1/")
    response = signed_in.get(first)
    assert response["Location"] == address("template-version", draft).replace("/2/", "/1/")


def test_what_was_typed_for_a_submitted_version_is_given_back(
    signed_in: Client, draft: TemplateVersion, editor: User
) -> None:
    phase, before = phase_at(draft, 0), phase_at(draft, 0).texts
    submit_for_review(version=draft, by=editor, now=NOW)

    path = address("template-phase", draft, phase=phase.pk)
    response = signed_in.post(path, phase_fields(draft, name="Typed for nothing"))
    part = signed_in.post(path, phase_fields(draft, name="Typed for nothing"), headers=HTMX)

    assert (response.status_code, part.status_code) == (409, 200)
    for answer in (response, part):
        assert "Typed for nothing" in answer.content.decode()
    assert phase_at(draft, 0).texts == before


def test_general_words_are_changed(signed_in: Client, draft: TemplateVersion) -> None:
    given = sent(
        draft,
        title="Spasm anew",
        summary="When it is fresh.",
        for_patient="It calms your back.",
        body_region="low_back",
        anchor="onset",
        cold_to_heat_day="",
        clearance_day="",
        review_months=12,
        source_0="B5",
        says_0="Move early.",
    )
    response = signed_in.post(address("template-general", draft), given)

    draft.refresh_from_db()
    assert response["Location"] == editor_of(draft, "general")
    assert (str(draft), draft.sources) == ("Spasm anew", [{"source": "B5", "says": "Move early."}])


def test_a_source_says_something_and_a_saying_has_a_source(signed_in: Client, draft: TemplateVersion) -> None:
    given = sent(draft, source_0="B5", says_0="", source_1="", says_1="Alone.", review_months=1)
    form = signed_in.post(address("template-general", draft), given).context["form"]
    assert {"says_0", "source_1"} <= set(form.errors)


def test_a_phase_is_changed_and_its_days_are_counted_from_one(
    signed_in: Client, draft: TemplateVersion
) -> None:
    phase = phase_at(draft, 0)

    response = signed_in.post(address("template-phase", draft, phase=phase.pk), phase_fields(draft))

    phase.refresh_from_db()
    assert response["Location"] == editor_of(draft, f"phase-{phase.pk}")
    assert (phase.days, phase.check_in_days) == (5, [1, 3])
    assert phase.criteria == {"pain_at_most": 5, "clinician_confirms": True}
    assert phase.texts["en"]["aims"] == ["Move.", "Breathe."]
    assert phase_at(draft, 1).starts_on_day == 5


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", ""), ("days", "0"), ("days", "two"), ("check_in_days", "6"), ("check_in_days", "0"),
     ("check_in_days", "x"), ("pain_at_most", "11"), ("starts", "whenever"), ("aims", "\u202eTurned.")],
)  # fmt: skip
def test_a_wrong_phase_says_so_beside_the_field(
    field: str, typed: str, signed_in: Client, draft: TemplateVersion
) -> None:
    path = address("template-phase", draft, phase=phase_at(draft, 0).pk)

    response = signed_in.post(path, phase_fields(draft, avoid="Kept as typed", **{field: typed}))

    assert field in response.context["form"].errors
    assert "Kept as typed" in response.content.decode()
    assert revision_of(draft) == draft.revision


def test_a_stale_phase_stays_typed_beside_what_is_stored_and_counts_when_sent_again(
    signed_in: Client, draft: TemplateVersion, editor: User
) -> None:
    phase, typed = phase_at(draft, 0), phase_fields(draft, name="Mine")
    edit.change_phase(
        phase=phase,
        says=says(name="Theirs", code=phase.code),
        revision=revision_of(draft),
        by=editor,
        now=NOW,
    )
    path = address("template-phase", draft, phase=phase.pk)

    refused = signed_in.post(path, typed)
    again = signed_in.post(path, typed | {"revision": refused.context["form"]["revision"].value()})

    words = refused.content.decode()
    assert refused.status_code == 409
    assert {"Theirs", "Mine"} <= {
        text for one in refused.context["beside"] for text in (one.stored, one.typed)
    }
    assert "Ed Itor – changed the phase: Theirs" in words
    assert again.status_code == 302
    assert phase_at(draft, 0).texts["en"]["name"] == "Mine"


def test_a_phase_is_added_at_the_end(signed_in: Client, draft: TemplateVersion) -> None:
    signed_in.post(address("template-phase-add", draft), sent(draft, name="Back to sport", days=30))

    added = phases_of(draft)[-1]
    assert (added.code, added.days) == ("back-to-sport", 30)


def test_phases_change_places(signed_in: Client, draft: TemplateVersion) -> None:
    first, second = phases_of(draft)[:2]

    part = signed_in.post(
        address("template-phase-move", draft, phase=first.pk), sent(draft, step="later"), headers=HTMX
    )

    assert [phase.pk for phase in phases_of(draft)][:2] == [second.pk, first.pk]
    assert b"<html" not in part.content
    assert "is now phase 2" in part.content.decode()


def test_removing_a_phase_asks_first(signed_in: Client, draft: TemplateVersion) -> None:
    phase = phase_at(draft, 1)
    path = address("template-phase-remove", draft, phase=phase.pk)

    held = len(codes_of(phase))

    asked = signed_in.get(path).content.decode()
    still = len(phases_of(draft))
    signed_in.post(path, sent(draft))

    assert f"with {held} components" in asked
    assert (still, len(phases_of(draft))) == (4, 3)


def test_a_stale_step_shows_how_it_stands(signed_in: Client, draft: TemplateVersion, editor: User) -> None:
    old = sent(draft, step="later")
    by_somebody_else(draft, editor)
    places = [phase.pk for phase in phases_of(draft)]

    path = address("template-phase-move", draft, phase=places[0])
    page, part = signed_in.post(path, old), signed_in.post(path, old, headers=HTMX)

    assert (page.status_code, part.status_code) == (409, 200)
    for answer in (page, part):
        assert "Ed Itor – moved the phase" in answer.content.decode()
    assert [phase.pk for phase in phases_of(draft)] == places


@pytest.mark.parametrize(
    ("name", "key"),
    [("template-phase-move", "phase"), ("template-item-move", "item"), ("template-item-remove", "item")],
)
def test_what_is_gone_is_said_and_nothing_else_happens(
    name: str, key: str, signed_in: Client, draft: TemplateVersion
) -> None:
    path = address(name, draft, **{key: draft.template_id})
    response = signed_in.post(path, sent(draft, step="later"))
    assert response.status_code == 422
    assert "no longer in this template" in response.content.decode()


def test_the_editor_asks_the_database_as_often_for_few_as_for_many(
    signed_in: Client, clinic: Clinic, editor: User, django_assert_max_num_queries: Any
) -> None:
    draft = make_template_draft(clinic, editor, "after-spinal-surgery")
    for code in ("ex-bridge", "ex-bird-dog", "ex-cat-camel", "heat-moist"):
        component = component_of(clinic, code)
        for phase in phases_of(draft):
            if code not in codes_of(phase):
                edit.add_item(
                    phase=phase, component_version=component, revision=revision_of(draft), by=editor, now=NOW
                )
    assert sum(len(items_of(phase)) for phase in phases_of(draft)) > 30

    with django_assert_max_num_queries(21):
        signed_in.get(editor_of(draft))


def test_the_editor_says_how_each_part_reads_and_what_is_not_printed(
    signed_in: Client, draft: TemplateVersion, editor: User
) -> None:
    hard = "Immediately discontinue unaccustomed rotational activities whenever neurological deterioration develops unexpectedly and seek professional consultation without procrastination, particularly following operations."
    phase = phase_at(draft, 0)
    texts = phase.texts["en"] | {"aims": [hard], "avoid": ["Read [this page](https://example.org)."]}
    phase.texts = phase.texts | {"en": texts}
    phase.save()

    page = signed_in.get(editor_of(draft))

    about, first, *_others = page.context["readings"]
    assert about.reading.grade is not None
    assert first.place == texts["name"]
    assert (first.reading.is_easy, first.reading.longest[0]) == (False, hard)
    assert [label for label, _what in first.dropped] == ["What to avoid"]
    assert "too hard, aim at 6 or below" in page.content.decode()


@pytest.mark.parametrize(
    "name", ["template-general", "template-phase-add", "template-phase", "template-item"]
)
def test_a_form_opened_on_a_page_of_its_own_is_sent_as_any_form_is(
    name: str, signed_in: Client, draft: TemplateVersion
) -> None:
    more = {
        "template-phase": {"phase": phase_at(draft, 0).pk},
        "template-item": {"item": items_of(phase_at(draft, 0))[0].pk},
    }
    where = address(name, draft, **more.get(name, {}))
    alone, within = signed_in.get(where), signed_in.get(where, headers=HTMX)
    form = f'action="{where}"'
    assert form in alone.content.decode()
    assert "hx-post" not in alone.content.decode()
    assert form in within.content.decode()
    assert 'hx-target="#editor"' in within.content.decode()
    refused = signed_in.post(where, {"revision": ""})
    assert form in refused.content.decode()
    assert "hx-post" not in refused.content.decode()


def test_what_was_saved_on_a_page_of_its_own_is_said_in_the_editor(
    signed_in: Client, draft: TemplateVersion
) -> None:
    phase = phase_at(draft, 0)
    where = address("template-phase", draft, phase=phase.pk)
    answer = signed_in.post(where, phase_fields(draft), follow=True)
    assert answer.redirect_chain == [(editor_of(draft, f"phase-{phase.pk}"), 302)]
    assert "The phase “First steps” was changed." in answer.content.decode()
