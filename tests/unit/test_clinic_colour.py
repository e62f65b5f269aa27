"""The clinic's colour: contrast by WCAG, against published values."""

from __future__ import annotations

import pytest

from careplans.accounts.colour import contrast, is_readable_on_white


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#ff0000", 4.0), ("#0000ff", 8.59)],
)
def test_contrast_on_white(colour: str, ratio: float) -> None:
    assert contrast(colour) == pytest.approx(ratio, abs=0.01)


def test_readable_from_four_and_a_half() -> None:
    assert is_readable_on_white("#767676")
    assert not is_readable_on_white("#777777")
