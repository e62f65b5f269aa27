"""Forms of what goes out of a library and comes into it as one file."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from careplans.library.bundle import MOST_BYTES
from careplans.library.models import TemplateVersion


class ExportForm(forms.Form):
    """Which approved template goes out."""

    use_required_attribute = False

    template = forms.ChoiceField(
        label=_("Template"),
        error_messages={
            "required": _("Choose a template."),
            "invalid_choice": _("This template is not in use any more. Choose another one."),
        },
    )

    def __init__(self, *args: object, templates: Sequence[TemplateVersion], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self._versions = {str(one.pk): one for one in templates}
        self.fields["template"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", _("Choose…")),
            *((key, str(one)) for key, one in self._versions.items()),
        ]

    @property
    def version(self) -> TemplateVersion:
        """After ``is_valid``."""
        return self._versions[self.cleaned_data["template"]]


class ImportForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label=_("File"),
        max_length=200,
        widget=forms.FileInput({"accept": ".zip,application/zip"}),
        help_text=_("A .zip that Careplans has written, at most 20 MB."),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "invalid": _("No file came with the form. Choose it again."),
            "empty": _("This file is empty. Export it again."),
            "max_length": _("The name of this file is too long. Give it a shorter one."),
        },
    )

    def clean_file(self) -> File[bytes]:
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 20 MB. Export fewer templates at once."))
        return file
