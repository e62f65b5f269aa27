"""Every pair of text and ground keeps WCAG 2.2 AA in both themes; the two ways into the dark theme agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"
BLOCKS = {
    "light": r":root \{(.*?)\n\}",
    "dark, by the system": r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}',
    "dark, chosen": r':root\[data-theme="dark"\] \{(.*?)\n\}',
}
GROUNDS = ("paper", "surface", "sunken")
TEXT_PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "ink-faint", "accent", "accent-strong")
        for ground in GROUNDS
    ),
    *((severity, f"{severity}-soft") for severity in ("stop", "caution", "inform", "error")),
    *((severity, "surface") for severity in ("stop", "caution", "inform", "error")),
    *(("ink", f"{severity}-soft") for severity in ("stop", "caution", "inform", "error")),
    ("surface", "stop"),  # the filled tag and the call button
    ("surface", "error"),
    ("error", "paper"),
    ("ink", "accent-soft"),
    ("ink-soft", "accent-soft"),
    ("accent-ink", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("rail-ink", "rail"),
    ("rail-current", "rail-current-soft"),
    ("rail", "rail-current"),
    ("ink-soft", "rule"),  # numbers on a phase to come
]
EDGE_PAIRS = [("control", ground) for ground in GROUNDS] + [("accent", ground) for ground in GROUNDS]


def colours(theme: str) -> dict[str, str]:
    block = re.search(BLOCKS[theme], TOKENS.read_text(encoding="utf-8"), re.DOTALL)
    assert block, f"tokens.css has no block for {theme}"
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6,8});", block.group(1)))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_published() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", BLOCKS)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    tokens = colours(theme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", BLOCKS)
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_can_be_seen(theme: str, edge: str, ground: str) -> None:
    tokens = colours(theme)
    assert contrast(tokens[edge], tokens[ground]) >= 3


def test_the_two_dark_blocks_are_the_same() -> None:
    assert colours("dark, by the system") == colours("dark, chosen")


def test_light_and_dark_name_the_same_tokens() -> None:
    assert colours("light").keys() == colours("dark, chosen").keys()
