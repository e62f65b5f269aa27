"""Where a component is used, and withdrawing it for safety."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from careplans.accounts.authorise import StaffRequest, requires
from careplans.accounts.permissions import Permission
from careplans.core.crispy import FormHelper
from careplans.core.refusals import Refusal
from careplans.library.models import Component
from careplans.library.recall import recall_component, whole_recalls
from careplans.library.recalled import REASON_LENGTH
from careplans.library.selectors import FALLBACK_LANGUAGE, components_of, versions_of, wording_in
from careplans.workshop.used import plans_with, use_of

PER_PAGE = 50


class RecallForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it is recalled"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Clinicians read this beside each patient who has it: what can happen, and what to do instead."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what Django's form takes
        self.helper = FormHelper()


@require_safe
@requires(Permission.SEE_LIBRARY)
def component_use(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """Counts for whoever keeps the library; names only for those who may see patients' plans."""
    component = _component(request, pk)
    may_see_plans = Permission.SEE_CLINICAL in request.permissions
    holdings = plans_with(component) if may_see_plans else []
    context = {
        "title": _("Where it is used: %(title)s") % {"title": _title(request, component)},
        "component": component,
        "name": _title(request, component),
        "use": use_of(component, for_keepers=Permission.KEEP_LIBRARY in request.permissions),
        "may_see_plans": may_see_plans,
        "page_obj": Paginator(holdings, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "workshop/component_use.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.REVIEW_LIBRARY)
def component_recall(request: StaffRequest, pk: uuid.UUID) -> HttpResponse:
    """What a recall will do, then the reason and the one button that does it."""
    component = _component(request, pk)
    if whole_recalls([pk]).exists():
        messages.info(request, _("This component was recalled already. There is nothing more to recall."))
        return redirect("component-detail", pk=pk)
    form = RecallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recall_component(
                component=component, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(
                request,
                _(
                    "Recalled. No plan can be published with it, and every plan that holds it is on the worklist."
                ),
            )
            return redirect("component-use", pk=pk)
    context = {
        "title": _("Recall: %(title)s") % {"title": _title(request, component)},
        "component": component,
        "form": form,
        "use": use_of(component, for_keepers=True),
        "confirm_label": _("Recall it now"),
        "is_grave": True,
        "cancel_url": reverse("component-detail", args=[pk]),
    }
    return render(request, "workshop/component_recall.html", context)


def _component(request: StaffRequest, pk: uuid.UUID) -> Component:
    return get_object_or_404(components_of(request.clinic), pk=pk)


def _title(request: StaffRequest, component: Component) -> str:
    newest = versions_of(request.clinic, component.pk).first()
    return wording_in(newest, FALLBACK_LANGUAGE).text.title if newest else component.code
