"""Documents to print: made from the starter library, so that a test sees what a clinic will see."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from careplans.library.dose import parse_dose
from careplans.plans.courses import with_courses
from careplans.plans.document import (
    Criteria,
    DocumentCheckIn,
    DocumentClinic,
    DocumentEpisode,
    DocumentItem,
    DocumentPatient,
    DocumentPhase,
    DocumentRedFlag,
    PlanDocument,
)

STARTER = Path(__file__).resolve().parents[2] / "careplans" / "library" / "starter"
START = date(2026, 3, 2)
CLINIC = DocumentClinic(
    name="Harbour Back & Joint Clinic",
    address="14 Quay Street, Bristol BS1 4DA",
    phone="+44 117 496 0123",
    emergency_number="999",
    country="GB",
    brand_colour="#0b5c5e",
)
PATIENT = DocumentPatient(name="José Ångström-Özdemir", birth_date=date(1980, 5, 17), record_number="R0042")


@cache
def _yaml(*names: str) -> Any:
    return yaml.safe_load(STARTER.joinpath(*names).read_text(encoding="utf-8"))


def starter_item(code: str, key: str, dose: dict[str, Any] | None = None, **fields: Any) -> DocumentItem:
    data = _yaml("components", f"{code}.yaml")
    parsed = parse_dose(dose or data["dose"])
    defaults = data["texts"]["en"] | {
        "key": key,
        "component_code": code,
        "component_version_id": f"version-of-{code}",
        "component_version_number": 1,
        "category": data["category"],
        "tags": tuple(data["tags"]),
        "text_language": "en",
        "dose": parsed,
        "dose_in_words": parsed.in_words(),
        "note": "",
        "picture": data["picture"],
        "grade": data["grade"],
        "effect": data["effect"],
        "effect_text": data["effect_text"],
        "sources": (),
    }
    return DocumentItem(**(defaults | fields))


def starter_phase(data: dict[str, Any], start: date) -> DocumentPhase:
    begins = start + timedelta(days=data["starts_on_day"])
    return DocumentPhase(
        code=data["code"],
        starts_on=begins,
        ends_on=begins + timedelta(days=data["days"] - 1),
        starts=data["starts"],
        criteria=Criteria(**data.get("criteria", {})),
        items=tuple(
            starter_item(item["component"], f"{data['code']}-{number}", item.get("dose"))
            for number, item in enumerate(data["items"])
        ),
        **data["texts"]["en"],
    )


def red_flags() -> tuple[DocumentRedFlag, ...]:
    return tuple(
        DocumentRedFlag(
            code=flag["code"],
            urgency=flag["urgency"],
            clinician_label=flag["clinician_label"],
            **flag["texts"]["en"],
        )
        for flag in _yaml("red_flags.yaml")
    )


def starter_document(template: str = "acute-spasm-after-therapy", **fields: Any) -> PlanDocument:
    """A starter template as a published document of day 0, with its check-ins."""
    data = _yaml("templates", f"{template}.yaml")
    phases = tuple(starter_phase(phase, START) for phase in data["phases"])
    days = [
        phase.starts_on + timedelta(days=day)
        for phase, raw in zip(phases, data["phases"], strict=True)
        for day in raw["checkin_days"]
    ]
    return _document(data["texts"]["en"], phases, tuple(sorted(set(days))), **fields)


def small_document(**fields: Any) -> PlanDocument:
    """One phase with one component."""
    phase = DocumentPhase(
        code="only",
        name="Two weeks of walking",
        starts_on=START,
        ends_on=START + timedelta(days=13),
        starts="by_date",
        aims=("Walk a little more each day.",),
        avoid=(),
        move_on_when=(),
        step_back_when=(),
        criteria=Criteria(),
        items=(starter_item("ex-walking", "k1"),),
    )
    words = {"title": "Walking plan", "for_patient": "Walking helps your back to heal."}
    return _document(words, (phase,), (START + timedelta(days=7),), **fields)


def instructions_of(document: PlanDocument) -> list[str]:
    """Every sentence the patient must find on paper."""
    lines = [document.title, document.for_patient, *document.changes]
    for phase in document.phases:
        lines += [phase.name, *phase.aims, *phase.avoid, *phase.move_on_when, *phase.step_back_when]
        for item in phase.items:
            lines += [item.title, item.dose_in_words, item.note, item.why, *item.steps]
            lines += [item.feel, item.watch_for, item.stop_if]
    for flag in document.red_flags:
        lines += [flag.sign, flag.what_to_do]
    return [line for line in lines if line]


def _document(
    words: dict[str, Any], phases: tuple[DocumentPhase, ...], days: tuple[date, ...], **fields: Any
) -> PlanDocument:
    defaults: dict[str, Any] = {
        "plan_id": "0195a000-0000-7000-8000-000000000001",
        "version_number": 1,
        "title": words["title"],
        "for_patient": words["for_patient"],
        "language": "en",
        "patient": PATIENT,
        "clinic": CLINIC,
        "clinician": "Dr Ada Quill",
        "episode": DocumentEpisode(
            diagnosis="Lumbar spasm", body_region="low_back", onset_on=START, surgery_type="", surgery_on=None
        ),
        "anchor_on": START,
        "cold_to_heat_on": None,
        "clearance_on": None,
        "published_on": START,
        "phases": phases,
        "red_flags": red_flags(),
        "check_ins": tuple(DocumentCheckIn(due_on=day, kind="scheduled") for day in days),
    }
    document = PlanDocument(**(defaults | fields))
    return counted(document)


def counted(document: PlanDocument, before: PlanDocument | None = None) -> PlanDocument:
    """The document with the courses that publishing it on its day freezes."""
    phases = with_courses(document.phases, before=before, today=document.published_on)
    return document.model_copy(update={"phases": phases})


def arabic_document(**fields: Any) -> PlanDocument:
    """A right-to-left plan of two phases; one component is not translated yet."""
    heat = starter_item(
        "heat-moist",
        "a1",
        title="حرارة رطبة",
        why="الدفء الرطب يصل إلى العضلة المشدودة بسرعة.",
        steps=("املأ قربة بالماء الساخن من الصنبور.", "لفّ القربة بمنشفة مبللة ومعصورة.", "اتركها 15 دقيقة."),
        feel="دفء عميق ومريح.",
        watch_for="احمرار شديد في الجلد.",
        stop_if="ارفعها فورًا إذا شعرت بحرارة زائدة.",
        dose_in_words="15 دقيقة، 3 مرات في اليوم",
        text_language="ar",
        note="اطلب المساعدة من ابنتك في البداية.",
    )
    medicine = starter_item(
        "med-cyclobenzaprine",
        "a2",
        title="سيكلوبنزابرين (مرخٍ للعضلات)",
        why="يمكن أن يرخي التشنج القوي لعدة ساعات.",
        steps=("خذ فقط ما وصفه لك الطبيب.", "لا تقُد السيارة ولا تشرب الكحول."),
        feel="نعاس وجفاف في الفم.",
        watch_for="نعاس في الصباح.",
        stop_if="اطلب المساعدة إذا تسارع نبض قلبك.",
        dose_in_words="5 mg، مرة في اليوم، عند النوم",
        text_language="ar",
    )
    walking = starter_item("ex-walking", "a3")
    shared: dict[str, Any] = {"starts": "by_date", "criteria": Criteria()}
    first = DocumentPhase(
        code="first",
        name="أول يومين",
        starts_on=START,
        ends_on=START + timedelta(days=1),
        aims=("تهدئة التشنج.", "الحركة قليلًا كل ساعة."),
        avoid=("البقاء في السرير طوال اليوم.",),
        move_on_when=("يمكنك المشي داخل الغرفة.",),
        step_back_when=("يزداد الألم كل يوم. اتصل بنا.",),
        items=(heat, medicine),
        **shared,
    )
    second = DocumentPhase(
        code="second",
        name="من اليوم 3 إلى اليوم 14",
        starts_on=START + timedelta(days=2),
        ends_on=START + timedelta(days=13),
        aims=("العودة إلى المشي.",),
        avoid=("حمل الأشياء الثقيلة.",),
        move_on_when=(),
        step_back_when=(),
        items=(heat, walking),
        **shared,
    )
    flag = DocumentRedFlag(
        code="saddle_numbness",
        text_language="ar",
        urgency="emergency",
        clinician_label="Saddle anaesthesia",
        question="هل تشعر بخدر؟",
        sign="خدر حول الأعضاء التناسلية",
        what_to_do="اتصل برقم الطوارئ الآن.",
    )
    words = {"title": "تشنج حاد في أسفل الظهر", "for_patient": "هذه الخطة تهدئ ظهرك أولًا ثم تقويه."}
    defaults: dict[str, Any] = {
        "language": "ar",
        "patient": PATIENT.model_copy(update={"name": "فاطمة الزهراء بن يوسف"}),
        "red_flags": (flag,),
    }
    return _document(words, (first, second), (START + timedelta(days=7),), **(defaults | fields))
