"""The life of a plan: which moves there are. Pure."""

from __future__ import annotations

MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"active", "stopped"}),
    "active": frozenset({"active", "paused", "completed", "stopped"}),
    "paused": frozenset({"active", "completed", "stopped"}),
    "completed": frozenset(),
    "stopped": frozenset(),
}
ENDED = frozenset({"completed", "stopped"})


def can_move(old: str, new: str) -> bool:
    """Whether a plan may go from ``old`` to ``new``; an ended plan stays ended."""
    return new in MOVES[old]
