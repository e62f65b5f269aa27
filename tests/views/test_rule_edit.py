"""The safety-rule editor: rows that come and go, everything refused beside its field, nothing overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.edit_rule import save_rule
from careplans.library.models import ReviewState, SafetyRule
from careplans.library.review import start_version, submit_for_review
from tests.factories import NOW, make_staff
from tests.make.pages import as_shown
from tests.make.plans import make_library
from tests.make.rules import rule_of, rule_says

pytestmark = pytest.mark.django_db
FORM = "rule-form"


@pytest.fixture
def author(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def site(author: User) -> Client:
    client = Client()
    client.force_login(author)
    return client


@pytest.fixture
def draft(clinic: Clinic, author: User) -> SafetyRule:
    return start_version(of=rule_of(clinic, "cyclobenzaprine-mao-inhibitor"), by=author, now=NOW)


def edit(rule: SafetyRule) -> str:
    return reverse("rule-edit", args=[rule.pk])


def shown(site: Client, address: str) -> dict[str, Any]:
    return as_shown(site.get(address).content.decode(), FORM)


def errors_of(page: Any) -> str:
    assert page.status_code == 200
    editor = page.context["editor"]
    return " ".join(
        str(error) for form in editor.forms for errors in form.errors.values() for error in errors
    )


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.REVIEWER, Role.ADMINISTRATOR, Role.FRONT_DESK])
def test_only_editors_write(client_of: Callable[..., Client], draft: SafetyRule, role: Role) -> None:
    client = client_of(role)

    assert client.get(edit(draft)).status_code == 403
    assert client.post(edit(draft), {}).status_code == 403
    assert client.get(reverse("rule-new")).status_code == 403
    assert client.post(reverse("rule-said"), {}).status_code == 403


def test_strangers_sign_in(draft: SafetyRule) -> None:
    assert Client().get(edit(draft)).status_code == 302


def test_another_clinics_rule_is_not_there(
    client_of: Callable[..., Client], other_clinic: Clinic, draft: SafetyRule
) -> None:
    stranger = client_of(Role.EDITOR, at=other_clinic)

    assert stranger.get(edit(draft)).status_code == 404
    assert stranger.post(edit(draft), {}).status_code == 404


def test_a_rule_is_written_from_nothing(site: Client, clinic: Clinic, author: User) -> None:
    says = rule_says(clinic)
    given = {
        "name": "Heat and glaucoma",
        "tags": ["heat"],
        "components": ["med-ibuprofen"],
        "severity": "stop",
        "message": says.message,
        "source": str(says.source.pk if says.source else ""),
        "row": ["0", "1"],
        "c0-kind": "fact",
        "c0-any_of": ["glaucoma", "epilepsy"],
        "c0-days_after": "3",
        "c1-kind": "age",
        "c1-at_least": "65",
    }

    saved = site.post(reverse("rule-new"), given)

    rule = SafetyRule.objects.get(clinic=clinic, code="heat-and-glaucoma")
    assert saved.url == reverse("rule-detail", args=[rule.pk])
    assert (rule.state, rule.author) == (ReviewState.DRAFT, author)
    assert rule.when == [
        {"kind": "fact", "any_of": ["glaucoma", "epilepsy"], "days_after": 3},
        {"kind": "age", "at_least": 65},
    ]


def test_pressed_twice_it_is_one_rule(site: Client, clinic: Clinic) -> None:
    given = shown(site, reverse("rule-new"))
    says = rule_says(clinic)
    given |= {"name": ["Once"], "tags": ["heat"], "severity": "stop", "message": "M"}
    given |= {"source": [str(says.source.pk if says.source else "")], "row": ["0"], "c0-kind": ["always"]}

    first, second = (site.post(reverse("rule-new"), given) for _time in range(2))

    assert first.url == second.url
    assert SafetyRule.objects.filter(clinic=clinic, code="once").count() == 1


def test_every_rule_of_the_product_saved_as_it_stands_stays_as_it_is(
    site: Client, clinic: Clinic, author: User
) -> None:
    wrong = {}
    for rule in SafetyRule.objects.filter(clinic=clinic):
        draft = start_version(of=rule, by=author, now=NOW)
        saved = site.post(edit(draft), shown(site, edit(draft)))
        if saved.status_code != 302:
            wrong[rule.code] = errors_of(saved)
            continue
        draft.refresh_from_db()
        for name in ("code", "components", "tags", "when", "severity", "message", "instead", "source_id"):
            if getattr(draft, name) != getattr(rule, name):
                wrong[rule.code] = f"{name}: {getattr(rule, name)} → {getattr(draft, name)}"
        submit_for_review(version=draft, by=author, now=NOW)

    assert wrong == {}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"components": [], "tags": []}, "at least one component or tag"),
        ({"components": ["med-ibuprofin"]}, "“med-ibuprofin” is not in the library"),
        ({"tags": ["nsaids"]}, "Choose from the list only."),
        ({"row": []}, "Add at least one condition"),
        ({"c0-any_of": []}, "Choose at least one fact."),
        ({"c0-any_of": ["glaucomma"]}, "Choose from the list only."),
        ({"c0-days_after": ["x"]}, "Write a whole number from 0 to 3650."),
        ({"c0-days_after": ["-1"]}, "Write a whole number from 0 to 3650."),
        ({"c0-kind": ["moon"]}, "Add at least one condition"),
        ({"c0-kind": ["together"]}, "Name at least one tag or component"),
        ({"c0-kind": ["together"], "c0-components": ["x"]}, "“x” is not in the library"),
        ({"c0-kind": ["together"], "c0-tags": ["nsaids"]}, "Choose from the list only."),
        ({"c0-kind": ["age"], "c0-at_least": ["121"]}, "from 0 to 120"),
        ({"c0-kind": ["course"]}, "from 0 to 3650"),
        ({"c0-kind": ["before_day"]}, "Please choose one."),
        ({"c0-kind": ["allergy"]}, "Name at least one material"),
        ({"c0-kind": ["allergy"], "c0-materials": ["x" * 81]}, "at most 80 characters"),
        (
            {
                "c0-kind": ["dose"],
                "c0-unit": ["ml"],
                "c0-also": ["mg"],
                "c0-most_each": ["1"],
                "c0-most_a_day": ["2"],
            },
            "Millilitres",
        ),
        (
            {"c0-kind": ["dose"], "c0-unit": ["mg"], "c0-most_each": ["10"], "c0-most_a_day": ["5"]},
            "cannot be less",
        ),
        (
            {"c0-kind": ["dose"], "c0-unit": ["mg"], "c0-most_each": ["ten"], "c0-most_a_day": ["5"]},
            "in digits",
        ),
        ({"c0-kind": ["stopped"], "c0-ended_within_days": ["366"]}, "from 0 to 365"),
        ({"message": [" "]}, "Write what the clinician has to know."),
        ({"message": ["x" * 401]}, "at most 400 characters"),
        ({"severity": []}, "Please choose one."),
        ({"source": [""]}, "Choose where this comes from."),
        ({"source": ["01900000-0000-7000-8000-000000000000"]}, "valid choice"),
    ],
)
def test_what_no_plan_could_be_assessed_by_is_told_beside_its_field(
    site: Client, draft: SafetyRule, changed: dict[str, Any], said: str
) -> None:
    given = shown(site, edit(draft)) | changed

    page = site.post(edit(draft), given)

    assert said in errors_of(page)
    draft.refresh_from_db()
    assert draft.revision == 1


def test_a_row_is_added_and_taken_out_without_saving(site: Client, draft: SafetyRule) -> None:
    given = shown(site, edit(draft)) | {"message": ["Half written"], "severity": []}

    added = site.post(edit(draft), given | {"do-add": "age"})
    again = as_shown(added.content.decode(), FORM)
    removed = site.post(edit(draft), again | {"do-remove": "0"})

    assert (again["row"], again["c1-kind"], again["message"]) == (["0", "1"], ["age"], ["Half written"])
    assert again["c0-any_of"] == ["mao_inhibitor"]
    assert "error-summary" not in added.content.decode()
    assert as_shown(removed.content.decode(), FORM)["row"] == ["1"]
    draft.refresh_from_db()
    assert (draft.revision, len(draft.when)) == (1, 1)


def test_components_are_found_by_words_and_stay_chosen(site: Client, draft: SafetyRule) -> None:
    given = shown(site, edit(draft))

    page = site.post(edit(draft), given | {"components-find": "naproxen", "do-find": "components"})

    words = page.content.decode()
    assert 'value="med-naproxen" id="components-med-naproxen">' in " ".join(words.split())
    assert as_shown(words, FORM)["components"] == ["med-cyclobenzaprine"]


def test_a_hundred_rows_are_neither_built_nor_saved_in_part(site: Client, draft: SafetyRule) -> None:
    rows = {f"c{number}-kind": "always" for number in range(100)}
    sent = {"row": [str(number) for number in range(100)]} | rows

    page = site.post(edit(draft), sent | {"do-find": "1"})
    refused = site.post(edit(draft), shown(site, edit(draft)) | sent)

    assert len(page.context["editor"].rows) == 50
    assert "at most 50 conditions" in errors_of(refused)
    assert SafetyRule.objects.get(pk=draft.pk).when == draft.when


def test_strange_rows_lead_to_no_error_page(site: Client, draft: SafetyRule) -> None:
    for given in (
        {"row": ["x", "-1", "", "99999", "²"], "do-add": "fact"},
        {"row": "0", "c0-kind": "dose", "c0-most_each": "NaN", "c0-most_a_day": "Infinity", "c0-unit": "t"},
        {"row": "0", "c0-kind": "fact", "c0-any_of": ["\x00", "a" * 500]},
        {"components": ["\x00", "x" * 500], "components-find": "\x00", "do-find": "components"},
        {"message": "\u202e", "do-remove": "zero"},
        {"revision": "x"},
    ):
        assert site.post(edit(draft), given).status_code == 200
        assert site.post(reverse("rule-said"), given).status_code == 200
        assert site.post(reverse("rule-bench"), given | {"typed": "1"}).status_code == 200


def test_the_sentence_follows_what_is_typed(site: Client, draft: SafetyRule) -> None:
    given = shown(site, edit(draft)) | {"severity": "caution", "c0-days_after": ["21"]}

    said = site.post(reverse("rule-said"), given).content.decode()

    assert (
        "Caution with: Cyclobenzaprine (muscle relaxant), when the record says “MAO inhibitor now, or stopped in "
        "the last 14 days” now or in the 21 days before." in said
    )


def test_what_is_missing_is_left_open_in_the_sentence(site: Client) -> None:
    given = {"row": ["0"], "c0-kind": "age", "tags": ["slip"]}

    assert "…: …, when …." in site.post(reverse("rule-said"), given).content.decode()


def test_who_comes_second_gets_everything_back_beside_what_is_stored(
    site: Client, clinic: Clinic, draft: SafetyRule
) -> None:
    given = shown(site, edit(draft)) | {"message": ["Mine is this."], "c0-days_after": ["21"]}
    theirs = rule_says(clinic, components=["med-cyclobenzaprine"], tags=[], message="Theirs is that.")
    save_rule(version=draft, says=theirs, revision=1, by=make_staff(clinic, Role.EDITOR), now=NOW)

    page = site.post(edit(draft), given)

    words = page.content.decode()
    assert page.status_code == 409
    assert "Somebody else saved this draft" in words
    assert "Theirs is that." in words
    assert "the record says “Angle-closure glaucoma”" in words
    again = as_shown(words, FORM)
    assert (again["message"], again["c0-days_after"], again["revision"]) == (["Mine is this."], ["21"], ["2"])
    assert site.post(edit(draft), again).status_code == 302
    draft.refresh_from_db()
    assert (draft.message, draft.when[0]["days_after"]) == ("Mine is this.", 21)


def test_what_was_submitted_meanwhile_is_not_saved_and_not_lost(
    site: Client, draft: SafetyRule, author: User
) -> None:
    given = shown(site, edit(draft)) | {"message": ["Too late."]}
    submit_for_review(version=draft, by=author, now=NOW)

    page = site.post(edit(draft), given)

    assert "no longer a draft" in errors_of(page)
    assert "Too late." in page.content.decode()
    draft.refresh_from_db()
    assert draft.message != "Too late."


def test_only_a_draft_opens_for_writing(site: Client, clinic: Clinic) -> None:
    approved = rule_of(clinic, "cyclobenzaprine-heart")

    page = site.get(edit(approved))
    refused = site.post(
        edit(approved), {"row": ["0"], "c0-kind": "always", "tags": "heat", "severity": "inform"}
    )

    assert page.url == reverse("rule-detail", args=[approved.pk])
    assert refused.status_code == 200
    approved.refresh_from_db()
    assert approved.severity == "stop"


def test_a_settled_code_is_no_field(site: Client, draft: SafetyRule) -> None:
    words = site.get(edit(draft)).content.decode()

    assert 'name="name"' not in words
    assert "cyclobenzaprine-mao-inhibitor" in words


def test_a_name_that_is_taken_is_told_beside_it(site: Client, clinic: Clinic) -> None:
    says = rule_says(clinic)
    given = {"name": "cyclobenzaprine heart", "tags": "heat", "severity": "stop", "message": "M", "row": "0"}
    given |= {"c0-kind": "always", "source": str(says.source.pk if says.source else "")}

    page = site.post(reverse("rule-new"), given)

    assert "This code is taken" in str(page.context["form"].errors["name"])


def test_a_rule_with_more_conditions_than_are_offered_loses_none(
    site: Client, clinic: Clinic, author: User, draft: SafetyRule
) -> None:
    ages = [{"kind": "age", "at_least": number} for number in range(40, 54)]
    draft = save_rule(
        version=draft,
        says=rule_says(clinic, when=ages),
        revision=draft.revision,
        by=author,
        now=NOW,
    )
    given = shown(site, edit(draft))

    saved = site.post(edit(draft), given | {"message": ["Said in other words."]})

    assert saved.status_code == 302
    stored = SafetyRule.objects.get(pk=draft.pk)
    assert (stored.message, stored.when) == ("Said in other words.", ages)


def test_at_the_most_conditions_the_editor_says_so(
    site: Client, clinic: Clinic, author: User, draft: SafetyRule
) -> None:
    ages = [{"kind": "age", "at_least": number} for number in range(40, 52)]
    says = rule_says(clinic, when=ages)
    draft = save_rule(version=draft, says=says, revision=draft.revision, by=author, now=NOW)

    page = site.post(edit(draft), shown(site, edit(draft)) | {"do-add": "always"})

    assert len(page.context["editor"].rows) == 12
    assert "Conditions are added up to 12." in page.content.decode()
