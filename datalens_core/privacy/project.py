"""`.datalens/privacy.toml`: what a project asks of privacy, for all who work in its folder.

It may have come with somebody's files, so it is read as such: small, of known keys and types, and
nothing in it loosens anything by itself. A file that cannot be read whole blocks: what it was
meant to hold back is not known.
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from datalens_core.errors import InvalidRequest
from datalens_core.models import ColumnPolicy, ProjectRules
from datalens_core.privacy.protection import POLICIES, strictest
from datalens_core.privacy.rules import DetectionRules

PLACE = Path(".datalens") / "privacy.toml"
MAX_BYTES = 64 * 1024
MAX_ENTRIES = 500
MAX_CHARACTERS = 500
MAX_LEVELS = 32
SWITCHES = ("schema_only", "local_only", "pause")
LISTS = ("entities", "patterns", "deny", "phone_regions", "allow")


def project_rules(folder: Path, root: Path | None = None) -> ProjectRules:
    """What the files of a folder and those above it ask for, together.

    Args:
        root: no folder above this one is looked at; without it, only the folder itself and, if it
            lies in a repository or in the user's home, those above it up to there.

    Raises:
        InvalidRequest: one of the files cannot be used; the message says which key is wrong.
    """
    rules = ProjectRules()
    for place in _folders(folder.absolute(), root.absolute() if root else None):
        if _is_there(place / PLACE):
            rules = together(rules, read_rules(place / PLACE))
    return rules


def read_rules(path: Path) -> ProjectRules:
    """One file.

    Raises:
        InvalidRequest: as `project_rules`.
    """
    held = _parsed(path)
    notices = []
    unknown = sorted(set(held) - {"columns", *SWITCHES, *LISTS})
    if unknown:
        raise _refusal(f"it does not know {', '.join(key[:40] for key in unknown[:5])}")
    values: dict[str, Any] = {"columns": _columns(held.get("columns", {}))}
    for key in SWITCHES:
        values[key] = held.get(key, False)
        if not isinstance(values[key], bool):
            raise _refusal(f"{key} is true or false")
        if key in held and not held[key]:
            notices.append(f"{key} = false changes nothing: a project can only tighten.")
    for key in LISTS:
        values[key] = _texts(key, held.get(key, []))
    rules = ProjectRules(**values, notices=notices)
    _check_detection(rules)
    return rules


def _folders(folder: Path, root: Path | None) -> list[Path]:
    above = [folder, *folder.parents][:MAX_LEVELS]
    if root is None:
        root = next((place for place in above if _is_project(place)), folder)
    return above[: above.index(root) + 1] if root in above else [folder]


def _is_project(place: Path) -> bool:
    """Whether the user's home, or a repository, is here: not one that others put into /tmp."""
    try:
        return place == Path.home() or (place / ".git").lstat().st_uid in (os.getuid(), 0)
    except OSError:
        return False


def _is_there(path: Path) -> bool:
    """False only where there is certainly none: one behind a closed folder may ask for anything."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _parsed(path: Path) -> dict[str, Any]:
    try:
        # Neither a link out of the project, nor a pipe that never ends.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _refusal("it is no file")
            raw = stream.read(MAX_BYTES + 1)
    except OSError:
        raise _refusal("it cannot be read") from None
    if len(raw) > MAX_BYTES:
        raise _refusal("it is larger than 64 KB")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):  # not UTF-8, not TOML, or nested beyond reason
        raise _refusal("it is no TOML") from None


def _columns(held: Any) -> dict[str, ColumnPolicy]:
    if not isinstance(held, dict) or len(held) > MAX_ENTRIES:
        raise _refusal(f"columns is a table of up to {MAX_ENTRIES} names")
    columns: dict[str, ColumnPolicy] = {}
    for name, written in held.items():
        policy: ColumnPolicy | None = next((p for p in POLICIES if p == written), None)
        if policy is None or not 0 < len(name) <= MAX_CHARACTERS:
            raise _refusal(f"the policy of a column is one of {', '.join(POLICIES)}")
        columns[name] = policy
    return columns


def _texts(key: str, held: Any) -> list[str]:
    if not isinstance(held, list) or len(held) > MAX_ENTRIES:
        raise _refusal(f"{key} is a list of up to {MAX_ENTRIES} texts")
    if not all(isinstance(text, str) and 0 < len(text) <= MAX_CHARACTERS for text in held):
        raise _refusal(f"{key} holds texts of up to {MAX_CHARACTERS} characters")
    return list(held)


def _check_detection(rules: ProjectRules) -> None:
    try:
        detection(DetectionRules(), rules)
    except ValueError as error:
        raise _refusal(str(error).rstrip(".")) from None


def detection(base: DetectionRules, rules: ProjectRules, *, agreed: bool = False) -> DetectionRules:
    """What is looked for, the project's wishes included.

    Raises:
        ValueError: a wish that cannot be met.
    """
    added = DetectionRules.read(
        rules.entities,
        patterns=rules.patterns,
        deny=rules.deny,
        phone_regions=rules.phone_regions,
        language_model=base.language_model,
    )
    entities = dict(base.entities)
    for entity, threshold in added.entities.items():
        entities[entity] = min(threshold, entities.get(entity, threshold))
    return DetectionRules(
        entities=entities,
        patterns=(*base.patterns, *added.patterns),
        deny=(*base.deny, *added.deny),
        allow=(*base.allow, *(rules.allow if agreed else ())),
        phone_regions=(*base.phone_regions, *added.phone_regions),
        language_model=base.language_model,
    )


def same_in_sandbox(one: ProjectRules, other: ProjectRules) -> bool:
    """Whether they differ, if at all, in when the user is asked and in what the user is told."""
    asks = {"pause": False, "notices": []}
    return one.model_copy(update=asks) == other.model_copy(update=asks)


def together(one: ProjectRules, other: ProjectRules) -> ProjectRules:
    """What both ask for; of a column the stricter."""
    names = {**one.columns, **other.columns}
    merged: dict[str, Any] = {
        name: strictest(p.columns[name] for p in (one, other) if name in p.columns)
        for name in names
    }
    lists = {
        key: list(dict.fromkeys((*getattr(one, key), *getattr(other, key))))
        for key in (*LISTS, "notices")
    }
    switches = {key: getattr(one, key) or getattr(other, key) for key in SWITCHES}
    return ProjectRules(columns=merged, **lists, **switches)


def _refusal(reason: str) -> InvalidRequest:
    return InvalidRequest(
        f"The project's .datalens/privacy.toml cannot be used: {reason}. Correct it first.",
        details={"reason": reason},
    )
