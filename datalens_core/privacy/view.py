"""A data set as a model may know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datalens_core.models import ColumnPolicy, Dataset
from datalens_core.privacy.policies import shown_schema, shown_statistics


@dataclass(frozen=True)
class View:
    """A data set as a model may know it."""

    policies: Mapping[str, ColumnPolicy]
    schema_only: bool
    without_never: bool

    @classmethod
    def of_sandbox(cls, policies: Mapping[str, ColumnPolicy]) -> View:
        """All that a sandbox elsewhere holds: for rules on this machine, whose code runs there."""
        never: dict[str, ColumnPolicy] = {n: p for n, p in policies.items() if p == "never"}
        return cls(never, schema_only=False, without_never=True)

    def __call__(self, dataset: Dataset) -> Dataset:
        schema = shown_schema(
            dataset.dataset_schema,
            self.policies,
            schema_only=self.schema_only,
            without_never=self.without_never,
        )
        figures = dataset.statistics
        if figures is not None:
            names = {column.name for column in schema.columns}
            figures = shown_statistics(figures, self.policies, names, ranges=not self.schema_only)
        return dataset.model_copy(update={"dataset_schema": schema, "statistics": figures})


def whole(dataset: Dataset) -> Dataset:
    return dataset
