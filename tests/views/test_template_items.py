"""The items of a template: found, added, dosed, moved, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library import edit_template as edit
from careplans.library.models import TemplateItem, TemplateVersion
from tests.factories import NOW, make_staff
from tests.make.plans import component_of
from tests.make.templates import codes_of, items_of, make_template_draft, phase_at, revision_of
from tests.views.test_template_edit import HTMX, address, editor_of, sent


@pytest.fixture
def draft(clinic: Clinic) -> TemplateVersion:
    return make_template_draft(clinic, make_staff(clinic, Role.EDITOR, name="Ed Itor"))


@pytest.fixture
def signed_in(client_of: Callable[..., Client]) -> Client:
    return client_of(Role.EDITOR)


def walking(draft: TemplateVersion) -> TemplateItem:
    return next(one for one in items_of(phase_at(draft, 1)) if one.component.code == "ex-walking")


def dose(draft: TemplateVersion, **more: Any) -> dict[str, Any]:
    return sent(draft) | {"minutes": 20, "times_a_day": 1, "days_a_week": 7, "note": "On flat ground."} | more


def test_a_search_offers_what_can_be_added(signed_in: Client, draft: TemplateVersion, clinic: Clinic) -> None:
    phase = phase_at(draft, 1)
    path, words = address("template-find", draft), {"phase": phase.pk, "q": "walk"}

    page, part = signed_in.get(path, words), signed_in.get(path, words, headers=HTMX)

    for answer in (page, part):
        assert "In this phase" in answer.content.decode()  # walking is there
    assert b"<html" not in part.content
    found = signed_in.get(path, {"phase": phase.pk, "q": "bridge"}, headers=HTMX).content.decode()
    assert str(component_of(clinic, "ex-bridge").component_id) in found


def test_adding_keeps_the_search_open(signed_in: Client, draft: TemplateVersion, clinic: Clinic) -> None:
    phase, component = phase_at(draft, 0), component_of(clinic, "ex-bridge").component_id
    given = sent(draft, phase=phase.pk, component=component, q="bridge", category="")

    part = signed_in.post(address("template-item-add", draft), given, headers=HTMX)

    assert codes_of(phase)[-1] == "ex-bridge"
    assert part.context["find_phase"] == phase.pk
    assert "was added to" in part.content.decode()


def test_adding_without_javascript_leads_back_to_the_item(
    signed_in: Client, draft: TemplateVersion, clinic: Clinic
) -> None:
    phase, component = phase_at(draft, 0), component_of(clinic, "ex-bridge").component_id

    response = signed_in.post(
        address("template-item-add", draft), sent(draft, phase=phase.pk, component=component)
    )

    assert response["Location"] == editor_of(draft, f"item-{items_of(phase)[-1].pk}")


def test_nothing_of_another_clinic_or_template_is_added(
    signed_in: Client, draft: TemplateVersion, clinic: Clinic, other_clinic: Clinic
) -> None:
    strange = make_template_draft(clinic, make_staff(clinic, Role.EDITOR), "recurrent-spasm")
    own, foreign = component_of(clinic, "ex-bridge"), component_of(other_clinic, "ex-bridge")
    path = address("template-item-add", draft)

    answers = [
        signed_in.post(path, sent(draft, phase=phase_at(draft, 0).pk, component=foreign.component_id)),
        signed_in.post(path, sent(draft, phase=phase_at(strange, 0).pk, component=own.component_id)),
        signed_in.post(path, sent(draft)),
    ]

    assert [answer.status_code for answer in answers] == [404, 422, 422]
    assert revision_of(draft) == draft.revision


def test_a_dose_and_its_why_are_changed(signed_in: Client, draft: TemplateVersion) -> None:
    item = walking(draft)

    response = signed_in.post(address("template-item", draft, item=item.pk), dose(draft))

    item.refresh_from_db()
    assert response["Location"] == editor_of(draft, f"item-{item.pk}")
    assert (item.dose["minutes"], item.why) == (20, "On flat ground.")


@pytest.mark.parametrize("wrong", ["", "0", "241", "ten", "-3"])
def test_a_wrong_dose_says_so_in_its_row_and_keeps_what_was_typed(
    wrong: str, signed_in: Client, draft: TemplateVersion
) -> None:
    item = walking(draft)
    path = address("template-item", draft, item=item.pk)

    part = signed_in.post(path, dose(draft, minutes=wrong), headers=HTMX)

    assert part.headers["HX-Retarget"] == f"#item-{item.pk}-form"
    assert "minutes" in part.context["form"].errors
    assert "On flat ground." in part.content.decode()
    assert walking(draft).dose == item.dose


def test_a_stale_dose_stays_typed_and_counts_when_sent_again(
    signed_in: Client, draft: TemplateVersion, clinic: Clinic
) -> None:
    item, typed = walking(draft), dose(draft)
    other: User = make_staff(clinic, Role.EDITOR, name="Second Editor")
    edit.remove_item(item=items_of(phase_at(draft, 0))[0], revision=revision_of(draft), by=other, now=NOW)
    path = address("template-item", draft, item=item.pk)

    refused = signed_in.post(path, typed)
    again = signed_in.post(path, typed | {"revision": refused.context["revision"]})

    assert refused.status_code == 409
    assert "Second Editor – removed:" in refused.content.decode()
    assert ("Minutes", "10", "20") in {
        (one.label, one.stored, one.typed) for one in refused.context["beside"]
    }
    assert again.status_code == 302
    assert walking(draft).dose["minutes"] == 20


def test_a_dose_that_cannot_be_meant_is_refused(
    signed_in: Client, draft: TemplateVersion, clinic: Clinic
) -> None:
    editor = make_staff(clinic, Role.EDITOR)
    item = edit.add_item(
        phase=phase_at(draft, 0),
        component_version=component_of(clinic, "med-cyclobenzaprine"),
        revision=revision_of(draft),
        by=editor,
        now=NOW,
    )
    given = sent(draft, amount="5000", unit="mg", times_a_day=1, course_days=7, note="")

    response = signed_in.post(address("template-item", draft, item=item.pk), given)

    assert "cannot be meant" in response.context["form"].errors["amount"][0]


def test_advice_can_say_why_too(signed_in: Client, draft: TemplateVersion, clinic: Clinic) -> None:
    item = next(
        one for place in range(4) for one in items_of(phase_at(draft, place)) if one.dose["kind"] == "advice"
    )
    given = sent(draft, frequency="daily", note="Because it helps.")

    signed_in.post(address("template-item", draft, item=item.pk), given)

    item.refresh_from_db()
    assert item.why == "Because it helps."


@pytest.mark.parametrize(("step", "phase", "place"), [("down", 0, 1), ("later", 1, -1)])
def test_buttons_move_an_item(
    step: str, phase: int, place: int, *, signed_in: Client, draft: TemplateVersion, clinic: Clinic
) -> None:
    edit.add_item(
        phase=phase_at(draft, 0),
        component_version=component_of(clinic, "ex-bridge"),
        revision=revision_of(draft),
        by=make_staff(clinic, Role.EDITOR),
        now=NOW,
    )
    item = items_of(phase_at(draft, 0))[0 if step == "down" else -1]

    part = signed_in.post(
        address("template-item-move", draft, item=item.pk), sent(draft, step=step), headers=HTMX
    )

    assert items_of(phase_at(draft, phase))[place].pk == item.pk
    assert 'id="editor-said"' in part.content.decode()


def test_a_drop_puts_an_item_where_it_was_let_go(
    signed_in: Client, draft: TemplateVersion, clinic: Clinic
) -> None:
    item, goes_to = items_of(phase_at(draft, 0))[-1], phase_at(draft, 3)
    held = codes_of(goes_to)
    if item.component.code in held:
        held.remove(item.component.code)
        edit.remove_item(
            item=next(one for one in items_of(goes_to) if one.component.code == item.component.code),
            revision=revision_of(draft),
            by=make_staff(clinic, Role.EDITOR),
            now=NOW,
        )

    signed_in.post(
        address("template-item-move", draft, item=item.pk),
        sent(draft, step="", phase=goes_to.pk, position=0),
    )

    assert codes_of(goes_to) == [item.component.code, *held]


def test_a_drop_onto_the_same_component_is_refused_and_shown_as_it_stands(
    signed_in: Client, draft: TemplateVersion
) -> None:
    first, second = phase_at(draft, 0), phase_at(draft, 1)
    both = next(one for one in items_of(first) if one.component.code in codes_of(second))

    part = signed_in.post(
        address("template-item-move", draft, item=both.pk),
        sent(draft, phase=second.pk, position=0),
        headers=HTMX,
    )

    assert part.status_code == 200
    assert "in that phase already" in part.context["refusal"]
    assert both.pk in {one.pk for one in items_of(first)}


def test_an_item_is_removed(signed_in: Client, draft: TemplateVersion) -> None:
    item = walking(draft)
    signed_in.post(address("template-item-remove", draft, item=item.pk), sent(draft))
    assert "ex-walking" not in codes_of(phase_at(draft, 1))
