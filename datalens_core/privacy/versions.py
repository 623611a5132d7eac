"""What is known of a session's data sets in all their versions: a newer file takes nothing back.

Earlier questions and answers hold names and values of the version that they were asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from datalens_core.models import ColumnPolicy, ColumnPrivacy, Dataset
from datalens_core.privacy.known_values import KnownValues
from datalens_core.privacy.policies import by_name
from datalens_core.privacy.protection import strictest

Version = tuple[str, str]


def version_of(dataset: Dataset) -> Version:
    """The same for the same file, read in the same way."""
    return dataset.sha256, dataset.plan.model_dump_json()


@dataclass
class Versions:
    """The values of protected columns and the policies of all, of every version."""

    known: dict[tuple[Version, str], KnownValues] = field(default_factory=dict, repr=False)
    _policies: dict[str, dict[str, ColumnPolicy]] = field(default_factory=dict)
    """By data set and column."""

    def in_force(
        self, datasets: Sequence[Dataset], columns: Sequence[ColumnPrivacy]
    ) -> dict[str, ColumnPolicy]:
        """The strictest policy of each name, columns that a newer version lost included."""
        held = by_name(columns)
        for dataset in datasets:
            now = {c.column: c.policy for c in columns if c.dataset_id == dataset.id}
            before = self._policies.get(dataset.id, {})
            self._policies[dataset.id] = {**dataset.privacy.columns, **before, **now}
            for name, policy in self._policies[dataset.id].items():
                if name not in now:
                    held[name] = strictest((held.get(name, "send"), policy))
        return held

    def of_older_ones(self, datasets: Sequence[Dataset]) -> Iterator[tuple[str, KnownValues]]:
        """Columns and values of versions that none of the data sets is any more."""
        present = set(map(version_of, datasets))
        for (version, name), known in self.known.items():
            if version not in present:
                yield name, known

    def keep_once(self, datasets: Sequence[Dataset]) -> None:
        """Of older versions, only the values that the newer ones do not have: most are the same."""
        present = set(map(version_of, datasets))
        for (version, name), known in self.known.items():
            if version not in present:
                for newer in present:
                    if (newer, name) in self.known:
                        known = known.without(self.known[newer, name])
                self.known[version, name] = known
