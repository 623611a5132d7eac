"""What a newer version of a file has otherwise than the one before it, in words."""

from __future__ import annotations

from datalens_core.datasets.reader.wording import listed
from datalens_core.models import Dataset


def as_newer_version(held: Dataset, dataset: Dataset) -> Dataset:
    """The data set, with a warning of columns that are gone, new, or of another type now."""
    before = {c.name: c.dtype for c in held.dataset_schema.columns}
    after = {c.name: c.dtype for c in dataset.dataset_schema.columns}
    gone, new = [n for n in before if n not in after], [n for n in after if n not in before]
    other = [n for n in after if n in before and before[n] != after[n]]
    told = [
        f"{words}: {listed(names)}."
        for words, names in (
            ("Columns of the older version that are gone", gone),
            ("Columns that the older version did not have", new),
            ("Columns of another type than in the older version", other),
        )
        if names
    ]
    return dataset.model_copy(update={"warnings": [*told, *dataset.warnings]})
