"""The life of a handout: asked for with the publishing, made once, kept with its hash, told when it cannot be trusted."""

from __future__ import annotations

import hashlib
import logging
import time
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from careplans.accounts.models import User
from careplans.audit.record import SYSTEM, Actor, record_change
from careplans.core.refusals import Refusal
from careplans.core.tokens import derive_token
from careplans.handouts.failures import Failure
from careplans.handouts.models import Handout
from careplans.handouts.render import RenderedPdf, RenderingFailed, render_document, warm_up
from careplans.plans.document import sha256_of
from careplans.plans.models import PlanVersion

logger = logging.getLogger(__name__)

# Longer than a drawing may take (45 s), so that only a dead process loses its lease.
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
PATIENCE_SECONDS = 4.0


class HandoutDamaged(Refusal):
    """The stored file is gone or is not the one that was made; it is not given out."""


@transaction.atomic
def request_handout(*, version: PlanVersion, by: User, now: datetime) -> Handout:
    """Ask for the handout of a version; asking twice gives the same one."""
    handout, is_new = Handout.objects.get_or_create(version=version, defaults={"requested_at": now})
    if is_new:
        _record(handout, "handout.requested", by, now)
        # Somebody will open it in a moment.
        transaction.on_commit(warm_up)
    return handout


@transaction.atomic
def retry_handout(*, handout: Handout, by: User, now: datetime) -> None:
    """Try again what failed, or make anew what is damaged. What is ready or being made stays as it is."""
    again = Handout.objects.filter(
        pk=handout.pk, state__in=(Handout.State.FAILED, Handout.State.DAMAGED)
    ).update(
        state=Handout.State.PENDING, attempts=0, error="", error_detail="", lease_id=None, lease_until=None
    )
    if again:
        _record(handout, "handout.retried", by, now)


def ensure_rendered(*, handout: Handout, now: datetime) -> Handout:
    """Make the PDF if nobody has; while another process is at it, wait for a moment. Ask the state afterwards.

    Never draws again what is ready: what the patient was given stays what the clinician sees.
    """
    lease = _claim(handout, now)
    if lease is None:
        return _wait_for_the_other(handout)
    try:
        rendered = _render(handout.version)
    except RenderingFailed as failed:
        _settle_failed(handout, lease, failed, now)
    else:
        _settle_ready(handout, lease, rendered, now)
    handout.refresh_from_db()
    return handout


def render_all_waiting(*, now: datetime, limit: int = 50) -> int:
    """Make what waits, oldest first; how many were tried."""
    waiting = list(
        Handout.objects.waiting(now).select_related("version__plan").order_by("requested_at")[:limit]
    )
    for handout in waiting:
        ensure_rendered(handout=handout, now=now)
    return len(waiting)


def read_pdf(*, handout: Handout, now: datetime) -> bytes:
    """The stored file, after its hash was compared. Raises ``HandoutDamaged``, and marks it so, when it differs."""
    try:
        with handout.pdf.open("rb") as stored:
            content: bytes = stored.read()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != handout.sha256:
        _mark_damaged(handout, now)
        raise HandoutDamaged(_("The stored file is not the one that was made, so it is not shown."))
    return content


def plan_address(version: PlanVersion) -> str:
    """Where the QR code leads."""
    return f"{settings.SITE_URL}/p/{derive_token(version.link_nonce, purpose='plan')}/"


def _claim(handout: Handout, now: datetime) -> uuid.UUID | None:
    """Take the handout in hand; None when it is not waiting (any more)."""
    lease = uuid.uuid4()
    taken = (
        Handout.objects.waiting(now)
        .filter(pk=handout.pk)
        .update(
            state=Handout.State.RENDERING, lease_id=lease, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    )
    return lease if taken else None


def _wait_for_the_other(handout: Handout) -> Handout:
    deadline = time.monotonic() + PATIENCE_SECONDS
    handout.refresh_from_db()
    while handout.state == Handout.State.RENDERING and time.monotonic() < deadline:
        time.sleep(0.1)
        handout.refresh_from_db()
    return handout


def _render(version: PlanVersion) -> RenderedPdf:
    if Handout.objects.filter(version=version, attempts__gt=MOST_ATTEMPTS).exists():
        # It took its process down each time; it must not do so every minute for ever.
        raise RenderingFailed(Failure.TOO_BIG)
    if sha256_of(version.document_data) != version.document_sha256:
        logger.critical("plan version %s does not match its hash: no handout is made of it", version.pk)
        raise RenderingFailed(Failure.ALTERED)
    return render_document(
        version.document,
        link=plan_address(version),
        published_at=version.published_at,
        clinic_id=version.plan.clinic_id,
    )


def _settle_ready(handout: Handout, lease: uuid.UUID, rendered: RenderedPdf, now: datetime) -> None:
    # The file first: a kill in between leaves a file nobody knows, never a handout without its file.
    stored = Handout(pk=handout.pk)
    stored.pdf.save(f"{uuid.uuid4().hex}.pdf", ContentFile(rendered.pdf), save=False)
    sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    with transaction.atomic():
        settled = Handout.objects.held(lease).update(
            state=Handout.State.READY,
            pdf=stored.pdf.name,
            sha256=sha256,
            pages=rendered.pages,
            made_at=now,
            lease_id=None,
            lease_until=None,
        )
        if settled:
            _record(handout, "handout.made", SYSTEM, now, sha256=sha256, pages=rendered.pages)


@transaction.atomic
def _settle_failed(handout: Handout, lease: uuid.UUID, failed: RenderingFailed, now: datetime) -> None:
    settled = Handout.objects.held(lease).update(
        state=Handout.State.FAILED,
        error=failed.failure,
        error_detail=failed.detail if failed.failure is Failure.MISSING_LETTER else "",
        lease_id=None,
        lease_until=None,
    )
    if settled:
        _record(handout, "handout.failed", SYSTEM, now, error=str(failed.failure))


@transaction.atomic
def _mark_damaged(handout: Handout, now: datetime) -> None:
    logger.critical("handout %s does not match its hash: not given out", handout.pk)
    marked = Handout.objects.filter(pk=handout.pk, state=Handout.State.READY).update(
        state=Handout.State.DAMAGED
    )
    if marked:
        _record(handout, "handout.damaged", SYSTEM, now, sha256=handout.sha256)


def _record(handout: Handout, action: str, by: Actor, now: datetime, **details: str | int) -> None:
    plan = handout.version.plan
    record_change(
        by=by,
        action=action,
        subject=handout,
        now=now,
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        details=details,
    )
