"""What may be sent of each column: as detected, as a project asks, as its user decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from pydantic import JsonValue

from datalens_core.models import (
    ColumnInfo,
    ColumnPolicy,
    ColumnPrivacy,
    ColumnStatistics,
    Dataset,
    DatasetSchema,
    DatasetStatistics,
)
from datalens_core.privacy.columns import is_phone_column, names_person, phone_digits
from datalens_core.privacy.plain import PlainText
from datalens_core.privacy.protection import strictest
from datalens_core.privacy.spans import Finder, united

SHARED_BY = 3
"""So many of the sampled rows have to share an extreme: it is no single person's then."""

_MOST_SHOWN = 5
_NAME_SHOWN = 60

Detected = Mapping[str, ColumnPolicy]


def detected_policies(schema: DatasetSchema, find: Finder) -> dict[str, ColumnPolicy]:
    """`tokenise` for columns whose names or sampled values are personal, `send` for the others."""
    return {
        column.name: "tokenise" if _is_personal(column, find) else "send"
        for column in schema.columns
    }


def _is_personal(column: ColumnInfo, find: Finder) -> bool:
    values = [value for value in column.sample_values if value is not None]
    if names_person(column.name) and any(isinstance(value, str) for value in values):
        return True
    if is_phone_column(column.name) and any(phone_digits(str(value)) for value in values):
        return True
    texts = [value for value in values if isinstance(value, str)]
    found = sum(_is_whole(PlainText.of(text[:500]).text, find) for text in texts)
    return bool(found) and 2 * found >= len(values)


def _is_whole(text: str, find: Finder) -> bool:
    """Whether what is personal is nearly all of a text."""
    return sum(s.end - s.start for s in united(find(text))) * 5 >= len(text.strip()) * 4 > 0


def column_privacy(
    dataset: Dataset, detected: Detected, *, schema_only: bool = False
) -> Iterator[ColumnPrivacy]:
    """What is in force for each column of a data set.

    The user's word goes before detection; a project's file is a floor below both. With
    `schema_only` no value of any column is sent: neither as a sample nor in what code prints.
    """
    privacy = dataset.privacy
    for column in dataset.dataset_schema.columns:
        asked = list(asked_for(privacy.project.columns, column.name))
        found = detected.get(column.name, "send")
        if privacy.agreed and asked:
            found = strictest(asked)
        required = strictest((*asked, "statistics" if schema_only else "send"))
        chosen = privacy.columns.get(column.name)
        policy = strictest((chosen or found, required))
        yield ColumnPrivacy(
            dataset_id=dataset.id,
            column=column.name,
            policy=policy,
            required=required,
            source="project" if strictest(asked) == policy != (chosen or found)
            else "setting" if policy == required != (chosen or found)
            else "user" if chosen
            else "detected",
        )  # fmt: skip


def asked_for(patterns: Mapping[str, ColumnPolicy], column: str) -> Iterator[ColumnPolicy]:
    """The policies that a project's file names for a column."""
    for pattern, policy in patterns.items():
        if re.fullmatch(_glob(pattern), column, re.IGNORECASE | re.DOTALL):
            yield policy


def _glob(pattern: str) -> str:
    """A pattern of `*` and `?` as a regular expression that never looks back.

    Each piece between two stars is taken where it first fits: another place would help none of the
    pieces after it. A hostile pattern would else take for ever.
    """
    first, *rest = [re.escape(part).replace(r"\?", ".") for part in pattern.split("*")]
    if not rest:
        return first
    *between, last = rest
    return first + "".join(f"(?>.*?{part})" for part in between if part) + f".*{last}"


def asked_in_vain(dataset: Dataset, detected: Detected) -> Iterator[str]:
    """The columns of which a project's file wants more sent than detection would."""
    for column in dataset.dataset_schema.columns:
        asked = list(asked_for(dataset.privacy.project.columns, column.name))
        if asked and strictest((*asked, detected.get(column.name, "send"))) != strictest(asked):
            yield column.name


def shown_schema(
    schema: DatasetSchema,
    policies: Mapping[str, ColumnPolicy],
    *,
    schema_only: bool = False,
    without_never: bool = False,
) -> DatasetSchema:
    """The schema as a model may know it.

    Of `statistics` and `never` columns no value, of `never` ones no counts either. In a table with
    personal columns an extreme is a person's, unless several of the sampled rows share it.

    Args:
        schema_only: no value of any column.
        without_never: the sandbox does not hold those columns, so code could not use them.
    """
    personal = any(policies.get(column.name, "send") != "send" for column in schema.columns)
    if not (personal or schema_only):
        return schema
    kept = [
        place
        for place, column in enumerate(schema.columns)
        if not (without_never and policies.get(column.name) == "never")
    ]
    columns = [
        _shown(schema.columns[place], policies.get(schema.columns[place].name, "send"), schema_only)
        for place in kept
    ]
    rows: list[list[JsonValue]] = []
    if not schema_only:
        rows = [
            [None if columns[i].sample_values == [] else row[p] for i, p in enumerate(kept)]
            for row in schema.sample_data
        ]
    return schema.model_copy(update={"columns": columns, "sample_data": rows})


def _shown(column: ColumnInfo, policy: ColumnPolicy, schema_only: bool) -> ColumnInfo:
    update: dict[str, JsonValue] = {}
    if schema_only or policy in ("statistics", "never"):
        update["sample_values"] = []
    if policy == "never":
        update |= {"null_count": 0, "unique_count": 0}
    counts = Counter(map(str, column.sample_values))
    for extreme in ("min_value", "max_value"):
        if counts[str(getattr(column, extreme))] < SHARED_BY or policy == "never":
            update[extreme] = None
    return column.model_copy(update=update)


def shown_statistics(
    figures: DatasetStatistics,
    policies: Mapping[str, ColumnPolicy],
    names: Collection[str],
    *,
    ranges: bool,
) -> DatasetStatistics:
    """The whole file's figures as a model may know them: of the columns that it may know at all.

    Of `never` columns no count, of protected ones no range, and without `ranges` of none.
    """
    columns = []
    for column in figures.columns:
        policy = policies.get(column.name, "send")
        if column.name not in names:
            continue
        if policy == "never":
            column = ColumnStatistics(name=column.name, dtype=column.dtype, null_count=0)
        elif policy == "tokenise" or not ranges:
            column = column.model_copy(update={"min_value": None, "max_value": None})
        columns.append(column)
    return figures.model_copy(update={"columns": columns})


def by_name(columns: Iterable[ColumnPrivacy]) -> dict[str, ColumnPolicy]:
    """The strictest policy of each name, whichever data set it is in."""
    held: dict[str, ColumnPolicy] = {}
    for column in columns:
        held[column.column] = strictest((held.get(column.column, "send"), column.policy))
    return held


def taken_over(before: Dataset, after: Dataset) -> tuple[dict[str, ColumnPolicy], list[str]]:
    """The policies of columns that are new, and the words for them.

    If a column that the user protected is gone, a new one may be the same by another name.
    """
    older, newer = ([c.name for c in d.dataset_schema.columns] for d in (before, after))
    gone = {n: p for n, p in before.privacy.columns.items() if n not in newer and p != "send"}
    new = [name for name in newer if name not in older and name not in before.privacy.columns]
    if not gone or not new:
        return {}, []
    warning = (
        f"You decided what may be sent of {_listed(list(gone))}, and there is no such column any "
        f"more. It may have another name now, so what is new ({_listed(new)}) is held back as "
        "strictly until you decide."
    )
    return dict.fromkeys(new, strictest(gone.values())), [warning]


def _listed(names: list[str]) -> str:
    shown = [name[:_NAME_SHOWN] for name in names[:_MOST_SHOWN]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
