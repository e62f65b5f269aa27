"""A plan document as PDF, drawn in a process that can be killed. Stores nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from careplans.core.refusals import Refusal
from careplans.handouts.compose import drawing_of, warm_up_drawing
from careplans.handouts.failures import Failure
from careplans.handouts.renderer import DrawingFailed, pool
from careplans.plans.document import PlanDocument

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RenderedPdf:
    pdf: bytes
    pages: int


class RenderingFailed(Refusal):
    """``str()`` is a sentence for the clinician; ``detail`` says more, such as which sign has no font."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(
            str(failure.label) + (f" ({detail})" if failure is Failure.MISSING_LETTER and detail else "")
        )
        self.failure, self.detail = failure, detail


def render_document(
    document: PlanDocument,
    *,
    link: str,
    published_at: datetime | None = None,
    is_draft: bool = False,
    clinic_id: UUID | None = None,
) -> RenderedPdf:
    """The same arguments give the same bytes. Raises ``RenderingFailed``."""
    drawing = drawing_of(
        document, link=link, published_at=published_at, is_draft=is_draft, clinic_id=clinic_id
    )
    try:
        drawn = pool.draw(drawing)
    except DrawingFailed as failed:
        # No text of the document here: logs are read by people who may not see patients' records.
        logger.error("handout of plan %s not drawn: %s", document.plan_id, failed.failure)
        raise RenderingFailed(Failure(failed.failure), failed.detail) from failed
    return RenderedPdf(pdf=drawn.pdf, pages=drawn.pages)


def warm_up() -> None:
    """Have a drawing process ready soon, without waiting for it."""
    pool.warm_up(warm_up_drawing())
