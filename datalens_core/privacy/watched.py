"""Projects whose files are read again: what one asks for by now holds for open analyses, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from datalens_core.models import Dataset, ProjectRules
from datalens_core.privacy.project import project_rules, together
from datalens_core.privatefile import write_private

_FILE = "projects.json"


class _Watched(NamedTuple):
    folder: str
    root: str | None
    rules: ProjectRules
    """What the files asked for since."""


class WatchedProjects:
    """Where the files are that the data sets of each session are held to.

    Kept in the session's folder on this machine alone: its paths are nobody else's business.
    """

    def __init__(self, folder_of: Callable[[str], Path]) -> None:
        self._folder_of = folder_of
        self._held: dict[str, dict[str, _Watched]] = {}

    def watch(self, session_id: str, dataset_id: str, folder: Path, root: Path | None) -> None:
        """Hold a data set to the files of a folder and those above it, as `project_rules` does."""
        below = str(root.absolute()) if root is not None else None
        watched = _Watched(str(folder.absolute()), below, ProjectRules())
        self._of(session_id)[dataset_id] = watched
        self._keep(session_id)

    def tightened(self, session_id: str, datasets: Iterable[Dataset]) -> dict[str, ProjectRules]:
        """By data set, what its project asks for if that is more by now.

        What a file does not ask for any more holds until a newer version of the data is uploaded.

        Raises:
            InvalidRequest: one of the files cannot be used.
        """
        found: dict[str, ProjectRules] = {}
        held = self._of(session_id)
        for dataset in datasets:
            if dataset.id not in held:
                continue
            folder, root, since = held[dataset.id]
            now = project_rules(Path(folder), Path(root) if root is not None else None)
            rules = together(together(dataset.privacy.project, since), now)
            if rules != dataset.privacy.project:
                found[dataset.id] = rules
                held[dataset.id] = _Watched(folder, root, rules)
        if found:
            self._keep(session_id)
        return found

    def _keep(self, session_id: str) -> None:
        held = {
            dataset: (watched.folder, watched.root, watched.rules.model_dump(mode="json"))
            for dataset, watched in self._of(session_id).items()
        }
        with suppress(OSError):  # what was asked at the upload is in the history, and holds
            write_private(self._folder_of(session_id) / _FILE, json.dumps(held).encode())

    def drop(self, session_id: str) -> None:
        self._held.pop(session_id, None)

    def _of(self, session_id: str) -> dict[str, _Watched]:
        if session_id not in self._held:
            self._held[session_id] = _read(self._folder_of(session_id) / _FILE)
        return self._held[session_id]


def _read(path: Path) -> dict[str, _Watched]:
    try:
        return {
            dataset: _Watched(folder, root, ProjectRules.model_validate(rules))
            for dataset, (folder, root, rules) in json.loads(path.read_text("utf-8")).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):  # another machine, for one
        return {}
