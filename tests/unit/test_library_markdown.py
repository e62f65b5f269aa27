"""Texts as a handout prints them: nothing but strong, emphasised and simple lists, and no word of them lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
import yaml
from django.template import Context, Template
from django.utils.html import escape
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from careplans.accounts.models import Clinic
from careplans.library.bundle import BundledComponent
from careplans.library.load import STARTER_FOLDER
from careplans.library.markdown import (
    BLOCK_TAGS,
    INLINE_TAGS,
    dropped_by,
    is_struck,
    plain,
    printable,
    printable_block,
)
from careplans.library.starter_schema import ComponentFile, Starter, read_starter
from careplans.library.whole import (
    component_texts,
    has_problems,
    problems_of_component,
    red_flag_texts,
    wrong_in,
)
from tests.unit.test_library_bundle_pictures import COMPONENT

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "![x](data:text/html;base64,PHN2Zz4= 'onerror=alert(1)')",
    "<javascript:alert(1)>",
    '**x**<a href="javascript:alert(1)">y</a>',
    "**<b onmouseover=alert(1)>x</b>**",
    "<<script>script>alert(1)<</script>/script>",
    "<iframe src='//evil.example'></iframe>",
    '"><script>alert(1)</script>',
    "*<!--*--><script>alert(1)</script>",
    "`<script>`alert(1)`</script>`",
    "- <li onclick=alert(1)>x\n- **y**",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x]: javascript:alert(1)\n\n[x]",
    "```html\n<script>alert(1)</script>\n```",
    "</p></strong></body><script>alert(1)</script>",
    "\\<script>alert(1)\\</script>",
    "**\u202e<script>**",
)
# Words between every sign that could mean something.
PIECES = st.sampled_from(
    [*ATTACKS, "*", "**", "_", "`", "[", "](", ")", "<", ">", "&", "~~", "#", "\\", "- ", "1. ", "\n", "\n\n", " ", "word", "2", "é", "ع", "!", '"', "'", "|"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join))


# Parsing is judged by what comes out; on a busy machine drawing the examples takes its time.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Tags(HTMLParser):
    """Every tag of a piece of HTML, and whether one has an attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[object] = []
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def starter_texts(starter: Starter) -> Iterator[str]:
    """Every text that a patient or a clinician reads."""
    for component in starter.components:
        yield from (component.clinician_text, component.effect_text, *component.cautions)
        for text in component.texts.values():
            yield from (text.title, text.why, *text.steps, text.feel, text.watch_for, text.stop_if)
    for template in starter.templates:
        for words in template.texts.values():
            yield from (words.title, words.summary, words.for_patient)
        for phase in template.phases:
            for told in phase.texts.values():
                yield from (told.name, *told.aims, *told.avoid, *told.move_on_when, *told.step_back_when)
    for flag in starter.red_flags:
        for asked in flag.texts.values():
            yield from (asked.question, asked.sign, asked.what_to_do)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Stop** at once.", "<strong>Stop</strong> at once."),
        ("Do it *slowly*, _please_.", "Do it <em>slowly</em>, <em>please</em>."),
        ("**Not *too* fast**", "<strong>Not <em>too</em> fast</strong>"),
        ('5 < 6 & "so" it\'s', "5 &lt; 6 &amp; &quot;so&quot; it&#x27;s"),
        ("Sets: 2*4*6, then 3*5", "Sets: 2*4*6, then 3*5"),
        ("Use the snake_case_name", "Use the snake_case_name"),
        ("* for adults only", "* for adults only"),
        (r"Pain \*today\*", "Pain *today*"),
        ("See [the page](https://a.example).", "See the page."),
        ("![A bridge](x.png)", "A bridge"),
        ("Type `heat`", "Type heat"),
        ("<b>Stop</b> at <your limit>", "&lt;b&gt;Stop&lt;/b&gt; at &lt;your limit&gt;"),
        ("1. First\n2. Second", "1. First\n2. Second"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("5 *3* 2", "5 *3* 2"),
        ("5* 3 *2 and 7* 3", "5* 3 *2 and 7* 3"),
        ("*5* times", "<em>5</em> times"),
        ("Ibuprofen*, at most 3 a day*", "Ibuprofen*, at most 3 a day*"),
        ("-10 °C to - 5 °C", "-10 °C to - 5 °C"),
        ("<30 minutes, pain < 5 of 10", "&lt;30 minutes, pain &lt; 5 of 10"),
        ("<pain:5>", "&lt;pain:5&gt;"),
        ("3 [of 5](8)", "3 [of 5](8)"),
        ("5~~6 and 7~~8", "5~~6 and 7~~8"),
        ("~5 kg, ~10 kg", "~5 kg, ~10 kg"),
        ("R&D &lt; 5", "R&amp;D &amp;lt; 5"),
        ("# Lie down", "# Lie down"),
        ("", ""),
    ],
)
def test_a_line_keeps_its_words_and_few_marks(text: str, html: str) -> None:
    assert printable(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nthree", "<p>One<br>two</p><p>three</p>"),
        ("So:\n- **a**\n- b", "<p>So:</p><ul><li><strong>a</strong></li><li>b</li></ul>"),
        ("1. a\r\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        # Not lists: a number that stands for itself, a plus, a dash alone.
        ("2. a\n3. b", "<p>2. a<br>3. b</p>"),
        ("1. a\n3. b", "<p>1. a<br>3. b</p>"),
        ("+ 5 mg", "<p>+ 5 mg</p>"),
        ("-", "<p>-</p>"),
        ("2026. was the year", "<p>2026. was the year</p>"),
        ("> 3 weeks", "<p>&gt; 3 weeks</p>"),
        ("-5 degrees", "<p>-5 degrees</p>"),
        ("a | b\n--|--\n1 | 2", "<p>a | b<br>--|--<br>1 | 2</p>"),
        ("# Evidence\nGood.", "<p>Evidence</p><p>Good.</p>"),
        ("    four spaces", "<p>four spaces</p>"),
        # A dash before a number may be a minus, a star before a single line a footnote.
        ("- 10 degrees", "<p>- 10 degrees</p>"),
        ("- **10** degrees", "<p>- <strong>10</strong> degrees</p>"),
        ("- .5\n- ½", "<p>- .5<br>- ½</p>"),
        ("- rest\n- < 5 kg", "<p>- rest<br>- &lt; 5 kg</p>"),
        ("- rest\n  - ٥ kg", "<p>- rest<br>- ٥ kg</p>"),
        ("5\n* 3", "<p>5</p><p>* 3</p>"),
        ("* only after food", "<p>* only after food</p>"),
        ("1. 5 kg", "<p>1. 5 kg</p>"),
        ("```no 5\n-6\n```", "<p>no 5<br>-6</p>"),
        ("```\n~~no~~ *x*\n```", "<p>~~no~~ *x*</p>"),
        ("~~~no~~~", "<p>~~~no~~~</p>"),
        ("  \n ", ""),
    ],
)
def test_a_longer_text_has_paragraphs_and_lists(text: str, html: str) -> None:
    assert printable_block(text) == html


def test_the_words_alone() -> None:
    assert plain("**Bridge**, *slowly* [here](https://a.example) `now` 2*3") == "Bridge, slowly here now 2*3"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("See [this](https://a.example)", "links"),
        ("[x](javascript:alert(1))", "links"),
        ("[x](/page)", "links"),
        ("![a](b.png)", "pictures"),
        ("# Head", "headings"),
        ("a | b\n--|--\n1 | 2", "tables"),
        ("`code`", "code"),
        ("```\ncode\n```", "code"),
        ("~~no~~", "struck through"),
        ("a\n\n***", "lines across"),
        ("<b>x</b>", "HTML"),
        ("<div>\nx\n</div>", "HTML"),
        ("- a\n- b", "lists"),
    ],
)
def test_what_cannot_be_printed_is_named(text: str, told: str) -> None:
    (said,) = dropped_by(text)
    assert told in said


def test_a_list_can_be_printed_in_a_longer_text() -> None:
    assert dropped_by("- a\n- **b**", with_lists=True) == []


@pytest.mark.parametrize("text", ["**a** *b*", "pain < 5", "<your name>", "2*3", "1.5 kg", "> 3 weeks", ""])
def test_what_is_printed_is_not_named(text: str) -> None:
    assert dropped_by(text) == []


STRUCK = (
    "Do ~~not~~ lift",
    "~~not~~",
    "- ~~not~~ bend",
    "# ~~not~~",
    "**Do ~~not~~**",
    "~~Do **not**~~",
    "<div>\n~~not~~\n</div>",
    "[~~not~~](https://a.example)",
    "![~~not~~](https://a.example/x.png)",
    "[x]: ~~not~~",
    "a | ~~not~~\n--|--\n1 | 2",
    "(~~not~~)",
)


@pytest.mark.parametrize("text", STRUCK)
def test_struck_words_are_printed_nowhere_and_the_writer_is_told(text: str) -> None:
    assert not any("not" in said for said in (printable(text), printable_block(text), plain(text)))
    assert is_struck(text)
    assert any("struck through: they are not printed" in said for said in dropped_by(text))


@pytest.mark.parametrize("text", ["", "5~~6", "~5", "a ~~ b", "\\~~not~~"])
def test_other_tildes_strike_nothing(text: str) -> None:
    assert not is_struck(text)


def test_what_a_patient_reads_cannot_be_submitted_with_struck_words() -> None:
    words = {
        "title": "Bridge",
        "why": "For ~~no~~ strength.",
        "steps": ["Do ~~not~~ lift."],
        "stop_if": "~~x~~",
    }
    assert list(wrong_in(component_texts, {"en": words}, "Text")) == [
        f"Text, en, {where}: cannot be used (words are struck through, and no handout prints that: take them out)"
        for where in ("why", "steps, 1", "stop if")
    ]
    assert has_problems(red_flag_texts, {"en": {"question": "a", "sign": "b", "what_to_do": "~~Wait.~~ Go."}})


@pytest.mark.django_db
def test_what_clinicians_read_cannot_be_submitted_with_struck_words(clinic: Clinic) -> None:
    """Without them it would say the opposite to those who decide."""
    said = problems_of_component(
        clinic.pk,
        texts={"en": {"title": "Bridge", "why": "For strength.", "steps": ["Lift."]}},
        to_clinicians="Safe ~~not~~ after surgery.",
        cautions_said=["Osteoporosis", "Do ~~not~~ load."],
        default_dose={"kind": "duration", "minutes": 5},
        sources_said=[],
        tags=[],
    )
    struck = "cannot be used (words are struck through, and no handout prints that: take them out)"
    assert [one for one in said if "struck" in one] == [
        f"text for clinicians: {struck}",
        f"cautions, 2: {struck}",
    ]


@pytest.mark.parametrize("field", ["clinician_text", "cautions"])
def test_no_file_brings_struck_words_to_clinicians(field: str) -> None:
    struck = "~~Not~~ after surgery."
    written = yaml.safe_load(COMPONENT) | {field: [struck] if field == "cautions" else struck}
    with pytest.raises(ValidationError, match="struck through"):
        BundledComponent.model_validate(written)
    with pytest.raises(ValidationError, match="struck through"):
        ComponentFile.model_validate({"effect_text": "a", "clinician_text": "b"} | written)


def test_the_starter_library_prints_as_before() -> None:
    """Its texts were written before there were marks; none of them may read differently now."""
    texts = list(starter_texts(read_starter(STARTER_FOLDER)))
    assert len(texts) > 1000
    for text in texts:
        if not re.search(r"\*\S|\b_\S", text):
            assert printable(text) == escape(text)
            assert plain(text) == text
    for component in read_starter(STARTER_FOLDER).components:
        # "1. adım" at the beginning of a phase's name is no list, but stands in no longer text either.
        for text in (component.clinician_text, component.effect_text):
            assert Tags(printable_block(text)).names <= {"p", "br"}


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_gets_through(text: str) -> None:
    for html in (printable(text), printable_block(text)):
        tags = Tags(html)
        assert tags.names <= BLOCK_TAGS
        assert tags.attributes == []
        assert "<script" not in html


@UNHURRIED
@given(TEXTS)
@example("**<b>*</b>**")
def test_no_tag_that_is_not_allowed_and_no_attribute(text: str) -> None:
    for html, allowed in ((printable(text), INLINE_TAGS), (printable_block(text), BLOCK_TAGS)):
        tags = Tags(html)
        assert tags.names <= allowed
        assert tags.attributes == []
        assert tags.others == []


@UNHURRIED
@given(st.text(st.sampled_from("abc123é ع.,;:!?()-+='\"&>|/%°\n")))
def test_without_marks_a_line_is_as_it_was(text: str) -> None:
    assert printable(text) == escape(text)
    assert plain(text) == text


@UNHURRIED
@given(
    st.lists(
        st.sampled_from(
            ["eins", "zwei", "*", "**", "_", "- ", "1. ", "2) ", "\n", "\n\n", " ", "    ", "\t", "# "]
        )
    ).map("".join)
)
def test_no_word_is_lost(text: str) -> None:
    words = re.findall("eins|zwei", text)
    for html in (printable(text), printable_block(text)):
        assert re.findall("eins|zwei", html) == words


# What a patient or a clinician can be harmed by when it goes missing, among every mark that could take it away.
MEANT = ["5", "10", "- 5", "-10", "-", "<", "< 5", "<30", "not", "no", "2024. ", "1. ", "2) ", " * ", "*", "**", "_", "`", "```", "# ",
         "\n", "\n\n", " ", " ", "    ", "kg", "°C", "&", "&lt;", "[", "]", "(", ")", "\\", "|", "!", ">", "~", "+ "]  # fmt: skip
AS_MEANT = re.compile(r"not|no|(?:-\s*)?\d|<")


def read(html: str) -> str:
    """As somebody reads it on the page: numbers of a list are there, its bullets are no minus."""
    lines: list[str] = []
    counts: list[int] = []
    for tag, text in re.findall(r"<(/?[a-z]+)>|([^<]+)", html):
        if tag in ("ol", "ul"):
            counts.append(0 if tag == "ol" else -10_000)
        elif tag in ("/ol", "/ul"):
            counts.pop()
        elif tag == "li":
            counts[-1] += 1
            lines.append(f"\n{counts[-1]}. " if counts[-1] > 0 else "\n")
        elif tag in ("br", "p"):
            lines.append("\n")
        lines.append(text)
    return unescape("".join(lines))


def is_kept(written: str, read_as: str) -> bool:
    """The same words, digits and "<" in the same order, and no digit has lost its minus: in "-*5*" the mark between goes."""
    before, after = AS_MEANT.findall(written), AS_MEANT.findall(read_as)
    bare = [[one.lstrip("- \n") for one in found] for found in (before, after)]
    return bare[0] == bare[1] and all(
        "-" in now for was, now in zip(before, after, strict=True) if "-" in was
    )


@UNHURRIED
@given(st.lists(st.sampled_from(MEANT), max_size=25).map("".join))
@example("1. 5\n2. not\n- 5")
@example("```no 5\n- 5\n```")
@example("-*5*")
def test_no_number_minus_or_negation_is_lost(text: str) -> None:
    assert is_kept(text, read(printable(text)))
    assert is_kept(text, plain(text))
    assert is_kept(text, read(printable_block(text)))


@pytest.mark.parametrize("read_as", ["10", "5", "- 5 10", "- 10 not 5"])
def test_a_loss_would_be_noticed(read_as: str) -> None:
    assert is_kept("- 10 < 5", "- 10 < 5")
    assert not is_kept("- 10 < 5", read_as)


def test_lists_within_lists_beyond_reason_lose_nothing() -> None:
    deep = "\n".join(f"{'  ' * depth}- word{depth}" for depth in range(60))
    assert all(f"word{depth}" in printable_block(deep) for depth in range(60))


def test_the_filters() -> None:
    page = Template(
        "{% load library_text %}{{ text|printable }}|{{ text|printable_block }}|{{ text|plain }}|{{ none|printable }}"
    )
    told = page.render(Context({"text": "**a** *b* & c", "none": None}))
    assert (
        told
        == "<strong>a</strong> <em>b</em> &amp; c|<p><strong>a</strong> <em>b</em> &amp; c</p>|a b &amp; c|"
    )
