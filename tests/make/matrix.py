"""How to make the object each route is about, for the access matrix.

Add a line to ``OBJECTS`` with every new route that has an id in its address: the matrix fails without it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.utils import timezone

from careplans.accounts.models import Clinic, Invitation, Membership, User
from careplans.accounts.permissions import Role
from careplans.checkins.models import Alert, CheckIn
from careplans.handouts.models import Handout
from careplans.handouts.services import request_handout
from careplans.library.bundle_in import receive_file
from careplans.library.models import (
    ArrivingFile,
    Component,
    ComponentVersion,
    OwnPicture,
    RedFlag,
    Retirement,
    SafetyRule,
    TemplateVersion,
)
from careplans.library.retire import propose_retirement
from careplans.library.review import start_version
from careplans.outbox.models import Message
from careplans.plans.models import Draft, PlanVersion
from patients.models import ClinicalFact, Episode, Patient
from tests.factories import NOW, make_clinic, make_staff
from tests.make.accounts import make_invitation
from tests.make.bundles import small_bundle
from tests.make.checkins import make_asked
from tests.make.documents import make_plan, make_version
from tests.make.outbox import make_message
from tests.make.patients import make_episode, make_fact
from tests.make.pictures import make_own_picture
from tests.make.plans import component_of, make_draft, make_library, make_patient, template_of
from tests.make.templates import make_template_draft
from tests.make.worklist import make_red_flag
from tests.make.written import make_component_draft, make_outdated_copy


class World:
    """One clinic with one of everything, made when first asked for."""

    def __init__(self) -> None:
        self.clinic: Clinic = make_clinic()
        self.clinician: User = make_staff(self.clinic, Role.CLINICIAN)
        make_staff(self.clinic, Role.ADMINISTRATOR)

    @cached_property
    def membership(self) -> Membership:
        return make_staff(self.clinic, Role.EDITOR).memberships.get()

    @cached_property
    def invitation(self) -> Invitation:
        return make_invitation(self.clinic, email="invited@clinic.example")

    @cached_property
    def patient(self) -> Patient:
        return make_patient(self.clinic, self.clinician)

    @cached_property
    def fact(self) -> ClinicalFact:
        return make_fact(self.patient)

    @cached_property
    def episode(self) -> Episode:
        return make_episode(self.patient)

    @cached_property
    def draft(self) -> Draft:
        return make_draft(self.clinic, self.clinician)

    @cached_property
    def version(self) -> PlanVersion:
        return make_version(make_plan(make_patient(self.clinic, self.clinician), self.clinician))

    @cached_property
    def handout(self) -> Handout:
        return request_handout(version=self.version, by=self.clinician, now=NOW)

    @cached_property
    def check_in(self) -> CheckIn:
        return make_asked(self.clinic, self.clinician)

    @cached_property
    def alert(self) -> Alert:
        return make_red_flag(self.clinic, self.clinician)

    @cached_property
    def message(self) -> Message:
        return make_message(self.clinic, patient_id=self.patient.pk)

    @cached_property
    def component(self) -> ComponentVersion:
        return component_of(self.clinic, "ex-pelvic-tilt")

    @cached_property
    def component_draft(self) -> ComponentVersion:
        """The next version of a component, being written."""
        return make_component_draft(self.clinic, make_staff(self.clinic, Role.EDITOR))

    @cached_property
    def copy(self) -> Component:
        """The clinic's own, whose original has gone on."""
        return make_outdated_copy(self.clinic)

    @cached_property
    def template(self) -> TemplateVersion:
        return template_of(self.clinic)

    @cached_property
    def template_draft(self) -> TemplateVersion:
        """The next version of it, being written."""
        return make_template_draft(self.clinic, make_staff(self.clinic, Role.EDITOR))

    @cached_property
    def rule_draft(self) -> SafetyRule:
        """The next version of a safety rule, being written."""
        make_library(self.clinic)
        rule = SafetyRule.objects.filter(clinic=self.clinic, number=1).latest("code")
        return start_version(of=rule, by=self.clinician, now=NOW)

    @cached_property
    def red_flag_draft(self) -> RedFlag:
        return start_version(of=self.red_flag, by=self.clinician, now=NOW)

    @cached_property
    def red_flag(self) -> RedFlag:
        make_library(self.clinic)
        return RedFlag.objects.filter(clinic=self.clinic).earliest("code")

    @cached_property
    def own_picture(self) -> OwnPicture:
        return make_own_picture(self.clinic, make_staff(self.clinic, Role.EDITOR))

    @cached_property
    def arriving_file(self) -> ArrivingFile:
        """One that came just now and that nobody decided on."""
        by, now = make_staff(self.clinic, Role.EDITOR), timezone.now()
        data = small_bundle()
        return receive_file(clinic=self.clinic, name="library.zip", data=data, by=by, now=now)

    @cached_property
    def retirement(self) -> Retirement:
        """A proposal that waits for its second person."""
        make_library(self.clinic)
        rule = SafetyRule.objects.filter(clinic=self.clinic).earliest("code")
        by = make_staff(self.clinic, Role.EDITOR)
        return propose_retirement(version=rule, reason="Replaced by a newer guideline", by=by, now=NOW)


Keys = dict[str, Any]


def _pk(name: str) -> Callable[[World], Keys]:
    return lambda world: {"pk": getattr(world, name).pk}


def _component_version(world: World) -> Keys:
    return {"kind": "component", "pk": world.component.pk}


def _template(world: World) -> Keys:
    return {"template": world.template.template_id, "number": world.template.number}


def _template_draft(world: World) -> Keys:
    return {"template": world.template_draft.template_id, "number": world.template_draft.number}


def _template_phase(world: World) -> Keys:
    return _template_draft(world) | {"phase": world.template_draft.phases.all()[0].pk}


def _template_item(world: World) -> Keys:
    return _template_draft(world) | {"item": world.template_draft.phases.all()[0].items.all()[0].pk}


def _plan(world: World) -> Keys:
    return {"pk": world.draft.plan_id}


def _item(world: World) -> Keys:
    phase = world.draft.phases.all()[0]
    return _plan(world) | {"key": phase.items.all()[0].key}


def _phase(world: World) -> Keys:
    return _plan(world) | {"phase_pk": world.draft.phases.all()[0].pk}


def _component_draft(world: World) -> Keys:
    return {"pk": world.component_draft.component_id, "number": world.component_draft.number}


def _translation(world: World) -> Keys:
    return {"kind": "component", "pk": world.component_draft.pk, "language": "es"}


def _copy(world: World) -> Keys:
    return {"kind": "component", "pk": world.copy.pk}


OBJECTS: dict[str, Callable[[World], Keys]] = {
    # accounts
    "staff-roles": lambda world: {"pk": world.membership.user_id},
    "staff-languages": lambda world: {"pk": make_staff(world.clinic, Role.REVIEWER).pk},
    "staff-second-factor": lambda world: {"pk": world.membership.user_id},
    "staff-leave": _pk("membership"),
    "invitation-withdraw": _pk("invitation"),
    # patients
    "patient-detail": _pk("patient"),
    "patient-answers": _pk("patient"),
    "patient-edit": _pk("patient"),
    "patient-facts": _pk("patient"),
    "fact-withdraw": _pk("fact"),
    "episode-add": _pk("patient"),
    "episode-edit": _pk("episode"),
    "episode-close": _pk("episode"),
    # builder
    "plan-start": _pk("patient"),
    "plan-detail": _plan,
    "plan-build": _plan,
    "plan-dates": _plan,
    "component-find": _plan,
    "item-add": _plan,
    "item-edit": _item,
    "item-remove": _item,
    "item-move": _item,
    "phase-check-ins": _phase,
    "finding-decide": _plan,
    "plan-preview": _plan,
    "plan-publish": _plan,
    "draft-discard": _plan,
    "plan-revise": lambda world: {"pk": world.version.plan_id},
    "plan-without": lambda world: {
        "pk": world.version.plan_id,
        "component_pk": world.component.component_id,
    },
    "plan-updates": lambda world: {"pk": world.version.plan_id},
    "plan-end": lambda world: {"pk": world.version.plan_id},
    # handouts
    "handout-pdf": _pk("handout"),
    "handout-retry": _pk("handout"),
    # check-ins and alerts
    "alert-detail": _pk("alert"),
    "alert-acknowledge": _pk("alert"),
    "alert-resolve": _pk("alert"),
    "check-in-phone": _pk("check_in"),
    "check-in-send-now": _pk("check_in"),
    # outbox
    "message-detail": _pk("message"),
    "message-html": _pk("message"),
    "message-retry": _pk("message"),
    # library
    "component-detail": lambda world: {"pk": world.component.component_id},
    "component-use": lambda world: {"pk": world.component.component_id},
    "component-version": lambda world: {"pk": world.component.component_id, "number": world.component.number},
    "component-compare": lambda world: {
        "pk": world.component.component_id,
        "old": world.component.number,
        "new": world.component.number,
    },
    "component-edit": _component_draft,
    "component-live": _component_draft,
    "component-dose": _component_draft,
    "component-copy": lambda world: {"pk": world.component.component_id},
    "component-translate": lambda world: _component_draft(world) | {"language": "es"},
    "template-translate": lambda world: {
        "pk": world.template.template_id,
        "number": world.template.number,
        "language": "es",
    },
    "red-flag-translate": lambda world: {"pk": world.red_flag.pk, "language": "es"},
    "translation-save": _translation,
    "translation-drop": _translation,
    "translation-live": _translation,
    "translation-approve": _translation,
    "translation-withdraw": _translation,
    "copy-offer": _copy,
    "copy-take": _copy,
    "copy-keep": _copy,
    "template-copy": lambda world: {"pk": world.template.template_id},
    "template-version": _template,
    "template-preview": _template,
    "template-preview-pdf": _template,
    "template-edit": _template_draft,
    "template-general": _template_draft,
    "template-find": _template_draft,
    "template-phase-add": _template_draft,
    "template-phase": _template_phase,
    "template-phase-remove": _template_phase,
    "template-phase-move": _template_phase,
    "template-item-add": _template_draft,
    "template-item": _template_item,
    "template-item-remove": _template_item,
    "template-item-move": _template_item,
    "template-compare": lambda world: {
        "pk": world.template.template_id,
        "old": world.template.number,
        "new": world.template.number,
    },
    "rule-detail": lambda world: {"pk": world.retirement.safety_rule_id},
    "rule-edit": _pk("rule_draft"),
    "red-flag-detail": _pk("red_flag"),
    "red-flag-edit": _pk("red_flag_draft"),
    "source-detail": lambda world: {"pk": world.rule_draft.source_id},
    "source-edit": lambda world: {"pk": world.rule_draft.source_id},
    "rule-compare": lambda world: dict.fromkeys(("pk", "new"), world.retirement.safety_rule_id),
    "red-flag-compare": lambda world: dict.fromkeys(("pk", "new"), world.red_flag.pk),
    "version-start": _component_version,
    "version-submit": _component_version,
    "version-approve": _component_version,
    "version-comment": _component_version,
    "version-send-back": _component_version,
    "version-retire": _component_version,
    "version-drop": _component_version,
    "version-propose": _component_version,
    "version-keep": _component_version,
    "version-ask-recall": _component_version,
    "retirement-confirm": _pk("retirement"),
    "retirement-withdraw": _pk("retirement"),
    "own-picture": _pk("own_picture"),
    "library-import-report": _pk("arriving_file"),
    "component-recall": lambda world: {"pk": world.component.component_id},
    "template-detail": lambda world: {"pk": world.template.template_id},
}
