"""A form that makes something counts once: pressed twice, reloaded or sent again with the back button.

Each form carries a key of its own. What was sent with it is kept as a digest in the transaction that makes the thing;
the same once more finds the digest and is led to where the first went. A form sent again with other words in it is
another one. The database decides, so it holds for two presses in the same moment.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from careplans.core.models import SpentForm

FIELD = "form_key"
# Anew on each page, whatever stands in the form.
NOT_CONTENT = frozenset({"csrfmiddlewaretoken", FIELD})
# Longer than any session lasts: after that nobody can send the form again.
KEPT_FOR = timedelta(days=2)

View = Callable[..., HttpResponseBase]


def new_key() -> str:
    return str(uuid.uuid4())


def once(view: View) -> View:
    """For a view that makes something and then redirects. What it refuses is not counted and may be sent again."""

    @wraps(view)
    def inner(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.POST.get(FIELD):
            return view(request, *args, **kwargs)
        now = timezone.now()
        SpentForm.objects.filter(spent_at__lt=now - KEPT_FOR).delete()
        with transaction.atomic():
            # A second sender waits here until the first is done.
            spent, is_new = SpentForm.objects.get_or_create(
                digest=_digest(request), defaults={"spent_at": now}
            )
            if not is_new:
                messages.info(request, _("This was sent twice and is recorded once."))
                return redirect(spent.led_to)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                SpentForm.objects.filter(pk=spent.pk).update(led_to=response.headers["Location"])
            else:
                spent.delete()
        return response

    inner.is_once = True  # type: ignore[attr-defined]  # read by the guard test
    return inner


def _digest(request: Any) -> str:
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    # The last key: a form given back to be sent again keeps the one it was made with behind that of the new page.
    whole = json.dumps([str(request.user.pk), request.path, request.POST[FIELD], sent, _files(request)])
    return hashlib.sha256(whole.encode()).hexdigest()


def _files(request: Any) -> list[str]:
    """What is in each file that came along: another file is another form, whatever it is called."""
    digests = []
    for file in request.FILES.values():
        digests.append(hashlib.sha256(file.read()).hexdigest())
        file.seek(0)
    return digests
