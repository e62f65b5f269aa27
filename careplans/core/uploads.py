"""Files that people send: only a view that says so takes one, and never keeps more of it than it says.

Django reads a file while it looks for the form's token, before any view is asked; so this stands before that.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from careplans.core.middleware import GetResponse

# So many times the size that is taken is still read to its end (and dropped), so that the form can say that it was too
# large: a server that hangs up in the middle shows only the browser's own error page.
READ_ON = 5

View = TypeVar("View", bound=Callable[..., Any])


def takes_file(most_bytes: int) -> Callable[[View], View]:
    """For a view whose form has a field for one file of at most ``most_bytes``."""

    def decorate(view: View) -> View:
        view.most_file_bytes = most_bytes  # type: ignore[attr-defined]  # read by the middleware below
        return view

    return decorate


def limit_uploads(get_response: GetResponse) -> GetResponse:
    """Refuse a body that is larger than its page can mean, by its stated length: no more of it is read than that."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        most = getattr(view, "most_file_bytes", 0)
        is_known = request.user.is_authenticated
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + most * (READ_ON if is_known else 1)
        if _length(request) > limit:
            if not most:
                raise RequestDataTooBig(f"A body of more than {limit} bytes.")
            return render(request, "413.html", {"megabytes": most // 1024**2}, status=413)
        if most and is_known:
            request.upload_handlers = [OneFile(request, most)]
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django reads hooks off the middleware
    return middleware


def _length(request: HttpRequest) -> int:
    """As the request states it: the server reads that far and no further."""
    stated = request.META.get("CONTENT_LENGTH") or "0"
    return int(stated) if stated.isascii() and stated.isdigit() else 0


class NoFile(FileUploadHandler):
    """What every other page does with a file: nothing of it is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        return None


class OneFile(FileUploadHandler):
    """The first file of a form, in memory. One that is too large comes with its size and without its content."""

    def __init__(self, request: HttpRequest, most_bytes: int) -> None:
        super().__init__(request)
        self._most_bytes = most_bytes
        self._kept: io.BytesIO | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self._kept is not None:
            raise SkipFile
        super().new_file(*args, **kwargs)
        self._kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self._kept is not None and start + len(raw_data) <= self._most_bytes:
            self._kept.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        if self._kept is None:
            return None
        content = self._kept if file_size <= self._most_bytes else io.BytesIO()
        content.seek(0)
        return InMemoryUploadedFile(
            content,
            self.field_name,
            self.file_name or "",
            self.content_type or "",
            file_size,
            self.charset,
        )
