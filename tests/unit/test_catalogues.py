"""The translations of what patients read: complete, compiled, and with every number and name in its place."""

from __future__ import annotations

import dataclasses
import gettext
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from careplans.core.catalogues.covered import COVERED, covered_files
from careplans.core.catalogues.extract import Message, messages_of
from careplans.core.catalogues.po import Catalogue, compiled, read_po, write_po
from careplans.core.catalogues.renew import missing, renewed
from careplans.library.dose import parse_dose

ROOT = Path(settings.BASE_DIR)
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|<bdi dir=\"ltr\">|</bdi>")
# Forms for exactly one and exactly two say the number as a word, as in "once a day".
FORMS_WITHOUT_NUMBER = {"es": {0}, "tr": {0}, "ar": {1, 2}}
WORDS = Path(settings.LOCALE_PATHS[0])


def po_of(language: str) -> Path:
    return WORDS / language / "LC_MESSAGES" / "django.po"


@pytest.fixture(params=LANGUAGES)
def language(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def catalogue(language: str) -> Catalogue:
    return read_po(po_of(language))


def test_every_covered_pattern_finds_files() -> None:
    assert [pattern for pattern in COVERED if not list(ROOT.glob(pattern))] == []
    assert len(list(covered_files(ROOT))) > 40


def test_every_text_a_patient_reads_is_translated(catalogue: Catalogue) -> None:
    wanted = messages_of(ROOT)

    assert [message for message in wanted if message not in catalogue.entries] == []
    assert [message for message in catalogue.entries if message not in wanted] == []
    assert missing(catalogue) == []


def test_placeholders_are_all_there(language: str, catalogue: Catalogue) -> None:
    wrong = []
    for entry in catalogue.entries.values():
        wanted = sorted(PLACEHOLDER.findall(entry.message.plural or entry.message.text))
        for form, text in enumerate(entry.translations):
            found = sorted(PLACEHOLDER.findall(text))
            may_drop = bool(entry.message.plural) and form in FORMS_WITHOUT_NUMBER[language]
            if found != wanted and not (may_drop and found == []):
                wrong.append((entry.message.text, form, text))

    assert wrong == []


def test_plural_forms_are_as_many_as_django_counts(language: str, catalogue: Catalogue) -> None:
    ours = gettext.GNUTranslations(io.BytesIO(compiled(catalogue)))
    djangos = gettext.translation(
        "django", Path(translation.__file__).parents[2] / "conf" / "locale", [language]
    )

    for number in range(1001):
        assert ours.plural(number) == djangos.plural(number)  # type: ignore[attr-defined]
    for entry in catalogue.entries.values():
        assert len(entry.translations) == (catalogue.number_of_forms if entry.message.plural else 1)


def test_numbers_of_a_text_stay_in_its_translation(catalogue: Catalogue) -> None:
    """Written-out numbers such as 112, 0 and 10: no translation may change whom to call or how to score."""
    numbers = re.compile(r"\d+")
    wrong = [
        entry.message.text
        for entry in catalogue.entries.values()
        if any(
            sorted(numbers.findall(text)) != sorted(numbers.findall(entry.message.text))
            for text in entry.translations
        )
    ]

    assert wrong == []


def test_phone_numbers_read_from_left_to_right_in_arabic() -> None:
    """Without marks the groups of "+49 30 123" would change places inside an Arabic sentence."""
    number = re.compile(r"%\((?:phone|number)\)s")
    for entry in read_po(po_of("ar")).entries.values():
        for text in entry.translations:
            for found in number.finditer(text):
                before, after = text[: found.start()], text[found.end() :]
                marked = before.endswith("\u200e") and after.startswith("\u200e")
                assert marked or before.endswith('<bdi dir="ltr">'), text


def test_the_compiled_catalogue_is_the_written_one(language: str, catalogue: Catalogue) -> None:
    stored = po_of(language).with_suffix(".mo").read_bytes()

    assert _texts(stored) == _texts(compiled(catalogue)), "Run manage.py catalogues and commit both files."


def _texts(mo: bytes) -> dict[Any, str]:
    return gettext.GNUTranslations(io.BytesIO(mo))._catalog  # type: ignore[attr-defined,no-any-return]


def test_writing_what_was_read_changes_nothing(language: str, tmp_path: Path) -> None:
    again = tmp_path / "again.po"
    write_po(again, read_po(po_of(language)))

    assert again.read_text() == po_of(language).read_text()


def test_a_new_text_comes_in_empty_and_an_unused_one_goes(catalogue: Catalogue) -> None:
    kept = next(iter(catalogue.entries))
    new = Message("", "Something new for %(n)d day", "Something new for %(n)d days")

    after = renewed(catalogue, {kept: ("a.py",), new: ("b.html",)})

    assert list(after.entries) == [kept, new]
    assert after.entries[kept].translations == catalogue.entries[kept].translations
    assert missing(after) == [new]


def test_a_doubtful_translation_is_not_compiled(catalogue: Catalogue) -> None:
    message, entry = next(iter(catalogue.entries.items()))
    doubtful = dataclasses.replace(entry, flags=("fuzzy",))
    changed = dataclasses.replace(catalogue, entries={message: doubtful})

    assert missing(changed) == [message]
    assert list(_texts(compiled(changed))) == [""]


def test_templates_are_read_with_plurals_contexts_and_constants(tmp_path: Path) -> None:
    page = tmp_path / "templates" / "handouts" / "x.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        '{% load i18n %}<p>don\'t {{ day|date:_("j F") }}</p>\n'
        '  {% translate "Hello" context "greeting" %}\n'
        "{% blocktranslate trimmed count n=n %}\n  one\n  {% plural %}\n  {{ n }} more\n{% endblocktranslate %}"
    )

    assert set(messages_of(tmp_path)) == {
        Message("", "j F"),
        Message("greeting", "Hello"),
        Message("", "one", "%(n)s more"),
    }


def test_a_text_put_together_at_run_time_is_a_mistake(tmp_path: Path) -> None:
    module = tmp_path / "careplans" / "library" / "dose.py"
    module.parent.mkdir(parents=True)
    module.write_text('_("for " + days)')

    with pytest.raises(ValueError, match="written out in full"):
        messages_of(tmp_path)


def reps(count: int) -> dict[str, Any]:
    return {"kind": "repetitions", "reps": count}


DOSES = [
    (reps(1), ("1 time, once a day", "1 vez, una vez al día", "1 kez, günde bir kez", "مرة واحدة، مرة واحدة في اليوم")),
    (reps(2), ("2 times, once a day", "2 veces, una vez al día", "2 kez, günde bir kez", "مرتين، مرة واحدة في اليوم")),
    (reps(3), ("3 times, once a day", "3 veces, una vez al día", "3 kez, günde bir kez", "3 مرات، مرة واحدة في اليوم")),
    (reps(11), ("11 times, once a day", "11 veces, una vez al día", "11 kez, günde bir kez", "11 مرة، مرة واحدة في اليوم")),
    (reps(100), ("100 times, once a day", "100 veces, una vez al día", "100 kez, günde bir kez", "100 مرة، مرة واحدة في اليوم")),
    (
        {"kind": "medicine", "amount": "2.5", "times_a_day": 3, "course_days": 14, "when": "bedtime", "as_needed": True},
        (
            "2.5 mg, at most 3 times a day, at bedtime, only when you need it, for 14 days at most",
            "2.5 mg, como máximo 3 veces al día, al acostarse, solo si lo necesita, durante 14 días como máximo",
            "2.5 mg, günde en fazla 3 kez, yatarken, yalnızca ihtiyacınız olduğunda, en fazla 14 gün boyunca",
            "2.5 مليغرام، 3 مرات في اليوم كحد أقصى، عند النوم، عند الحاجة فقط، لمدة 14 يومًا كحد أقصى",
        ),
    ),
    (
        {"kind": "thermal", "minutes": 3, "cold_minutes": 1, "rounds": 4, "times_a_day": 2},
        (
            "3 minutes warm, then 1 minute cold, 4 rounds, 2 times a day",
            "3 minutos con calor, después 1 minuto con frío, 4 rondas, 2 veces al día",
            "3 dakika sıcak, ardından 1 dakika soğuk, 4 tur, günde 2 kez",
            "3 دقائق من الدفء، ثم دقيقة واحدة من البرودة، 4 جولات، مرتين في اليوم",
        ),
    ),
    (
        {"kind": "medicine", "amount": "100", "unit": "microgram", "course_days": 100},
        (
            "100 microgram, once a day, for 100 days at most",
            "100 microgramos, una vez al día, durante 100 días como máximo",
            "100 mikrogram, günde bir kez, en fazla 100 gün boyunca",
            "100 ميكروغرام، مرة واحدة في اليوم، لمدة 100 يوم كحد أقصى",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("dose", "words"), DOSES)
def test_doses_in_all_languages(dose: dict[str, Any], words: tuple[str, ...]) -> None:
    said = []
    for code in ("en", "es", "tr", "ar"):
        with translation.override(code):
            said.append(parse_dose(dose).in_words())

    assert tuple(said) == words


def test_an_arabic_dose_holds_no_latin_letter() -> None:
    """A Latin unit would draw the numbers beside it to its own side, so that a dose reads wrongly."""
    with translation.override("ar"):
        said = [
            parse_dose({"kind": "medicine", "amount": "5", "unit": unit, "course_days": 3}).in_words()
            for unit in ("mg", "g", "microgram", "ml")
        ]

    assert [words for words in said if re.search("[A-Za-z]", words)] == []
