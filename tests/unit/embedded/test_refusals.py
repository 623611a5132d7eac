"""Where code cannot be isolated, the sentence names what is missing and offers E2B."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from datalens_core.sandbox.embedded import entry, landlock, launch
from datalens_core.sandbox.embedded.broker import Broker
from datalens_core.sandbox.embedded.launch import NoIsolation
from datalens_core.sandbox.embedded.limits import Limits

POSIX_ONLY = ("pwd", "fcntl", "resource", "datalens_core.sandbox.embedded.syscalls")


def refused() -> str:
    with pytest.raises(NoIsolation) as said:
        Broker.start(Limits())
    sentence = str(said.value)
    assert sentence.endswith(entry.OFFER)
    assert "E2B_API_KEY" in sentence
    return sentence


def test_this_machine_is_not_refused() -> None:
    assert entry.refusal() is None


@pytest.mark.parametrize("name", ["darwin", "win32"])
def test_another_system_is_told_to_use_linux(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "platform", name)
    assert "needs Linux (on Windows: WSL2)" in refused()


def test_windows_gets_the_sentence_and_no_traceback() -> None:
    """Without the modules that it does not have, and without a C library to call."""
    code = (
        "import runpy, sys, datalens_core.sandbox.embedded\n"
        f"sys.modules.update(dict.fromkeys({POSIX_ONLY!r}))\n"
        "sys.platform = 'win32'\n"
        "sys.argv = ['embedded', '--lifeline']\n"
        "runpy.run_module('datalens_core.sandbox.embedded', run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == f"The embedded sandbox needs Linux (on Windows: WSL2). {entry.OFFER}\n"


def test_another_processor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert "needs an x86-64 processor" in refused()


def test_a_kernel_without_landlock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    assert "Landlock (5.13 or newer, enabled in the `lsm=` boot option)" in refused()


@pytest.fixture
def old_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Landlock is enough within bubblewrap, and not enough without."""
    monkeypatch.setattr(landlock, "abi", lambda: 2)


@pytest.fixture
def no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "bubblewraps", list)


@pytest.mark.usefixtures("old_kernel", "no_bubblewrap")
def test_without_bubblewrap_an_old_kernel_is_told_of_both() -> None:
    sentence = refused()
    assert "there is no bubblewrap" in sentence
    assert "`apt install bubblewrap`" in sentence
    assert "Landlock ABI 3 (Linux 6.2) is needed" in sentence


@pytest.mark.usefixtures("old_kernel")
def test_apparmors_refusal_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    setting, program = tmp_path / "setting", tmp_path / "bwrap"
    setting.write_text("1\n")
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    program.chmod(0o755)
    monkeypatch.setattr(launch, "_APPARMOR", str(setting))
    monkeypatch.setattr(launch, "bubblewraps", lambda: [str(program)])
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    sentence = refused()
    assert "bwrap: setting up uid map: Permission denied" in sentence
    assert "AppArmor keeps user namespaces from bubblewrap here" in sentence
    assert "a profile that allows them" in sentence


def test_nothing_is_advised_where_nothing_is_known_to_help(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launch, "_APPARMOR", str(tmp_path / "none"))
    assert launch.bubblewraps_remedy() == ""


def test_the_profile_is_in_the_docs() -> None:
    text = (Path(__file__).parents[3] / "docs" / "security.md").read_text(encoding="utf-8")
    assert "profile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}" in text
