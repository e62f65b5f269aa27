"""Comparing two versions: words that went and came are marked, and nothing of either is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from careplans.library.compare import Fate, Piece, Said, compare, text_of

SAME, GONE, NEW = Fate.SAME, Fate.GONE, Fate.NEW


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    (pair,) = compare([Said("Why", "Hold for five seconds.")], [Said("Why", "Hold for ten seconds.")])

    assert pair.lines[0].old == (Piece(SAME, "Hold for "), Piece(GONE, "five"), Piece(SAME, " seconds."))
    assert pair.lines[0].new == (Piece(SAME, "Hold for "), Piece(NEW, "ten"), Piece(SAME, " seconds."))
    assert pair.is_changed


def test_words_changed_in_a_row_are_one_mark() -> None:
    (pair,) = compare(
        [Said("Why", "Bend both knees slowly now")], [Said("Why", "Bend your left leg slowly now")]
    )

    assert pair.lines[0].old == (Piece(SAME, "Bend "), Piece(GONE, "both knees"), Piece(SAME, " slowly now"))


def test_what_is_the_same_is_unchanged() -> None:
    (pair,) = compare([Said("Steps", ("One.", "Two."))], [Said("Steps", ("One.", "Two."))])

    assert not pair.is_changed
    assert len(pair.lines) == 2


def test_a_step_put_in_between_leaves_the_others_alone() -> None:
    old, new = ("Lie down.", "Bend your knees."), ("Lie down.", "Breathe out.", "Bend your knees.")

    (pair,) = compare([Said("Steps", old)], [Said("Steps", new)])

    assert [line.is_changed for line in pair.lines] == [False, True, False]
    assert (pair.lines[1].old, pair.lines[1].new) == (None, (Piece(NEW, "Breathe out."),))


def test_lines_that_share_nothing_stand_apart() -> None:
    (pair,) = compare([Said("Steps", ("Stand on one leg.",))], [Said("Steps", ("Breathe out slowly.",))])

    assert [(line.old is None, line.new is None) for line in pair.lines] == [(False, True), (True, False)]


def test_a_field_that_went_stands_where_it_was() -> None:
    old = [Said("Name", "x"), Said("Aims", "y", group="Phase 1"), Said("Source", "z")]
    new = [Said("Name", "x"), Said("Source", "z"), Said("Aims", "q", group="Phase 2")]

    pairs = compare(old, new)

    assert [(pair.group, pair.label) for pair in pairs] == [
        ("", "Name"), ("Phase 1", "Aims"), ("", "Source"), ("Phase 2", "Aims"),
    ]  # fmt: skip
    assert pairs[1].new_lines == ()
    assert pairs[3].old_lines == ()


def test_an_empty_text_has_no_line() -> None:
    (pair,) = compare([Said("Feel", "")], [Said("Feel", "Warm.")])
    assert (pair.old_lines, pair.new_lines) == ((), ((Piece(NEW, "Warm."),),))


texts = st.text(alphabet="ab cé.,\n؟ا", max_size=40)
lists = st.lists(texts, max_size=6).map(tuple)


@given(texts, texts)
def test_pieces_joined_are_both_texts_again(old: str, new: str) -> None:
    (pair,) = compare([Said("Why", old)], [Said("Why", new)])

    assert "".join(text_of(line) for line in pair.old_lines) == old
    assert "".join(text_of(line) for line in pair.new_lines) == new
    assert pair.is_changed == (old != new)


@given(lists, lists)
def test_lines_joined_are_both_lists_again(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    (pair,) = compare([Said("Steps", old)], [Said("Steps", new)])

    assert tuple(text_of(line) for line in pair.old_lines) == old
    assert tuple(text_of(line) for line in pair.new_lines) == new


@given(st.dictionaries(st.sampled_from("abcdef"), texts), st.dictionaries(st.sampled_from("abcdef"), texts))
def test_every_field_of_either_side_is_there_once(old: dict[str, str], new: dict[str, str]) -> None:
    pairs = compare([Said(*one) for one in old.items()], [Said(*one) for one in new.items()])

    assert sorted(pair.label for pair in pairs) == sorted({*old, *new})
    for pair in pairs:
        assert pair.is_changed == (old.get(pair.label, "") != new.get(pair.label, ""))


@given(texts)
def test_only_changes_are_marked(text: str) -> None:
    (pair,) = compare([Said("Why", text)], [Said("Why", text)])
    assert not pair.is_changed
