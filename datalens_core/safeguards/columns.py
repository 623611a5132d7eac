"""What may be sent of each column, and what the protected ones hold, as far as that is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from datalens_core.datasets.handler import FileHandler
from datalens_core.errors import UnreadableFile
from datalens_core.models import ColumnPolicy, ColumnPrivacy, Dataset
from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.policies import column_privacy, detected_policies
from datalens_core.privacy.session import PrivacySessions, SessionPrivacy
from datalens_core.privacy.versions import Version, Versions, version_of
from datalens_core.sandbox.contract import Recipe


@dataclass
class _Known:
    """Of a session's data sets, in memory, for as long as its vault."""

    detected: dict[Version, dict[str, ColumnPolicy]] = field(default_factory=dict)
    versions: Versions = field(default_factory=Versions)


class KnownColumns:
    """Of the data sets of all sessions."""

    def __init__(self, privacy: PrivacySessions, files: FileHandler) -> None:
        self._privacy = privacy
        self._files = files
        self._held: dict[str, _Known] = {}

    def drop(self, session_id: str) -> None:
        self._held.pop(session_id, None)

    async def detected(self, session_id: str, dataset: Dataset) -> Mapping[str, ColumnPolicy]:
        """What the first rows of a data set tell of its columns."""
        known, version = self._of(session_id), version_of(dataset)
        if version not in known.detected:
            session = self._privacy.of(session_id)
            known.detected[version] = await asyncio.to_thread(_detect, session, dataset)
        return known.detected[version]

    def detected_before(self, session_id: str, dataset: Dataset) -> Mapping[str, ColumnPolicy]:
        """The same, if it was asked for; nothing if not."""
        return self._of(session_id).detected.get(version_of(dataset), {})

    async def policies(
        self, session_id: str, datasets: Sequence[Dataset], *, schema_only: bool
    ) -> list[ColumnPrivacy]:
        """What may be sent of each column."""
        held: list[ColumnPrivacy] = []
        for dataset in list(datasets):
            found = await self.detected(session_id, dataset)
            held += column_privacy(dataset, found, schema_only=schema_only)
        return held

    async def learn_all(
        self,
        session_id: str,
        datasets: Sequence[Dataset],
        columns: Sequence[ColumnPrivacy],
        recipe: Callable[[], Recipe],
        *,
        anew: bool,
    ) -> None:
        """Know the values of all protected columns; `anew` as in `FileHandler.values`."""
        versions = self._of(session_id).versions
        known_before = len(versions.known)
        for dataset in list(datasets):
            wanted = _protected(dataset, columns)
            await self.learn(session_id, dataset, wanted, self._files, recipe, anew=anew)
        if len(versions.known) > known_before:
            versions.keep_once(datasets)

    async def learn(
        self,
        session_id: str,
        dataset: Dataset,
        columns: Sequence[str],
        files: FileHandler,
        recipe: Callable[[], Recipe],
        *,
        anew: bool = False,
    ) -> None:
        """The values of columns, so that they are known wherever they turn up."""
        known, version = self._of(session_id).versions.known, version_of(dataset)
        wanted = [column for column in columns if (version, column) not in known]
        if not wanted:
            return
        try:
            found = await files.values(session_id, dataset, wanted, recipe, anew=anew)
        except UnreadableFile:  # it takes too long, for one: any value may be one of theirs
            found = {}
        for column in wanted:
            held = found.get(column)
            known[version, column] = (
                KnownValues(held.values, complete=held.complete)
                if held is not None
                else _sampled(dataset, column)
            )

    def in_force(
        self, session_id: str, datasets: Sequence[Dataset], columns: Sequence[ColumnPrivacy]
    ) -> tuple[dict[str, ColumnPolicy], dict[str, list[KnownValues]]]:
        """By name of a column its policy, and what is known of the values of protected ones.

        Columns of older versions are among them.
        """
        versions = self._of(session_id).versions
        policies = versions.in_force(datasets, columns)
        values: dict[str, list[KnownValues]] = {}
        for dataset in datasets:
            for name in {c.column for c in columns if c.dataset_id == dataset.id}:
                if policies[name] != "send":
                    known = versions.known.get((version_of(dataset), name))
                    values.setdefault(name, []).append(known or _sampled(dataset, name))
        for name, older in versions.of_older_ones(datasets):
            if policies.get(name, "send") != "send":
                values.setdefault(name, []).append(older)
        return policies, values

    def knows_all(
        self, session_id: str, datasets: Sequence[Dataset], columns: Sequence[ColumnPrivacy]
    ) -> bool:
        """Whether what protected columns hold was read, so that it is found in a text."""
        known = self._of(session_id).versions.known
        return all(
            (version_of(dataset), column) in known
            for dataset in datasets
            for column in _protected(dataset, columns)
        )

    def _of(self, session_id: str) -> _Known:
        return self._held.setdefault(session_id, _Known())


def _protected(dataset: Dataset, columns: Sequence[ColumnPrivacy]) -> list[str]:
    return [c.column for c in columns if c.dataset_id == dataset.id and c.policy != "send"]


def _detect(session: SessionPrivacy, dataset: Dataset) -> dict[str, ColumnPolicy]:
    try:
        return detected_policies(dataset.dataset_schema, session.find)
    except Exception:
        # A detector that fails blocks the sending; until then everything counts as personal.
        return {column.name: "tokenise" for column in dataset.dataset_schema.columns}


def _sampled(dataset: Dataset, column: str) -> KnownValues:
    """What the first rows show of a column whose other values are not known."""
    held = [c for c in dataset.dataset_schema.columns if c.name == column]
    return KnownValues((v for c in held for v in c.sample_values), complete=False)
