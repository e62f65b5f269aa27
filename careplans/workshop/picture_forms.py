"""The part of the component editor about the clinic's own picture: one of those uploaded before, or a new file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.library.models import OwnPicture
from careplans.library.upload import ALT_LENGTH, MOST_BYTES, NewPicture, UnusablePicture, clean_picture
from patients.forms.fields import LineField

PREFIX = "own"
DRAWN = ("", _("The drawn picture"))
LANGUAGES = {"en": _("English"), "es": _("Spanish"), "ar": _("Arabic"), "tr": _("Turkish")}


class OwnPictureForm(forms.Form):
    """``kept`` is empty for the drawn picture. A new file goes before whatever is chosen there."""

    use_required_attribute = False

    kept = forms.TypedChoiceField(
        label=_("Which picture is printed"),
        widget=forms.RadioSelect,
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
    )
    file = forms.FileField(
        label=_("Upload a picture"),
        required=False,
        max_length=200,
        widget=forms.FileInput({"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"}),
        help_text=_(
            "PNG or JPEG, at most 5 MB and 24 million pixels, each side at least 200 pixels. Where and when it was "
            "taken is removed. Show nobody who did not agree to be printed."
        ),
        error_messages={
            "empty": _("This file is empty. Choose another one."),
            "invalid": _("No file came with the form. Choose it again."),
        },
    )
    alt_en = LineField(
        label=_("What it shows, in English"),
        max_length=ALT_LENGTH,
        required=False,
        help_text=_("One sentence for those who do not see it: who does what, with what."),
    )
    alt_es = LineField(label=_("In Spanish"), max_length=ALT_LENGTH, required=False)
    alt_ar = LineField(label=_("In Arabic"), max_length=ALT_LENGTH, required=False)
    alt_tr = LineField(label=_("In Turkish"), max_length=ALT_LENGTH, required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        pictures: Sequence[OwnPicture] = (),
        chosen: uuid.UUID | None = None,
    ) -> None:
        super().__init__(data, files, prefix=PREFIX, initial={"kept": str(chosen or "")})
        self.pictures = {one.pk: one for one in pictures}
        self.fields["kept"].choices = [DRAWN, *((str(one.pk), str(one)) for one in pictures)]  # type: ignore[attr-defined]  # a choice field
        for language, direction in (("ar", "rtl"), ("es", "ltr"), ("tr", "ltr")):
            self.fields[f"alt_{language}"].widget.attrs |= {"lang": language, "dir": direction}
        # With a file it is needed, as said beside it then.
        self.fields["alt_en"].is_needed_later = True  # type: ignore[attr-defined]  # read by the field's template
        self.upload: NewPicture | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, told = (
            cleaned.get("file"),
            {language: cleaned.get(f"alt_{language}", "") for language in LANGUAGES},
        )
        if file is not None:
            self._take(file, told)
        elif any(told.values()) and "file" not in self.errors:
            self.add_error("file", _("Choose the picture that these words describe."))
        return cleaned

    @property
    def chosen(self) -> uuid.UUID | None:
        """Of those uploaded before; after ``is_valid``."""
        chosen: uuid.UUID | None = self.cleaned_data.get("kept")
        return chosen

    def _take(self, file: Any, told: dict[str, str]) -> None:
        if file.size > MOST_BYTES:
            self.add_error(
                "file", _("This file is larger than 5 MB. Save the picture smaller and try again.")
            )
            return
        try:
            picture = clean_picture(file.read())
        except UnusablePicture as refusal:
            self.add_error("file", str(refusal))
            return
        if told["en"]:
            self.upload = NewPicture(picture, told)
        elif "alt_en" not in self.errors:
            self.add_error(
                "alt_en", _("Say in a sentence what the picture shows, for those who do not see it.")
            )
