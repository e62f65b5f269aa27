"""A clinic's own copies of a component or a template, and what comes of them when the original goes on.

A copy keeps where it came from and the newest version of it that was looked at. A newer one is offered, never taken over
by itself: what a clinic has written is not overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.text import slugify
from django.utils.translation import gettext as _

from careplans.accounts.models import Clinic, User
from careplans.audit.record import record_change
from careplans.library.edit_component import CODE_LENGTH, CodeTaken, add_component
from careplans.library.markdown import plain
from careplans.library.models import (
    Category,
    Component,
    ComponentVersion,
    Recall,
    ReviewState,
    Template,
    TemplateVersion,
)
from careplans.library.own_codes import hold_codes
from careplans.library.review import draft_like
from careplans.library.search import index_version
from careplans.library.translations import check_all, code_of
from careplans.library.versions import ReviewRefusal, hold_name, next_number, note_writer, record
from careplans.library.whole import ENGLISH

Copy = TypeVar("Copy", Component, Template)
Version = ComponentVersion | TemplateVersion
OPEN = (ReviewState.DRAFT, ReviewState.IN_REVIEW)


@dataclass(frozen=True)
class Offer:
    """``seen`` is the version of the original that was looked at last, ``newest`` the one in use now."""

    copy: Component | Template
    own: Version
    seen: Version | None
    newest: Version


def may_be_copied(component: Component) -> bool:
    """A medicine has one entry: under two codes its days and doses would be counted apart."""
    return component.category != Category.MEDICINE


@transaction.atomic
def copy_component(
    *, of: ComponentVersion, code: str, title: str, by: User, now: datetime
) -> ComponentVersion:
    """A component of the clinic's own that begins with what an approved one says, as a draft under another title."""
    if not may_be_copied(of.component):
        raise ReviewRefusal(
            _(
                "A medicine has one entry, so that its days and doses are counted together: write a new version of it instead."
            )
        )
    _refuse_unless_in_use(of)
    origin = {"origin": of.component, "origin_number": of.number}
    component = add_component(clinic=of.component.clinic, code=code, category=of.component.category, **origin)
    draft: ComponentVersion = _first_draft(of, by, now, component_id=component.pk)
    text = draft.texts.get(language=ENGLISH)
    text.title = plain(title)
    text.save()
    check_all(draft)
    index_version(draft)
    return draft


@transaction.atomic
def copy_template(*, of: TemplateVersion, code: str, title: str, by: User, now: datetime) -> TemplateVersion:
    """The same of a template, with its phases and items."""
    _refuse_unless_in_use(of)
    clinic = of.template.clinic
    if code != slugify(code) or not 0 < len(code) <= CODE_LENGTH:
        raise ReviewRefusal(_("Write the code in small letters, digits and hyphens, such as after-a-fall."))
    hold_codes(clinic)
    if Template.objects.filter(clinic=clinic, code=code).exists():
        raise CodeTaken(_("Another template of your clinic has this code. Choose another one."))
    template = Template.objects.create(clinic=clinic, code=code, origin=of.template, origin_number=of.number)
    draft: TemplateVersion = _first_draft(of, by, now, template_id=template.pk)
    draft.texts = draft.texts | {ENGLISH: draft.texts.get(ENGLISH, {}) | {"title": plain(title)}}
    draft.save()
    check_all(draft)
    return draft


def offer_for(copy: Component | Template) -> Offer | None:
    """What of the original is newer than what was looked at; nothing where there is no newer version in use.

    Nothing either for a copy that is retired: nobody goes on with it.
    """
    return next(iter(_offers(type(copy)._default_manager.filter(pk=copy.pk))), None)


def offers_in(clinic: Clinic) -> list[Offer]:
    """Every copy of the clinic whose original has gone on: as many queries for many as for one."""
    return [
        offer for model in (Component, Template) for offer in _offers(model.objects.filter(clinic=clinic))
    ]


def _offers(copies: QuerySet[Any]) -> list[Offer]:
    """The database finds the three versions of each copy; then all of them are read together."""
    model: Any = copies.model
    versions: QuerySet[Any] = model._meta.get_field("versions").related_model._default_manager.all()
    name = model._meta.model_name
    of_original = versions.filter(**{name: OuterRef("origin")}).order_by("-number").values("pk")
    own = versions.filter(**{name: OuterRef("pk")}).order_by("-number").values("pk")
    in_use = own.filter(state=ReviewState.APPROVED)
    found = copies.annotate(
        own_pk=Coalesce(Subquery(in_use[:1]), Subquery(own.filter(state__in=OPEN)[:1])),
        seen_pk=Subquery(of_original.filter(number=OuterRef("origin_number"))[:1]),
        newest_pk=Subquery(
            of_original.filter(state=ReviewState.APPROVED, number__gt=OuterRef("origin_number"))[:1]
        ),
    ).exclude(Q(own_pk=None) | Q(newest_pk=None))
    rows = list(found.select_related("clinic", "origin"))
    keys = {pk for row in rows for pk in (row.own_pk, row.seen_pk, row.newest_pk)}
    titles = ["texts"] if model is Component else []
    read = versions.select_related(f"{name}__clinic").prefetch_related(*titles).in_bulk(keys - {None})
    return [Offer(row, read[row.own_pk], read.get(row.seen_pk), read[row.newest_pk]) for row in rows]


@transaction.atomic
def take_over(*, copy: Copy, number: int, by: User, now: datetime) -> Any:
    """A draft of the copy with the words of the original's version ``number``; what is in use stays in use."""
    held, newest = _held(copy, number)
    _refuse_unless_in_use(newest)
    own = held.versions.order_by("-number").first()
    if own is None or held.versions.filter(state__in=OPEN).exists():
        raise ReviewRefusal(
            _(
                "A newer version of your copy is being written or reviewed already. Finish or drop that one first."
            )
        )
    draft = _first_draft(newest, by, now, number=next_number(own), **{newest.identity[0]: held.pk})
    _look_at(held, newest, "taken_over", by, now)
    index_version(draft)
    return draft


@transaction.atomic
def keep_ours(*, copy: Copy, number: int, by: User, now: datetime) -> None:
    """The original's version ``number`` was looked at, and the copy stays as it is."""
    held, newest = _held(copy, number)
    _look_at(held, newest, "kept", by, now)


def _held(copy: Copy, number: int) -> tuple[Copy, Any]:
    """The copy as stored, kept from others, and the version that is offered; refused when it is another one by now."""
    originals = type(copy)._default_manager.filter(pk__in=[copy.pk, copy.origin_id])
    list(originals.select_for_update().order_by("pk"))  # in the order of a recall, which holds both
    held = copy.held().get()
    offer = offer_for(held)
    if offer is None or offer.newest.number != number:
        raise ReviewRefusal(_("The original is not what you looked at any more, or somebody else was first."))
    return held, offer.newest


def _look_at(copy: Copy, newest: Version, what: str, by: User, now: datetime) -> None:
    type(copy)._default_manager.filter(pk=copy.pk).update(origin_number=newest.number)
    record_change(
        by=by,
        action=f"{copy._meta.model_name}.original_{what}",
        subject=copy,
        now=now,
        clinic_id=copy.clinic_id,
        details={"original": str(copy.origin), "number": newest.number},
    )


def _first_draft(of: Any, by: User, now: datetime, *, number: int = 1, **belongs_to: Any) -> Any:
    """A draft of the copy with all that ``of`` says."""
    draft = draft_like(of, by, now, number=number, **belongs_to)
    record("started", draft, by, now, copied_from=f"{code_of(of)} v{of.number}")
    note_writer(draft, by, now)
    check_all(draft)
    return draft


def _refuse_unless_in_use(version: Version) -> None:
    """Holds what it is a version of, as a recall does: of the two, the later one sees what the earlier did."""
    hold_name(version)
    version.refresh_from_db(fields=["state"])
    if isinstance(version, ComponentVersion):
        recalls = Recall.objects.filter(component=version.component_id, up_to_number__gte=version.number)
        if recalls.exists():
            raise ReviewRefusal(_("This was recalled. What may hurt somebody is not copied."))
    if version.state != ReviewState.APPROVED:
        raise ReviewRefusal(_("Only what is approved can be copied."))
