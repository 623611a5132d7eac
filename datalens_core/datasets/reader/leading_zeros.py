"""Leading zeros further down a file than its first rows."""

from __future__ import annotations

import codecs
import re
from typing import Any

from .dialect import Dialect
from .scan import records
from .wording import listed


def zeros_further_down(
    path: str,
    encoding: str,
    dialect: Dialect,
    plan: dict[str, Any],
    names: list[str],
    first: int,
    given: dict[str, Any],
    notes: list[str],
) -> None:
    """Keep columns as text whose leading zeros only come after the beginning of the file."""
    if not encoding.startswith("utf-16") and not _has_zeros(path, encoding, dialect):
        return
    known = {*plan["text_columns"], *plan["dates"], *plan["numbers"], *given.get("types", {})}
    kept = set(plan["columns"] or names)
    watched = {i: n for i, n in enumerate(names) if n not in known and n in kept}
    found: list[str] = []
    for _, record in records(path, encoding, dialect, first):
        for place in [p for p, v in enumerate(record) if v[:1] == "0" and len(v) > 1]:
            if place in watched and record[place].isdigit():
                found.append(watched.pop(place))
    if found:
        plan["text_columns"] += found
        notes.append(f"Kept as text because of leading zeros further down: {listed(found)}.")


def _has_zeros(path: str, encoding: str, dialect: Dialect) -> bool:
    """Whether some cell seems to begin with a zero.

    Bytes are searched, for one beginning after the other: what begins with a literal is found
    three times as fast.
    """
    ends = dialect.delimiter.encode(codecs.lookup(encoding).name, "replace") + b"\r\n\"'"
    any_end = b"[" + re.escape(ends) + b"]"
    zeros = [re.compile(re.escape(bytes([end])) + rb"0\d+" + any_end) for end in ends]
    with open(path, "rb") as stream:
        while chunk := stream.read(1 << 22):
            if any(pattern.search(chunk) for pattern in zeros):
                return True
    return False
