"""The form of a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from careplans.library.edit_source import CODE_LENGTH, PUBLISHER_LENGTH, TITLE_LENGTH, SourceSays, seen_of
from careplans.library.models import Source
from patients.forms.fields import DayField, LineField

# Beside the code, which is named by ``may_rename``.
SETTLED = ("title", "publisher", "published_on")


class SourceForm(forms.Form):
    """``may_rename``: nothing cites the source yet. ``seen`` stands for what the page showed.

    ``is_settled``: only what it covers is asked for. A page that was opened before still sends the rest, which the verb
    refuses in words, with what was typed still there.
    """

    use_required_attribute = False

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    name = LineField(
        label=gettext_lazy("Code"),
        max_length=CODE_LENGTH,
        help_text=gettext_lazy(
            "Short, such as nice-ng59. Components and templates cite by it, so it is settled once cited."
        ),
    )
    title = LineField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH)
    publisher = LineField(label=gettext_lazy("Publisher"), max_length=PUBLISHER_LENGTH, required=False)
    published_on = DayField(label=gettext_lazy("Published on"), required=False)
    covers = LineField(
        label=gettext_lazy("What it covers"),
        max_length=TITLE_LENGTH,
        required=False,
        help_text=gettext_lazy("In a few words: what of it the library rests on."),
    )

    def __init__(
        self,
        *args: Any,
        source: Source | None,
        may_rename: bool = True,
        is_settled: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        if source is not None:
            self.initial = initial_of(source)
        if not may_rename:
            del self.fields["name"]
        if is_settled and not any(name in self.data for name in SETTLED):
            for name in SETTLED:
                del self.fields[name]

    @property
    def says(self) -> SourceSays:
        """After ``is_valid``."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        stays = {name: initial_of(self.source)[name] for name in SETTLED} if self.source else {}
        return SourceSays(**({"name": ""} | stays | given))


def initial_of(source: Source) -> dict[str, Any]:
    return {
        "seen": seen_of(source),
        "name": source.code,
        "title": source.title,
        "publisher": source.publisher,
        "published_on": source.published_on,
        "covers": source.covers,
    }
