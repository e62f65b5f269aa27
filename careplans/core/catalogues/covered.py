"""Which files patients read from. Staff pages are in English only, so their texts stay out of the catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

COVERED = (
    "careplans/library/dose.py",
    "careplans/plans/changes.py",
    "careplans/handouts/words.py",
    "careplans/handouts/presenters/*.py",
    "careplans/checkins/questions.py",
    "careplans/checkins/models.py",
    "careplans/checkins/forms/*.py",
    "careplans/checkins/views/confirm.py",
    "templates/handouts/*.html",
    "templates/checkins/*.html",
    "templates/checkins/mail/*",
    "templates/builder/mail/*",
    "templates/_mail/*",
    "templates/_layouts/patient_public.html",
    "templates/_components/question_*.html",
    "templates/_components/error_summary.html",
)
# What staff alone read among them; every other new file beside them is covered by itself.
STAFF_ONLY = (
    "careplans/checkins/forms/staff.py",
    "templates/handouts/handout_status.html",
    "templates/checkins/check_in_phone.html",
    "templates/checkins/alert_detail.html",
    "templates/checkins/_alert_*.html",
    "templates/checkins/_send_now.html",
    "templates/checkins/mail/alert_notice.*",
)
# Of this file only the answers a patient chooses from; the rest are states staff see.
ONLY_CLASSES = {"careplans/checkins/models.py": frozenset({"SpasmFrequency", "Done"})}


def covered_files(root: Path) -> Iterator[Path]:
    """Paths below ``root``, the repository, in a steady order."""
    for pattern in COVERED:
        for path in sorted(root.glob(pattern)):
            if not any(path.relative_to(root).match(one) for one in STAFF_ONLY):
                yield path
