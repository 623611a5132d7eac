"""Disk that a box holds without a name: files that it deleted and still has open or mapped.

Asked of /proc by the zygote, which is of the boxes' own user. What is neither open nor mapped is
gone: descriptors cannot be in flight, as no box may send any (`seccomp.py`).
"""

from __future__ import annotations

import os
import stat

from datalens_core.sandbox.embedded.folder import Usage


def hidden_usage(process: int, base: str, most_of_a_file: int) -> Usage:
    """Allocated bytes of a process's nameless files below `base`.

    The size of one that is mapped and not open cannot be told, so it counts as the most that a
    file may have. (Python's mmap keeps a descriptor.)
    """
    sizes: dict[int, int] = {}
    complete = True
    try:
        for name in os.listdir(f"/proc/{process}/fd"):
            try:
                status = os.stat(f"/proc/{process}/fd/{name}")
            except FileNotFoundError:  # closed, or moved to another number, meanwhile
                complete = False
                continue
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                sizes[status.st_ino] = status.st_blocks * 512
        with open(f"/proc/{process}/maps", "rb") as maps:
            for line in maps:
                if line.endswith(b" (deleted)\n"):
                    inode, path = line.split(maxsplit=5)[4:6]
                    if path.startswith(os.fsencode(base) + b"/"):
                        sizes.setdefault(int(inode), most_of_a_file)
    except OSError:  # it is ending: what is left of it may not even be looked at
        return Usage(0, complete=True)
    return Usage(sum(sizes.values()), complete)
