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


class TooManyEntries(Exception):
    """More files, or deeper folders, than a sandbox may have."""


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
        pending = [(path, 1)]
        seen = 0
        while pending:
            at, level = pending.pop()
            descriptor = self._open_directory(at)
            try:
                for name in sorted(os.listdir(descriptor)):
                    seen += 1
                    if seen > most:
                        raise TooManyEntries
                    try:
                        status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                    except FileNotFoundError:  # the box deleted it meanwhile
                        continue
                    entry = Entry(f"{at}/{name}" if at else name, status)
                    yield entry
                    if entry.is_directory and level < depth:
                        pending.append((entry.path, level + 1))
            finally:
                os.close(descriptor)

    def bytes_used(self, most_entries: int) -> int:
        """Allocated bytes of everything in the folder.

        Raises:
            TooManyEntries: too many to count, or nested too deeply.
        """
        total = 0
        for entry in self.entries("", _DEPTH + 1, most_entries):
            if entry.path.count("/") >= _DEPTH:
                raise TooManyEntries
            total += entry.status.st_blocks * 512
        return total

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
                descriptor = open_beneath(parent, name, _DIRECTORY)
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


def empty(directory: int) -> None:
    """Delete everything in an open folder, however deep: no process may be using it.

    Folders are moved up before they are removed, so that neither recursion nor a chain of
    descriptors grows with the depth that foreign code chose.
    """
    while names := os.listdir(directory):
        for name in names:
            if not stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=directory)
                continue
            os.chmod(name, 0o700, dir_fd=directory)
            inner = os.open(name, _DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            try:
                for below in os.listdir(inner):
                    status = os.stat(below, dir_fd=inner, follow_symlinks=False)
                    if stat.S_ISDIR(status.st_mode):
                        os.chmod(below, 0o700, dir_fd=inner)
                        lifted = secrets.token_hex(12)
                        os.rename(below, lifted, src_dir_fd=inner, dst_dir_fd=directory)
                    else:
                        os.unlink(below, dir_fd=inner)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=directory)


def delete_tree(path: str) -> None:
    """Delete a folder of ours with everything that boxes left in it."""
    descriptor = os.open(path, _DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        empty(descriptor)
    finally:
        os.close(descriptor)
    os.rmdir(path)
