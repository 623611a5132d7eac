"""Examples for the model, from the templates that also answer without one: one source for both.

They are over a table of their own, so that no name of the user's data is in them.
"""

from __future__ import annotations

from functools import cache

from datalens_core.agents.prompts import prompt
from datalens_core.llm.exchange import DatasetContext
from datalens_core.llm.offline.grammar import read_question
from datalens_core.llm.offline.intent import Intent
from datalens_core.llm.offline.templates import write_code
from datalens_core.models import ColumnInfo, DatasetSchema

PLACE = "{{examples}}"
QUESTIONS = (
    "average revenue by region as a bar chart",
    "how did the total revenue change from month to month?",
    "the 3 products with the highest total units",
)
_COLUMNS: dict[str, tuple[str, list[str | int | float]]] = {
    "order_date": ("str", ["2024-01-05", "2024-01-19", "2024-02-02", "2024-02-20", "2024-03-08"]),
    "region": ("str", ["North", "South", "North", "West", "South"]),
    "product": ("str", ["Lamp", "Desk", "Chair", "Lamp", "Shelf"]),
    "units": ("int64", [3, 1, 4, 2, 5]),
    "revenue": ("float64", [59.7, 240.0, 356.0, 39.8, 445.5]),
}


@cache
def act_prompt() -> str:
    """The rules of acting, with examples in their place."""
    return prompt("act").replace(PLACE, "\n\n".join(map(_example, QUESTIONS)))


def _example(question: str) -> str:
    return f"Question: {question}\n```python\n# Steps 1-2\n{example_code(question)}\n```"


def example_code(question: str) -> str:
    """What the offline analyst would run for a question about the examples' table.

    Raises:
        ValueError: it does not understand the question.
    """
    outcome = read_question(question, _dataset()).outcome
    if not isinstance(outcome, Intent):
        raise ValueError(outcome.reason)
    return write_code(outcome).strip()


def _dataset() -> DatasetContext:
    columns = [
        ColumnInfo(
            name=name,
            dtype=dtype,
            null_count=0,
            unique_count=len(set(values)),
            sample_values=list(dict.fromkeys(values)),
        )
        for name, (dtype, values) in _COLUMNS.items()
    ]
    rows = [list(row) for row in zip(*(values for _, values in _COLUMNS.values()), strict=True)]
    schema = DatasetSchema(columns=columns, row_count=5_000, sample_data=rows)
    return DatasetContext(name="orders.csv", variable="df", dataset_schema=schema)
