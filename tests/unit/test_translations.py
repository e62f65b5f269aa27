"""A translation's approval is of words: it goes along with them, and ends with the first change on either side."""

from __future__ import annotations

from typing import Any

import pytest

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.library.models import ComponentText, RedFlag, TranslationReview
from careplans.library.review import approve_version, start_version, submit_for_review
from careplans.library.selectors import wording_in
from careplans.library.translation_approvals import approve_translation, standing_review, withdraw_approval
from careplans.library.translations import (
    drop_translation,
    is_approved,
    outdated_in,
    save_translation,
    sha_of,
    standing_of,
    telling_of,
    words_of,
)
from careplans.library.versions import ReviewRefusal, StaleVersion
from careplans.plans.assemble import draft_document
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_draft, template_of

pytestmark = pytest.mark.django_db
KINDS = ("component", "template", "red_flag")


@pytest.fixture
def editor(clinic: Clinic) -> User:
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def reviewer(clinic: Clinic) -> User:
    return make_staff(clinic, Role.REVIEWER, languages=("ar", "es", "tr"))


def version_of(kind: str, clinic: Clinic) -> Any:
    template = template_of(clinic)
    if kind == "template":
        return template
    return (
        component_of(clinic, "ex-bridge")
        if kind == "component"
        else RedFlag.objects.filter(clinic=clinic).first()
    )


def translated(version: Any, language: str = "es") -> dict[str, Any]:
    """Every passage in another language, with as many lines."""
    english = words_of(version)["en"]
    return {
        key: [f"{language} {line}" for line in value] if isinstance(value, list) else f"{language} {value}"
        for key, value in english.items()
    }


def with_translation(kind: str, clinic: Clinic, editor: User, language: str = "es") -> Any:
    """A version in review that says everything in another language too."""
    draft = start_version(of=version_of(kind, clinic), by=editor, now=NOW)
    saved = save_translation(
        version=draft,
        language=language,
        words=translated(draft, language),
        revision=draft.revision,
        by=editor,
        now=NOW,
    )
    submit_for_review(version=saved, by=editor, now=NOW)
    return type(saved).objects.get(pk=saved.pk)


def also_reviewer(clinic: Clinic, editor: User) -> User:
    """The same person, whom the administrator made a reviewer as well."""
    Membership.objects.create(user=editor, clinic=clinic, role=Role.REVIEWER, languages=["es"])
    return editor


def approve(version: Any, by: User, language: str = "es", **changes: Any) -> TranslationReview:
    said = words_of(version)
    given = {"sha256": sha_of(said["en"], said[language]), "has_compared": True} | changes
    return approve_translation(version=version, language=language, by=by, now=NOW, **given)


def in_use(version: Any, reviewer: User) -> None:
    approve_version(version=version, by=reviewer, now=NOW)
    version.refresh_from_db()


@pytest.mark.parametrize("kind", KINDS)
def test_an_approval_goes_along_with_the_words_and_ends_with_them(
    kind: str, clinic: Clinic, editor: User, reviewer: User
) -> None:
    version = with_translation(kind, clinic, editor)
    assert not is_approved(version, "es", standing_of(clinic))

    approve(version, reviewer)

    standing = standing_of(clinic)
    assert is_approved(version, "es", standing)
    assert not is_approved(version, "tr", standing)
    type(version).objects.filter(pk=version.pk).update(state="draft")
    same = type(version).objects.get(pk=version.pk)
    assert is_approved(same, "es", standing)
    for language in ("es", "en"):
        other = words_of(same)["es"] | {next(iter(translated(same))): "Other words"}
        if language == "en":
            said = words_of(same)["en"] | {next(iter(other)): "Other words"}
            assert ("es", sha_of(said, words_of(same)["es"])) not in standing
        else:
            changed = save_translation(
                version=same, language="es", words=other, revision=same.revision, by=editor, now=NOW
            )
            assert not is_approved(type(changed).objects.get(pk=changed.pk), "es", standing)
    assert AuditEvent.objects.filter(action__endswith=".translation_approved").count() == 1


def test_it_survives_a_new_version_with_the_same_words(clinic: Clinic, editor: User, reviewer: User) -> None:
    version = with_translation("component", clinic, editor)
    approve(version, reviewer)
    in_use(version, reviewer)

    successor = start_version(of=version, by=editor, now=NOW)

    assert is_approved(successor, "es", standing_of(clinic))
    assert standing_review(successor, "es") is not None


def test_who_may_not_approve(clinic: Clinic, editor: User, reviewer: User) -> None:
    version = with_translation("component", clinic, editor)
    other = with_translation("red_flag", clinic, reviewer)
    ComponentText.objects.filter(version=version, language="tr").update(why="")
    refused = [
        (lambda: approve(version, editor), "has not named you as qualified to judge Spanish"),
        (lambda: approve(other, reviewer), "You wrote some of these words"),
        (lambda: approve(version, reviewer, has_compared=False), "compared both texts"),
        (lambda: approve(version, reviewer, sha256="0" * 64), "not what you read"),
        (lambda: approve(version, reviewer, language="en"), "not one your clinic offers"),
    ]
    for act, told in refused:
        with pytest.raises(ReviewRefusal, match=told):
            act()
    assert not TranslationReview.objects.exists()


def test_whoever_wrote_the_words_does_not_approve_them_in_a_later_version(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    first = with_translation("component", clinic, editor)
    in_use(first, reviewer)
    second = start_version(of=first, by=make_staff(clinic, Role.EDITOR), now=NOW)
    type(second).objects.filter(pk=second.pk).update(state="in_review", submitted_at=NOW)
    second.refresh_from_db()

    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve(second, also_reviewer(clinic, editor))


def test_a_draft_and_an_incomplete_translation_cannot_be_approved(
    clinic: Clinic, editor: User, reviewer: User
) -> None:
    draft = start_version(of=version_of("component", clinic), by=editor, now=NOW)
    words = translated(draft) | {"why": ""}
    save_translation(version=draft, language="es", words=words, revision=draft.revision, by=editor, now=NOW)
    draft.refresh_from_db()
    with pytest.raises(ReviewRefusal, match="still changes"):
        approve(draft, reviewer)
    type(draft).objects.filter(pk=draft.pk).update(state="in_review", submitted_at=NOW)
    whole = type(draft).objects.get(pk=draft.pk)
    with pytest.raises(ReviewRefusal, match="not complete"):
        approve(whole, reviewer)


def test_an_approval_is_given_once_and_can_be_withdrawn(clinic: Clinic, editor: User, reviewer: User) -> None:
    version = with_translation("component", clinic, editor)
    review = approve(version, reviewer)
    with pytest.raises(ReviewRefusal, match="approved already"):
        approve(version, make_staff(clinic, Role.REVIEWER, languages=("ar", "es", "tr")))

    withdraw_approval(review=review, by=reviewer, now=NOW)

    assert not is_approved(version, "es", standing_of(clinic))
    with pytest.raises(ReviewRefusal, match="withdrawn already"):
        withdraw_approval(review=review, by=reviewer, now=NOW)
    assert approve(version, reviewer).pk != review.pk
    assert AuditEvent.objects.filter(action="translationreview.withdrawn").count() == 1


def test_another_clinics_approval_counts_for_nobody_else(
    clinic: Clinic, other_clinic: Clinic, editor: User, reviewer: User
) -> None:
    approve(with_translation("component", clinic, editor), reviewer)
    assert standing_of(other_clinic) == frozenset()


def test_saving_is_compare_and_set(clinic: Clinic, editor: User) -> None:
    draft = start_version(of=version_of("component", clinic), by=editor, now=NOW)
    words = translated(draft)
    save_translation(version=draft, language="es", words=words, revision=draft.revision, by=editor, now=NOW)
    with pytest.raises(StaleVersion):
        save_translation(
            version=draft,
            language="es",
            words=words | {"why": "x"},
            revision=draft.revision,
            by=editor,
            now=NOW,
        )
    with pytest.raises(ReviewRefusal):
        save_translation(version=draft, language="en", words=words, revision=2, by=editor, now=NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_with_nothing_written_the_translation_is_gone(kind: str, clinic: Clinic, editor: User) -> None:
    draft = start_version(of=version_of(kind, clinic), by=editor, now=NOW)
    saved = save_translation(
        version=draft, language="es", words=translated(draft), revision=draft.revision, by=editor, now=NOW
    )
    gone = save_translation(
        version=saved, language="es", words={}, revision=saved.revision, by=editor, now=NOW
    )
    assert "es" not in words_of(type(gone).objects.get(pk=gone.pk))


def only_approved(clinic: Clinic, *languages: str) -> None:
    type(clinic).objects.filter(pk=clinic.pk).update(approved_translations_only=list(languages))


def test_a_clinic_may_use_approved_translations_only(clinic: Clinic, clinician: User, reviewer: User) -> None:
    """Then English is told where nobody qualified has approved the words; red flags stay in the patient's language."""
    before = draft_document(make_draft(clinic, clinician, language="es"), today=NOW.date())
    bridge = before.items[0].component_code
    assert before.items[0].text_language == "es"
    approve(component_of(clinic, bridge), reviewer)
    only_approved(clinic, "es")

    draft = make_draft(type(clinic).objects.get(pk=clinic.pk), clinician, language="es")
    document = draft_document(draft, today=NOW.date())

    told = {item.component_code: item.text_language for item in document.items}
    assert told.pop(bridge) == "es"
    assert set(told.values()) == {"en"}
    assert (document.language, document.text_language) == ("es", "en")
    assert {phase.text_language for phase in document.phases} == {"en"}
    assert document.title == template_of(clinic).texts["en"]["title"]
    assert {flag.text_language for flag in document.red_flags} == {"es"}
    assert draft.title == document.title


def test_a_switch_while_a_draft_is_open_counts_at_once(
    clinic: Clinic, clinician: User, reviewer: User
) -> None:
    draft = make_draft(clinic, clinician, language="es")
    template = template_of(clinic)
    only_approved(clinic, "es")
    draft = type(draft).objects.get(pk=draft.pk)

    english = draft_document(draft, today=NOW.date())
    approve(template, reviewer)
    spanish = draft_document(type(draft).objects.get(pk=draft.pk), today=NOW.date())

    assert (english.title, english.text_language) == (template.texts["en"]["title"], "en")
    assert (spanish.title, spanish.text_language) == (template.texts["es"]["title"], "")
    assert spanish.phases[0].name == template.phases.get(code=spanish.phases[0].code).texts["es"]["name"]


def test_a_draft_begun_in_english_speaks_spanish_once_that_is_approved(
    clinic: Clinic, clinician: User, reviewer: User
) -> None:
    template = template_of(clinic)
    only_approved(clinic, "es")
    draft = make_draft(type(clinic).objects.get(pk=clinic.pk), clinician, language="es")
    approve(template, reviewer)

    document = draft_document(type(draft).objects.get(pk=draft.pk), today=NOW.date())

    assert (document.title, document.text_language) == (template.texts["es"]["title"], "")
    assert document.phases[0].aims == tuple(
        template.phases.get(code=document.phases[0].code).texts["es"]["aims"]
    )


def test_without_the_switch_english_patients_cost_no_query(
    clinic: Clinic, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        telling_of(clinic, "en", for_staff=True)
        telling_of(clinic, "es")
    only_approved(clinic, "es")
    clinic.refresh_from_db()
    with django_assert_num_queries(1):
        telling_of(clinic, "es", for_staff=True)


def english_changed(clinic: Clinic, editor: User, kind: str = "component") -> Any:
    """A draft whose English is corrected, and that says in Spanish alone what it said before."""
    draft = start_version(of=version_of(kind, clinic), by=editor, now=NOW)
    correct(draft, "Corrected.")
    for language in sorted(words_of(fresh(draft)).keys() - {"en", "es"}):
        if kind == "red_flag":
            words = translated(draft, language)
            save_translation(
                version=draft, language=language, words=words, revision=draft.revision, by=editor, now=NOW
            )
        else:
            drop_translation(version=draft, language=language, revision=draft.revision, by=editor, now=NOW)
        draft = fresh(draft)
    return fresh(draft)


def correct(draft: Any, said: str) -> None:
    if hasattr(draft, "component"):
        draft.texts.filter(language="en").update(why=said)
        return
    key = "summary" if hasattr(draft, "template") else "sign"
    texts = draft.texts | {"en": draft.texts["en"] | {key: said}}
    type(draft).objects.filter(pk=draft.pk).update(texts=texts)


def fresh(version: Any) -> Any:
    return type(version).objects.get(pk=version.pk)


def confirm(draft: Any, editor: User) -> Any:
    words = words_of(draft)["es"]
    save_translation(version=draft, language="es", words=words, revision=draft.revision, by=editor, now=NOW)
    return fresh(draft)


@pytest.mark.parametrize("kind", KINDS)
def test_an_old_translation_of_a_corrected_english_text_holds_up_the_review(
    kind: str, clinic: Clinic, editor: User
) -> None:
    draft = english_changed(clinic, editor, kind)
    with pytest.raises(ReviewRefusal, match="The English changed, and the Spanish still say"):
        submit_for_review(version=draft, by=editor, now=NOW)

    confirmed = confirm(draft, editor)

    submit_for_review(version=confirmed, by=editor, now=NOW)
    assert fresh(draft).state == "in_review"
    told = AuditEvent.objects.filter(action__endswith=".translated", details__language="es").get()
    assert told.details["changed"] == []


def test_a_translation_that_was_mended_is_not_asked_about(clinic: Clinic, editor: User) -> None:
    draft = english_changed(clinic, editor)
    words = translated(draft)
    save_translation(version=draft, language="es", words=words, revision=draft.revision, by=editor, now=NOW)
    submit_for_review(version=fresh(draft), by=editor, now=NOW)


def test_what_was_confirmed_is_asked_again_when_the_english_changes_again(
    clinic: Clinic, editor: User
) -> None:
    draft = confirm(english_changed(clinic, editor), editor)
    assert outdated_in(draft) == []
    correct(draft, "Corrected once more.")
    assert outdated_in(fresh(draft)) == ["es"]


def test_a_new_version_of_a_dropped_draft_is_asked_about_too(clinic: Clinic, editor: User) -> None:
    draft = english_changed(clinic, editor)
    type(draft).objects.filter(pk=draft.pk).update(state="retired")
    assert outdated_in(start_version(of=fresh(draft), by=editor, now=NOW)) == ["es"]


def test_the_next_version_asks_anew(clinic: Clinic, editor: User, reviewer: User) -> None:
    draft = confirm(english_changed(clinic, editor), editor)
    submit_for_review(version=draft, by=editor, now=NOW)
    in_use(draft, reviewer)
    successor = start_version(of=draft, by=editor, now=NOW)
    assert successor.checked_languages == {}
    assert outdated_in(successor) == []
    correct(successor, "Corrected once more.")
    assert outdated_in(fresh(successor)) == ["es"]


@pytest.mark.parametrize("kind", KINDS)
def test_where_english_stayed_nothing_is_asked(kind: str, clinic: Clinic, editor: User) -> None:
    draft = start_version(of=version_of(kind, clinic), by=editor, now=NOW)
    submit_for_review(version=draft, by=editor, now=NOW)
    assert fresh(draft).state == "in_review"


def test_a_translation_that_is_taken_out_is_told_in_english(
    clinic: Clinic, clinician: User, editor: User, reviewer: User
) -> None:
    draft = english_changed(clinic, editor)
    drop_translation(version=draft, language="es", revision=draft.revision, by=editor, now=NOW)
    assert AuditEvent.objects.filter(
        action="componentversion.translation_dropped", details__language="es"
    ).exists()
    dropped = fresh(draft)
    submit_for_review(version=dropped, by=editor, now=NOW)
    in_use(dropped, reviewer)

    document = draft_document(make_draft(clinic, clinician, language="es"), today=NOW.date())

    bridge = next(item for item in document.items if item.component_code == "ex-bridge")
    assert (bridge.text_language, bridge.why) == ("en", "Corrected.")


def test_a_templates_translation_is_taken_out_of_its_phases_too(clinic: Clinic, editor: User) -> None:
    draft = english_changed(clinic, editor, "template")
    drop_translation(version=draft, language="es", revision=draft.revision, by=editor, now=NOW)
    assert "es" not in words_of(fresh(draft))
    submit_for_review(version=fresh(draft), by=editor, now=NOW)


def test_what_cannot_be_taken_out(clinic: Clinic, editor: User) -> None:
    flag = english_changed(clinic, editor, "red_flag")
    draft = english_changed(clinic, editor)
    refused = [
        (flag, "es", flag.revision, "asked in the patient's language"),
        (draft, "en", draft.revision, "not one your clinic offers"),
        (draft, "es", draft.revision - 1, "Somebody else saved"),
        (version_of("component", clinic), "es", 1, "no longer a draft"),
    ]
    for version, language, revision, told in refused:
        with pytest.raises(ReviewRefusal, match=told):
            drop_translation(version=version, language=language, revision=revision, by=editor, now=NOW)


@pytest.mark.parametrize(
    ("name", "label"),
    [("stop_if", "When to stop"), ("watch_for", "Watch for"), ("feel", "How it should feel")],
)
def test_a_half_translation_is_not_submitted(name: str, label: str, clinic: Clinic, editor: User) -> None:
    draft = start_version(of=version_of("component", clinic), by=editor, now=NOW)
    draft.texts.filter(language="en").update(**{name: "Said in English."})
    draft.texts.filter(language="es").update(**{name: ""})
    with pytest.raises(ReviewRefusal, match=f"Spanish: “{label}” is missing, and the English has it"):
        submit_for_review(version=draft, by=editor, now=NOW)
    draft.texts.filter(language="en").update(**{name: ""})
    draft.texts.exclude(language="en").update(**{name: ""})
    confirmed = fresh(draft)
    for language in sorted(words_of(confirmed).keys() - {"en"}):
        words = words_of(confirmed)[language]
        save_translation(
            version=confirmed, language=language, words=words, revision=confirmed.revision, by=editor, now=NOW
        )
        confirmed = fresh(confirmed)
    submit_for_review(version=confirmed, by=editor, now=NOW)


@pytest.mark.parametrize("nothing", [{"stop_if": ""}, {"watch_for": ""}, {"feel": ""}, {"steps": []}])
def test_a_half_translation_that_is_in_use_is_told_in_english(
    nothing: dict[str, Any], clinic: Clinic
) -> None:
    version = component_of(clinic, "ex-bridge")
    english = ComponentText.objects.filter(version=version, language="en")
    english.update(stop_if="Stop.", watch_for="Watch.", feel="Warm.")
    spanish = ComponentText.objects.filter(version=version, language="es")
    spanish.update(stop_if="Pare.", watch_for="Vigile.", feel="Calor.")
    assert wording_in(fresh(version), "es").language == "es"
    spanish.update(**nothing)
    wording = wording_in(fresh(version), "es")
    assert (wording.language, wording.text.stop_if) == ("en", "Stop.")
