"""The verbs of the template editor: what each does, what it refuses, and that nothing is ever out of order."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.core.refusals import Refusal
from careplans.library import edit_template as edit
from careplans.library.dose import DurationDose, RepetitionsDose
from careplans.library.edit_template import General, Step
from careplans.library.models import Template, TemplateItem, TemplateVersion
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.versions import ReviewRefusal, StaleVersion
from careplans.library.whole import problems_of
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, template_of
from tests.make.templates import (
    codes_of,
    items_of,
    make_template_draft,
    phase_at,
    phases_of,
    revision_of,
    says,
)
from tests.make.written import take_other_languages_out


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR, name="Ed Itor")


@pytest.fixture
def draft(clinic: Clinic, editor: User) -> TemplateVersion:
    return make_template_draft(clinic, editor)


def seen(version: TemplateVersion, by: User) -> dict[str, Any]:
    return {"revision": revision_of(version), "by": by, "now": NOW}


def is_in_order(version: TemplateVersion) -> bool:
    """Places from 0 without a gap, and each phase begins where the one before ends."""
    phases, day = phases_of(version), 0
    for place, phase in enumerate(phases):
        if (phase.position, phase.starts_on_day) != (place, day):
            return False
        if [item.position for item in items_of(phase)] != list(range(len(items_of(phase)))):
            return False
        day += phase.days
    return True


def last_event(action: str) -> AuditEvent:
    return AuditEvent.objects.filter(action=f"templateversion.{action}").order_by("-at", "-id")[0]


def test_a_new_template_is_a_draft_with_one_phase_and_its_writer(clinic: Clinic, editor: User) -> None:
    version = edit.new_template(
        clinic=clinic, title="  Stiff neck ", body_region="neck", anchor="onset", by=editor, now=NOW
    )

    assert (version.template.code, version.state, str(version)) == ("stiff-neck", "draft", "Stiff neck")
    assert [phase.days for phase in phases_of(version)] == [7]
    assert list(version.writers.all()) == [editor]
    assert problems_of(version)


def test_a_second_template_of_that_title_gets_a_code_of_its_own(clinic: Clinic, editor: User) -> None:
    given_ = {"clinic": clinic, "body_region": "neck", "anchor": "onset", "by": editor, "now": NOW}
    codes = [
        edit.new_template(title=title, **given_).template.code for title in ("Neck", "Neck", "ظهر", "ظهر")
    ]

    assert codes == ["neck", "neck-2", "template", "template-2"]


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"title": "x" * 121}, {"body_region": "toe"}, {"anchor": "now"}]
)
def test_what_no_template_can_be_is_not_begun(wrong: dict[str, str], clinic: Clinic, editor: User) -> None:
    with pytest.raises(Refusal):
        edit.new_template(
            clinic=clinic,
            **({"title": "Neck", "body_region": "neck", "anchor": "onset"} | wrong),
            by=editor,
            now=NOW,
        )
    assert not Template.objects.filter(clinic=clinic).exists()


def general(**fields: Any) -> General:
    usual: dict[str, Any] = {
        "title": "Spasm, done over",
        "summary": "For the first month.",
        "for_patient": "This plan calms your back.",
        "body_region": "low_back",
        "anchor": "onset",
        "cold_to_heat_day": 3,
        "clearance_day": None,
        "sources": [{"source": "B5", "says": "Move early."}],
        "review_months": 12,
    }
    return General(**(usual | fields))


def test_what_it_says_of_itself_changes_in_english_alone(draft: TemplateVersion, editor: User) -> None:
    spanish = {"title": "Espasmo", "summary": "…", "for_patient": "…"}
    TemplateVersion.objects.filter(pk=draft.pk).update(texts={**draft.texts, "es": spanish})

    edit.change_general(version=draft, general=general(), **seen(draft, editor))

    draft.refresh_from_db()
    assert draft.texts["en"]["title"] == "Spasm, done over"
    assert draft.texts["es"] == spanish
    assert (draft.cold_to_heat_day, draft.sources) == (3, [{"source": "B5", "says": "Move early."}])
    assert draft.review_due_on.isoformat() == "2027-03-02"
    assert "title" in last_event("general_changed").details["changed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sources": [{"source": "nowhere", "says": "x"}]},
        {"cold_to_heat_day": 731},
        {"clearance_day": -1},
        {"review_months": 0},
        {"title": ""},
        {"body_region": "toe"},
    ],
)
def test_what_plans_could_not_use_is_not_kept(
    wrong: dict[str, Any], draft: TemplateVersion, editor: User
) -> None:
    with pytest.raises(Refusal):
        edit.change_general(version=draft, general=general(**wrong), **seen(draft, editor))

    stored = TemplateVersion.objects.get(pk=draft.pk)
    assert (stored.texts, stored.revision) == (draft.texts, draft.revision)


def test_a_phase_is_added_behind_another_and_moves_the_later_ones(
    draft: TemplateVersion, editor: User
) -> None:
    first, second = phases_of(draft)[:2]

    added = edit.add_phase(version=draft, says=says(days=5), after=first, **seen(draft, editor))

    assert [phase.pk for phase in phases_of(draft)][:3] == [first.pk, added.pk, second.pk]
    assert added.starts_on_day == first.days
    assert added.code == "getting-going"
    assert is_in_order(draft)


def test_a_longer_phase_moves_those_after_it(draft: TemplateVersion, editor: User) -> None:
    before = [phase.starts_on_day for phase in phases_of(draft)]

    edit.change_phase(phase=phase_at(draft, 0), says=says(days=12), **seen(draft, editor))

    after = [phase.starts_on_day for phase in phases_of(draft)]
    assert [new - old for old, new in zip(before, after, strict=True)] == [0, 10, 10, 10]
    assert is_in_order(draft)


def test_a_renamed_phase_keeps_its_code_and_its_other_languages(draft: TemplateVersion, editor: User) -> None:
    phase = phase_at(draft, 0)
    turkish = {**phase.texts["en"], "name": "İlk günler"}
    type(phase).objects.filter(pk=phase.pk).update(texts={**phase.texts, "tr": turkish})

    changed = edit.change_phase(phase=phase, says=says(name="The very first days"), **seen(draft, editor))

    assert (changed.code, changed.texts["tr"]) == (phase.code, turkish)
    assert changed.texts["en"]["name"] == "The very first days"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 121},
        {"days": 0},
        {"days": 3651},
        {"starts": "sometime"},
        {"code": "no code"},
        {"check_in_days": [10]},
        {"check_in_days": [3, 1]},
        {"criteria": {"pain_at_most": 11}},
        {"criteria": {"mood": 3}},
    ],
)
def test_a_phase_no_plan_could_use_is_refused(
    wrong: dict[str, Any], draft: TemplateVersion, editor: User
) -> None:
    with pytest.raises(Refusal):
        edit.change_phase(phase=phase_at(draft, 0), says=says(**wrong), **seen(draft, editor))
    with pytest.raises(Refusal):
        edit.add_phase(version=draft, says=says(**wrong), after=None, **seen(draft, editor))
    assert revision_of(draft) == draft.revision


def test_two_phases_never_share_a_code(draft: TemplateVersion, editor: User) -> None:
    first, second = phases_of(draft)[:2]
    with pytest.raises(ReviewRefusal, match="code"):
        edit.change_phase(phase=second, says=says(code=first.code), **seen(draft, editor))


def test_a_phase_goes_with_its_items_and_the_gap_closes(draft: TemplateVersion, editor: User) -> None:
    phase = phase_at(draft, 1)

    edit.remove_phase(phase=phase, **seen(draft, editor))

    assert not TemplateItem.objects.filter(phase=phase.pk).exists()
    assert is_in_order(draft)
    assert last_event("phase_removed").details["components"]


def test_the_version_in_use_keeps_every_phase(draft: TemplateVersion, editor: User, clinic: Clinic) -> None:
    in_use = template_of(clinic)
    before = [(phase.code, codes_of(phase)) for phase in phases_of(in_use)]

    for phase in phases_of(draft):
        edit.remove_phase(phase=phase, **seen(draft, editor))

    assert [(phase.code, codes_of(phase)) for phase in phases_of(in_use)] == before


def test_an_item_is_added_once_with_its_usual_dose(
    draft: TemplateVersion, editor: User, clinic: Clinic
) -> None:
    phase, version = phase_at(draft, 0), component_of(clinic, "ex-bridge")

    item = edit.add_item(phase=phase, component_version=version, **seen(draft, editor))

    assert (codes_of(phase)[-1], item.dose) == ("ex-bridge", version.default_dose)
    with pytest.raises(ReviewRefusal, match="already"):
        edit.add_item(phase=phase, component_version=version, **seen(draft, editor))


def test_what_is_not_in_use_or_anothers_cannot_be_added(
    draft: TemplateVersion, editor: User, clinic: Clinic, other_clinic: Clinic
) -> None:
    retired = component_of(clinic, "ex-bridge")
    retired.state = "retired"
    for version in (retired, component_of(other_clinic, "ex-bridge")):
        with pytest.raises(ReviewRefusal, match="approved in your library"):
            edit.add_item(phase=phase_at(draft, 0), component_version=version, **seen(draft, editor))


def test_a_dose_is_changed_to_one_of_its_kind(draft: TemplateVersion, editor: User) -> None:
    item = next(one for one in items_of(phase_at(draft, 1)) if one.component.code == "ex-walking")
    dose = DurationDose(minutes=7, times_a_day=3)

    edit.change_item(item=item, dose=dose, why=" To keep going. ", **seen(draft, editor))

    item.refresh_from_db()
    assert (item.dose["minutes"], item.why) == (7, "To keep going.")
    assert last_event("item_changed").details["changed"] == ["dose", "why"]
    with pytest.raises(ReviewRefusal, match="kind"):
        edit.change_item(item=item, dose=RepetitionsDose(reps=5), why="", **seen(draft, editor))


def test_an_item_goes_to_another_phase_at_its_place(
    draft: TemplateVersion, editor: User, clinic: Clinic
) -> None:
    edit.add_item(
        phase=phase_at(draft, 0), component_version=component_of(clinic, "ex-bridge"), **seen(draft, editor)
    )
    item, target = items_of(phase_at(draft, 0))[-1], phase_at(draft, 3)
    held = codes_of(target)

    edit.place_item(item=item, phase=target, position=1, **seen(draft, editor))

    assert codes_of(target) == [held[0], "ex-bridge", *held[1:]]
    assert is_in_order(draft)


def test_a_component_stands_once_in_a_phase(draft: TemplateVersion, editor: User) -> None:
    first, second = phases_of(draft)[:2]
    both = next(one for one in items_of(first) if one.component.code in codes_of(second))

    with pytest.raises(ReviewRefusal, match="already"):
        edit.place_item(item=both, phase=second, position=0, **seen(draft, editor))
    assert is_in_order(draft)


@pytest.mark.parametrize("step", [Step.UP, Step.EARLIER])
def test_at_the_beginning_nothing_moves(step: Step, draft: TemplateVersion, editor: User) -> None:
    before = [codes_of(phase) for phase in phases_of(draft)]
    edit.step_item(item=items_of(phase_at(draft, 0))[0], step=step, **seen(draft, editor))
    assert [codes_of(phase) for phase in phases_of(draft)] == before


def test_a_step_down_changes_places_with_the_next(draft: TemplateVersion, editor: User) -> None:
    phase = phase_at(draft, 0)
    first, second, *rest = codes_of(phase)

    edit.step_item(item=items_of(phase)[0], step=Step.DOWN, **seen(draft, editor))

    assert codes_of(phase) == [second, first, *rest]


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    draft: TemplateVersion, editor: User
) -> None:
    old = seen(draft, editor)
    edit.remove_item(item=items_of(phase_at(draft, 0))[0], **old)

    with pytest.raises(StaleVersion):
        edit.move_phase(phase=phase_at(draft, 0), earlier=False, **old)

    assert is_in_order(draft)
    assert [
        line.startswith("Ed Itor – removed: ") for line in edit.changes_since(draft.pk, old["revision"])
    ] == [True]


def test_what_is_in_review_is_not_written_in(draft: TemplateVersion, editor: User) -> None:
    phase = phase_at(draft, 0)
    submit_for_review(version=draft, by=editor, now=NOW)

    with pytest.raises(ReviewRefusal, match="no longer a draft"):
        edit.remove_phase(phase=phase, **seen(draft, editor))
    assert phase_at(draft, 0).pk == phase.pk


def test_no_change_without_its_event(
    draft: TemplateVersion, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_given: Any) -> None:
        raise RuntimeError

    before = [codes_of(phase) for phase in phases_of(draft)]
    monkeypatch.setattr("careplans.library.versions.record_change", fail)
    with pytest.raises(RuntimeError):
        edit.remove_phase(phase=phase_at(draft, 0), **seen(draft, editor))
    assert [codes_of(phase) for phase in phases_of(draft)] == before


numbers = st.integers(0, 20)
operations = st.lists(
    st.tuples(
        st.sampled_from(["add", "longer", "move", "remove", "step", "place", "drop"]), numbers, numbers
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=operations)
def test_whatever_is_done_everything_stays_in_order(
    draft: TemplateVersion, editor: User, operations: list[tuple[str, int, int]]
) -> None:
    sid = transaction.savepoint()
    for operation, one, other in operations:
        with suppress(ReviewRefusal):  # such as a component that is in that phase already
            _do(operation, one, other, draft, editor)
        assert is_in_order(draft), operation
    transaction.savepoint_rollback(sid)


def _do(operation: str, one: int, other: int, draft: TemplateVersion, editor: User) -> None:
    phases, as_seen = phases_of(draft), seen(draft, editor)
    if not phases or operation == "add":
        after = phases[one % len(phases)] if phases and other % 3 else None
        edit.add_phase(version=draft, says=says(days=one + 1), after=after, **as_seen)
        return
    phase, goes_to = phases[one % len(phases)], phases[other % len(phases)]
    items = items_of(phase)
    if operation == "longer":
        edit.change_phase(phase=phase, says=says(days=other + 1, code=phase.code), **as_seen)
    elif operation == "move":
        edit.move_phase(phase=phase, earlier=bool(other % 2), **as_seen)
    elif operation == "remove":
        edit.remove_phase(phase=phase, **as_seen)
    elif items and operation == "step":
        edit.step_item(item=items[other % len(items)], step=list(Step)[one % 4], **as_seen)
    elif items and operation == "place":
        edit.place_item(item=items[one % len(items)], phase=goes_to, position=other, **as_seen)
    elif items:
        edit.remove_item(item=items[other % len(items)], **as_seen)


def test_the_months_its_writers_planned_count_from_the_approval(
    draft: TemplateVersion, editor: User, clinic: Clinic
) -> None:
    edit.change_general(version=draft, general=general(review_months=6), **seen(draft, editor))
    draft.refresh_from_db()
    draft, later = take_other_languages_out(draft, editor), NOW + timedelta(days=30)
    submit_for_review(version=draft, by=editor, now=later)

    approve_version(version=draft, by=make_staff(clinic, Role.REVIEWER), now=later)
    following = start_version(of=draft, by=editor, now=later + timedelta(days=10))

    assert (draft.review_due_on - later.date()).days == 183
    assert (following.review_due_on - later.date()).days == 193
