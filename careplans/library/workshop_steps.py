"""The steps of the workshop's lists: each is a verb on every chosen row, and each refusal is told by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from careplans.accounts.permissions import Permission
from careplans.core.refusals import Refusal
from careplans.core.text import plain_words
from careplans.library import retire, review
from careplans.library.models import RedFlag
from careplans.library.retired import REASON_LENGTH
from careplans.library.shipped import shipped_red_flags

EDITORS = frozenset({Permission.EDIT_LIBRARY})
REVIEWERS = frozenset({Permission.REVIEW_LIBRARY})
Act = Callable[..., Any]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("In a few words, for the colleague who decides and for those who look later."),
    )

    def clean_reason(self) -> str:
        try:
            return plain_words(
                self.cleaned_data["reason"],
                letters=retire.FEWEST_LETTERS,
                ask=_("Write the reason in a few words."),
            )
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def step(name: str, label: Any, who: frozenset[Permission], act: Act, *, done: Any) -> Any:
    """An action that is taken at once."""

    @admin.action(description=label)
    def action(modeladmin: Any, request: Any, rows: Any) -> None:
        for row in rows:
            _take(modeladmin, request, row, act, done)

    return _named(action, name, who)


def asked_step(
    name: str,
    label: Any,
    who: frozenset[Permission],
    act: Act,
    *,
    done: Any,
    follows: Any,
    with_reason: bool,
    refuse: Callable[[Any], None] = lambda row: None,
) -> Any:
    """An action with a page between that says what follows, and asks for the reason.

    ``refuse`` tells before anything is asked what cannot be done anyway.
    """

    @admin.action(description=label)
    def action(modeladmin: Any, request: Any, rows: Any) -> Any:
        if not _are_possible(modeladmin, request, rows, refuse):
            return None
        is_answered = "is_answered" in request.POST
        form = (ReasonForm if with_reason else forms.Form)(request.POST if is_answered else None)
        if form.is_valid():
            for row in rows:
                _take(modeladmin, request, row, act, done, **form.cleaned_data)
            return None
        context = {
            **modeladmin.admin_site.each_context(request),
            "title": label,
            "opts": modeladmin.model._meta,
            "form": form,
            "rows": [(row, consequences(getattr(row, "version", row))) for row in rows],
            "follows": follows,
            "action_name": name,
        }
        return TemplateResponse(request, "admin/library/step.html", context)

    return _named(action, name, who)


def consequences(version: Any) -> str:
    """What else comes of taking this out of use."""
    is_asked_everywhere = isinstance(version, RedFlag) and version.code in {
        flag.code for flag in shipped_red_flags()
    }
    if not is_asked_everywhere:
        return ""
    return _(
        "This red flag comes with Careplans. While it is out of use, your clinic cannot publish any plan; what patients have already is not changed."
    )


def _are_possible(modeladmin: Any, request: Any, rows: Any, refuse: Callable[[Any], None]) -> bool:
    for row in rows:
        try:
            refuse(row)
        except Refusal as refusal:
            modeladmin.message_user(request, f"{row}: {refusal}", messages.ERROR)
            return False
    return True


def _take(modeladmin: Any, request: Any, row: Any, act: Act, done: Any, **given: Any) -> None:
    try:
        act(row, by=request.user, now=timezone.now(), **given)
    except Refusal as refusal:
        modeladmin.message_user(request, f"{row}: {refusal}", messages.ERROR)
    else:
        modeladmin.message_user(request, done % {"version": row}, messages.SUCCESS)


def _named(action: Any, name: str, who: frozenset[Permission]) -> Any:
    action.__name__ = name
    action.who = who  # read by ``allowed``
    return action


def allowed(steps: Any, request: Any) -> dict[str, Any]:
    """The steps of one's role, as the admin wants them. Django's own permissions are not asked."""
    return {
        one.__name__: (one, one.__name__, one.short_description)
        for one in steps
        if one.who & request.permissions
    }


REVIEW_STEPS = (
    step(
        "_start",
        gettext_lazy("Start a new version"),
        EDITORS,
        lambda version, **given: review.start_version(of=version, **given),
        done=gettext_lazy("%(version)s: a draft of the next version is ready to be edited."),
    ),
    step(
        "submit_for_review",
        gettext_lazy("Submit for review"),
        EDITORS,
        lambda version, **given: review.submit_for_review(version=version, **given),
        done=gettext_lazy("%(version)s now waits for a reviewer."),
    ),
    step(
        "approve_version",
        gettext_lazy("Approve"),
        REVIEWERS,
        lambda version, **given: review.approve_version(version=version, **given),
        done=gettext_lazy("%(version)s is approved. New plans use it from now on."),
    ),
    asked_step(
        "send_back",
        gettext_lazy("Send back to the author"),
        REVIEWERS,
        lambda version, reason, **given: review.send_back(version=version, comment=reason, **given),
        done=gettext_lazy("%(version)s is a draft again."),
        follows=gettext_lazy("Its author can change it and submit it again."),
        with_reason=True,
    ),
    asked_step(
        "retire_version",
        gettext_lazy("Retire"),
        REVIEWERS,
        lambda version, **given: retire.retire_version(version=version, **given),
        refuse=retire.refuse_alone,
        done=gettext_lazy("%(version)s is retired. New plans cannot use it."),
        follows=gettext_lazy(
            "No new plan can be published with what you retire. Plans that hold it keep what they say. A retired version does not come back; a new version can be written and reviewed."
        ),
        with_reason=True,
    ),
)
PROPOSE = asked_step(
    "propose_retirement",
    gettext_lazy("Propose to retire"),
    EDITORS | REVIEWERS,
    lambda version, **given: retire.propose_retirement(version=version, **given),
    refuse=retire.refuse_needless,
    done=gettext_lazy("%(version)s stays in use until a second person confirms your proposal."),
    follows=gettext_lazy(
        "Safety rules and red flags protect patients, so two people decide. What you propose stays in use until a reviewer who is somebody else confirms it under Retirements."
    ),
    with_reason=True,
)
RETIREMENT_STEPS = (
    asked_step(
        "confirm_retirement",
        gettext_lazy("Confirm: take out of use"),
        REVIEWERS,
        lambda retirement, **given: retire.confirm_retirement(retirement=retirement, **given),
        done=gettext_lazy("%(version)s is retired."),
        follows=gettext_lazy(
            "You are the second person. From now on this is no longer asked about or warned of in new plans."
        ),
        with_reason=False,
    ),
    step(
        "withdraw_retirement",
        gettext_lazy("Withdraw or turn down the proposal"),
        EDITORS | REVIEWERS,
        lambda retirement, **given: retire.withdraw_retirement(retirement=retirement, **given),
        done=gettext_lazy("%(version)s stays in use. The proposal is withdrawn."),
    ),
)
