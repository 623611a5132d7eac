"""A work folder seen from outside: links lead nowhere, and everything in it can be deleted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalens_core.sandbox.embedded.folder import TooManyEntries, WorkFolder, delete_tree
from datalens_core.sandbox.embedded.paths import OutsideHome, relative


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "work"
    path.mkdir()
    return path


@pytest.fixture
def folder(place: Path) -> Iterator[WorkFolder]:
    opened = WorkFolder(os.open(place, os.O_RDONLY | os.O_DIRECTORY), None)
    yield opened
    opened.close()


def test_what_is_written_is_read(folder: WorkFolder, place: Path) -> None:
    with folder.write("a/b/c.txt") as file:
        file.write(b"hello")
    with folder.read("a/b/c.txt") as file:
        assert file.read() == b"hello"
    assert (place / "a/b/c.txt").read_text() == "hello"


@pytest.mark.parametrize("path", ["link", "folder/file", "up/file", "../file", "pipe"])
def test_nothing_planted_leads_outside(folder: WorkFolder, place: Path, path: str) -> None:
    outside = place.parent / "file"
    outside.write_text("outside")
    (place / "link").symlink_to(outside)
    (place / "folder").symlink_to(place.parent)
    (place / "up").symlink_to("..")
    os.mkfifo(place / "pipe")
    with pytest.raises(OSError):  # noqa: PT011 - which error depends on the trick
        folder.read(path)
    with pytest.raises(OSError):  # noqa: PT011
        folder.write(path)
    assert outside.read_text() == "outside"


def test_removing_a_link_leaves_its_target(folder: WorkFolder, place: Path) -> None:
    target = place.parent / "target"
    target.mkdir()
    (target / "kept").touch()
    (place / "tree").mkdir()
    (place / "tree/link").symlink_to(target)
    folder.remove("tree")
    assert (target / "kept").exists()
    assert not (place / "tree").exists()


def test_a_tree_of_any_depth_is_deleted(place: Path) -> None:
    here = os.open(place, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.mkdir("closed", 0, dir_fd=here)
    os.close(here)
    delete_tree(str(place))
    assert not place.exists()


def test_usage_counts_blocks_and_gives_up_on_crowds(folder: WorkFolder, place: Path) -> None:
    (place / "d").mkdir()
    (place / "d/big").write_bytes(b"x" * 1_000_000)
    assert folder.usage(100).bytes >= 1_000_000
    for number in range(20):
        (place / str(number)).touch()
    with pytest.raises(TooManyEntries):
        folder.usage(20)


def test_names_that_are_longer_than_a_path_may_be_hide_nothing(
    folder: WorkFolder, place: Path
) -> None:
    here = os.open(place, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=here)
        deeper = os.open("n" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    file = os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(file, b"x" * 1_000_000)
    os.close(file)
    os.close(here)
    assert folder.usage(100).bytes >= 1_000_000
    assert folder.usage(100).complete


def test_a_folder_that_nobody_may_read_is_opened_and_counted(
    folder: WorkFolder, place: Path
) -> None:
    (place / "closed").mkdir(0o300)
    (place / "closed/big").write_bytes(b"x" * 1_000_000)
    assert folder.usage(100).bytes >= 1_000_000
    assert (place / "closed").stat().st_mode & 0o777 == 0o700
    folder.remove("closed")


def test_a_count_knows_that_something_moved_meanwhile(
    folder: WorkFolder, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "here").mkdir()
    assert folder.usage(100).complete
    names = os.listdir
    monkeypatch.setattr(os, "listdir", lambda directory: [*names(directory), "gone by now"])
    assert not folder.usage(100).complete


@pytest.mark.parametrize("act", [lambda f: f.usage(100), lambda f: f.remove("tree")])
def test_a_folder_that_becomes_a_link_does_not_open_what_it_leads_to(
    folder: WorkFolder, place: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[..., object]
) -> None:
    outside = place.parent / "outside"
    outside.touch(mode=0o600)
    (place / "tree/closed").mkdir(0o500, parents=True)
    look = os.fstat

    def looked_too_late(descriptor: int) -> os.stat_result:
        status = look(descriptor)
        if status.st_mode & 0o777 == 0o500:
            (place / "tree/closed").rename(place / "away")
            (place / "tree/closed").symlink_to(outside)
        return status

    monkeypatch.setattr(os, "fstat", looked_too_late)
    with contextlib.suppress(OSError):  # it is no folder any more
        act(folder)
    assert outside.stat().st_mode & 0o777 == 0o600


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b c", "home", "user", "~"]), max_size=8))
def test_a_path_stays_in_the_home_or_is_refused(parts: list[str]) -> None:
    for path in ("/".join(parts), "/" + "/".join(parts), "/home/user/" + "/".join(parts)):
        try:
            inner = relative(path)
        except OutsideHome:
            continue
        assert not inner.startswith("/")
        assert ".." not in inner.split("/")
        whole = os.path.normpath(os.path.join("/home/user", path))
        assert os.path.normpath(os.path.join("/home/user", inner)) == whole


def test_the_folders_own_path_names_the_home_too() -> None:
    assert relative("/boxes/ab12/x.csv", "/boxes/ab12") == "x.csv"
    with pytest.raises(OutsideHome):
        relative("/boxes/ab123/x.csv", "/boxes/ab12")
