"""Files of library content, whole and broken, as they come with a form."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from careplans.library.bundle import MANIFEST

SOURCE = b"- {code: X1, title: A review of reviews, publisher: P, published_on: null, covers: Backs}\n"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def small_bundle(**files: bytes) -> bytes:
    """One new source, and what else is given: file name → content, with ``__`` for the slash."""
    others = {f"{name.replace('__', '/')}.yaml": content for name, content in files.items()}
    return zipped({MANIFEST: b"format: 1", "sources.yaml": SOURCE} | others)


def as_upload(data: bytes, name: str = "library.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
