"""What a browser would send from a page: every field of its main form as it stands there."""

from __future__ import annotations

from html.parser import HTMLParser


def as_shown(html: str, form: str) -> dict[str, list[str]]:
    """Names and values of the form with this id, or of the one that is sent to this address. Buttons are left out: the test presses one."""
    reader = _FormReader(form)
    reader.feed(html)
    return reader.given


class _FormReader(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.given: dict[str, list[str]] = {}
        self._form, self._is_inside = form, False
        self._select = self._textarea = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._is_inside = self._form in (has.get("id"), has.get("action"))
        if not self._is_inside:
            return
        name = has.get("name") or ""
        if tag == "textarea":
            self._textarea, self._text = name, []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in has:
            self._add(self._select, has.get("value") or "")
        elif tag == "input" and name and _is_sent(has):
            ticked = "on" if has.get("type") in ("checkbox", "radio") else ""
            self._add(name, has.get("value", ticked) or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea:
            # As browsers do: the first line break is the page's own, each other one becomes CR LF.
            text = "".join(self._text).removeprefix("\r").removeprefix("\n")
            self._add(self._textarea, text.replace("\r\n", "\n").replace("\n", "\r\n"))
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text.append(data)

    def _add(self, name: str, value: str) -> None:
        self.given.setdefault(name, []).append(value)


def _is_sent(has: dict[str, str | None]) -> bool:
    kind = has.get("type")
    if kind in ("checkbox", "radio"):
        return "checked" in has
    return kind not in ("submit", "button", "file")
