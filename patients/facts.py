"""Clinical facts: what can be true of a patient that a safety rule may ask about. Pure.

Facts are coded so that rules can ask for them; the label is what a clinician reads. Sources of the rules that
use them stand with the rules in ``careplans/library/starter/rules.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FactCode(TextChoices):
    # liver, kidney
    HEPATIC_IMPAIRMENT_MILD = "hepatic_impairment_mild", _("Mild hepatic impairment")
    HEPATIC_IMPAIRMENT_SEVERE = "hepatic_impairment_severe", _("Moderate or severe hepatic impairment")
    RENAL_IMPAIRMENT = "renal_impairment", _("Renal impairment")
    RENAL_IMPAIRMENT_SEVERE = "renal_impairment_severe", _("Severe renal impairment")
    # heart and vessels
    CARDIAC_RHYTHM_OR_FAILURE = "cardiac_rhythm_or_failure", _("Arrhythmia, heart block or heart failure")
    RECENT_HEART_ATTACK = "recent_heart_attack", _("Heart attack in recovery, or in the last six weeks")
    IMPLANTED_DEVICE = "implanted_device", _("Pacemaker or other implanted device")
    DEEP_VEIN_THROMBOSIS = "deep_vein_thrombosis", _("Deep-vein thrombosis")
    PERIPHERAL_ARTERIAL_DISEASE = "peripheral_arterial_disease", _("Peripheral arterial disease")
    RAYNAUD = "raynaud", _("Raynaud's phenomenon")
    BLEEDING_DISORDER = "bleeding_disorder", _("Bleeding disorder")
    # other conditions
    HYPERTHYROIDISM = "hyperthyroidism", _("Hyperthyroidism")
    GLAUCOMA = "glaucoma", _("Angle-closure glaucoma")
    URINARY_RETENTION = "urinary_retention", _("Urinary retention")
    SEVERE_RESPIRATORY_DISEASE = "severe_respiratory_disease", _("Severe respiratory disease")
    SLEEP_APNOEA = "sleep_apnoea", _("Sleep apnoea")
    MYASTHENIA_GRAVIS = "myasthenia_gravis", _("Myasthenia gravis")
    SUBSTANCE_DEPENDENCE = "substance_dependence", _("Dependence on alcohol or medicines")
    PEPTIC_ULCER = "peptic_ulcer", _("Active peptic ulcer")
    EPILEPSY = "epilepsy", _("Epilepsy")
    DIABETES_NEUROPATHY = "diabetes_neuropathy", _("Diabetes with neuropathy")
    COLD_URTICARIA = "cold_urticaria", _("Cold urticaria")
    CRYOGLOBULINAEMIA = "cryoglobulinaemia", _("Cryoglobulinaemia")
    MALIGNANCY_IN_AREA = "malignancy_in_area", _("Malignancy in the area")
    OSTEOPOROSIS = "osteoporosis", _("Osteoporosis")
    FRACTURE = "fracture", _("Fracture")
    CAUDA_EQUINA_SIGNS = "cauda_equina_signs", _("Signs of cauda equina syndrome")
    SPINAL_STENOSIS = "spinal_stenosis", _("Spinal stenosis")
    NEEDLE_PHOBIA = "needle_phobia", _("Fear of needles")
    # skin and tissue
    REDUCED_SKIN_SENSATION = "reduced_skin_sensation", _("Reduced skin sensation")
    OPEN_WOUND_OR_INFECTION = "open_wound_or_infection", _("Open wound or infection on the area")
    ACUTE_SWELLING = "acute_swelling", _("Acute swelling in the first 48 hours")
    # pregnancy
    PREGNANCY = "pregnancy", _("Pregnancy")
    PREGNANCY_THIRD_TRIMESTER = "pregnancy_third_trimester", _("Pregnancy, third trimester")
    # surgery
    SPINAL_SURGERY = "spinal_surgery", _("Spinal surgery on the region")
    SPINAL_FUSION_HEALING = "spinal_fusion_healing", _("Spinal fusion that is still healing")
    # medicines
    MAO_INHIBITOR = "mao_inhibitor", _("MAO inhibitor now, or stopped in the last 14 days")
    SEROTONERGIC_MEDICINE = "serotonergic_medicine", _("SSRI, SNRI, tricyclic or tramadol")
    OPIOID = "opioid", _("Takes an opioid")
    BENZODIAZEPINE = "benzodiazepine", _("Takes a benzodiazepine")
    ANTICOAGULANT = "anticoagulant", _("Takes an anticoagulant")
    POTASSIUM_SPARING_MEDICINE = "potassium_sparing_medicine", _("Takes a potassium-sparing medicine")
    # daily life
    DRIVES_OR_USES_MACHINES = "drives_or_uses_machines", _("Drives or uses machinery for work")
    SITS_ALL_DAY = "sits_all_day", _("Sits all day at a desk")
    LIFTS_HEAVY_LOADS = "lifts_heavy_loads", _("Lifts heavy loads")
    # allergies: the material is named beside the code
    ALLERGY = "allergy", _("Allergy")


@dataclass(frozen=True)
class FactGroup:
    code: str
    label: Any
    facts: tuple[FactCode, ...]


C = FactCode
# How the facts stand on a page: by what a clinician asks for, one after the other. Allergies have a box of their own.
FACT_GROUPS: tuple[FactGroup, ...] = (
    FactGroup(
        "daily_life",
        _("Daily life and work"),
        (C.SITS_ALL_DAY, C.DRIVES_OR_USES_MACHINES, C.LIFTS_HEAVY_LOADS),
    ),
    FactGroup(
        "organs",
        _("Liver, kidney, stomach"),
        (
            C.HEPATIC_IMPAIRMENT_MILD,
            C.HEPATIC_IMPAIRMENT_SEVERE,
            C.RENAL_IMPAIRMENT,
            C.RENAL_IMPAIRMENT_SEVERE,
            C.PEPTIC_ULCER,
        ),
    ),
    FactGroup(
        "heart",
        _("Heart, vessels, blood"),
        (
            C.CARDIAC_RHYTHM_OR_FAILURE,
            C.RECENT_HEART_ATTACK,
            C.IMPLANTED_DEVICE,
            C.DEEP_VEIN_THROMBOSIS,
            C.PERIPHERAL_ARTERIAL_DISEASE,
            C.RAYNAUD,
            C.CRYOGLOBULINAEMIA,
            C.BLEEDING_DISORDER,
        ),
    ),
    FactGroup(
        "medicines",
        _("Medicines taken now"),
        (
            C.ANTICOAGULANT,
            C.OPIOID,
            C.BENZODIAZEPINE,
            C.SEROTONERGIC_MEDICINE,
            C.MAO_INHIBITOR,
            C.POTASSIUM_SPARING_MEDICINE,
        ),
    ),
    FactGroup(
        "spine",
        _("Spine and bones"),
        (
            C.SPINAL_SURGERY,
            C.SPINAL_FUSION_HEALING,
            C.SPINAL_STENOSIS,
            C.CAUDA_EQUINA_SIGNS,
            C.OSTEOPOROSIS,
            C.FRACTURE,
            C.MALIGNANCY_IN_AREA,
        ),
    ),
    FactGroup(
        "nerves",
        _("Nerves, breathing, sleep"),
        (
            C.EPILEPSY,
            C.MYASTHENIA_GRAVIS,
            C.DIABETES_NEUROPATHY,
            C.SEVERE_RESPIRATORY_DISEASE,
            C.SLEEP_APNOEA,
        ),
    ),
    FactGroup(
        "skin",
        _("Skin and tissue"),
        (C.REDUCED_SKIN_SENSATION, C.OPEN_WOUND_OR_INFECTION, C.ACUTE_SWELLING, C.COLD_URTICARIA),
    ),
    FactGroup(
        "other",
        _("Other"),
        (
            C.PREGNANCY,
            C.PREGNANCY_THIRD_TRIMESTER,
            C.HYPERTHYROIDISM,
            C.GLAUCOMA,
            C.URINARY_RETENTION,
            C.SUBSTANCE_DEPENDENCE,
            C.NEEDLE_PHOBIA,
        ),
    ),
)
