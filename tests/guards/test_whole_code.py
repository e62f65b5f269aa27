"""What docs/security.md says of the code as a whole: no text from people becomes code, markup, a path or a right."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.sessions.backends.db import SessionStore

from careplans.accounts.kept_forms import PURPOSE
from careplans.celery import app
from careplans.core.sealed import box
from tests.guards.test_dangerous_calls import PACKAGES, ROOT, calls, name_of

OURS = tuple(f"{package}." for package in PACKAGES)
SEALS = {
    "cryptography.fernet",
    "cryptography.hazmat.primitives.hashes",
    "cryptography.hazmat.primitives.kdf.hkdf",
}
MARKS_AS_MARKUP = {"mark_safe", "SafeString"}
# Each takes what our own templates and files made.
MAY_MARK = {"icons.py", "ui.py", "staff_forms.py", "markdown.py"}
ELEMENT_IDS = {
    "button_id",
    "webauthn_form.credential.auto_id",
    "form.credential.auto_id",
    "form.passwordless.auto_id",
}
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def files() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_no_task_is_told_what_to_do_by_its_message() -> None:
    """Whoever could write into the queue could only say "look what is due": rows say what, verbs say who may."""
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if type(task).__module__.startswith(OURS)}
    assert len(ours) >= 7
    assert [name for name, task in ours.items() if inspect.signature(task.run).parameters] == []


def test_no_template_is_made_from_text() -> None:
    makers = re.compile(
        r"from django\.template import [^\n]*\b(Template|Engine|engines)\b|\.from_string\(|Engine\("
    )
    assert [path.name for path in files() if makers.search(path.read_text(encoding="utf-8"))] == []


def test_only_our_own_markup_is_marked_as_such() -> None:
    found = [
        where
        for where, call in calls()
        if name_of(call) in MARKS_AS_MARKUP
        and call.args
        and not isinstance(call.args[0], ast.Constant)
        and Path(where.partition(":")[0]).name not in MAY_MARK
    ]
    assert found == []


def test_text_is_a_markup_language_in_one_place_only() -> None:
    """The library's texts, whose few marks one module turns into tags of its own and has cleaned."""
    languages = {"markdown", "markdown_it", "bleach", "nh3", "docutils", "lxml", "jinja2", "mako"}
    found = [
        path.relative_to(ROOT).as_posix()
        for path in files()
        if languages & {name.partition(".")[0] for name in imported(path)}
    ]
    assert found == ["careplans/library/markdown.py"]


def test_secrets_are_sealed_by_one_known_recipe() -> None:
    used = {name for path in files() for name in imported(path) if name.startswith("cryptography")}
    assert used <= SEALS
    sealed = box(PURPOSE).encrypt(b"typed")
    assert sealed != box(PURPOSE).encrypt(b"typed")


def test_no_page_carries_data_within_a_script() -> None:
    """allauth's element ids apart, which are ours."""
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        for given, inner in SCRIPT.findall(path.read_text(encoding="utf-8")):
            names = set(re.findall(r"{{\s*([\w.]+)", inner))
            is_data = 'type="application/json"' in " ".join(given.split())
            if (inner.strip() and not is_data) or names - ELEMENT_IDS:
                wrong.append((path.name, inner.strip()))
    assert wrong == []


def test_scripts_write_text_and_no_markup() -> None:
    pattern = re.compile(
        r"\.(?:inner|outer)HTML\s*=(?!=)|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    found = [
        line.strip()
        for path in (ROOT / "static" / "js").glob("*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
        if pattern.search(line)
    ]
    # The button's own label, put back as it was.
    assert found == ["button.innerHTML = button.dataset.label;"]


@pytest.mark.django_db
def test_session_ids_are_long_random_and_kept_on_the_server() -> None:
    keys = {SessionStore()._get_new_session_key() for _number in range(50)}  # type: ignore[attr-defined]
    assert len(keys) == 50
    assert {len(key) for key in keys} == {32}  # of 36 signs: 165 bits


def test_codes_are_as_long_and_as_short_lived_as_they_should_be() -> None:
    assert (mfa_settings.TOTP_PERIOD, mfa_settings.TOTP_TOLERANCE, mfa_settings.TOTP_DIGITS) == (30, 0, 6)
    assert mfa_settings.RECOVERY_CODE_DIGITS >= 8
    secrets = {generate_totp_secret() for _number in range(20)}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {32}  # base32: 160 bits


def test_no_service_has_a_password_of_its_own() -> None:
    """Database, queue and mail server get theirs from the environment or not at all."""
    text = (ROOT / "careplans" / "settings.py").read_text(encoding="utf-8")
    assert re.findall(r"\w+://[^/\s\"']*:[^/\s\"']*@", re.sub(r"(?m)^\s*#.*$", "", text)) == []
    assert re.findall(r"(?i)password[^\n]*=\s*[\"'][^\"']+[\"']", text) == []
