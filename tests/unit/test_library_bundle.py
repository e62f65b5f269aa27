"""A library as one file: out and in again, row by row, all or nothing; and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from careplans.accounts.models import Clinic, User
from careplans.accounts.permissions import Role
from careplans.library.bundle import MANIFEST, UnreadableBundle, read_bundle
from careplans.library.bundle_arrival import BundleRefused
from careplans.library.bundle_in import (
    look_again,
    receive_file,
    rehearse,
    take_in,
    waiting_files,
)
from careplans.library.bundle_out import TooMuchToExport, export_library, export_template
from careplans.library.bundle_report import Report, report_of
from careplans.library.load import load_starter
from careplans.library.models import (
    ArrivingFile,
    Component,
    ComponentVersion,
    OwnPicture,
    RedFlag,
    ReviewState,
    SafetyRule,
    Source,
    TemplateVersion,
)
from careplans.library.review import approve_version, start_version
from careplans.library.upload import clean_picture, keep_picture
from careplans.library.versions import ReviewRefusal
from tests.factories import NOW, make_staff
from tests.make.plans import component_of, make_library, template_of
from tests.unit.test_picture_upload import picture

pytestmark = pytest.mark.django_db
Change = Callable[[Any], Any]


@pytest.fixture
def editor(clinic: Clinic) -> User:
    make_library(clinic)
    return make_staff(clinic, Role.EDITOR)


@pytest.fixture
def there(other_clinic: Clinic) -> User:
    """An editor of a clinic with nothing in its library."""
    return make_staff(other_clinic, Role.EDITOR)


def files_in(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


class Plain(yaml.CSafeDumper):
    """Writes out what stands twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def with_change(data: bytes, name: str, change: Change) -> bytes:
    files = files_in(data)
    changed = change(yaml.load(files[name], Loader=yaml.CSafeLoader))  # a safe loader
    files[name] = yaml.dump(changed, Dumper=Plain, allow_unicode=True).encode()
    return zipped(files)


def bring(clinic: Clinic, data: bytes, by: User) -> ArrivingFile:
    return receive_file(clinic=clinic, name="library.zip", data=data, by=by, now=NOW)


def outcomes(report: Report) -> set[str]:
    return {row.outcome for row in report.rows}


def everything(clinic: Clinic) -> tuple[int, ...]:
    return (
        Source.objects.filter(clinic=clinic).count(),
        ComponentVersion.objects.filter(component__clinic=clinic).count(),
        TemplateVersion.objects.filter(template__clinic=clinic).count(),
        SafetyRule.objects.filter(clinic=clinic).count(),
        RedFlag.objects.filter(clinic=clinic).count(),
        OwnPicture.objects.filter(clinic=clinic).count(),
    )


def test_what_goes_out_comes_in_as_it_was(
    clinic: Clinic, other_clinic: Clinic, editor: User, there: User
) -> None:
    data = export_library(clinic=clinic, by=editor, now=NOW)
    arriving = bring(other_clinic, data, there)
    assert outcomes(rehearse(arriving=arriving, by=there, now=NOW)) == {"new"}
    assert everything(other_clinic) == (0,) * 6
    take_in(arriving=arriving, by=there, now=NOW)
    assert everything(other_clinic) == everything(clinic)
    waiting = ComponentVersion.objects.filter(component__clinic=other_clinic)
    assert set(waiting.values_list("state", flat=True)) == {ReviewState.IN_REVIEW}


def test_what_came_in_and_was_approved_goes_out_the_same(
    clinic: Clinic, other_clinic: Clinic, editor: User, there: User
) -> None:
    data = export_template(version=template_of(clinic), by=editor, now=NOW)
    take_in(arriving=bring(other_clinic, data, there), by=there, now=NOW)
    reviewer = make_staff(other_clinic, Role.REVIEWER)
    for model in (ComponentVersion, TemplateVersion):
        path = "component" if model is ComponentVersion else "template"
        for version in model._default_manager.filter(**{f"{path}__clinic": other_clinic}):
            approve_version(version=version, by=reviewer, now=NOW)
    again = export_template(
        version=TemplateVersion.objects.get(template__clinic=other_clinic), by=there, now=NOW
    )
    ours, theirs = files_in(data), files_in(again)
    assert ours.keys() == theirs.keys()
    for name in ours:
        if name.endswith(".yaml"):
            left, right = yaml.safe_load(ours[name]), yaml.safe_load(theirs[name])
            for one in (left, right):
                if isinstance(one, dict):
                    one.pop("review_months", None)
            assert left == right, name


def test_the_same_content_gives_the_same_file(clinic: Clinic, editor: User) -> None:
    made = [export_library(clinic=clinic, by=editor, now=NOW + timedelta(days=day)) for day in (0, 9)]
    assert made[0] == made[1]


def test_one_template_takes_along_what_it_needs_and_no_more(clinic: Clinic, editor: User) -> None:
    version = template_of(clinic)
    names = files_in(export_template(version=version, by=editor, now=NOW)).keys()
    held = {item.component.code for phase in version.phases.all() for item in phase.items.all()}
    assert {name[11:-5] for name in names if name.startswith("components/")} == held
    assert {"sources.yaml", "pictures/heat-wrap.svg", "templates/acute-spasm-after-therapy.yaml"} <= names
    assert "rules.yaml" not in names


def test_where_all_is_there_already_nothing_happens(clinic: Clinic, editor: User) -> None:
    arriving = bring(clinic, export_library(clinic=clinic, by=editor, now=NOW), editor)
    report = rehearse(arriving=arriving, by=editor, now=NOW)
    assert outcomes(report) == {"same"}
    with pytest.raises(BundleRefused, match="nothing new"):
        take_in(arriving=arriving, by=editor, now=NOW)


def steeper(data: Any) -> Any:
    return data | {"clinician_text": "Written otherwise."}


def test_what_reads_otherwise_comes_as_the_next_version(clinic: Clinic, editor: User) -> None:
    data = export_library(clinic=clinic, by=editor, now=NOW)
    arriving = bring(clinic, with_change(data, "components/ex-bridge.yaml", steeper), editor)
    report = take_in(arriving=arriving, by=editor, now=NOW)
    assert [(row.code, row.outcome) for row in report.rows if row.outcome != "same"] == [
        ("ex-bridge", "next")
    ]
    ours, theirs = ComponentVersion.objects.filter(component__code="ex-bridge").order_by("number")
    assert (ours.state, theirs.state) == (ReviewState.APPROVED, ReviewState.IN_REVIEW)
    assert theirs.based_on == ours


def test_who_brought_it_does_not_approve_it(clinic: Clinic) -> None:
    make_library(clinic)
    both = make_staff(clinic, Role.EDITOR, Role.REVIEWER)
    data = export_library(clinic=clinic, by=both, now=NOW)
    take_in(
        arriving=bring(clinic, with_change(data, "components/ex-bridge.yaml", steeper), both),
        by=both,
        now=NOW,
    )
    version = ComponentVersion.objects.get(component__code="ex-bridge", number=2)
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve_version(version=version, by=both, now=NOW)


def test_whoever_brought_the_file_cannot_approve_it_either(clinic: Clinic, editor: User) -> None:
    both = make_staff(clinic, Role.EDITOR, Role.REVIEWER)
    data = export_library(clinic=clinic, by=editor, now=NOW)
    arriving = bring(clinic, with_change(data, "components/ex-bridge.yaml", steeper), both)
    take_in(arriving=arriving, by=editor, now=NOW)
    version = ComponentVersion.objects.get(component__code="ex-bridge", number=2)
    with pytest.raises(ReviewRefusal, match="You wrote"):
        approve_version(version=version, by=both, now=NOW)


def test_the_report_is_written_anew_when_the_library_has_changed(clinic: Clinic, editor: User) -> None:
    data = export_library(clinic=clinic, by=editor, now=NOW)
    arriving = bring(clinic, with_change(data, "components/ex-bridge.yaml", steeper), editor)
    start_version(of=component_of(clinic, "ex-bridge"), by=editor, now=NOW)
    assert report_of(arriving).counts["next"] == 1
    look_again(arriving=arriving, by=editor, now=NOW)
    arriving.refresh_from_db()
    assert (report_of(arriving).counts["next"], report_of(arriving).counts["busy"]) == (0, 1)


def test_what_nobody_decided_on_is_shown_for_a_day(
    clinic: Clinic, other_clinic: Clinic, editor: User, there: User
) -> None:
    data = export_template(version=template_of(clinic), by=editor, now=NOW)
    arriving = bring(other_clinic, data, there)
    late = NOW + timedelta(days=1, seconds=1)
    assert arriving in waiting_files(other_clinic, NOW + timedelta(days=1))
    assert arriving not in waiting_files(other_clinic, late)
    assert arriving not in waiting_files(clinic, NOW)
    take_in(arriving=arriving, by=there, now=NOW)
    assert arriving in waiting_files(other_clinic, late)


def test_a_library_that_nobody_could_take_in_is_not_written(
    clinic: Clinic, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("careplans.library.bundle_out.MOST_ROWS", 50)
    with pytest.raises(TooMuchToExport, match="template by template"):
        export_library(clinic=clinic, by=editor, now=NOW)
    export_template(version=template_of(clinic), by=editor, now=NOW)


def test_a_source_that_reads_otherwise_here_says_so_before_anything_is_written(
    clinic: Clinic, editor: User
) -> None:
    ours = Source.objects.filter(clinic=clinic, published_on=None).earliest("code")

    def read_otherwise(data: Any) -> Any:
        one = next(one for one in data if one["code"] == ours.code)
        one |= {"title": "Another one", "published_on": date(2019, 5, 1), "covers": ""}
        return data

    data = with_change(export_library(clinic=clinic, by=editor, now=NOW), "sources.yaml", read_otherwise)
    report = report_of(bring(clinic, data, editor))
    (row,) = [one for one in report.rows if one.outcome == "kept"]
    assert (row.kind, row.code) == ("source", ours.code)
    assert row.problems == (
        f"title: “{ours.title}” stays; the file says “Another one”",
        "published: nothing stays; the file says 1 May 2019",
        f"covers: “{ours.covers}” stays; the file says nothing",
    )
    assert report.counts["kept"] == 1


def test_what_somebody_is_writing_is_left_alone_and_said(clinic: Clinic, editor: User) -> None:
    start_version(of=component_of(clinic, "ex-bridge"), by=editor, now=NOW)
    data = export_library(clinic=clinic, by=editor, now=NOW)
    arriving = bring(clinic, with_change(data, "components/ex-bridge.yaml", steeper), editor)
    report = rehearse(arriving=arriving, by=editor, now=NOW)
    assert [(row.code, row.outcome) for row in report.rows if row.outcome != "same"] == [
        ("ex-bridge", "busy")
    ]


def test_taken_in_twice_counts_once(other_clinic: Clinic, clinic: Clinic, editor: User, there: User) -> None:
    data = export_template(version=template_of(clinic), by=editor, now=NOW)
    arriving = bring(other_clinic, data, there)
    take_in(arriving=arriving, by=there, now=NOW)
    with pytest.raises(BundleRefused, match="already"):
        take_in(arriving=arriving, by=there, now=NOW)


def no_english(data: Any) -> Any:
    data["texts"] = {"es": data["texts"]["en"]}
    return data


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "components/ex-bridge.yaml",
            lambda data: data | {"grade": "good"},
            "grade: “good” is not known; known are high",
        ),
        (
            "components/ex-bridge.yaml",
            lambda data: data | {"tags": ["exercize"]},
            "tags, 1: “exercize” is not known here",
        ),
        ("components/ex-bridge.yaml", lambda data: data | {"surprise": 1}, "surprise: nothing of this name"),
        ("components/ex-bridge.yaml", lambda data: data | {"equipment": 7}, "equipment: has to be a list"),
        (
            "components/ex-bridge.yaml",
            lambda data: data | {"effect_text": 7},
            "effect_text: has to be a text",
        ),
        (
            "components/ex-bridge.yaml",
            lambda data: data | {"review_months": "x"},
            "review_months: has to be a number",
        ),
        ("components/ex-bridge.yaml", lambda data: data | {"dose": {"kind": "moon"}}, "“moon” is not known"),
        ("components/ex-bridge.yaml", lambda data: data | {"code": "ex-other"}, "ex-other"),
        ("components/ex-bridge.yaml", lambda data: data | {"picture": "dancing"}, "dancing"),
        ("components/ex-bridge.yaml", lambda data: data | {"category": "medicine"}, "cannot change"),
        ("components/ex-bridge.yaml", no_english, "English"),
        ("components/ex-bridge.yaml", lambda data: [data], "has to be fields"),
        (
            "components/ex-bridge.yaml",
            lambda data: data | {"sources": [{"source": "X9", "says": "so"}]},
            "X9",
        ),
        ("templates/recurrent-spasm.yaml", lambda data: data | {"phases": []}, "phases: missing"),
        (
            "templates/recurrent-spasm.yaml",
            lambda data: data | {"phases": [data["phases"][0] | {"items": [{"component": "ex-none"}]}]},
            "ex-none",
        ),
        ("rules.yaml", lambda data: [data[0] | {"source": "X9"}], "X9"),
        ("rules.yaml", lambda data: [data[0], {**data[0]}], "twice"),
        ("rules.yaml", lambda data: [data[0] | {"when": [{"kind": "moon"}]}], "when"),
        ("rules.yaml", lambda data: {"a": 1}, "list"),
        ("rules.yaml", lambda data: [data[0] | {"message": "x" * 401}], "longer than 400"),
        ("components/ex-bridge.yaml", lambda data: data | {"effect_text": "a\0b"}, "hidden character"),
        ("components/ex-bridge.yaml", lambda data: data | {"cautions": ["a\u202eb"]}, "hidden character"),
        ("red_flags.yaml", lambda data: [data[0] | {"urgency": "later"}], "urgency"),
    ],
)
def test_one_bad_row_is_named_and_nothing_at_all_is_taken_in(
    clinic: Clinic, editor: User, name: str, change: Change, said: str
) -> None:
    files = files_in(export_library(clinic=clinic, by=editor, now=NOW))
    beside = (MANIFEST, "sources.yaml", "components/ex-walking.yaml", name)
    # One that is good beside the bad one.
    data = with_change(zipped({one: files[one] for one in beside}), "components/ex-walking.yaml", steeper)
    before = everything(clinic)
    arriving = bring(clinic, with_change(data, name, change), editor)
    report = rehearse(arriving=arriving, by=editor, now=NOW)
    assert any(said in problem for row in report.bad for problem in row.problems), report.bad
    with pytest.raises(BundleRefused, match="Nothing was taken in"):
        take_in(arriving=arriving, by=editor, now=NOW)
    assert everything(clinic) == before


def test_a_picture_of_ones_own_goes_along(
    clinic: Clinic, other_clinic: Clinic, editor: User, there: User
) -> None:
    own = keep_picture(
        clinic=clinic, picture=clean_picture(picture()), alts={"en": "A bridge"}, by=editor, now=NOW
    )
    ComponentVersion.objects.filter(component__code="ex-bridge").update(own_picture=own)
    version = template_of(clinic, "recurrent-spasm")  # it holds the bridge
    data = export_template(version=version, by=editor, now=NOW)
    arriving = bring(other_clinic, data, there)
    rehearse(arriving=arriving, by=there, now=NOW)
    assert not OwnPicture.objects.filter(clinic=other_clinic).exists()
    take_in(arriving=arriving, by=there, now=NOW)
    kept = OwnPicture.objects.get(clinic=other_clinic)
    assert kept.alts == {"en": "A bridge"}
    assert kept.versions.get().component.code == "ex-bridge"


def manifest(text: str = "format: 1") -> dict[str, bytes]:
    return {MANIFEST: text.encode()}


LAUGHS = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no file that Careplans"),
        (b"PK\x03\x04 not really", "no file that Careplans"),
        (zipped({"readme.txt": b"hello"}), "not made by Careplans"),
        (zipped(manifest("format: 2")), "format 2"),
        (zipped(manifest("format: one")), "does not say"),
        (zipped(manifest("[")), "does not say"),
        (zipped(manifest(LAUGHS)), "does not say"),
        (zipped(manifest()), "nothing of a library"),
        (zipped(manifest() | {"components/a.yaml": b"0" * (5 * 1024 * 1024 + 1)}), "too large"),
        (zipped(manifest() | {f"components/a{n}.yaml": b"" for n in range(2001)}), "too many"),
        (zipped(manifest() | {"sources.yaml": b"- {}\n" * 1001}), "more than 1000 things"),
        (b"0" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(clinic: Clinic, there: User, data: bytes, said: str) -> None:
    with pytest.raises(UnreadableBundle, match=said):
        bring(clinic, data, there)
    assert not ArrivingFile.objects.exists()


def test_a_bomb_is_cut_off_by_what_comes_out_of_it(clinic: Clinic, there: User) -> None:
    """Sixty files that each unpack to 4.9 MB: what counts is what comes out, whatever the directory says."""
    much = manifest() | {f"components/a{n}.yaml": b" " * 4_900_000 for n in range(60)}
    data = zipped(much)
    assert len(data) < 1_000_000
    with pytest.raises(UnreadableBundle, match="too large"):
        bring(clinic, data, there)


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unfolds_without_end_is_not_opened(way: int) -> None:
    """A few hundred bytes so packed unfold to hundreds of megabytes, however little is asked for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as packed:
        packed.writestr(MANIFEST, "format: 1")
        packed.writestr("components/ex-a.yaml", b" " * 4_000_000)
    with pytest.raises(UnreadableBundle, match="packed in a way"):
        read_bundle(out.getvalue())


def test_a_changed_picture_of_ones_own_is_no_less_a_change(clinic: Clinic, editor: User) -> None:
    def with_picture(size: tuple[int, int]) -> bytes:
        clean = clean_picture(picture(size=size))
        own = keep_picture(clinic=clinic, picture=clean, alts={"en": "A bridge"}, by=editor, now=NOW)
        ComponentVersion.objects.filter(component__code="ex-bridge").update(own_picture=own)
        return export_template(version=template_of(clinic, "recurrent-spasm"), by=editor, now=NOW)

    theirs, _ours = with_picture((400, 300)), with_picture((500, 300))
    report = rehearse(arriving=bring(clinic, theirs, editor), by=editor, now=NOW)
    assert [(row.code, row.outcome) for row in report.rows if row.outcome != "same"] == [
        ("ex-bridge", "next")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "components/../x.yaml",
        "components/a.yaml/b",
        "pictures/a.php",
        "a\\b.yaml",
    ],
)
def test_a_file_that_reaches_out_is_a_bad_row(clinic: Clinic, editor: User, name: str) -> None:
    data = zipped(files_in(export_template(version=template_of(clinic), by=editor, now=NOW)) | {name: b"x"})
    report = rehearse(arriving=bring(clinic, data, editor), by=editor, now=NOW)
    assert [row.problems for row in report.bad] == [("does not belong in such a file",)]


@pytest.mark.parametrize(
    "text", [LAUGHS, "!!python/object/apply:os.system ['id']", "a: " + "[" * 50_000, "\x00"]
)
def test_yaml_that_means_harm_is_a_bad_row(clinic: Clinic, text: str) -> None:
    bundle = read_bundle(zipped(manifest() | {"components/ex-a.yaml": text.encode()}))
    assert bundle.components[0].content is None
    assert bundle.components[0].problems


def test_a_file_without_a_name_has_no_place() -> None:
    files = {"sources.yaml": b"- {code: B1, title: T, published_on: null}", "########": b"x"}
    data = zipped(manifest() | files).replace(b"########", b"\0#######")
    assert read_bundle(data).strangers == ("?",)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), size=st.integers(1, 40), junk=st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(place: int, size: int, junk: bytes) -> None:
    whole = zipped(manifest() | {"sources.yaml": b"- {code: B1, title: T, published_on: null}" * 9})
    at = place % len(whole)
    try:
        read_bundle(whole[:at] + junk + whole[at + size :])
    except UnreadableBundle as refusal:
        assert str(refusal)  # noqa: PT017  # a refusal has words


def test_files_nobody_decided_on_go_after_a_day(clinic: Clinic, editor: User) -> None:
    data = export_template(version=template_of(clinic), by=editor, now=NOW)
    bring(clinic, data, editor)
    receive_file(clinic=clinic, name="b", data=data, by=editor, now=NOW + timedelta(days=2))
    assert [one.name for one in ArrivingFile.objects.all()] == ["b"]


def test_the_starter_library_loaded_later_finds_what_came_in(
    clinic: Clinic, other_clinic: Clinic, editor: User, there: User
) -> None:
    take_in(
        arriving=bring(other_clinic, export_template(version=template_of(clinic), by=editor, now=NOW), there),
        by=there,
        now=NOW,
    )
    load_starter(clinic=other_clinic, by=there, now=NOW)
    assert (
        Component.objects.filter(clinic=other_clinic).count()
        == Component.objects.filter(clinic=clinic).count()
    )
