"""Check-ins and answers for tests, made through the verbs of the room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from careplans.accounts.models import Clinic, User
from careplans.checkins.answer import GivenAnswer, record_answer
from careplans.checkins.ask import ask_due
from careplans.checkins.form_names import ANSWER, name_form
from careplans.checkins.models import Answer, CheckIn
from careplans.checkins.schedule import LINK_PURPOSE, schedule_check_ins
from careplans.core.tokens import derive_token
from careplans.plans.models import Plan, PlanVersion
from tests.factories import NOW
from tests.make.documents import make_plan, make_version
from tests.make.plans import make_patient


def make_scheduled(clinic: Clinic, clinician: User, **fields: Any) -> PlanVersion:
    """A published plan of a new patient with its check-ins planned; ``fields`` go to the document."""
    patient_fields = fields.pop("patient", {})
    patient = make_patient(clinic, clinician, **patient_fields)
    version = make_version(make_plan(patient, clinician), **fields)
    schedule_check_ins(version=version, by=clinician, now=NOW)
    return version


def planned(plan: Plan) -> list[CheckIn]:
    return list(plan.check_ins.order_by("due_at"))


def make_asked(clinic: Clinic, clinician: User, **fields: Any) -> CheckIn:
    """The first check-in of a new plan, just asked."""
    version = make_scheduled(clinic, clinician, **fields)
    return ask_next(version.plan)


def ask_next(plan: Plan) -> CheckIn:
    check_in = plan.check_ins.filter(state=CheckIn.State.SCHEDULED).order_by("due_at")[0]
    ask_due(now=check_in.due_at)
    check_in.refresh_from_db()
    return check_in


def moment_of(check_in: CheckIn, **later: float) -> datetime:
    """A moment after the check-in was due, an hour unless told otherwise."""
    return check_in.due_at + timedelta(**(later or {"hours": 1}))


def make_answer(check_in: CheckIn, *, now: datetime | None = None, **given: Any) -> Answer:
    """A calm answer, or what ``given`` says instead."""
    calm = {
        "red_flags": {"saddle_numbness": False, "leg_weakness": False},
        "pain_now": 3,
        "pain_worst": 5,
        "function": 6,
        "spasm_frequency": "some",
        "wants_call": False,
    }
    return record_answer(
        check_in=check_in, given=GivenAnswer(**(calm | given)), now=now or moment_of(check_in)
    )


def link_of(check_in: CheckIn) -> str:
    return f"/c/{derive_token(check_in.nonce, purpose=LINK_PURPOSE)}/"


def form_of(check_in: CheckIn) -> dict[str, str]:
    """The hidden field of a page of ``check_in``, as one that is open in a tab sends it."""
    return {"form": name_form(ANSWER, check_in.pk)}


class Phone(Client):
    """A browser with the pages of ``check_in`` open: what it sends names them, whatever else was opened since."""

    def __init__(self, check_in: CheckIn, **options: Any) -> None:
        super().__init__(**options)
        self.check_in = check_in

    def open_link(self, check_in: CheckIn | None = None, year: str = "1980") -> Phone:
        self.get(link_of(check_in or self.check_in))
        self.post("/check-in/confirm/", {"year": year})
        return self

    def post(self, path: str, data: Any = None, **options: Any) -> Any:  # type: ignore[override]
        is_answer = path in ("/check-in/", "/check-in/more/") and (data is None or isinstance(data, dict))
        return super().post(path, form_of(self.check_in) | (data or {}) if is_answer else data, **options)
