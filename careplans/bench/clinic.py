"""A clinic to measure in, made through the product's own verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from django.test import Client
from django.utils import timezone

from careplans.accounts.models import Clinic, Membership, User
from careplans.accounts.permissions import Role
from careplans.audit.record import SYSTEM
from careplans.builder.publish import publish_plan
from careplans.checkins.ask import ask_due
from careplans.library.load import load_starter
from careplans.library.selectors import approved_templates
from careplans.plans.models import PlanVersion
from careplans.plans.start import start_plan
from patients.models import Episode, Patient
from patients.services import open_episode, register_patient

TEMPLATE = "acute-spasm-after-therapy"


@dataclass
class BenchClinic:
    clinic: Clinic
    clinician: User
    now: datetime
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def client(self) -> Client:
        """The clinician's browser."""
        client = Client()
        client.force_login(self.clinician)
        return client

    def patient(self) -> Patient:
        number = next(self._numbers)
        return register_patient(
            clinic=self.clinic,
            given_name="Robin",
            family_name=f"Measured {number}",
            birth_date=date(1970, 1, 1) + timedelta(days=number),
            record_number=f"B{number:05}",
            language="en",
            time_zone=self.clinic.time_zone,
            phone="+44 20 7946 0000",
            email=f"measured{number}@patient.example",
            has_email_consent=True,
            clinician=self.clinician,
            by=self.clinician,
            now=self.now,
        )

    def episode(self) -> Episode:
        """Of a new patient, begun two days ago."""
        return open_episode(
            patient=self.patient(),
            diagnosis="Back spasm after therapy",
            body_region=Episode.BodyRegion.LOW_BACK,
            onset_on=self.now.date() - timedelta(days=2),
            by=self.clinician,
            now=self.now,
        )

    def published(self) -> PlanVersion:
        """A new patient's plan from the template, published as it is."""
        template = approved_templates(self.clinic).get(template__code=TEMPLATE)
        draft = start_plan(episode=self.episode(), template_version=template, by=self.clinician, now=self.now)
        return publish_plan(draft=draft, revision=draft.revision, by=self.clinician, now=self.now)

    def fill(self, number: int) -> None:
        """Publish plans for ``number`` new patients and ask them what is due by the next morning."""
        for _patient in range(number):
            self.published()
        ask_due(now=self.now + timedelta(days=1), limit=number)


def make_bench_clinic() -> BenchClinic:
    now = timezone.now()
    clinic = Clinic.objects.create(
        name="Measured clinic", phone="+44 20 7946 0000", time_zone="Europe/London"
    )
    clinician = User.objects.create_user(email="measured@clinic.example", name="Dr Measured")
    Membership.objects.create(user=clinician, clinic=clinic, role=Role.CLINICIAN)
    load_starter(clinic=clinic, by=SYSTEM, now=now)
    return BenchClinic(clinic, clinician, now)
