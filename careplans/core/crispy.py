"""The one form helper: every form of the product is laid out by it.

The page owns the <form> element, the token and the button (``_layouts/form.html``); the helper renders the fields,
each by ``_components/field.html``: label, help, error, control, with optional fields marked rather than required ones.
"""

from __future__ import annotations

from crispy_forms.helper import FormHelper as CrispyFormHelper
from django.forms import BaseForm


class FormHelper(CrispyFormHelper):  # type: ignore[misc]  # crispy_forms ships no types
    """crispy's helper with the choices of this product; give it a ``layout`` for sections and pairs."""

    form_tag = False
    disable_csrf = True
    include_media = False
    form_show_errors = False  # the summary above the form says them once, the field says its own
    field_template = "_components/field.html"


def helper_for(form: BaseForm) -> CrispyFormHelper:
    """The form's own helper where it has one, else a plain one."""
    own = getattr(form, "helper", None)
    return own if own is not None else FormHelper()
