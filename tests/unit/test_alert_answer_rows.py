"""What an alert shows of an answer whose second page has not come: nothing that was not asked is called a no."""

from __future__ import annotations

from careplans.accounts.models import Clinic, User
from careplans.checkins.presenters import rows_of
from tests.make.checkins import make_answer, make_asked


def _last_rows(clinic: Clinic, clinician: User, *, is_complete: bool) -> list[str]:
    check_in = make_asked(clinic, clinician)
    answer = make_answer(check_in, is_complete=is_complete)
    return [said for _label, said in rows_of(answer, check_in.version.document)[-3:]]


def test_a_first_page_alone_denies_nothing(clinic: Clinic, clinician: User) -> None:
    assert _last_rows(clinic, clinician, is_complete=False) == ["not answered"] * 3


def test_a_whole_answer_says_what_was_left_empty(clinic: Clinic, clinician: User) -> None:
    assert _last_rows(clinic, clinician, is_complete=True) == ["none named", "no", "nothing written"]
