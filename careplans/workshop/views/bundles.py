"""The library as one file: out of it, and into it after its report was read."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.limits import at_most
from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.core.uploads import takes_file
from careplans.library.bundle import MOST_BYTES, MOST_ROWS, UnreadableBundle
from careplans.library.bundle_arrival import BundleRefused
from careplans.library.bundle_in import (
    Overtaken,
    TakenInAlready,
    look_again,
    receive_file,
    take_in,
    waiting_files,
)
from careplans.library.bundle_out import CannotExport, export_library, export_template
from careplans.library.bundle_report import report_of
from careplans.library.models import ArrivingFile
from careplans.workshop.bundle_forms import ExportForm, ImportForm
from careplans.workshop.bundle_page import counts_of, lines_of, templates_to_choose, what_goes_out

# Which of the two buttons of the page was pressed.
WHOLE = "whole"
PER_PAGE = 200


@require_http_methods(["GET", "POST"])
@requires(Permission.KEEP_LIBRARY)
@at_most(20, each=timedelta(minutes=10), only_sent=True)
def library_export(request: StaffRequest) -> HttpResponse:
    """What a file would hold; a POST gives the file. It stands in the trail who took what along."""
    sent = request.POST
    is_whole = sent.get("what") == WHOLE
    form = ExportForm(sent if sent and not is_whole else None, templates=templates_to_choose(request.clinic))
    refusal = ""
    try:
        if is_whole:
            data = export_library(clinic=request.clinic, by=request.user, now=timezone.now())
            return _file(request, data, "library")
        if form.is_valid():
            data = export_template(version=form.version, by=request.user, now=timezone.now())
            return _file(request, data, form.version.template.code)
    except CannotExport as cannot:
        refusal = str(cannot)
    context = {
        "title": _("Export the library"),
        "form": form,
        "refusal": refusal,
        "held": what_goes_out(request.clinic),
        "may_import": Permission.EDIT_LIBRARY in request.permissions,
    }
    return render(request, "workshop/library_export.html", context, status=422 if sent else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@at_most(20, each=timedelta(minutes=10), only_sent=True)
@takes_file(MOST_BYTES)
def library_import(request: StaffRequest) -> HttpResponse:
    """Bring a file: nothing of it is used before its report was read."""
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            arriving = receive_file(
                clinic=request.clinic, name=file.name, data=file.read(), by=request.user, now=timezone.now()
            )
        except (UnreadableBundle, Overtaken) as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("library-import-report", pk=arriving.pk)
    context = {"title": _("Import into the library"), "form": form, "most_rows": MOST_ROWS}
    return render(request, "workshop/library_import.html", context, status=422 if is_sent else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_LIBRARY)
@at_most(20, each=timedelta(minutes=10), only_sent=True)
def library_import_report(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What taking the file in would do, row by row; a POST does it."""
    arriving = get_object_or_404(waiting_files(request.clinic, timezone.now()), pk=pk)
    if request.method != "POST":
        return _report(request, arriving)
    try:
        report = take_in(arriving=arriving, by=request.user, now=timezone.now())
    except TakenInAlready as already:
        messages.info(request, str(already))
    except BundleRefused as refusal:
        # The library has changed since the file came: its rows say what holds now.
        with suppress(Overtaken):
            arriving = look_again(arriving=arriving, by=request.user, now=timezone.now())
        return _report(request, arriving, refusal)
    else:
        said = ngettext(
            "%(n)d thing came in. What needs a review waits for it here.",
            "%(n)d things came in. What needs a review waits for it here.",
            report.arriving,
        )
        messages.success(request, said % {"n": report.arriving})
    return redirect("review-list")


def _report(request: StaffRequest, arriving: ArrivingFile, refusal: Refusal | None = None) -> HttpResponse:
    report = report_of(arriving)
    context = {
        "title": _("What is in this file"),
        "arriving": arriving,
        "report": report,
        "counts": counts_of(report),
        "page_obj": Paginator(lines_of(report), PER_PAGE).get_page(request.GET.get("page")),
        "refusal": refusal,
    }
    status = 409 if refusal else 200
    return render(request, "workshop/library_import_report.html", context, status=status)


def _file(request: StaffRequest, data: bytes, what: str) -> HttpResponse:
    """``what`` is a word or a code: letters, digits and hyphens."""
    today = timezone.localdate(timezone=request.clinic.zone)
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="careplans-{what}-{today:%Y-%m-%d}.zip"'
    return response
