"""Markdown kept to what a handout can print: strong and emphasised words, and simple lists in longer texts. Pure.

Nothing that was written is lost: marks that cannot be printed go, their words stay. What is no mark beyond doubt is
printed as typed: a dose of "2*4*6" must not lose its signs, nor "- 10 degrees" its minus. What was struck through is
left out, because its words alone would say the opposite of what was meant. Tags are written here and nowhere else, so
that none can come from a text, and the cleaner goes over the result once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, strikethrough
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

INLINE_TAGS = frozenset({"strong", "em"})
BLOCK_TAGS = INLINE_TAGS | {"p", "br", "ul", "ol", "li"}
# Lists within lists: beyond it nobody meant one, and the reader would give up and lose words.
DEEPEST = 12
# Without one of these a line is printed as it stands, which is nearly always.
_MARKS = re.compile(r"[*_`\[<\\~#]")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
# Other words in angle brackets are no mark: "<your name>".
_HTML = nh3.ALLOWED_TAGS | {
    "audio", "base", "body", "button", "embed", "font", "form", "head", "html", "iframe", "input", "link", "main", "meta",
    "object", "option", "script", "section", "select", "source", "style", "svg", "textarea", "title", "u", "video",
}  # fmt: skip
# What leads somewhere. "3 [of 5](8)" leads nowhere, and its numbers are printed.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\D|[a-z0-9-]\.[a-z]|[/#?]", re.IGNORECASE)
_BESIDE = 3  # characters
_SAID_BY_OPENING = ("strong_open", "strong_close", "em_open", "em_close")


def printable(text: str) -> SafeString:
    """One line or paragraph of a text: strong and emphasised words, everything else as plain words."""
    if not _MARKS.search(text):
        return escape(text)
    return _cleaned(_inline(text), INLINE_TAGS)


def printable_block(text: str) -> SafeString:
    """A longer text: paragraphs, lines, simple lists, strong and emphasised words."""
    return _cleaned("".join(_blocks(text.strip())), BLOCK_TAGS) if text.strip() else SafeString("")


def plain(text: str) -> str:
    """The words alone, for titles, mails and searching."""
    if not _MARKS.search(text):
        return text
    return "".join(_words(token) for token in _unstruck(_tokens(text)))


def is_struck(text: str) -> bool:
    """Whether words of it are struck through, wherever it is printed."""
    return "~~" in text and "struck" in _found(text)


def dropped_by(text: str, *, with_lists: bool = False) -> list[str]:
    """What of it the handout does not print, each once and in plain words; ``with_lists``: lists are printed."""
    found = _found(text) - ({"list"} if with_lists else set())
    return [words for kind, words in _not_printed().items() if kind in found]


def _found(text: str) -> set[str]:
    """Kinds of what is not printed: read as whole Markdown, and as it is printed in one line and in paragraphs."""
    readings = (_full.parse(text), _printed.parse(text), _tokens(text))
    return {_kind(token) for tokens in readings for token in _everything(tokens)}


def _not_printed() -> dict[str, str]:
    return {
        "link": _("links: only their words are printed"),
        "image": _("pictures: only their description is printed"),
        "heading": _("headings: they are printed as plain words"),
        "table": _("tables: they are printed as they were typed"),
        "code": _("code: it is printed as plain words"),
        "struck": _("words struck through: they are not printed at all"),
        "rule": _("lines across the page: they are printed as they were typed"),
        "html": _("HTML: its tags are printed as they were typed"),
        "list": _("lists: write one thing in each sentence, or use the steps"),
    }


def _not_inside_words(state: StateInline, silent: bool) -> bool:
    """Emphasis, but never by a sign between letters or digits: "10*10" and "2*4 to 3*6" are numbers."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    scanned = state.scanDelims(state.pos, False)
    is_sign = marker == "*" and scanned.length == 1 and _between_numbers(state)
    for _number in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=scanned.can_open and not is_sign,
                close=scanned.can_close and not is_sign,
            )
        )
    state.pos += scanned.length
    return True


def _between_numbers(state: StateInline) -> bool:
    """ "5 *3": whoever multiplies does not always leave the same spaces."""
    before = state.src[max(state.pos - _BESIDE, 0) : state.pos].rstrip()
    after = state.src[state.pos + 1 : state.pos + 1 + _BESIDE].lstrip()
    return before[-1:].isnumeric() and after[:1].isnumeric()


def _struck_but_not_inside_words(state: StateInline, silent: bool) -> bool:
    """ "5~~6 and 7~~8" strikes nothing through."""
    if silent or state.src[state.pos] != "~":
        return False
    scanned = state.scanDelims(state.pos, False)
    if scanned.can_open or scanned.can_close:
        return strikethrough.tokenize(state, silent)
    state.push("text", "", 0).content = "~" * scanned.length
    state.pos += scanned.length
    return True


def _reader(preset: str, *more: str) -> MarkdownIt:
    reader = MarkdownIt(preset, {"html": True}).enable(list(more))
    reader.inline.ruler.at("emphasis", _not_inside_words)
    reader.inline.ruler.at("strikethrough", _struck_but_not_inside_words)
    # No address is printed, whatever it is.
    reader.validateLink = lambda url: bool(_ADDRESS.search(url))  # type: ignore[method-assign]
    return reader


_INLINE_RULES = ("newline", "escape", "backticks", "emphasis", "link", "image", "html_inline")
_printed = _reader("zero", "list", "heading", "fence", "strikethrough", *_INLINE_RULES, "balance_pairs")
_full = _reader("commonmark", "table", "strikethrough").disable(
    ["code", "blockquote", "entity", "lheading", "autolink"]
)


def _cleaned(html: str, tags: Iterable[str]) -> SafeString:
    if "<" not in html:  # escaped words alone
        return SafeString(html)
    return mark_safe(nh3.clean(html, tags=set(tags), attributes={}, link_rel=None))  # noqa: S308  # cleaned here


def _tokens(text: str) -> Sequence[Token]:
    return _printed.parseInline(text)[0].children or ()


def _inline(text: str) -> str:
    return "".join(_html(token) for token in _unstruck(_tokens(text)))


def _unstruck(tokens: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.tag == "s" else 0
        if not depth and token.tag != "s":
            yield token


def _html(token: Token) -> str:
    if token.type in _SAID_BY_OPENING:
        return f"<{'/' * (token.nesting < 0)}{token.tag}>"
    return escape(_words(token))


def _words(token: Token) -> str:
    match token.type:
        case "text" | "code_inline" | "html_inline":
            return token.content  # a tag is words like any other: escaped, and not lost
        case "softbreak" | "hardbreak":
            return "\n"
        case "image":
            return "".join(_words(child) for child in _unstruck(token.children or ()))
    return ""


def _is_html(content: str) -> bool:
    tag = _TAG.match(content)
    return tag is None or tag[1].lower() in _HTML


def _blocks(text: str) -> Iterator[str]:
    """Each block as HTML; a list that is none beyond doubt stays as it was typed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens, lines = _printed.parse(text), text.split("\n")
    if any(token.level > DEEPEST for token in tokens):
        yield _paragraph(text)
        return
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type.endswith("_list_open"):
            after = _end_of(tokens, place)
            if token.level == 0 and token.map and not _is_list(tokens[place:after]):
                yield _paragraph("\n".join(lines[slice(*token.map)]))
                place = after
                continue
        yield _block(tokens, place)
        place += 1


def _block(tokens: Sequence[Token], place: int) -> str:
    token = tokens[place]
    match token.type:
        case "inline":
            is_bare = tokens[place - 1].hidden  # in a list whose items stand close together
            return _lines(token.content) if is_bare else _paragraph(token.content)
        case "fence":  # word for word, with what stands beside its marks
            beside = (token.markup if "~" in token.markup else "") + token.info
            said = "\n".join(part.strip() for part in (beside, token.content) if part.strip())
            return f"<p>{escape(said)}</p>".replace("\n", "<br>")
        case "bullet_list_open" | "ordered_list_open" | "list_item_open":
            return f"<{token.tag}>"
        case "bullet_list_close" | "ordered_list_close" | "list_item_close":
            return f"</{token.tag}>"
    return ""


def _paragraph(text: str) -> str:
    return f"<p>{_lines(text)}</p>"


def _lines(text: str) -> str:
    return _inline(text.strip()).replace("\n", "<br>")


def _end_of(tokens: Sequence[Token], place: int) -> int:
    """The place after the token that closes this one."""
    level, closed_by = tokens[place].level, tokens[place].type.replace("_open", "_close")
    return next(
        after
        for after, token in enumerate(tokens[place:], start=place + 1)
        if token.level == level and token.type == closed_by
    )


def _is_list(tokens: Sequence[Token]) -> bool:
    """Bullets or numbers that count from 1, each item with words: a number that stands for itself must not change.

    A dash before a number may be a minus; a star before a single line may be what a word above is marked with.
    """
    if any(token.type == "bullet_list_open" and token.markup == "+" for token in tokens):
        return False
    top = sum(token.type == "list_item_open" and token.level == tokens[0].level + 1 for token in tokens)
    if top == 1 and tokens[0].markup != "-":
        return False
    if any(
        _begins_with_number(item, words)
        for item, _opened, words in zip(tokens, tokens[1:], tokens[2:], strict=False)
    ):
        return False
    expected: list[int] = []
    for before, token in pairwise(tokens):
        if token.type == "list_item_close" and before.type == "list_item_open":
            return False
    for token in tokens:
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                expected.append(1)
            case "ordered_list_close" | "bullet_list_close":
                expected.pop()
            case "list_item_open":
                if token.info and token.info != str(expected[-1]):
                    return False
                expected[-1] += 1
    return True


def _begins_with_number(item: Token, words: Token) -> bool:
    """Of an item with a bullet: "- 10 degrees", "* **5**", "- .5"."""
    if item.type != "list_item_open" or item.info or words.type != "inline":
        return False
    first = words.content.lstrip("*_\\`(<>≤≥~+ ").removeprefix(".").removeprefix(",")
    return first[:1].isnumeric()


def _everything(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _everything(token.children or ())


def _kind(token: Token) -> str:
    match token.type:
        case "link_open":
            return "link"
        case "image":
            return "image"
        case "heading_open":
            return "heading"
        case "table_open":
            return "table"
        case "code_inline" | "fence":
            return "code"
        case "s_open":
            return "struck"
        case "hr":
            return "rule"
        case "html_inline" | "html_block" if _is_html(token.content.strip()):
            return "html"
        case "bullet_list_open" | "ordered_list_open":
            return "list"
    return ""
