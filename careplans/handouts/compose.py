"""From a plan document to what is drawn: HTML in the patient's language, with all it needs beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from careplans.handouts.assets import font_assets, qr_asset, style_sheets, svg_asset
from careplans.handouts.pictures import every_drawn_asset, pictures_of
from careplans.handouts.presenters import handout_page
from careplans.handouts.renderer import Drawing
from careplans.handouts.timeline import timeline_svg
from careplans.plans.document import PlanDocument, canonical_data, sha256_of

CHECK_CODE_LENGTH = 8


def warm_up_drawing() -> Drawing:
    """A word in each weight of the Latin fonts, and every picture in the size it has in a plan."""
    pictures = every_drawn_asset()
    html = render_to_string("handouts/warm_up.html", {"pictures": pictures})
    css = style_sheets(html)
    return Drawing(html=html, css=css, assets=font_assets(css) | pictures, identifier="warm-up")


def drawing_of(
    document: PlanDocument,
    *,
    link: str,
    published_at: datetime | None = None,
    is_draft: bool = False,
    clinic_id: UUID | None = None,
) -> Drawing:
    """The same document and link give the same drawing: nothing in it comes from the clock.

    ``link`` is where the QR code leads; ``published_at`` becomes the date of the file; ``clinic_id`` is whose own
    pictures it may show, without it none.
    """
    moment = published_at or datetime(*document.published_on.timetuple()[:3], tzinfo=UTC)
    digest = sha256_of(canonical_data(document))
    pictures = pictures_of(document, clinic_id)
    with translation.override(document.language):
        page = handout_page(
            document,
            published_at=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            check_code=digest[:CHECK_CODE_LENGTH],
            pictures=pictures,
        )
        context = {
            "page": page,
            "link": link,
            "is_draft": is_draft,
            # Filled in by the style sheet, which alone knows the numbers.
            "page_mark": SafeString('<span class="page-number"></span>'),
            "pages_mark": SafeString('<span class="page-count"></span>'),
        }
        html = render_to_string("handouts/document.html", context)
    css = style_sheets(html)
    timeline = timeline_svg(document, ink=page.brand.ink, is_rtl=page.direction == "rtl")
    drawn = {"timeline.svg": svg_asset(timeline), "qr.svg": qr_asset(link)}
    drawn |= {picture.name: picture.asset for picture in pictures.values()}
    return Drawing(html=html, css=css, assets=font_assets(css) | drawn, identifier=digest[:32])
