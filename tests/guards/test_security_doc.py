"""docs/security.md promises nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What must be settled, or be said to be open, before real data comes in: numbers of the ASVS 5.0.0.
FIRST = re.findall(
    r"\S+",
    """
    V8.2.2 V8.4.1 V8.2.1 V8.2.3 V8.3.1 V8.3.2 V8.3.3 V8.1.1 V8.1.2 V6.3.3 V6.3.4 V6.1.3 V6.3.1 V6.1.1 V6.3.2
    V6.3.8 V6.2.1 V6.2.9 V6.2.4 V6.2.11 V6.2.12 V6.1.2 V6.4.1 V6.4.3 V6.4.4 V6.5.1 V6.5.2 V6.5.3 V6.5.5 V6.6.3
    V6.5.4 V7.2.1 V7.2.2 V7.2.3 V7.2.4 V7.4.1 V7.4.2 V7.3.1 V7.3.2 V7.5.1 V11.5.1 V9.1.1 V9.2.1 V9.2.2 V9.2.3
    V9.2.4 V14.2.1 V14.3.2 V14.3.1 V1.2.1 V1.2.2 V1.2.3 V1.2.4 V1.2.5 V1.2.10 V1.3.1 V1.3.2 V1.3.4 V1.3.5 V1.3.6
    V1.3.7 V1.3.10 V1.3.11 V1.5.2 V2.2.1 V2.2.2 V2.3.1 V2.3.3 V2.3.4 V15.4.2 V2.4.1 V3.3.1 V3.3.2 V3.3.3 V3.3.4
    V3.4.1 V3.4.3 V3.4.4 V3.4.5 V3.4.6 V3.5.1 V3.5.3 V3.2.1 V3.2.2 V12.2.1 V12.3.1 V12.3.2 V13.4.2 V13.2.3
    V13.3.1 V16.5.1 V16.5.3 V16.5.4 V16.2.5 V16.3.1 V16.3.2 V11.4.2 V11.3.1 V11.3.2 V11.4.4 V5.2.1 V5.2.6 V5.2.2
    V5.3.1 V5.3.2 V15.3.1 V15.3.3 V15.1.1 V15.2.1
    """,
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(?:(\w+)::)?(test_\w+)`")


def test_each_named_test_exists() -> None:
    named = NAMED.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    missing = [one for one in named if f"def {one[2]}(" not in (ROOT / one[0]).read_text(encoding="utf-8")]
    assert len(named) > 20
    assert missing == []


def test_every_line_that_holds_names_a_test() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if re.match(r"\| V\d", row)]
    assert [row for row in rows if not NAMED.search(row)] == []


def test_each_requirement_that_comes_first_is_named() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert [one for one in FIRST if not re.search(re.escape(one) + r"(?!\d)", text)] == []
