"""What an execution gave, as the wordings read it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from pydantic import JsonValue

from datalens_core.llm.exchange import TableView
from datalens_core.llm.offline.columns import Column
from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.labels import in_sentence, with_unit
from datalens_core.llm.offline.numbers import cell, key

Pair = tuple[JsonValue, float]
"""What a group is called, and its number."""


@dataclass(frozen=True)
class Result:
    intent: Intent
    table: TableView
    stdout: str
    where: str
    """The filters in words, with a space before them."""
    columns: Sequence[Column]

    @property
    def whole(self) -> bool:
        """Whether every row of the table reached the answer."""
        return len(self.table.rows) == self.table.row_count

    def label(self, name: JsonValue) -> str:
        """A column of the data as prose names it."""
        held = next((column for column in self.columns if column.name == name), None)
        return in_sentence(held.label) if held else str(name)

    def column(self, name: str) -> list[JsonValue]:
        """The values of a column.

        Raises:
            KeyError: the table has no such column.
        """
        at = {held: index for index, held in enumerate(self.table.columns)}[name]
        return [row[at] for row in self.table.rows]

    def pairs(self, group: str, name: str) -> list[Pair]:
        """Each group with its number; groups without one are left out."""
        both = zip(self.column(group), self.column(name), strict=True)
        return [(held, value) for held, value in both if is_number(value)]

    def printed(self, label: str) -> list[dict[str, JsonValue]]:
        """Rows that the code printed after a label, by column.

        Raises:
            ValueError: what stands there is cut, or no rows.
        """
        found = re.search(rf"^{re.escape(label)} (\[.*)$", self.stdout, re.MULTILINE)
        rows = json.loads(found[1]) if found else []
        if not all(isinstance(row, dict) for row in rows):
            raise ValueError("These are no rows.")
        return list(rows)


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def named(pair: Pair, unit: str = "") -> str:
    return f"{key(pair[0])} ({with_unit(cell(pair[1]), unit)})"


def listed(items: list[str]) -> str:
    """A, B and C."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
