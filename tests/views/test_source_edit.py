"""Sources found, read with where they are cited, and written; a code that is cited is settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.audit.models import AuditEvent
from careplans.core.refusals import StaleChange
from careplans.library.edit_source import SourceSays, save_source, seen_of
from careplans.library.models import Source
from careplans.library.review import start_version, submit_for_review
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import component_of, make_library

pytestmark = pytest.mark.django_db
LIST, NEW = "/library/sources/", "/library/sources/new/"
GIVEN = {
    "name": "NG59",
    "title": "Low back pain",
    "publisher": "NICE",
    "published_on": "2020-12-11",
    "covers": "x",
}


@pytest.fixture
def author(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def site(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


def source_of(clinic: Clinic, code: str = "usual-safety") -> Source:
    make_library(clinic)
    return Source.objects.get(clinic=clinic, code=code)


def edit(source: Source) -> str:
    return reverse("source-edit", args=[source.pk])


def shown(page: Any) -> dict[str, Any]:
    return as_shown(page.content.decode(), "source-form")


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.REVIEWER, Role.ADMINISTRATOR, Role.FRONT_DESK])
def test_only_editors_write(client_of: Callable[..., Client], clinic: Clinic, role: Role) -> None:
    client = client_of(role)

    assert client.post(edit(source_of(clinic)), {}).status_code == 403
    assert client.post(NEW, {}).status_code == 403
    assert client.get(LIST).status_code == (403 if role == Role.FRONT_DESK else 200)


def test_another_clinics_source_is_not_there(
    client_of: Callable[..., Client], clinic: Clinic, other_clinic: Clinic
) -> None:
    stranger = client_of(Role.EDITOR, at=other_clinic)

    assert stranger.get(edit(source_of(clinic))).status_code == 404
    assert stranger.get(reverse("source-detail", args=[source_of(clinic).pk])).status_code == 404
    assert not stranger.get(LIST).context["rows"]
    assert Client().get(LIST).status_code == 302


def test_found_by_words(site: Client, clinic: Clinic) -> None:
    rows = site.get(LIST, {"q": "cyclobenzaprine prescribing"}).context["rows"]

    assert [source.code for source in rows] == ["label-cyclobenzaprine"]


def test_where_it_is_cited(
    site: Client, client_of: Callable[..., Client], clinic: Clinic, author: User
) -> None:
    version = component_of(clinic, "med-cyclobenzaprine")
    draft = start_version(of=version, by=author, now=NOW)
    source = source_of(clinic, "label-cyclobenzaprine")
    address = reverse("source-detail", args=[source.pk])

    groups = {group.label: group.lines for group in site.get(address).context["groups"]}
    for_all = {group.label: group.lines for group in client_of(Role.CLINICIAN).get(address).context["groups"]}

    cites = any(one["source"] == source.code for one in draft.sources)
    assert len(groups["Safety rules"]) > 4
    assert len(groups.get("Components", ())) == len(for_all.get("Components", ())) + cites


def test_a_source_is_added_once(site: Client, clinic: Clinic) -> None:
    sent = shown(site.get(NEW)) | GIVEN

    first, second = site.post(NEW, sent), site.post(NEW, sent)

    source = Source.objects.get(clinic=clinic, code="NG59")
    assert first.url == second.url == reverse("source-detail", args=[source.pk])
    assert AuditEvent.objects.filter(action="source.added", subject_id=str(source.pk)).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "USUAL-safety", "This code is taken"),
        ("name", "مصدر", "Latin letters"),
        ("title", "", "Please fill this in."),
        ("title", "\u202e", "writing direction"),
        ("published_on", "soon", "Write the date"),
    ],
)
def test_what_is_wrong_is_told(site: Client, field: str, value: str, said: str) -> None:
    page = site.post(NEW, GIVEN | {field: value})

    assert page.status_code == 200
    assert said in page.content.decode()


def test_every_source_of_the_product_saved_as_it_stands_stays_as_it_is(site: Client, clinic: Clinic) -> None:
    names = ("code", "title", "publisher", "published_on", "covers")
    for source in Source.objects.filter(clinic=clinic):
        before = [getattr(source, name) for name in names]
        assert site.post(edit(source), shown(site.get(edit(source)))).status_code == 302
        source.refresh_from_db()
        assert [getattr(source, name) for name in names] == before


def test_a_settled_source_says_why_and_what_to_do_instead(site: Client, clinic: Clinic) -> None:
    source = source_of(clinic)
    page = site.get(edit(source))
    fields = set(shown(page))

    assert fields & {"name", "title", "publisher", "published_on"} == set()
    assert "covers" in fields
    assert "This source is settled" in page.content.decode()
    assert NEW in page.content.decode()

    site.post(edit(source), shown(page) | {"covers": "Something else"})
    source.refresh_from_db()
    assert source.covers == "Something else"


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "Another title"), ("publisher", "Somebody else"), ("published_on", "2001-02-03")],
)
def test_what_approved_content_stands_on_is_not_another_source_tomorrow(
    site: Client, clinic: Clinic, field: str, value: str
) -> None:
    """Sent by a page that was opened before it was settled: refused, with what was typed still there."""
    source = source_of(clinic)
    before = {"title": source.title, "publisher": source.publisher, "published_on": source.published_on or ""}
    page = site.post(edit(source), {"seen": seen_of(source), "covers": "x"} | before | {field: value})

    assert "This source is settled" in page.content.decode()
    assert "Add the other one" in page.content.decode()
    assert value in page.content.decode()
    assert source_of(clinic).title == source.title
    assert not AuditEvent.objects.filter(action="source.changed").exists()


def test_a_code_sent_for_a_settled_source_is_not_taken(site: Client, clinic: Clinic) -> None:
    source = source_of(clinic)
    site.post(edit(source), shown(site.get(edit(source))) | {"name": "renamed"})
    source.refresh_from_db()
    assert source.code == "usual-safety"


def test_what_only_a_draft_cites_may_still_be_corrected(site: Client, clinic: Clinic, author: User) -> None:
    site.post(NEW, GIVEN)
    source = Source.objects.get(clinic=clinic, code="NG59")
    draft = start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)
    draft.sources = [*draft.sources, {"source": "NG59", "says": "Walk."}]
    draft.save()

    site.post(edit(source), shown(site.get(edit(source))) | {"title": "Low back pain and sciatica"})
    source.refresh_from_db()
    assert source.title == "Low back pain and sciatica"

    submit_for_review(version=draft, by=author, now=NOW)
    page = site.get(edit(source))
    assert "title" not in shown(page)


def test_a_code_nobody_cites_may_still_be_changed(site: Client, clinic: Clinic) -> None:
    site.post(NEW, GIVEN)
    source = Source.objects.get(clinic=clinic, code="NG59")

    site.post(edit(source), shown(site.get(edit(source))) | {"name": "nice-ng59"})

    source.refresh_from_db()
    assert source.code == "nice-ng59"


def test_a_code_cited_by_a_draft_alone_is_settled_too(clinic: Clinic, author: User, site: Client) -> None:
    site.post(NEW, GIVEN)
    source = Source.objects.get(clinic=clinic, code="NG59")
    draft = start_version(of=component_of(clinic, "ex-walking"), by=author, now=NOW)
    draft.sources = [*draft.sources, {"source": "NG59", "says": "Walk."}]
    draft.save()
    says = SourceSays("other", "T", "", None, "")

    with pytest.raises(ReviewRefusal, match="settled"):
        save_source(source=source, says=says, seen=seen_of(source), by=author, now=NOW)


def test_who_comes_second_gets_everything_back(site: Client, clinic: Clinic) -> None:
    site.post(NEW, GIVEN)
    source = Source.objects.get(clinic=clinic, code="NG59")
    sent = shown(site.get(edit(source))) | {"title": ["Mine"]}
    theirs = SourceSays("", "Theirs", "", None, "")
    other = make_staff(clinic, Role.EDITOR)
    save_source(source=source, says=theirs, seen=seen_of(source), by=other, now=NOW)

    page = site.post(edit(source), sent)

    assert page.status_code == 409
    assert "Theirs" in page.content.decode()
    assert shown(page)["title"] == ["Mine"]
    assert site.post(edit(source), shown(page)).status_code == 302
    with pytest.raises(StaleChange):
        save_source(source=source, says=theirs, seen="", by=other, now=NOW)
