"""What is picked on the test bench: a patient nobody is, and components with their doses. All names begin with "b-"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.accounts.models import Clinic
from careplans.library.conditions import Condition, FactCondition
from careplans.library.dose_forms import FORM_OF, DoseForm
from careplans.library.known_facts import fact_label
from careplans.plans.after_surgery import Surgery
from careplans.plans.holding import PatientFacts
from careplans.workshop.bench import Trial, TriedItem
from careplans.workshop.bench_parts import Part, parts_by_code
from careplans.workshop.condition_forms import whole_number
from careplans.workshop.fact_choices import FactSection, FactsField, sections_of
from careplans.workshop.picker import Picker, picker
from careplans.workshop.rule_forms import be_quiet
from patients.facts import FactCode
from patients.forms.fields import DayField, LineField, PickField, asking
from patients.models import Episode
from patients.rules import split_materials

PREFIX = "b-"
ROW, ADD, REMOVE, FIND, ITEMS = "b-row", "b-add", "b-remove", "b-find", "b-items"
MOST_ITEMS = 12
USUAL_DAYS = 28
USUAL_AGE = 45
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
# Of a dose, what no condition looks at.
NO_RULE_ASKS = frozenset(
    {"note", "when", "as_needed", "step_up_minutes", "hold_seconds", "before", "cold_minutes", "rounds"}
)


def within_years(day: date) -> None:
    """Days are counted from these, so none may lie at the end of the calendar."""
    if not EARLIEST <= day <= LATEST:
        raise forms.ValidationError(_("Choose a date within the years of a life."))


class PersonForm(forms.Form):
    """Who the plan would be for. ``lately``: facts of which some rule asks whether they ended not long ago."""

    use_required_attribute = False

    age = whole_number(gettext_lazy("Age"), least=0, most=120)
    facts = FactsField(label=gettext_lazy("True now"), required=False, with_allergy=False)
    allergies = LineField(
        label=gettext_lazy("Allergies"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("As somebody would write them, with commas between them: band-aid, Nurofen."),
    )
    surgery_type = PickField(
        label=gettext_lazy("Surgery"),
        required=False,
        choices=[("", gettext_lazy("No surgery")), *Episode.SurgeryType.choices],
    )
    surgery_on = DayField(label=gettext_lazy("Date of surgery"), required=False, validators=[within_years])
    cold_to_heat_on = DayField(label=gettext_lazy("The plan's own day for heat"), required=False)
    clearance_on = DayField(label=gettext_lazy("The plan's own clearance day"), required=False)

    def __init__(self, data: Any, *, lately: Sequence[str], today: date) -> None:
        super().__init__(data, prefix=f"{PREFIX}p", initial={"age": USUAL_AGE})
        self.lately, self.today = lately, today
        for code in lately:
            self.fields[f"ended_{code}"] = whole_number(fact_label(code), least=1, most=3650, required=False)

    @property
    def sections(self) -> list[FactSection]:
        return sections_of(self["facts"])

    @property
    def ended(self) -> list[forms.BoundField]:
        return [self[f"ended_{code}"] for code in self.lately]

    @property
    def is_lately_open(self) -> bool:
        return any(field.value() for field in self.ended)

    def clean_allergies(self) -> list[str]:
        return asking(split_materials, self.cleaned_data["allergies"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("surgery_type") and not cleaned.get("surgery_on") and "surgery_on" not in self.errors:
            self.add_error("surgery_on", _("Write the date of the surgery."))
        return cleaned

    @property
    def patient_facts(self) -> PatientFacts:
        """After ``is_valid``."""
        given = self.cleaned_data
        ended = {code: given.get(f"ended_{code}") for code in self.lately}
        surgeries = (Surgery(given["surgery_type"], given["surgery_on"]),) if given["surgery_type"] else ()
        return PatientFacts(
            codes=frozenset([*given["facts"], *([FactCode.ALLERGY.value] if given["allergies"] else [])]),
            allergies=tuple(given["allergies"]),
            age=given["age"],
            surgeries=surgeries,
            ended={code: self.today - timedelta(days=days) for code, days in ended.items() if days},
        )


class ItemForm(forms.Form):
    """Where a component stands, and from when on."""

    use_required_attribute = False

    place = PickField(
        label=gettext_lazy("Where it stands"),
        choices=[
            ("now", gettext_lazy("In this plan")),
            ("taken_out", gettext_lazy("Told before, taken out now")),
            ("elsewhere", gettext_lazy("In another running plan")),
        ],
    )
    begins_on = DayField(label=gettext_lazy("Begins, or began, on"), validators=[within_years])
    days = whole_number(gettext_lazy("Its part of the plan, days"), least=1, most=730)


@dataclass(frozen=True)
class ItemRow:
    key: str
    part: Part
    form: ItemForm
    dose: DoseForm


class BenchEditor:
    """The whole bench as sent, or as it stands at first: with ``begin``, codes of components to start with."""

    def __init__(
        self,
        clinic: Clinic,
        *,
        today: date,
        lately: Sequence[str],
        sent: QueryDict | None = None,
        begin: Sequence[str] = (),
    ) -> None:
        self.clinic, self.today, self.sent = clinic, today, sent
        is_sent = sent is not None and f"{PREFIX}p-age" in sent
        self.sent = sent if is_sent else None
        self.person = PersonForm(self.sent, lately=lately, today=today)
        self.rows = self._rows(begin)
        self.is_step = self.sent is not None and any(name in self.sent for name in (ADD, REMOVE, FIND))
        self.trial = self._trial()
        if self.is_step:
            for form in self.forms:
                be_quiet(form)

    @property
    def forms(self) -> list[forms.Form]:
        return [self.person, *(form for row in self.rows for form in (row.form, row.dose))]

    @property
    def has_errors(self) -> bool:
        return any(form.is_bound and form.errors for form in self.forms)

    @property
    def picker(self) -> Picker:
        """None is chosen in it: what is ticked and added becomes a row."""
        words = self.sent.get(f"{ITEMS}-find", "") if self.sent is not None else ""
        return picker(self.clinic, name=ITEMS, codes=(), words=words)

    def _trial(self) -> Trial | None:
        """None while something cannot be read; the forms say what."""
        if self.sent is None:
            first = PersonForm({"b-p-age": USUAL_AGE}, lately=(), today=self.today)
            first.is_valid()
            return self._of(first.patient_facts, {}, [_usual(row, self.today) for row in self.rows])
        if self.has_errors:
            return None
        return self._of(
            self.person.patient_facts, self.person.cleaned_data, [_tried(row) for row in self.rows]
        )

    def _of(self, facts: PatientFacts, days: dict[str, Any], items: Iterable[TriedItem]) -> Trial:
        return Trial(
            today=self.today,
            facts=facts,
            items=tuple(items),
            cold_to_heat_on=days.get("cold_to_heat_on"),
            clearance_on=days.get("clearance_on"),
        )

    def _rows(self, begin: Sequence[str]) -> list[ItemRow]:
        wanted = self._wanted(begin)
        parts = parts_by_code(self.clinic, {code for _key, code, _is_new in wanted})
        return [self._row(key, parts[code], is_new=is_new) for key, code, is_new in wanted if code in parts]

    def _wanted(self, begin: Sequence[str]) -> list[tuple[str, str, bool]]:
        """Key, component and whether it was just added, of each row."""
        if self.sent is None:
            return [(str(number), code, True) for number, code in enumerate(begin)]
        keys = [key for key in dict.fromkeys(self.sent.getlist(ROW)) if key.isascii() and key.isdigit()]
        kept = [key for key in keys[:MOST_ITEMS] if key != self.sent.get(REMOVE)]
        rows = [(key, self.sent.get(f"{_prefix(key)}-code", ""), False) for key in kept]
        free = max((int(key) for key in keys if len(key) < 5), default=-1) + 1
        # Ticked among those found and not yet a row, whichever button was pressed.
        added = [*self.sent.getlist(ITEMS), *self.sent.getlist(ADD)]
        for number, code in enumerate(dict.fromkeys(filter(None, added))):
            if len(rows) < MOST_ITEMS:
                rows.append((str(free + number), code, True))
        return rows

    def _row(self, key: str, part: Part, *, is_new: bool) -> ItemRow:
        prefix = _prefix(key)
        first = {"place": "now", "begins_on": self.today, "days": USUAL_DAYS}
        dose: Any = {name: value for name, value in part.dose.model_dump().items() if value is not None}
        data: Any = self.sent
        if is_new and self.sent is not None:
            # Bound like the others, so that the bench can be read at once.
            data = {f"{prefix}-{name}": value for name, value in (first | dose).items() if value is not False}
        form = ItemForm(data, prefix=prefix, initial=first)
        dose_form = FORM_OF[part.dose.kind](data, prefix=prefix, dose=part.dose)
        for name in NO_RULE_ASKS & dose_form.fields.keys():
            del dose_form.fields[name]
        for field in dose_form.fields.values():
            field.widget.attrs.pop("autofocus", None)
            field.help_text = ""
        return ItemRow(key, part, form, dose_form)


def facts_asked_lately(conditions: Iterable[Condition]) -> list[str]:
    """Facts that may still count when they are over, by label."""
    codes = {
        code for one in conditions if isinstance(one, FactCondition) and one.days_after for code in one.any_of
    }
    return sorted(codes, key=lambda code: fact_label(code).casefold())


def _prefix(key: str) -> str:
    return f"{PREFIX}i{key}"


def _usual(row: ItemRow, today: date) -> TriedItem:
    return _item(row, row.part.dose, today, USUAL_DAYS)


def _tried(row: ItemRow) -> TriedItem:
    given = row.form.cleaned_data
    return _item(row, row.dose.dose, given["begins_on"], given["days"], given["place"])


def _item(row: ItemRow, dose: Any, begins_on: date, days: int, place: Any = "now") -> TriedItem:
    part = row.part
    return TriedItem(
        key=row.key,
        code=part.code,
        title=part.title,
        category=part.category,
        tags=part.tags,
        dose=dose,
        begins_on=begins_on,
        days=days,
        place=place,
    )
