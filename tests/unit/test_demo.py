"""The demo clinic: made once for all tests here, and looked at for states that no real clinic could come into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F, Q

from careplans.accounts.models import Clinic, Membership
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.checkins.models import Alert, AlertEntry, Answer, AnswerItem, CheckIn
from careplans.checkins.selectors import open_alerts, phone_list
from careplans.demo.clinic import DemoClinic, make_demo_clinic
from careplans.demo.story import read_stories
from careplans.handouts.models import Handout
from careplans.library.copies import offers_in
from careplans.library.models import ComponentVersion, ReviewComment, ReviewState, TranslationReview
from careplans.outbox.models import Message
from careplans.plans.assemble import draft_document
from careplans.plans.document import canonical_data, sha256_of
from careplans.plans.holdings import recalled_holdings
from careplans.plans.models import Draft, Plan, PlanVersion
from careplans.plans.selectors import findings_of
from careplans.worklist.selectors import Scope, plans_of
from patients.models import ClinicalFact, Episode, Patient
from patients.selectors import possible_duplicates

# Without the mark on every test, the database of the tests would not be made.
pytestmark = pytest.mark.django_db

# Past midnight in London, two days after the clocks went forward, and before anything is asked that day.
NOW = datetime(2026, 3, 31, 23, 40, tzinfo=UTC)
TODAY = date(2026, 4, 1)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[DemoClinic]:
    """Made once, inside a transaction that is rolled back: it takes seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_demo_clinic(now=NOW)
        transaction.set_rollback(True)


def test_made_once(demo: DemoClinic) -> None:
    assert demo.is_new
    assert demo.clinic.is_demo

    again = make_demo_clinic(now=NOW + timedelta(days=1))

    assert not again.is_new
    assert again.clinic == demo.clinic
    assert Patient.objects.count() == len(read_stories())


def test_command_says_that_it_is_there(demo: DemoClinic, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_demo")

    assert "is here already" in capsys.readouterr().out


def test_every_role_has_somebody_and_nobody_a_password(demo: DemoClinic) -> None:
    people = Membership.objects.active().of(demo.clinic).select_related("user")

    assert Counter(person.role for person in people) == {
        Role.CLINICIAN: 3,
        Role.FRONT_DESK: 1,
        Role.EDITOR: 1,
        Role.REVIEWER: 1,
        Role.ADMINISTRATOR: 1,
    }
    assert not any(person.user.has_usable_password() for person in people)
    assert demo.clinic.clinical_lead_id in {
        person.user_id for person in people if person.role == Role.CLINICIAN
    }
    # The first clinician is the one whose sign-in is printed: most of today's work is hers.
    first = people.filter(role=Role.CLINICIAN).order_by("created_at")[0].user
    assert open_alerts(demo.clinic).filter(owner=first).count() >= 3


def test_patients_are_of_every_kind(demo: DemoClinic) -> None:
    patients = Patient.objects.of(demo.clinic)

    assert 40 <= patients.count() <= 50
    assert set(patients.values_list("language", flat=True)) == {"en", "es", "tr", "ar"}
    ages = [patient.age_on(TODAY) for patient in patients]
    assert min(ages) < 20
    assert max(ages) > 80
    assert len({patient.full_name for patient in patients}) == patients.count()
    assert patients.filter(email_state=Patient.EmailState.BOUNCED).count() == 1
    assert patients.filter(email_opted_out_at__isnull=False).count() == 1
    assert patients.filter(email_consent_at=None).count() >= 3
    assert patients.filter(plans=None).count() >= 2
    assert set(Episode.SurgeryType.values) <= set(Episode.objects.values_list("surgery_type", flat=True))


def test_two_of_them_look_like_one(demo: DemoClinic) -> None:
    maria = Patient.objects.get(given_name="María")

    doubles = possible_duplicates(
        clinic=demo.clinic,
        given_name=maria.given_name,
        family_name=maria.family_name,
        birth_date=maria.birth_date,
        except_for=maria,
    )

    assert len(doubles) == 1


def test_plans_are_of_every_kind(demo: DemoClinic) -> None:
    states = Counter(Plan.objects.of(demo.clinic).values_list("state", flat=True))

    assert states["active"] >= 30
    assert states["completed"] >= 3
    assert states["stopped"] >= 1
    assert states["draft"] >= 2
    templates = Draft.objects.values_list("template_version__template__code", flat=True).distinct()
    assert templates.count() == 6
    assert PlanVersion.objects.filter(number=2).count() >= 4
    assert all(version.document.changes for version in PlanVersion.objects.filter(number=2))
    assert Draft.objects.filter(closed_at=None, plan__state=Plan.State.ACTIVE).count() == 1
    documents = [version.document for version in PlanVersion.objects.filter(plan__state=Plan.State.ACTIVE)]
    assert any(0 <= (document.ends_on - TODAY).days <= 7 for document in documents)
    reasons = [
        finding.reason
        for document in documents
        for finding in document.findings
        if finding.severity == "stop"
    ]
    assert len(reasons) >= 5
    assert all(reasons)


def test_a_draft_waits_for_answers_to_its_findings(demo: DemoClinic) -> None:
    draft = Draft.objects.get(closed_at=None, plan__patient__family_name="Rutherford")

    findings = findings_of(draft_document(draft, today=TODAY), draft.plan.patient, TODAY)

    assert {finding.severity for finding in findings} >= {"stop", "caution"}
    assert not draft.decisions.exists()


def test_todays_worklist_is_alive(demo: DemoClinic) -> None:
    alerts = open_alerts(demo.clinic)

    assert {alert.tier for alert in alerts.filter(state=Alert.State.OPEN)} == set(Alert.Tier)
    assert alerts.filter(state=Alert.State.ACKNOWLEDGED).count() >= 2
    assert 7 <= alerts.count() <= 14
    red = alerts.get(tier=Alert.Tier.RED_FLAG, state=Alert.State.OPEN)
    assert timedelta(0) < NOW - red.raised_at < timedelta(hours=1)
    assert red.step == Alert.Step.OWNER
    assert 2 <= phone_list(demo.clinic, NOW).count() <= 4
    assert Alert.objects.filter(state=Alert.State.RESOLVED).count() >= 6
    assert AlertEntry.objects.filter(kind=AlertEntry.Kind.CLIMBED).exists()


def test_the_library_is_being_kept(demo: DemoClinic) -> None:
    versions = ComponentVersion.objects.of(demo.clinic)

    draft = versions.get(state=ReviewState.DRAFT)
    assert {comment.kind for comment in draft.comments.all()} == {
        ReviewComment.Kind.SENT_BACK,
        ReviewComment.Kind.REMARK,
    }
    assert versions.get(state=ReviewState.IN_REVIEW).component.code == "ex-cat-camel"
    (offer,) = offers_in(demo.clinic)
    assert (offer.copy.origin.code, offer.own.state) == ("ergo-breaks", ReviewState.APPROVED)
    assert TranslationReview.objects.standing().filter(clinic=demo.clinic).count() == 1


def test_one_running_plan_holds_what_was_recalled_today(demo: DemoClinic) -> None:
    (held,) = recalled_holdings()
    assert held.plan.state == Plan.State.ACTIVE
    assert timedelta(0) < NOW - held.recalled_at < timedelta(hours=12)
    first = plans_of(Scope(demo.clinic, NOW)).rows[0]
    assert (first.pk, first.recalled_title) == (held.plan_id, "Heat wrap from our front desk")


def test_check_ins_are_of_every_kind(demo: DemoClinic) -> None:
    states = Counter(CheckIn.objects.values_list("state", flat=True))

    assert states.keys() == set(CheckIn.State.values)
    assert states["answered"] >= 150
    assert states["missed"] >= 8
    assert Answer.objects.exclude(taken_by=None).count() >= 5
    assert Answer.objects.filter(pain_now=0).exists()
    assert set(Answer.objects.exclude(comment="").values_list("language", flat=True)) == {
        "en",
        "es",
        "tr",
        "ar",
    }


def test_answers_belong_to_what_was_asked(demo: DemoClinic) -> None:
    assert not CheckIn.objects.filter(state=CheckIn.State.ANSWERED, answer=None).exists()
    assert not Answer.objects.exclude(check_in__state=CheckIn.State.ANSWERED).exists()
    assert not Answer.objects.filter(answered_at__lt=F("check_in__asked_at")).exists()
    assert not Answer.objects.filter(check_in__asked_at=None).exists()
    assert not Answer.objects.filter(taken_by=None, answered_at__gte=F("check_in__closes_at")).exists()
    assert not CheckIn.objects.filter(asked_at__lt=F("due_at")).exists()
    assert not CheckIn.objects.filter(asked_at__lt=F("version__published_at")).exists()
    for answer in Answer.objects.select_related("check_in__version"):
        document = answer.check_in.version.document
        assert set(answer.red_flags) == {flag.code for flag in document.red_flags}
        codes = {item.component_code for item in document.items}
        assert {item.component_code for item in answer.items.all()} <= codes
    assert AnswerItem.objects.exists()


def test_nothing_happens_before_its_cause(demo: DemoClinic) -> None:
    assert not Episode.objects.filter(created_at__lt=F("patient__created_at")).exists()
    assert not ClinicalFact.objects.filter(recorded_at__lt=F("patient__created_at")).exists()
    assert not Plan.objects.filter(created_at__lt=F("episode__created_at")).exists()
    assert not PlanVersion.objects.filter(published_at__lt=F("draft__opened_at")).exists()
    assert not Message.objects.filter(settled_at__lt=F("created_at")).exists()
    assert not Message.objects.filter(settled_at__lt=F("due_at"), state=Message.State.KEPT).exists()
    assert not Alert.objects.filter(acknowledged_at__lte=F("raised_at")).exists()
    assert not Alert.objects.filter(resolved_at__lte=F("acknowledged_at")).exists()
    assert not CheckIn.objects.filter(reminded_at__lt=F("asked_at")).exists()
    assert not Patient.objects.filter(created_at__lt=demo.clinic.created_at).exists()
    assert not AuditEvent.objects.filter(at__lt=demo.clinic.created_at).exists()


def test_nothing_lies_in_the_future_but_what_is_planned(demo: DemoClinic) -> None:
    assert not AuditEvent.objects.filter(at__gt=NOW).exists()
    assert not Message.objects.filter(created_at__gt=NOW).exists()
    assert not Answer.objects.filter(answered_at__gt=NOW).exists()
    assert not CheckIn.objects.filter(asked_at__gt=NOW).exists()
    assert not CheckIn.objects.filter(state=CheckIn.State.SCHEDULED, due_at__lte=NOW).exists()
    assert not CheckIn.objects.filter(state=CheckIn.State.ASKED, closes_at__lte=NOW).exists()
    assert not Membership.objects.filter(created_at__gt=NOW).exists()


def test_nobody_without_consent_gets_mail(demo: DemoClinic) -> None:
    without = Patient.objects.filter(Q(email_consent_at=None) | Q(email=""))

    assert without.count() >= 3
    assert not Message.objects.filter(patient_id__in=without.values("pk")).exists()
    stopped = Patient.objects.get(email_opted_out_at__isnull=False)
    later = Message.objects.filter(patient_id=stopped.pk, created_at__gt=stopped.email_opted_out_at)
    assert not later.exists()


def test_mails_are_settled_and_reach_nobody(demo: DemoClinic) -> None:
    states = Counter(Message.objects.values_list("state", flat=True))

    assert states["kept"] >= 200
    assert states["failed"] == 1
    assert states["pending"] == 0
    assert not Message.objects.exclude(to_address__endswith=".example").exists()
    assert set(Message.objects.values_list("kind", flat=True)) >= {
        "check_in",
        "reminder",
        "plan_published",
        "alert_notice",
        "invitation",
    }


def test_alerts_have_owners_who_work_here(demo: DemoClinic) -> None:
    clinicians = Membership.objects.active().of(demo.clinic).with_role(Role.CLINICIAN).values("user")

    assert not Alert.objects.exclude(owner__in=clinicians).exists()
    assert not Plan.objects.exclude(owner__in=clinicians).exists()
    histories = Alert.objects.annotate(lines=Count("entries"))
    assert not histories.filter(lines=0).exists()


def test_ended_plans_ask_nothing_more(demo: DemoClinic) -> None:
    ended = Plan.objects.filter(state__in=["completed", "stopped"])

    assert not CheckIn.objects.in_play().filter(plan__in=ended).exists()
    assert not Alert.objects.unresolved().filter(plan__in=ended).exists()
    assert not Episode.objects.open().filter(plans__in=ended).exists()


def test_versions_are_whole_and_their_handouts_wait(demo: DemoClinic) -> None:
    for version in PlanVersion.objects.all():
        assert sha256_of(canonical_data(version.document)) == version.document_sha256
    assert Handout.objects.filter(state=Handout.State.PENDING).count() == PlanVersion.objects.count()


def test_one_clinic_holds_all(demo: DemoClinic) -> None:
    assert Clinic.objects.count() == 1
    assert not AuditEvent.objects.exclude(clinic_id=demo.clinic.pk).exists()
