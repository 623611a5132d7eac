"""The name under which a box knows its own folder: /home/user, as in E2B's template.

The kernel knows the folder by its real place; `/home/user` is a link to it. Programs that ask
where they are get the link's name, by which every box can go on.
"""

from __future__ import annotations

import os


def name_home(folder: str, home: str) -> None:
    """From now on `os.getcwd()` says `home` where the kernel says `folder`."""
    if folder == home:
        return
    ask, ask_bytes = os.getcwd, os.getcwdb

    def getcwd() -> str:
        """Return a unicode string representing the current working directory."""
        at = ask()
        return home + at[len(folder) :] if _is_below(at, folder) else at

    def getcwdb() -> bytes:
        """Return a bytes string representing the current working directory."""
        at = ask_bytes()
        if not _is_below(os.fsdecode(at), folder):
            return at
        return os.fsencode(home) + at[len(os.fsencode(folder)) :]

    os.getcwd, os.getcwdb = getcwd, getcwdb


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
