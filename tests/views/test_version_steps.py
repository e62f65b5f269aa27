"""The steps of a version's life on its page: who may take which, for all four kinds, and what is told when one comes late."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import PERMISSIONS_OF, Role
from careplans.audit.models import AuditEvent
from careplans.core.once import FIELD
from careplans.library.comments import ask_for_recall, comment_on
from careplans.library.models import Retirement, ReviewComment, ReviewState
from careplans.library.recall import recall_component
from careplans.library.retire import propose_retirement, retire_version
from careplans.library.review import approve_version, send_back
from careplans.workshop.places import version_url
from careplans.workshop.selectors import recalls_asked_in
from careplans.workshop.waiting import waiting_count
from tests.factories import NOW, make_clinic
from tests.make.library import (
    WHY,
    editor_of,
    make_approved_next,
    make_next,
    one_of_each,
    reviewer_of,
    rewrite,
)
from tests.make.plans import component_of

KINDS = ["component", "template", "rule", "red-flag"]
LATER = NOW + timedelta(hours=1)
TO_CHANGE = "Say how long each time."


@pytest.fixture(autouse=True)
def _on_the_day() -> Any:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return editor_of(clinic)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return reviewer_of(clinic)


def site_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(step: str, kind: str, version: Any) -> str:
    return reverse(f"version-{step}", args=[kind, version.pk])


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def state_of(version: Any) -> str:
    version.refresh_from_db()
    return str(version.state)


def seen(version: Any, reason: str = WHY) -> dict[str, Any]:
    """What the page that drops or retires it sends."""
    return {"reason": reason, "revision": version.revision, "state": version.state}


STEPS = {
    "start": Role.EDITOR, "submit": Role.EDITOR, "drop": Role.EDITOR, "approve": Role.REVIEWER, "send-back": Role.REVIEWER,
    "retire": Role.REVIEWER, "keep": Role.REVIEWER,
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_its_roles_alone(
    step: str, clinic: Clinic, other_clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    version = one_of_each(clinic)["component"]
    path = address(step, "component", version)

    assert Client().post(path).url.startswith(reverse("account_login"))
    for role in Role:
        if role != STEPS[step]:
            assert client_of(role).post(path).status_code == 403, role
    assert client_of(STEPS[step], at=other_clinic).post(path).status_code == 404
    assert client_of(STEPS[step]).post(address(step, "recipe", version)).status_code == 404


@pytest.mark.parametrize("step", ["comment", "propose"])
def test_what_editors_and_reviewers_share_is_nobody_elses(
    step: str, clinic: Clinic, client_of: Callable[..., Client]
) -> None:
    path = address(step, "rule", one_of_each(clinic)["rule"])
    for role in (Role.CLINICIAN, Role.FRONT_DESK, Role.ADMINISTRATOR):
        assert client_of(role).post(path).status_code == 403
    for role in (Role.EDITOR, Role.REVIEWER):
        assert client_of(role).get(path).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_from_a_new_version_to_its_approval(kind: str, clinic: Clinic, editor: User, reviewer: User) -> None:
    old = one_of_each(clinic)[kind]

    started = site_of(editor).post(address("start", kind, old))
    draft = old.versions().get(number=2)
    assert (started.status_code, draft.state, draft.author) == (302, ReviewState.DRAFT, editor)

    site_of(editor).post(address("submit", kind, draft), {"revision": draft.revision})
    assert state_of(draft) == ReviewState.IN_REVIEW
    assert (draft.last_submitted_by, draft.last_submitted_at) == (editor, LATER)

    done = site_of(reviewer).post(address("approve", kind, draft), {"revision": draft.revision})
    assert "is approved" in told(done)
    assert (state_of(draft), draft.approved_by) == (ReviewState.APPROVED, reviewer)
    assert state_of(old) == ReviewState.RETIRED


@pytest.mark.parametrize("kind", KINDS)
def test_sent_back_with_what_to_change(kind: str, clinic: Clinic, editor: User, reviewer: User) -> None:
    version = make_next(one_of_each(clinic)[kind], editor, submitted=True)
    path, site = address("send-back", kind, version), site_of(reviewer)

    without = site.post(path, {"revision": version.revision, "text": "  "})
    short = site.post(path, {"revision": version.revision, "text": "No."})
    unchanged = state_of(version)
    done = site.post(path, {"revision": version.revision, "text": TO_CHANGE})

    assert "Please fill this in" in without.content.decode()
    assert "Write what should be changed" in short.content.decode()
    assert 'name="text"' in short.content.decode()
    assert "No.</textarea>" in short.content.decode()
    assert unchanged == ReviewState.IN_REVIEW
    assert done.status_code == 302
    assert state_of(version) == ReviewState.DRAFT
    said = ReviewComment.objects.get()
    assert (said.kind, said.text, said.said_by, said.version) == ("sent_back", TO_CHANGE, reviewer, version)


def test_a_second_start_is_told(clinic: Clinic, editor: User) -> None:
    old = one_of_each(clinic)["component"]
    make_next(old, editor_of(clinic, "Early Editor"))

    response = site_of(editor).post(address("start", "component", old))

    assert "is being written or reviewed already" in told(response)
    assert old.versions().count() == 2


def test_a_start_sent_twice_makes_one_draft(clinic: Clinic, editor: User) -> None:
    old = one_of_each(clinic)["component"]
    site = site_of(editor)
    for _time in range(2):
        response = site.post(address("start", "component", old), {"form_key": "same"})
    assert old.versions().count() == 2
    assert "recorded once" in told(response)


@pytest.mark.parametrize("step", ["approve", "submit"])
def test_what_was_changed_since_it_was_read_goes_no_further(
    step: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    """Sent back, written in and submitted again while the reviewer had the first page open."""
    version = make_next(one_of_each(clinic)["component"], editor, submitted=step == "approve")
    by = reviewer if step == "approve" else editor
    before = version.state
    seen = version.revision
    type(version).objects.filter(pk=version.pk).update(revision=seen + 1)

    late = site_of(by).post(address(step, "component", version), {"revision": seen})
    nothing = site_of(by).post(address(step, "component", version))

    assert "Somebody changed this version" in told(late)
    assert "Somebody changed this version" in told(nothing)
    assert state_of(version) == before


def test_the_writer_is_offered_no_approval_and_gets_none(clinic: Clinic) -> None:
    both = editor_of(clinic, "Alma Both")
    both.memberships.create(clinic=clinic, role=Role.REVIEWER)
    version = make_next(one_of_each(clinic)["component"], both, submitted=True)
    page = site_of(both).get(reverse("component-version", args=[version.component_id, 2]))

    refused = site_of(both).post(address("approve", "component", version), {"revision": version.revision})

    assert address("approve", "component", version) not in page.content.decode()
    assert "You wrote in this version. Somebody else has to approve it." in page.content.decode()
    assert "Somebody else has to approve it" in told(refused)
    assert state_of(version) == ReviewState.IN_REVIEW


def test_of_two_reviewers_one_is_told(clinic: Clinic, editor: User, reviewer: User) -> None:
    version = make_next(one_of_each(clinic)["component"], editor, submitted=True)
    other = reviewer_of(clinic, "Omar Reviewer")
    send_back(version=version, comment=TO_CHANGE, by=other, now=NOW)

    late = site_of(reviewer).post(address("approve", "component", version), {"revision": version.revision})

    assert "Only a version that was submitted" in told(late)
    assert state_of(version) == ReviewState.DRAFT


@pytest.mark.parametrize("kind", KINDS)
def test_comments_are_kept_in_order_with_who_and_when(
    kind: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    version = make_next(one_of_each(clinic)[kind], editor, submitted=True)
    for person, text in ((reviewer, "Is B5 the right source?"), (editor, "Yes, page 3.")):
        assert site_of(person).post(address("comment", kind, version), {"text": text}).status_code == 302

    said = [(one.said_by, one.text, one.said_at, one.kind) for one in version.comments.all()]

    assert said == [
        (reviewer, "Is B5 the right source?", LATER, "remark"),
        (editor, "Yes, page 3.", LATER, "remark"),
    ]
    assert AuditEvent.objects.filter(action__endswith=".commented").count() == 2


def test_an_empty_comment_is_asked_for_again(clinic: Clinic, editor: User) -> None:
    version = one_of_each(clinic)["component"]
    for text in ("", "...", "x" * 2001):
        response = site_of(editor).post(address("comment", "component", version), {"text": text})
        assert response.status_code == 200
    assert not ReviewComment.objects.exists()


def test_comments_stand_on_the_page_of_the_version(clinic: Clinic, editor: User, reviewer: User) -> None:
    version = make_next(one_of_each(clinic)["component"], editor, submitted=True)
    send_back(version=version, comment="<b>Say</b> how long each time.", by=reviewer, now=NOW)

    words = site_of(editor).get(reverse("component-version", args=[version.component_id, 2])).content.decode()

    assert "&lt;b&gt;Say&lt;/b&gt; how long each time." in words
    assert reviewer.name in words
    assert "2 Mar 2026, 09:30" in words


@pytest.mark.parametrize("kind", ["component", "template"])
def test_retired_with_a_reason(kind: str, clinic: Clinic, reviewer: User) -> None:
    version = one_of_each(clinic)[kind]
    path, site = address("retire", kind, version), site_of(reviewer)

    asked = site.get(path)
    without = site.post(path, seen(version, "."))
    unchanged = state_of(version)
    done = site.post(path, seen(version))

    assert "No new plan can be published with it" in asked.content.decode()
    assert "Write the reason in a few words" in without.content.decode()
    assert unchanged == ReviewState.APPROVED
    assert "is retired" in told(done)
    assert (state_of(version), version.retirements.get().reason) == (ReviewState.RETIRED, WHY)


@pytest.mark.parametrize("kind", ["rule", "red-flag"])
def test_what_protects_is_retired_by_two(kind: str, clinic: Clinic, editor: User, reviewer: User) -> None:
    version = one_of_each(clinic)[kind]

    alone = site_of(reviewer).post(address("retire", kind, version), seen(version))
    assert "takes two people" in alone.content.decode()

    site_of(editor).post(address("propose", kind, version), {"reason": WHY})
    proposal = Retirement.objects.get(withdrawn_at=None)
    assert state_of(version) == ReviewState.APPROVED

    confirm = reverse("retirement-confirm", args=[proposal.pk])
    asked = site_of(reviewer).get(confirm)
    done = site_of(reviewer).post(confirm)
    assert f"Ed Writer proposes it: {WHY}" in asked.content.decode()
    assert "is retired" in told(done)
    assert state_of(version) == ReviewState.RETIRED


def test_a_shipped_red_flag_says_what_its_retirement_means(clinic: Clinic, editor: User) -> None:
    version = one_of_each(clinic)["red-flag"]
    page = site_of(editor).get(address("propose", "red-flag", version))
    assert "your clinic cannot publish any plan" in page.content.decode()


def test_nobody_confirms_their_own_proposal(clinic: Clinic, reviewer: User) -> None:
    version = one_of_each(clinic)["rule"]
    proposal = propose_retirement(version=version, reason=WHY, by=reviewer, now=NOW)

    response = site_of(reviewer).post(reverse("retirement-confirm", args=[proposal.pk]))

    assert "You proposed this yourself" in response.content.decode()
    assert state_of(version) == ReviewState.APPROVED


def test_a_proposal_is_withdrawn_once(clinic: Clinic, editor: User, reviewer: User) -> None:
    version = one_of_each(clinic)["rule"]
    proposal = propose_retirement(version=version, reason=WHY, by=editor, now=NOW)
    path = reverse("retirement-withdraw", args=[proposal.pk])

    first, second = site_of(editor).post(path), site_of(reviewer).post(path)

    assert "Nothing was taken out of use" in told(first)
    assert "Somebody else was first" in told(second)
    assert state_of(version) == ReviewState.APPROVED


@pytest.mark.parametrize("step", ["confirm", "withdraw"])
def test_another_clinics_proposal_is_not_there(step: str, clinic: Clinic, editor: User) -> None:
    proposal = propose_retirement(version=one_of_each(clinic)["rule"], reason=WHY, by=editor, now=NOW)
    stranger = reviewer_of(make_clinic())
    path = reverse(f"retirement-{step}", args=[proposal.pk])
    assert site_of(stranger).post(path).status_code == 404


def test_what_cannot_be_proposed_is_told_before_anything_is_typed(clinic: Clinic, editor: User) -> None:
    response = site_of(editor).get(address("propose", "component", one_of_each(clinic)["component"]))
    assert response.status_code == 302
    assert "Only safety rules and red flags" in told(response)


def test_an_editor_drops_a_draft_and_nothing_else(clinic: Clinic, editor: User) -> None:
    old = one_of_each(clinic)["component"]
    draft = make_next(old, editor)
    site = site_of(editor)

    refused = site.post(address("drop", "component", old), seen(old))
    site.post(address("drop", "component", draft), seen(draft))

    assert "Only a draft can be dropped" in refused.content.decode()
    assert (state_of(old), state_of(draft)) == (ReviewState.APPROVED, ReviewState.RETIRED)


def test_what_was_approved_meanwhile_is_not_taken_out_of_use(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    """Who meant to drop a version that nobody uses yet did not decide about one that is in use."""
    draft = make_next(component_of(clinic, "ex-bridge"), editor, submitted=True)
    was = seen(draft)
    site, path = site_of(reviewer), address("retire", "component", draft)
    assert "Drop this version of" in site.get(path).content.decode()
    approve_version(version=draft, by=reviewer_of(clinic, "Rita Second"), now=NOW)

    response = site.post(path, was)

    assert "Somebody changed this version since you opened it." in response.content.decode()
    assert state_of(draft) == ReviewState.APPROVED


@pytest.mark.parametrize("step", ["drop", "retire"])
def test_what_a_colleague_wrote_on_meanwhile_is_not_dropped_unread(
    step: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    draft = make_next(component_of(clinic, "ex-bridge"), editor)
    site, path = site_of(editor if step == "drop" else reviewer), address(step, "component", draft)
    assert f'name="revision" value="{draft.revision}"' in site.get(path).content.decode()
    rewrite(draft, editor_of(clinic, "Ada Writer"), clinician_text="What took all morning.")

    response = site.post(path, seen(draft))
    unseen = site.post(path, {"reason": WHY})

    assert "Somebody changed this version since you opened it." in response.content.decode()
    assert unseen.status_code == 200
    assert state_of(draft) == ReviewState.DRAFT
    site.post(path, seen(draft))
    assert state_of(draft) == ReviewState.RETIRED


@pytest.mark.parametrize("kind", KINDS)
def test_confirmed_as_still_right(kind: str, clinic: Clinic, reviewer: User) -> None:
    version = one_of_each(clinic)[kind]
    words = {name: value for name, value in vars(version).items() if name not in ("_state", "review_due_on")}
    due_on = NOW.date() + timedelta(days=365)
    given = {"seen_due_on": version.review_due_on.isoformat(), "due_on": due_on.isoformat()}
    path, site = address("keep", kind, version), site_of(reviewer)

    first, second = site.post(path, given), site.post(path, given)

    assert "was confirmed" in told(first)
    assert "Somebody else was first" in second.content.decode()
    version.refresh_from_db()
    assert version.review_due_on == due_on
    assert {name: getattr(version, name) for name in words} == words
    event = AuditEvent.objects.get(action__endswith=".kept")
    assert (event.actor_id, event.details["due_on"]) == (reviewer.pk, due_on.isoformat())


@pytest.mark.parametrize("days", [-1, 0, 731])
def test_the_next_review_lies_ahead_and_not_too_far(days: int, clinic: Clinic, reviewer: User) -> None:
    version = one_of_each(clinic)["component"]
    due_on = NOW.date() + timedelta(days=days)
    given = {"seen_due_on": version.review_due_on.isoformat(), "due_on": due_on.isoformat()}

    response = site_of(reviewer).post(address("keep", "component", version), given)

    assert "at most two years ahead" in response.content.decode()


def test_the_writer_does_not_confirm_their_own_words(clinic: Clinic, editor: User, reviewer: User) -> None:
    old = one_of_each(clinic)["component"]
    version = make_next(old, editor, submitted=True)
    site_of(reviewer).post(address("approve", "component", version), {"revision": version.revision})
    editor.memberships.create(clinic=clinic, role=Role.REVIEWER)
    version.refresh_from_db()
    given = {
        "seen_due_on": version.review_due_on.isoformat(),
        "due_on": (NOW.date() + timedelta(days=30)).isoformat(),
    }

    response = site_of(editor).post(address("keep", "component", version), given)

    assert "Somebody else has to confirm" in response.content.decode()


def test_a_draft_has_nothing_to_confirm(clinic: Clinic, editor: User, reviewer: User) -> None:
    draft = make_next(one_of_each(clinic)["component"], editor)
    given = {
        "seen_due_on": draft.review_due_on.isoformat(),
        "due_on": (NOW.date() + timedelta(days=30)).isoformat(),
    }
    response = site_of(reviewer).post(address("keep", "component", draft), given)
    assert "Only an approved version" in response.content.decode()


@pytest.mark.parametrize("kind", ["component", "template"])
def test_a_draft_of_what_was_retired_says_why_that_went(
    kind: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    old = one_of_each(clinic)[kind]
    retire_version(version=old, reason="Two trials found no gain", by=reviewer, now=NOW)
    draft = make_next(old, editor)

    page = site_of(editor).get(version_url(draft)).content.decode()

    assert "The version this began from was retired on 2 Mar 2026: Two trials found no gain." in page
    assert "The version this began from" not in site_of(editor).get(version_url(old)).content.decode()


def test_an_editor_asks_for_a_recall_and_a_reviewer_is_told(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    version = one_of_each(clinic)["component"]
    ask = address("ask-recall", "component", version)
    site = site_of(editor)
    page = site.get(version_url(version)).content.decode()
    assert ask in page
    assert f"A reviewer can recall it: {reviewer.name}." in page
    assert ask not in site_of(reviewer).get(version_url(version)).content.decode()
    assert f"call a reviewer: {reviewer.name}" in site.get(ask).content.decode()

    site.post(ask, {"reason": "The dose is ten times too high"})

    (comment,) = version.comments.all()
    assert (comment.kind, comment.said_by) == (ReviewComment.Kind.RECALL, editor)
    assert state_of(version) == ReviewState.APPROVED
    listed = site_of(reviewer).get(reverse("review-list"))
    assert [one.comment for one in listed.context["recalls_asked"]] == [comment]
    assert reverse("component-recall", args=[version.component_id]) in listed.content.decode()
    assert waiting_count(clinic, reviewer, PERMISSIONS_OF[Role.REVIEWER]) == 1
    assert waiting_count(clinic, editor, PERMISSIONS_OF[Role.EDITOR]) == 0


def test_what_is_answered_or_recalled_is_asked_no_more(clinic: Clinic, editor: User, reviewer: User) -> None:
    answered, recalled = component_of(clinic, "ex-walking"), component_of(clinic, "ex-bridge")
    for version in (answered, recalled):
        ask_for_recall(version=version, text="The dose is too high", by=editor, now=NOW)
    assert recalls_asked_in(clinic).count() == 2

    comment_on(version=answered, text="It is the dose of the label.", by=reviewer, now=LATER)
    recall_component(component=recalled.component, reason="The dose is too high", by=reviewer, now=LATER)

    assert recalls_asked_in(clinic).count() == 0


@pytest.mark.parametrize("then", ["replaced", "retired"])
def test_a_recall_that_is_asked_for_outlives_its_version(
    then: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    """The plans that hold the version are not helped by a newer one, nor by its retiring."""
    version = component_of(clinic, "ex-bridge")
    ask_for_recall(version=version, text="The dose is too high", by=editor, now=NOW)
    if then == "replaced":
        make_approved_next(version, editor, reviewer)
    else:
        retire_version(version=version, reason=WHY, by=reviewer, now=NOW)

    page = site_of(reviewer).get(reverse("review-list")).content.decode()
    assert waiting_count(clinic, reviewer, PERMISSIONS_OF[Role.REVIEWER]) == 1
    assert "About version 1" in page
    assert "which is not in use any more; plans may still hold it" in page
    answer = address("comment", "component", version)
    assert answer in site_of(reviewer).get(version_url(version)).content.decode()

    site_of(reviewer).post(answer, {"text": "It is the dose of the label."})
    assert not recalls_asked_in(clinic).exists()


def test_only_another_reviewer_answers_who_asks_for_a_recall(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    version = component_of(clinic, "ex-bridge")
    away = reviewer_of(clinic, "Ana Away")
    Membership.objects.filter(user=away).update(ended_at=NOW)
    for asker in (editor, reviewer):
        ask_for_recall(version=version, text="The dose is too high", by=asker, now=NOW)

    for by in (editor, editor_of(clinic, "Ada Writer"), away, reviewer_of(make_clinic())):
        comment_on(version=version, text="I think so too.", by=by, now=LATER)
    assert recalls_asked_in(clinic).count() == 2

    comment_on(version=version, text="It is the dose of the label.", by=reviewer, now=LATER)
    assert [one.said_by for one in recalls_asked_in(clinic)] == [reviewer]


def test_a_recall_of_a_newer_version_answers_who_asked_about_an_older(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    version = component_of(clinic, "ex-bridge")
    ask_for_recall(version=version, text="The dose is too high", by=editor, now=NOW)
    make_approved_next(version, editor, reviewer)

    recall_component(component=version.component, reason="The dose is too high", by=reviewer, now=LATER)

    assert not recalls_asked_in(clinic).exists()


def test_a_recall_is_asked_for_once_by_each(clinic: Clinic, editor: User, reviewer: User) -> None:
    old = component_of(clinic, "ex-bridge")
    ask_for_recall(version=old, text="The dose is too high", by=editor, now=NOW)
    version = make_approved_next(old, editor, reviewer)
    site, path = site_of(editor), address("ask-recall", "component", version)

    seen = site.get(path)
    sent = site.post(path, {"reason": "The dose is far too high"})
    site_of(editor_of(clinic, "Ada Writer")).post(path, {"reason": "The dose is far too high"})

    assert "You have asked for a recall of this already" in told(seen)
    assert "You have asked for a recall of this already" in sent.content.decode()
    assert recalls_asked_in(clinic).count() == 2
    comment_on(version=old, text="It is the dose of the label.", by=reviewer, now=LATER)
    assert site.get(path).status_code == 200


def test_who_asks_for_a_recall_and_presses_twice_asks_once(clinic: Clinic, editor: User) -> None:
    version = component_of(clinic, "ex-bridge")
    site, path = site_of(editor), address("ask-recall", "component", version)
    key = re.findall(rf'name="{FIELD}" value="([^"]+)"', site.get(path).content.decode())[-1]
    sent = {"reason": "The dose is too high", FIELD: key}

    site.post(path, sent)
    again = site.post(path, sent)

    assert "recorded once" in told(again)
    assert recalls_asked_in(clinic).count() == 1


def test_more_requests_ask_the_database_no_more_often(clinic: Clinic, editor: User, reviewer: User) -> None:
    site = site_of(reviewer)

    def queries() -> int:
        site.get(reverse("review-list"))
        with CaptureQueriesContext(connection) as captured:
            site.get(reverse("review-list"))
        return len(captured)

    counts = []
    for codes in (["ex-bridge"], ["ex-walking", "ex-chin-tuck", "ex-dead-bug"]):
        for code in codes:
            ask_for_recall(
                version=component_of(clinic, code), text="The dose is too high", by=editor, now=NOW
            )
        counts.append(queries())
    assert counts[0] == counts[1]


@pytest.mark.parametrize("kind", ["template", "rule"])
def test_only_components_are_recalled(kind: str, clinic: Clinic, editor: User) -> None:
    version = one_of_each(clinic)[kind]
    response = site_of(editor).post(address("ask-recall", kind, version), {"reason": "It may hurt somebody"})
    assert "Only a component that is in use is recalled." in response.content.decode()
    assert not version.comments.exists()
