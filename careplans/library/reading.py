"""How hard a patient's text is to read. Pure, English only."""

from __future__ import annotations

import textstat  # type: ignore[import-untyped]

# Patient texts stay at or below it.
HIGHEST_GRADE = 6.0
# Below this one long word moves the grade by years, and the figure would say nothing.
FEWEST_WORDS = 20
ENDS_OF_SENTENCES = (".", "!", "?")


def reading_grade(text: str) -> float | None:
    """Flesch-Kincaid grade: school years in the United States that a reader needs, one decimal, 0 at least.

    0.39 x words a sentence + 11.8 x syllables a word - 15.59 (Kincaid, Fishburne, Rogers and Chissom 1975, Research
    Branch Report 8-75, Chief of Naval Technical Training). Each line counts as a sentence of its own, so a list of
    steps needs no full stops. None below ``FEWEST_WORDS`` words.

    The first call in a process loads the syllable dictionary: most of a second, some 70 MB. Later ones take about
    a millisecond.
    """
    sentences = " ".join(_ended(line) for line in text.splitlines() if line.strip())
    if textstat.lexicon_count(sentences) < FEWEST_WORDS:
        return None
    grade: float = textstat.flesch_kincaid_grade(sentences)
    return max(0.0, round(grade, 1))


def _ended(line: str) -> str:
    line = line.strip()
    return line if line.endswith(ENDS_OF_SENTENCES) else f"{line}."
