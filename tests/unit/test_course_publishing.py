"""From draft to paper: a medicine added in the middle of a phase, its revisions, and the language of the day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from careplans.accounts.models import Clinic, User
from careplans.builder.preview import publishing_summary
from careplans.handouts.presenters import HandoutPage, handout_page
from careplans.library.dose import parse_dose
from careplans.library.models import TemplateVersion
from careplans.plans.assemble import draft_document
from careplans.plans.document import PlanDocument
from careplans.plans.drafting import add_item, change_item, decide_finding, remove_item
from careplans.plans.freeze import freeze_draft
from careplans.plans.models import Draft, DraftItem
from careplans.plans.selectors import findings_of
from careplans.plans.start import start_plan, start_revision
from patients.models import Patient
from tests.factories import NOW
from tests.make.plans import component_of, make_episode, make_patient, template_of

CODE = "med-cyclobenzaprine"
TODAY = NOW.date()


@pytest.fixture
def draft(clinic: Clinic, clinician: User) -> Draft:
    """In the third week of a spasm: the phase "weeks 1 to 4" has run for 13 days and has 8 left, today included."""
    episode = make_episode(make_patient(clinic, clinician), clinician, onset_on=TODAY - timedelta(days=20))
    return start_plan(episode=episode, template_version=template_of(clinic), by=clinician, now=NOW)


def add(draft: Draft, clinic: Clinic, by: User, code: str = CODE, **dose: object) -> DraftItem:
    draft.refresh_from_db()
    version = component_of(clinic, code)
    given = parse_dose(version.default_dose | dose)
    phase = draft.phases.first()
    assert phase is not None
    return add_item(
        phase=phase, component_version=version, dose=given, revision=draft.revision, by=by, now=NOW
    )


def publish(draft: Draft, by: User, now: datetime = NOW) -> PlanDocument:
    today = now.date()
    document = draft_document(Draft.objects.get(pk=draft.pk), today=today)
    for finding in findings_of(document, draft.plan.patient, today):
        if finding.severity != "inform":
            draft.refresh_from_db()
            decide_finding(
                draft=draft, finding=finding, reason="Considered.", revision=draft.revision, by=by, now=now
            )
    draft.refresh_from_db()
    return freeze_draft(draft=draft, revision=draft.revision, by=by, now=now).document


def revise(draft: Draft, by: User, days: int) -> tuple[Draft, datetime]:
    now = NOW + timedelta(days=days)
    return start_revision(plan=draft.plan, by=by, now=now), now


def page_of(document: PlanDocument) -> HandoutPage:
    with translation.override(document.language):
        return handout_page(document, published_at="2026-03-02T09:30:00Z", check_code="0", pictures={})


def said_of(page: HandoutPage, title: str = "Cyclobenzaprine") -> tuple[str, ...]:
    cards = [card for group in page.groups for card in group.cards]
    return next(card.course for card in cards if card.title.startswith(title))


def ticks(page: HandoutPage, title: str = "Cyclobenzaprine") -> list[bool]:
    rows = [row for week in page.diary for row in week.rows if row.title.startswith(title)]
    return [is_on for row in rows for is_on in row.days]


def course_ends(document: PlanDocument) -> list[int]:
    return [(one.due_on - TODAY).days for one in document.check_ins if one.kind == "course_end"]


def test_a_medicine_added_in_the_middle_of_a_phase_begins_today(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    add(draft, clinic, clinician)
    document = publish(draft, clinician)
    page = page_of(document)

    assert said_of(page) == ("From Monday 2 March. Last day: Sunday 8 March.",)
    assert ticks(page)[:9] == [True] * 7
    assert course_ends(document) == [6]
    assert page.glance[6].events[-1] == "Last day of a medicine"


def test_heat_is_ticked_until_its_last_day_and_no_longer(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    add(draft, clinic, clinician, "heat-wrap", for_days=3)
    page = page_of(publish(draft, clinician))

    assert ticks(page, "Heat wrap") == [True, True, True, False, False, False, False]
    assert "Last day: Wednesday 4 March." in [row.until for row in page.start.rows]


def test_heat_that_would_outlast_its_phase_says_the_days_it_has(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    draft.phases.filter(position=0).update(days=16)  # three days are left
    add(draft, clinic, clinician, "heat-wrap", for_days=5)
    page = page_of(publish(draft, clinician))

    assert [row.dose for row in page.start.rows if row.title == "Heat wrap"] == [
        "4 hours, once a day, for 3 days"
    ]
    assert said_of(page, "Heat wrap") == ("From Monday 2 March. Last day: Wednesday 4 March.",)


def test_a_medicine_that_outlasts_its_phase_stays_on_the_lists_and_in_the_diary(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    draft.phases.filter(position=0).update(days=16)
    draft.phases.filter(position=1).update(starts_on_day=23)
    add(draft, clinic, clinician)
    page = page_of(publish(draft, clinician))

    assert ticks(page) == [True] * 7
    (row,) = [row for row in page.phases[1].rows if row.title.startswith("Cyclobenzaprine")]
    assert row.until == "It goes on from the part before. Last day: Sunday 8 March."


def test_a_revision_keeps_the_days_and_a_course_that_is_over_is_said_to_be(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    add(draft, clinic, clinician, course_days=4)
    publish(draft, clinician)
    second, now = revise(draft, clinician, days=2)
    running = page_of(publish(second, clinician, now))
    assert said_of(running) == ("You have begun already. Last day: Thursday 5 March.",)
    assert ticks(running)[:3] == [True, True, False]

    third, now = revise(draft, clinician, days=5)
    document = publish(third, clinician, now)
    page = page_of(document)
    assert said_of(page) == (
        "These days are over. Do not take it any more, unless your prescriber tells you to.",
    )
    assert not any(ticks(page))
    assert not any(row.title.startswith("Cyclobenzaprine") for row in page.start.rows)
    assert course_ends(document) == []


def test_days_behind_count_towards_the_length_of_a_medicine(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    """Raising the dose each week would else never reach the three weeks that a rule asks about."""
    add(draft, clinic, clinician)
    publish(draft, clinician)
    second, now = revise(draft, clinician, days=5)
    item = DraftItem.objects.get(phase__draft=second, component_version__component__code=CODE)
    dose = parse_dose(item.dose_data | {"amount": "10", "course_days": 17})
    change_item(item=item, dose=dose, note="", revision=second.revision, by=clinician, now=now)

    second.refresh_from_db()
    document = draft_document(second, today=now.date())
    assert document.course_days(CODE) == 5 + 17
    found = findings_of(document, draft.plan.patient, now.date())
    assert any(one.severity == "stop" and one.component_code == CODE for one in found)

    publish(second, clinician, now)
    third, now = revise(draft, clinician, days=7)
    item = DraftItem.objects.get(phase__draft=third, component_version__component__code=CODE)
    remove_item(item=item, revision=third.revision, by=clinician, now=now)
    assert publish(third, clinician, now).course_days(CODE) == 5 + 2


def test_a_new_last_day_is_told(draft: Draft, clinic: Clinic, clinician: User) -> None:
    item = add(draft, clinic, clinician)
    publish(draft, clinician)
    second, now = revise(draft, clinician, days=2)
    item = DraftItem.objects.get(phase__draft=second, key=item.key)
    longer = parse_dose(item.dose_data | {"course_days": 10})
    change_item(item=item, dose=longer, note="", revision=second.revision, by=clinician, now=now)

    told = publish(second, clinician, now).changes

    assert any(one.endswith("the last day is now Wednesday 11 March.") for one in told)


def test_taking_out_and_putting_in_again_changes_nothing_for_the_patient(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    add(draft, clinic, clinician)
    publish(draft, clinician)
    second, now = revise(draft, clinician, days=2)
    item = DraftItem.objects.get(phase__draft=second, component_version__component__code=CODE)
    remove_item(item=item, revision=second.revision, by=clinician, now=now)
    add(second, clinic, clinician)

    assert not [one for one in publish(second, clinician, now).changes if "Cyclobenzaprine" in one]


def test_baclofen_is_never_given_a_last_day(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic, clinician), clinician)
    template = template_of(clinic, "spasticity-under-baclofen")
    document = publish(
        start_plan(episode=episode, template_version=template, by=clinician, now=NOW), clinician
    )
    page = page_of(document)

    # Three parts that follow each other: one course, and no word of an end in between.
    (sentence,) = said_of(page, "Baclofen (")
    assert sentence.startswith("From Monday 2 March. Planned until Sunday 20 December. Do not stop")
    assert course_ends(document) == [293]
    assert "Last day" not in " ".join([*(one.what for one in page.follow_ups), sentence])
    rows = [row for phase in page.phases for row in phase.rows]
    assert all(not row.until for row in rows)
    assert "days at most" not in " ".join(row.dose for row in rows)


def speak(patient: Patient, language: str) -> None:
    Patient.objects.filter(pk=patient.pk).update(language=language)


def in_english_alone(template: TemplateVersion | None) -> TemplateVersion:
    """The template as a clinic may have written it: in no language but its own."""
    assert template is not None
    TemplateVersion.objects.filter(pk=template.pk).update(texts={"en": template.texts["en"]})
    for phase in template.phases.all():
        template.phases.filter(pk=phase.pk).update(texts={"en": phase.texts["en"]})
    return TemplateVersion.objects.get(pk=template.pk)


def test_the_language_is_the_patients_when_it_is_published(draft: Draft, clinician: User) -> None:
    speak(draft.plan.patient, "es")
    assert publish(draft, clinician).language == "es"


def test_title_and_phases_follow_the_language_where_the_template_knows_it(
    draft: Draft, clinician: User
) -> None:
    template = draft.template_version
    assert template is not None
    words = template.texts["en"] | {"title": "Espasmo agudo", "for_patient": "Para usted"}
    TemplateVersion.objects.filter(pk=template.pk).update(texts=template.texts | {"es": words})
    phase = template.phases.get(code="weeks-1-to-4")
    template.phases.filter(pk=phase.pk).update(
        texts=phase.texts | {"es": phase.texts["en"] | {"name": "Semanas 1 a 4"}}
    )
    speak(draft.plan.patient, "es")

    document = publish(draft, clinician)

    assert (document.title, document.phases[0].name) == ("Espasmo agudo", "Semanas 1 a 4")
    draft.plan.refresh_from_db()
    assert draft.plan.title == "Espasmo agudo"


def test_a_revision_in_a_language_the_template_lacks_comes_in_english(draft: Draft, clinician: User) -> None:
    template = in_english_alone(draft.template_version)
    words = template.texts["en"] | {"title": "Espasmo agudo", "for_patient": "Para usted"}
    TemplateVersion.objects.filter(pk=template.pk).update(texts=template.texts | {"es": words})
    speak(draft.plan.patient, "es")
    publish(draft, clinician)
    english = template.texts["en"]["title"]
    Draft.objects.filter(pk=draft.pk).update(title=words["title"], language="es")
    speak(draft.plan.patient, "tr")

    second, now = revise(draft, clinician, days=1)
    document = publish(second, clinician, now)

    assert (document.language, document.title, document.text_language) == ("tr", english, "en")


def test_words_that_are_not_translated_say_so(draft: Draft, clinician: User) -> None:
    in_english_alone(draft.template_version)
    speak(draft.plan.patient, "ar")
    document = publish(draft, clinician)

    assert (document.language, document.text_language) == ("ar", "en")
    assert {phase.text_language for phase in document.phases} == {"en"}


def test_an_empty_plan_names_its_only_phase_in_the_patients_language(clinic: Clinic, clinician: User) -> None:
    episode = make_episode(make_patient(clinic, clinician, language="es"), clinician)
    draft = start_plan(episode=episode, template_version=None, by=clinician, now=NOW)

    with translation.override("es"):
        expected = translation.gettext("Your plan")
    assert expected != "Your plan"
    assert draft_document(draft, today=TODAY).phases[0].name == expected


def test_the_summary_says_the_days_and_the_notes_in_another_language(
    draft: Draft, clinic: Clinic, clinician: User
) -> None:
    in_english_alone(draft.template_version)
    item = add(draft, clinic, clinician)
    draft.refresh_from_db()
    note = "Only before bed."
    change_item(item=item, dose=item.dose, note=note, revision=draft.revision, by=clinician, now=NOW)
    draft = Draft.objects.get(pk=draft.pk)
    summary = publishing_summary(draft_document(draft, today=TODAY), draft.plan, NOW)
    assert [line.partition(": ")[2] for line in summary.courses] == [
        "from Mon 2 Mar 2026 to Sun 8 Mar 2026.",
    ]
    assert summary.notes_to_read == ()

    speak(draft.plan.patient, "es")
    draft = Draft.objects.get(pk=draft.pk)
    summary = publishing_summary(draft_document(draft, today=TODAY), draft.plan, NOW)
    assert summary.notes_to_read == (note,)
    assert "Weeks 1 to 4" in summary.untranslated
