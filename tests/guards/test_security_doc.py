"""docs/security.md promises nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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
