"""Text cut to a budget before it is sent, without half a value at the cut.

Half an address is no address to a detector, and names a person all the same: so a word that the
cut would part is left out whole.
"""

from __future__ import annotations

import re

_LONGEST_ADDRESS = 320
_PARTED = re.compile(rf"[\w.%+\-@'’]{{1,{_LONGEST_ADDRESS}}}\Z")
_GOES_ON = re.compile(r"[\w.%+\-@'’]")


def head_of(text: str, limit: int) -> str:
    """At most the first `limit` characters, up to the end of a word."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    parted = _PARTED.search(head) if _GOES_ON.match(text, limit) else None
    if parted is None or len(parted.group()) == _LONGEST_ADDRESS:
        return head
    return head[: parted.start()].rstrip()


def tail_of(text: str, limit: int) -> str:
    """At most the last `limit` characters, from the beginning of a word."""
    if len(text) <= limit:
        return text
    tail = text[-limit:]
    if not _GOES_ON.match(text[-limit - 1]):
        return tail
    rest = re.match(rf"[\w.%+\-@'’]{{1,{_LONGEST_ADDRESS}}}", tail)
    return tail if rest is None or len(rest.group()) == _LONGEST_ADDRESS else tail[rest.end() :]
