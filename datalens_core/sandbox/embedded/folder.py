"""A work folder seen from outside its box: whatever lies in it was put there by foreign code.

All paths are resolved by the kernel below the folder's descriptor; links are never followed.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from datalens_core.sandbox.embedded.syscalls import open_beneath

_DEPTH = 64
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY
_ITSELF = os.O_NOFOLLOW | os.O_CLOEXEC


class TooManyEntries(Exception):
    """More files, or deeper folders, than a sandbox may have."""


@dataclass(frozen=True)
class Usage:
    """Allocated bytes; not `complete` if things were moved or deleted while they were counted."""

    bytes: int
    complete: bool


@dataclass(frozen=True)
class Entry:
    """What is known of a file or folder in the box; `path` is relative to the work folder."""

    path: str
    status: os.stat_result

    @property
    def is_directory(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def name(self) -> str:
        return os.path.basename(self.path)


class WorkFolder:
    """Owns a descriptor of the folder.

    `owner` is the user id that new files get; None if this process has it already. Relative
    paths use `/`; the folder itself is the empty path.
    """

    def __init__(self, descriptor: int, owner: int | None) -> None:
        self.descriptor = descriptor
        self._owner = owner

    def close(self) -> None:
        os.close(self.descriptor)

    def read(self, path: str) -> BinaryIO:
        """Open a regular file for reading.

        Raises:
            OSError: it is missing, not a regular file, or outside.
        """
        return self._regular(path, os.O_RDONLY, "rb")

    def write(self, path: str) -> BinaryIO:
        """Open a regular file for writing, empty; missing folders are made."""
        if parent := os.path.dirname(path):
            self.make_directory(parent)
        file = self._regular(path, os.O_WRONLY | os.O_CREAT, "wb")
        self._give(file.fileno())
        file.truncate(0)
        return file

    def stat(self, path: str) -> Entry:
        if not path:
            return Entry("", os.fstat(self.descriptor))
        with self._parent(path) as (parent, name):
            return Entry(path, os.stat(name, dir_fd=parent, follow_symlinks=False))

    def entries(self, path: str, depth: int, most: int) -> Iterator[Entry]:
        """What lies below a folder, down to `depth` levels.

        Raises:
            TooManyEntries: there are more than `most`.
        """
        levels = min(depth, _DEPTH + 1)
        for seen, entry in enumerate(_below(self._open_directory(path), path, levels), start=1):
            if seen > most:
                raise TooManyEntries
            if entry is not None:
                yield entry

    def usage(self, most_entries: int) -> Usage:
        """What everything in the folder takes.

        Raises:
            TooManyEntries: too many to count, or nested too deeply.
        """
        total, complete = 0, True
        found = _below(self._open_directory(""), "", _DEPTH + 1)
        for seen, entry in enumerate(found, start=1):
            if seen > most_entries or (entry is not None and entry.path.count("/") >= _DEPTH):
                raise TooManyEntries
            if entry is None:
                complete = False
            else:
                total += entry.status.st_blocks * 512
        return Usage(total, complete)

    def make_directory(self, path: str) -> bool:
        """Make a folder and its missing parents; False if it was there."""
        made = False
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            with self._parent("/".join(parts[:depth])) as (parent, name):
                try:
                    os.mkdir(name, 0o700, dir_fd=parent)
                except FileExistsError:
                    continue
                descriptor = open_beneath(parent, name, _DIRECTORY)
                try:
                    self._give(descriptor)
                finally:
                    os.close(descriptor)
                made = True
        if not self.stat(path).is_directory:
            raise FileExistsError(errno.EEXIST, "a file with that name exists")
        return made

    def move(self, source: str, target: str) -> None:
        with self._parent(source) as (old, old_name), self._parent(target) as (new, new_name):
            os.rename(old_name, new_name, src_dir_fd=old, dst_dir_fd=new)

    def remove(self, path: str) -> None:
        """Delete a file, or a folder with all that is in it."""
        entry = self.stat(path)
        with self._parent(path) as (parent, name):
            if entry.is_directory:
                descriptor = _entered(parent, name)
                try:
                    empty(descriptor)
                finally:
                    os.close(descriptor)
                os.rmdir(name, dir_fd=parent)
            else:
                os.unlink(name, dir_fd=parent)

    def _regular(self, path: str, flags: int, mode: str) -> BinaryIO:
        # O_NONBLOCK: a planted FIFO must not make the server wait.
        descriptor = open_beneath(self.descriptor, path, flags | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a regular file")
        return open(descriptor, mode, buffering=0)  # type: ignore[return-value]  # FileIO

    def _open_directory(self, path: str) -> int:
        return open_beneath(self.descriptor, path or ".", _DIRECTORY)

    @contextmanager
    def _parent(self, path: str) -> Iterator[tuple[int, str]]:
        head, name = os.path.split(path)
        if name in ("", ".", ".."):
            raise OSError(errno.EINVAL, "not a name")
        descriptor = self._open_directory(head)
        try:
            yield descriptor, name
        finally:
            os.close(descriptor)

    def _give(self, descriptor: int) -> None:
        if self._owner is not None:
            os.fchown(descriptor, self._owner, self._owner)


def _below(directory: int, path: str, levels: int) -> Iterator[Entry | None]:
    """All that lies in an open folder, which is closed; None for what has just gone.

    From folder to folder by descriptors: the names of a few can be longer than a path may be.
    """
    try:
        for name in sorted(os.listdir(directory)):
            try:
                status = os.stat(name, dir_fd=directory, follow_symlinks=False)
                entry = Entry(f"{path}/{name}" if path else name, status)
                inner = _entered(directory, name) if entry.is_directory and levels > 1 else None
            except OSError:  # moved, deleted or exchanged for something else meanwhile
                yield None
                continue
            yield entry
            if inner is not None:
                yield from _below(inner, entry.path, levels - 1)
    finally:
        os.close(directory)


def _entered(directory: int, name: str) -> int:
    """A folder in an open one, whatever its mode is; never what a link of that name leads to."""
    held = os.open(name, os.O_PATH | os.O_DIRECTORY | _ITSELF, dir_fd=directory)
    try:
        if os.fstat(held).st_mode & 0o700 != 0o700:  # a box may make folders that nobody can read
            os.chmod(f"/proc/self/fd/{held}", 0o700)  # its name could be a link's by now
        return os.open(".", _DIRECTORY | _ITSELF, dir_fd=held)
    finally:
        os.close(held)


def empty(directory: int) -> None:
    """Delete everything in an open folder, however deep.

    Folders are moved up before they are removed, so that neither recursion nor a chain of
    descriptors grows with the depth that foreign code chose.
    """
    while names := os.listdir(directory):
        for name in names:
            if not _is_directory(name, directory):
                os.unlink(name, dir_fd=directory)
                continue
            inner = _entered(directory, name)
            try:
                for below in os.listdir(inner):
                    if _is_directory(below, inner):
                        os.close(_entered(inner, below))  # to be moved, it must be writable
                        lifted = secrets.token_hex(12)
                        os.rename(below, lifted, src_dir_fd=inner, dst_dir_fd=directory)
                    else:
                        os.unlink(below, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=directory)


def _is_directory(name: str, directory: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)


def delete_tree(path: str) -> None:
    """Delete a folder of ours with everything that boxes left in it."""
    descriptor = os.open(path, _DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        empty(descriptor)
    finally:
        os.close(descriptor)
    os.rmdir(path)
