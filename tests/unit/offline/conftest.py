"""Data sets that dependencies ship, as the offline analyst gets to know them: five rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import pandas as pd
import pytest

from datalens_core.llm.exchange import DatasetContext, Observation, TaskContext
from datalens_core.llm.offline.analyst import Action, next_action
from datalens_core.models import ColumnInfo, DatasetSchema

SALES = {
    "order_id": [1001, 1002, 1003, 1004, 1005, 1006],
    "order_date": [f"2024-0{month}-15" for month in range(1, 7)],
    "region": ["North", "South", "East", "West", "North", "South"],
    "product": ["Phone", "Laptop", "Tablet", "Phone", "Desk", "Chair"],
    "units_sold": [2, 1, 5, 3, 4, 2],
    "unit_price": [500.0, 900.0, 300.0, 450.0, 80.0, 35.5],
    "total_sales": [1000.0, 900.0, 1500.0, 1350.0, 320.0, 71.0],
    "returned": [True, False, False, False, True, False],
}


VISITS = {
    "visit": ["Knee", "Check", "Cough", "Shoulder", "Rash", "Fever"],
    "date": [f"2024-03-{day:02}" for day in (4, 5, 6, 9, 10, 11)],
    "time": ["09:05", "14:30", "09:50", "10:15", "14:10", "16:45"],
    "clinic": ["North", "South", "North", "East", "South", "East"],
    "attended": [True, False, True, True, False, True],
    "survived": [1, 1, 1, 0, 1, 0],
    "minutes": [20, 0, 35, 15, 0, 50],
}
ECONOMIES = {
    "country": ["Peru", "Chile", "Japan", "France", "Kenya", "India"],
    "GDP (billions)": [208.2, 264.1, 4770.0, 2902.0, 62.72, 2048.0],
}
STAFF = {
    "EmployeeNumber": [1, 2, 4, 5, 7, 8],
    "Attrition": ["Yes", "No", "No", "Yes", "No", "No"],
    "Department": ["IT", "Sales", "IT", "Legal", "Sales", "IT"],
    "Pclass": [1, 3, 2, 3, 1, 2],
    "Country": ["DE", "FR", "US", "DE", "US", "FR"],
    "MonthlyIncome": [5100, 4200, 6100, 3900, 4700, 5800],
    "HireDate": [
        "2020-01-15",
        "2020-03-01",
        "2021-05-01",
        "2022-02-01",
        "2022-07-15",
        "2023-01-01",
    ],
}
PARCELS = {
    "country": ["DE", "FR", "DE", "US", "FR", "US"],
    "status": ["shipped", "shipped", "shipped", "shipped", "shipped", "cancelled"],
    "weight_kg": [1.2, 0.4, 2.2, 0.9, 3.1, 0.2],
}
MADE = {
    "parcels": PARCELS,
    "sales": SALES,
    "visits": VISITS,
    "economies": ECONOMIES,
    "staff": STAFF,
}


@cache
def load(name: str) -> pd.DataFrame:
    """ "plotly/tips", "vega/cars" or "made/sales"."""
    package, _, data = name.partition("/")
    if package == "made":
        return pd.DataFrame(MADE[data])
    if package == "plotly":
        import plotly.data

        return pd.DataFrame(getattr(plotly.data, data)()).reset_index(drop=True)
    from vega_datasets import local_data

    return pd.DataFrame(getattr(local_data, data)())


def schema_of(frame: pd.DataFrame) -> DatasetSchema:
    """The schema as profiling makes it: from the first five rows."""
    head = frame.head(5)
    columns = [
        ColumnInfo(
            name=str(name),
            dtype=str(head[name].dtype),
            null_count=int(head[name].isna().sum()),
            unique_count=int(head[name].nunique()),
            sample_values=json.loads(
                head[name].dropna().drop_duplicates().to_json(orient="values", date_format="iso")
            ),
        )
        for name in frame
    ]
    rows = json.loads(head.to_json(orient="values", date_format="iso"))
    return DatasetSchema(columns=columns, row_count=len(frame), sample_data=rows)


def found_values(frame: pd.DataFrame, column: str, text: str) -> list[str]:
    """What `find_values` answers: values that contain or resemble a text."""
    values = [str(value) for value in frame[column].dropna().unique()]

    def resembles(value: str) -> bool:
        near = SequenceMatcher(None, text.lower(), value.lower()).ratio() >= 0.6
        return text.lower() in value.lower() or near

    return [value for value in values if resembles(value)][:20]


@pytest.fixture
def dataset() -> Callable[[str], DatasetContext]:
    def make(name: str) -> DatasetContext:
        file = name.partition("/")[2] + ".csv"
        return DatasetContext(name=file, variable="df", dataset_schema=schema_of(load(name)))

    return make


@pytest.fixture
def context(dataset: Callable[[str], DatasetContext]) -> Callable[[str, str], TaskContext]:
    def make(name: str, question: str) -> TaskContext:
        return TaskContext(question=question, datasets=[dataset(name)])

    return make


@pytest.fixture
def after_lookups() -> Callable[..., tuple[Action, list[Observation]]]:
    """The first action that is no look-up, and what the look-ups before it answered."""

    def follow(task: TaskContext, name: str) -> tuple[Action, list[Observation]]:
        seen: list[Observation] = []
        action = next_action(task, seen)
        while action.tool == "find_values":
            values = found_values(load(name), **_texts(action.arguments))
            seen.append(Observation(success=True, stdout=json.dumps(values)))
            action = next_action(task, seen)
        return action, seen

    return follow


def _texts(arguments: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in arguments.items()}


@pytest.fixture
def lookups_of() -> Callable[[str, Sequence[tuple[str, str]]], dict[tuple[str, str], list[str]]]:
    def find(name: str, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
        return {(column, text): found_values(load(name), column, text) for column, text in asked}

    return find
