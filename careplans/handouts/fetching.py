"""What a document may load while it is drawn: its own assets by name, nothing else. Used in the drawing process."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "asset:"
Origin = tuple[str, int, int]


class NotTheDocumentsOwn(ValueError):
    """The document asked for something that was not handed over with it."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]  # the library has no types
    """Serves ``asset:<name>`` from what was handed over. Files, network and data URLs do not exist for it."""

    def __init__(self, assets: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False)
        self._assets = assets

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        asset = self._assets.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if asset is None:
            raise NotTheDocumentsOwn(url[:100])
        return URLFetcherResponse(url, _content_of(asset), {"Content-Type": asset["type"]})

    def origin_of(self, url: str) -> Origin | None:
        """Which file this comes from, and in which state (time of change in ns, bytes); None for what is no file."""
        asset = self._assets.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
        if asset is None or "path" not in asset:
            return None
        state = Path(asset["path"]).stat()
        return asset["path"], state.st_mtime_ns, state.st_size


def _content_of(asset: Mapping[str, str]) -> bytes:
    if "path" in asset:
        return Path(asset["path"]).read_bytes()
    if "text" in asset:
        return asset["text"].encode()
    return base64.b64decode(asset["base64"])
