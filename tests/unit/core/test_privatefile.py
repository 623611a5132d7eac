"""A private file is written as a whole, or stays what it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from datalens_core.privatefile import write_private


def test_it_is_its_users_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "held.json"
    for content in (b"first", b"second"):
        write_private(path, content)
    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["held.json"]


def test_what_cannot_be_written_whole_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "held.json"
    write_private(path, b"first")

    def full(_: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["held.json"]
