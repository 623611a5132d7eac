"""Paths as clients name them, to paths within a box's work folder."""

from __future__ import annotations

import posixpath

from datalens_core.sandbox.embedded.launch import HOME


class OutsideHome(Exception):
    """The path does not lie in the sandbox's home; nothing else can be reached."""


def relative(path: str, *homes: str) -> str:
    """`path` below the home, without `.` and `..`; the home itself is the empty path.

    Raises:
        OutsideHome: it leads elsewhere.
    """
    if "\0" in path:
        raise OutsideHome
    whole = posixpath.normpath(posixpath.join(HOME, path))
    for home in (HOME, *homes):
        if whole == home:
            return ""
        if home and whole.startswith(home + "/"):
            return whole[len(home) + 1 :]
    raise OutsideHome
