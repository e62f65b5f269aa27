"""Django's admin, narrowed: own clinic only, the same roles as everywhere, every save in the trail."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from careplans.accounts.admin_site import ENTRANCE, OfClinic, clinic_admin
from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import PERMISSIONS_OF, Role
from careplans.audit.models import AuditEvent
from careplans.library.models import Component, ComponentVersion, Source
from tests.factories import make_staff
from tests.make.accounts import give_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.make.workshop")]
LIST = "admin:library_source_changelist"
ADD = "admin:library_source_add"


@pytest.fixture
def mine(clinic: Clinic) -> Source:
    return Source.objects.create(clinic=clinic, code="mine", title="Our own source")


@pytest.fixture
def theirs(other_clinic: Clinic) -> Source:
    return Source.objects.create(clinic=other_clinic, code="theirs", title="Canary of the other clinic")


def test_strangers_sign_in_on_our_own_page(client: Client, mine: Source) -> None:
    for url in (reverse("admin:index"), reverse(LIST), reverse("admin:login")):
        response = client.get(url)
        while response.status_code == 302 and response.url.startswith("/admin/"):
            response = client.get(response.url)
        assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", Role)
def test_who_may_enter(client_of: Any, role: Role) -> None:
    expected = 200 if PERMISSIONS_OF[role] & ENTRANCE else 403
    assert client_of(role).get(reverse("admin:index")).status_code == expected


def test_djangos_own_flags_open_nothing(client: Client, clinic: Clinic, mine: Source) -> None:
    client.force_login(make_staff(clinic, Role.FRONT_DESK, is_staff=True, is_superuser=True))
    assert client.get(reverse(LIST)).status_code == 403


def test_the_list_holds_own_rows_only(client_of: Any, mine: Source, theirs: Source) -> None:
    page = client_of(Role.EDITOR).get(reverse(LIST)).content.decode()
    assert "Our own source" in page
    assert "Canary" not in page


@pytest.mark.parametrize("view", ["change", "history", "delete"])
def test_another_clinics_row_is_not_found(client_of: Any, theirs: Source, view: str) -> None:
    client, url = client_of(Role.EDITOR), reverse(f"admin:library_source_{view}", args=[theirs.pk])
    for response in (client.get(url, follow=True), client.post(url, {"code": "stolen"}, follow=True)):
        assert "Canary" not in response.content.decode()
    theirs.refresh_from_db()
    assert theirs.code == "theirs"


def test_a_new_row_belongs_to_the_clinic_and_is_in_the_trail(
    client_of: Any, clinic: Clinic, other_clinic: Clinic
) -> None:
    given = {"code": "new", "title": "New", "clinic": str(other_clinic.pk)}
    client_of(Role.EDITOR).post(reverse(ADD), given)
    assert Source.objects.get(code="new").clinic == clinic
    assert AuditEvent.objects.get(action="source.created_in_workshop").clinic_id == clinic.pk


def test_a_code_used_twice_is_an_error_on_the_page(client_of: Any, mine: Source) -> None:
    response = client_of(Role.EDITOR).post(reverse(ADD), {"code": "mine", "title": "Again"})
    assert response.status_code == 200
    assert Source.objects.filter(code="mine").count() == 1


def test_choices_are_the_clinics_own(client_of: Any, clinic: Clinic, other_clinic: Clinic) -> None:
    Component.objects.create(clinic=clinic, code="our-component", category="exercise")
    Component.objects.create(clinic=other_clinic, code="canary-component", category="exercise")
    make_staff(clinic, Role.CLINICIAN, name="Ada Here")
    make_staff(other_clinic, Role.CLINICIAN, name="Canary Person")
    page = client_of(Role.EDITOR).get(reverse("admin:library_componentversion_add")).content.decode()
    assert "our-component" in page
    assert "Ada Here" in page
    assert "canary" not in page.lower()


def test_a_foreign_choice_is_refused(client_of: Any, other_clinic: Clinic) -> None:
    component = Component.objects.create(clinic=other_clinic, code="canary", category="exercise")
    given = {"component": str(component.pk), "review_due_on": "2030-01-01"}
    client_of(Role.EDITOR).post(reverse("admin:library_componentversion_add"), given)
    assert not ComponentVersion.objects.exists()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_who_may_only_read_changes_nothing(client_of: Any, mine: Source, role: Role) -> None:
    url = reverse("admin:library_source_change", args=[mine.pk])
    client = client_of(role)
    assert client.get(url).status_code == 200
    assert client.post(url, {"code": "changed", "title": "x"}).status_code == 403
    assert client.get(reverse(ADD)).status_code == 403


def test_nothing_is_deleted(client_of: Any, mine: Source) -> None:
    url = reverse("admin:library_source_delete", args=[mine.pk])
    assert client_of(Role.EDITOR).post(url, {"post": "yes"}).status_code == 403
    assert Source.objects.filter(pk=mine.pk).exists()


def test_filters_by_address_do_not_reach_other_clinics(
    client_of: Any, mine: Source, other_clinic: Clinic
) -> None:
    url = f"{reverse(LIST)}?clinic__id__exact={other_clinic.pk}"
    assert client_of(Role.EDITOR).get(url).status_code in (302, 400)


def test_the_shortcut_to_any_object_is_gone() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, "x"])


def test_without_a_second_factor_it_stays_closed(client_of: Any, settings: Any) -> None:
    client = client_of(Role.EDITOR)
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.get(reverse("admin:index")).url == reverse("mfa_index")


def test_every_registered_page_is_of_the_clinic_and_its_filters_too() -> None:
    for model, model_admin in clinic_admin._registry.items():
        assert isinstance(model_admin, OfClinic), model
        for one in [*model_admin.list_filter]:
            name = one if isinstance(one, str) else one[0]
            is_relation = isinstance(name, str) and model._meta.get_field(name.split("__")[0]).is_relation
            assert not is_relation or one[1] is RelatedOnlyFieldListFilter, (model, one)
        for inline in model_admin.inlines:
            assert issubclass(inline, OfClinic), (model, inline)


def test_the_real_site_is_at_its_address() -> None:
    assert reverse("admin:index", urlconf="careplans.urls") == "/admin/"
    assert get_resolver("careplans.urls").resolve("/admin/").func.__name__ in ("index", "guarded")


def test_the_last_way_in(clinician: User, capsys: Any) -> None:
    give_second_factor(clinician)
    call_command("reset_second_factor", clinician.email.upper())
    assert not Authenticator.objects.filter(user=clinician).exists()
    assert AuditEvent.objects.filter(action="staff.second_factor_reset", actor_kind="system").exists()
    with pytest.raises(CommandError):
        call_command("reset_second_factor", "nobody@clinic.example")
