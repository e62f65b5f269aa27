"""bin/prepare.py: one sentence for each thing that stops it, and nothing half done."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BIN = Path(__file__).resolve().parents[2] / "bin"


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The script as a module, working in an empty folder."""
    monkeypatch.syspath_prepend(str(BIN))
    import prepare as module  # noqa: PLC0415  # found through the path just set

    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "OLD_VENV", tmp_path / ".venv.old")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "careplans-installed.json")
    (tmp_path / "requirements.txt").write_text("one==1\n")
    (tmp_path / "requirements-dev.txt").write_text("one==1\ntwo==2\n")
    yield module
    for name in ("prepare", "steps", "system"):
        sys.modules.pop(name, None)


@pytest.fixture
def steps(prepare: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be run, instead of running it; pip succeeds."""
    run: list[str] = []

    def run_step(label: str, command: list[str], **options: Any) -> tuple[int, str]:
        run.append(label)
        if "venv" in command:
            (prepare.VENV / "bin").mkdir(parents=True)
            (prepare.VENV / "bin" / "python").write_text("")
        return 0, ""

    monkeypatch.setattr(prepare, "run_step", run_step)
    return run


def fail_pip(prepare: Any, monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    works = prepare.run_step
    monkeypatch.setattr(
        prepare,
        "run_step",
        lambda label, command, **more: (1, output) if "pip" in command else works(label, command),
    )


def test_a_taken_port_is_said_with_the_next_one(prepare: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        refusal = prepare.refused_address("127.0.0.1", port)

    assert f"PORT {port} is taken" in refusal
    assert f"PORT={port + 1} bin/run" in refusal


def test_a_free_port_is_fine(prepare: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]

    assert prepare.refused_address("127.0.0.1", port) == ""


@pytest.mark.parametrize("host", ["no such host", "203.0.113.7"])
def test_a_host_that_is_not_this_machine(prepare: Any, host: str) -> None:
    assert prepare.refused_address(host, 8000).startswith("HOST is")


@pytest.mark.parametrize("port", ["eight", "0", "70000", ""])
def test_a_port_that_is_no_port(prepare: Any, port: str) -> None:
    with pytest.raises(prepare.Stop, match="PORT is"):
        prepare.check_port("127.0.0.1", port)


def test_a_second_start_installs_nothing(prepare: Any, steps: list[str]) -> None:
    prepare.prepare_venv("run")
    first = len(steps)

    prepare.prepare_venv("run")

    assert first == 2
    assert len(steps) == first


def test_the_checks_add_their_packages_to_what_runs(prepare: Any, steps: list[str]) -> None:
    prepare.prepare_venv("run")
    prepare.prepare_venv("test")
    prepare.prepare_venv("run")

    assert len(steps) == 3
    assert steps[-1].endswith("requirements-dev.txt")


def test_a_venv_left_half_done_is_made_again(prepare: Any, steps: list[str]) -> None:
    (prepare.VENV / "half").mkdir(parents=True)

    prepare.prepare_venv("run")

    assert not (prepare.VENV / "half").exists()
    assert json.loads(prepare.STAMP.read_text()).keys() == {"requirements.txt"}


def test_without_network_nothing_is_left_behind(
    prepare: Any, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_pip(prepare, monkeypatch, "ERROR: Temporary failure in name resolution")

    with pytest.raises(prepare.Stop, match="Check the network"):
        prepare.prepare_venv("run")

    assert not prepare.VENV.exists()


def test_an_upgrade_without_network_keeps_what_was_there(
    prepare: Any, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare.prepare_venv("run")
    before = prepare.read_stamp()
    (prepare.ROOT / "requirements.txt").write_text("one==2\n")
    fail_pip(prepare, monkeypatch, "ERROR: Could not find a version that satisfies the requirement one==2")

    with pytest.raises(prepare.Stop):
        prepare.prepare_venv("run")

    assert prepare.read_stamp() == before
    assert not prepare.OLD_VENV.exists()


def test_an_upgrade_that_was_killed_is_taken_back(prepare: Any, steps: list[str]) -> None:
    prepare.prepare_venv("run")
    before = prepare.read_stamp()
    prepare.VENV.rename(prepare.OLD_VENV)
    (prepare.VENV / "half").mkdir(parents=True)

    prepare.recover_old_venv()

    assert prepare.read_stamp() == before


def test_the_reason_of_another_failure_is_passed_on(
    prepare: Any, steps: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_pip(prepare, monkeypatch, "Collecting one\nERROR: No space left on device\n\n")

    with pytest.raises(prepare.Stop, match="No space left on device"):
        prepare.prepare_venv("run")


class TestSystemPackages:
    @pytest.fixture
    def system(self, prepare: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        module = sys.modules["system"]
        monkeypatch.setattr(module, "packages", lambda purpose, has_browser: self.packages)
        self.packages = [
            module.Package("libneeded", lambda: False),
            module.Package("fonts", lambda: False, is_needed=False),
        ]
        return module

    def test_without_rights_it_says_what_to_ask_for(
        self, system: Any, prepare: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(system, "apt_prefix", lambda: None)

        with pytest.raises(prepare.Stop, match="apt-get install libneeded fonts"):
            system.install_missing("run", has_browser=False, is_first=True)

    def test_what_is_only_better_to_have_stops_nobody(
        self, system: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(system, "apt_prefix", lambda: None)
        self.packages = self.packages[1:]

        system.install_missing("run", has_browser=False, is_first=True)
        system.install_missing("run", has_browser=False, is_first=False)

        assert capsys.readouterr().out.count("Going on without fonts") == 1

    def test_apt_without_network(self, system: Any, prepare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(system, "apt_prefix", lambda: [])
        monkeypatch.setattr(
            system, "run_step", lambda *args, **more: (100, "E: Unable to fetch some archives")
        )

        with pytest.raises(prepare.Stop, match="Check the network"):
            system.install_missing("run", has_browser=False, is_first=True)

    def test_libraries_are_tried_by_loading_them(self, prepare: Any) -> None:
        module = sys.modules["system"]

        assert module.loads("libc.so.6")()
        assert not module.loads("libc.so.6", "libsurely-not-there.so.1")()
